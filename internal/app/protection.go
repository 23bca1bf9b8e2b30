package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	"clearwell/internal/approval"
	"clearwell/internal/city"
	"clearwell/internal/id"
	"clearwell/internal/settings"
)

// protection is what a configuration says of the installation's protection.
func (c *Config) protection(auditKey string) settings.Protection {
	p := settings.Protection{
		People: c.people.Keys(), Confinement: string(c.Jail), Plain: c.Plain, Open: !c.own(), Origin: originKept(c.Origin),
		Proxies: slices.Clone(c.Proxies), Security: c.Security, AuditKey: auditKey, Mail: c.Mail.way(), Sandbox: c.Sandbox.place(),
	}
	if c.Copy != nil {
		p.Copy = settings.Copy(*c.Copy)
	}
	for town, prober := range c.Watch {
		if p.Probers == nil {
			p.Probers = map[string]settings.Prober{}
		}
		p.Probers[string(town)] = settings.Prober(prober)
	}
	return p
}

// own reports whether only this machine reaches the port.
func (c *Config) own() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err == nil && ownAddress(host)
}

// way is how mail leaves, without what is secret of it.
func (m Mail) way() string {
	switch {
	case m.SMTP != nil:
		return net.JoinHostPort(m.SMTP.Host, strconv.Itoa(m.SMTP.Port))
	case m.Folder != "":
		return settings.Folder
	}
	return ""
}

// place is where the sandbox is, if there is one.
func (s *Sandbox) place() string {
	if s == nil {
		return ""
	}
	return originKept(s.Origin)
}

// originKept is an origin, but for one of this machine's own: there it may have any
// port, because nobody else comes there.
func originKept(origin string) string {
	at, err := url.Parse(origin)
	if err == nil && ownAddress(at.Hostname()) {
		return settings.OwnMachine
	}
	return origin
}

// hold gives a configuration the protection that is in force instead of its own.
// What a machine has of its own, and what only the file knows, stays as it is
// written: ports, folders, passwords.
func (c *Config) hold(p settings.Protection) error {
	people, err := approval.MakePeople(p.People)
	if err != nil {
		return err
	}
	if _, port, err := net.SplitHostPort(c.Listen); err == nil && !p.Open && !c.own() {
		c.Listen = net.JoinHostPort("127.0.0.1", port)
	}
	c.people, c.People, c.Jail, c.Plain = people, p.People, Confinement(p.Confinement), p.Plain
	if c.Origin = heldAt(c.Origin, p.Origin); c.Origin == settings.OwnMachine {
		c.Origin = "http://" + c.Listen
	}
	c.Proxies, c.Security, c.Watch = p.Proxies, p.Security, map[id.City]Prober{}
	for town, prober := range p.Probers {
		c.Watch[id.City(town)] = Prober(prober)
	}
	if c.Copy = nil; p.Copy != (settings.Copy{}) {
		where := Copy(p.Copy)
		c.Copy = &where
	}
	c.Sandbox = c.Sandbox.held(p.Sandbox)
	if host, port, err := net.SplitHostPort(p.Mail); err == nil && c.Mail.SMTP != nil {
		server := *c.Mail.SMTP
		server.Host = host
		server.Port, err = strconv.Atoi(port)
		c.Mail.SMTP = &server
		return err
	}
	return nil
}

// heldAt is the origin that was, where it is known, or the one that is written if
// both are of this machine's own.
func heldAt(written, place string) string {
	if originKept(written) == place {
		return written
	}
	return place
}

// held is the sandbox where it was, or none where there was none.
func (s *Sandbox) held(place string) *Sandbox {
	if s == nil || place == "" {
		return nil
	}
	there := *s
	if there.Origin = heldAt(s.Origin, place); there.Origin == settings.OwnMachine {
		there.Origin = "http://" + s.Listen
	}
	return &there
}

// judge compares the configuration with what is in force, and goes on with the
// latter where it protects more. Who may decide is always who is in force.
func (w *works) judge(ctx context.Context) error {
	w.settings, w.asWritten = settings.New(w.db, w.keys.digests), w.protection(w.keys.audit.Verifier())
	inForce, err := w.settings.InForce(ctx)
	if errors.Is(err, settings.ErrNotSealed) {
		w.log.ErrorContext(ctx, "alarm", "alarm", "settings_not_sealed", "version", inForce.Number)
		err = nil
	}
	if err != nil || inForce.Number == 0 {
		return err
	}
	lost := settings.Weakenings(inForce.Protection, w.asWritten)
	if len(lost) == 0 {
		return nil
	}
	w.tellHeld(ctx, lost)
	return w.hold(inForce.Protection)
}

// tellHeld writes an alarm for each setting that is not in force.
func (w *works) tellHeld(ctx context.Context, lost []settings.Weakening) {
	for _, one := range lost {
		w.log.WarnContext(ctx, "alarm", "alarm", "settings_held", "setting", one.Setting)
	}
}

// take takes what the configuration says, where one person may. It is for the
// program that serves: a command of somebody's, with a file of their own, sets
// nothing.
func (w *works) take(ctx context.Context) error {
	_, err := w.settings.Take(ctx, w.asWritten, "system")
	if errors.Is(err, settings.ErrNeedsApproval) {
		return nil // it was told when the configuration was judged
	}
	return err
}

// heldEvery is how often an alarm is repeated while something is written that is
// not in force.
const heldEvery = time.Hour

// remind repeats what is held, until the context ends.
func (w *works) remind(ctx context.Context) {
	ticker := time.NewTicker(heldEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := w.remindOnce(ctx); err != nil && ctx.Err() == nil {
			w.log.ErrorContext(ctx, "comparing the configuration", "err", err.Error())
		}
	}
}

func (w *works) remindOnce(ctx context.Context) error {
	inForce, err := w.settings.InForce(ctx)
	if err != nil {
		return err
	}
	w.tellHeld(ctx, settings.Weakenings(inForce.Protection, w.asWritten))
	for _, held := range w.heldFiles {
		if town, err := w.towns.ByID(held.city); err != nil || town.Version.Digest != held.digest {
			w.tellFile(ctx, held.city)
		}
	}
	return nil
}

// heldFile is a city file that stands on this machine and is not in force.
type heldFile struct {
	city   id.City
	digest string
}

func (w *works) tellFile(ctx context.Context, town id.City) {
	w.log.WarnContext(ctx, "alarm", "alarm", "city_file_held", "city", string(town))
}

// holdFile leaves a town as it is: its new file is one that two people decide.
func (w *works) holdFile(ctx context.Context, plan city.Plan) {
	w.heldFiles = append(w.heldFiles, heldFile{plan.File.City, plan.Digest()})
	w.tellFile(ctx, plan.File.City)
}

type settingsCommand struct {
	Show  showSettings  `cmd:"" help:"Say what is in force of the installation's protection, and what the configuration would take away."`
	Apply applySettings `cmd:"" help:"Put the configuration in force where it takes protection away: two people decide."`
}

// showSettings tells.
type showSettings struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
}

// Run prints the version in force and what is held.
func (c showSettings) Run(ctx context.Context, p Process) error {
	return inWorks(ctx, p, c.Config, func(w *works) error {
		inForce, err := w.settings.InForce(ctx)
		if err != nil {
			return w.inWords(err)
		}
		return tellSettings(p.Out, inForce, w.asWritten)
	})
}

func tellSettings(out io.Writer, inForce settings.Version, written settings.Protection) error {
	if inForce.Number == 0 {
		_, err := fmt.Fprintln(out, "Nothing is in force yet: serve takes the configuration as it finds it, once.")
		return err
	}
	fmt.Fprintf(out, "In force is version %d, since %s, by %s.\nSHA-256 of what it says of protection: %s\n", inForce.Number,
		inForce.TakenAt.UTC().Format(minutes), cmp.Or(inForce.Request, inForce.TakenBy), inForce.Digest)
	lost := settings.Weakenings(inForce.Protection, written)
	if len(lost) == 0 {
		_, err := fmt.Fprintln(out, "The configuration takes nothing away.")
		return err
	}
	fmt.Fprintln(out, "The configuration takes protection away, and is not in force:")
	for _, one := range lost {
		fmt.Fprintf(out, "  %s\n", one)
	}
	_, err := fmt.Fprintln(out, "Two people decide it: clearwell settings apply --ask")
	return err
}

// applySettings asks, or does what was approved.
type applySettings struct {
	Config  string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	Ask     bool   `xor:"step" required:"" help:"Print the request for two people to sign."`
	As      string `placeholder:"NAME" help:"With --ask: who asks, a name of people in the configuration (who runs the command)."`
	Request string `xor:"step" required:"" placeholder:"NUMBER" help:"Carry out the request that two people have signed."`
}

// Run prints what is to be signed, or does what was. The program that serves
// follows when it is started again.
func (c applySettings) Run(ctx context.Context, p Process) error {
	return inWorks(ctx, p, c.Config, func(w *works) error {
		inForce, err := w.settings.InForce(ctx)
		if err != nil && !errors.Is(err, settings.ErrNotSealed) {
			return err
		}
		if c.Ask {
			return w.askFor(p, approval.Draft{City: id.Everyone, Action: settings.TakeAction, Content: settings.Words(inForce, w.asWritten), By: c.As})
		}
		request, err := findApproval(ctx, w, id.Everyone, c.Request)
		if err != nil {
			return w.inWords(err)
		}
		taken, err := w.settings.TakeApproved(ctx, w.asWritten, request.ID, operator())
		if err != nil {
			return w.inWords(err)
		}
		_, err = fmt.Fprintf(p.Out, "Version %d is in force. Start serve again on each node.\n", taken.Number)
		return err
	})
}
