package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/depot"
	"clearwell/internal/doctor"
	"clearwell/internal/id"
	"clearwell/internal/notify"
	"clearwell/internal/settings"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/web/resident/view"
)

// inside are the checks that know the configuration.
func (p *patient) inside() []doctor.Check {
	asking := func(look func(context.Context) (doctor.State, string)) func(context.Context) (doctor.State, string) {
		return func(ctx context.Context) (doctor.State, string) {
			if !p.current {
				return doctor.Unseen, "the database has another schema"
			}
			return look(ctx)
		}
	}
	return []doctor.Check{
		{Name: "inside.files", Rows: []int{18, 29}, Next: "chmod -R go= on what is named", Look: p.files},
		{Name: "inside.schema", Next: "start serve of this release, or look with the release that serves", Look: p.schema},
		{Name: "inside.serving", Rows: []int{11, 18}, Next: "start serve; if another release runs, find out why", Look: p.serves},
		{Name: "inside.jail", Rows: []int{3, 4, 10}, Next: "set `jail: required`, on Linux 5.13 or newer", Look: p.jailed},
		{Name: "inside.settings", Rows: []int{4, 17, 29}, Next: "find out who changed it; two people put it in force, with clearwell settings apply or city apply", Look: asking(p.decided)},
		{Name: "inside.audit", Rows: []int{9}, Next: "preserve everything, touch nothing, and run clearwell audit verify: docs/audit.md", Look: asking(p.verified)},
		{Name: "inside.sealing", Rows: []int{9}, Next: "look into the log of serve for what keeps it from sealing", Look: asking(p.sealed)},
		{Name: "inside.copy", Rows: []int{9, 26}, Next: "run clearwell audit receive on a machine of the town's, and name it in `copy`; look there for its alarms", Look: p.copied},
		{Name: "inside.holds", Rows: []int{22}, Next: "lift the hold when its reason is gone", Look: asking(p.held)},
		{Name: "inside.mail", Next: "mend `mail` or the mail server, which must offer TLS (docs/operating.md); what waits is tried again by itself", Look: asking(p.mailed)},
		{Name: "inside.sandbox", Next: "take `sandbox` and `plain` out of the configuration", Look: p.playing},
		{Name: "inside.proxy", Rows: []int{27}, Next: "name the proxy that speaks TLS in `proxies`", Look: p.proxied},
		{Name: "inside.disk", Next: "make room; payments are refused when nothing can be written", Look: p.room},
		{Name: "inside.backup", Next: "back the database up each night, and say where with --backups", Look: p.backedUp},
		{Name: "inside.prober", Rows: []int{11, 15, 26}, Next: "run clearwell watch on a machine of the town's, and name its beat in `watch`", Look: asking(p.watched)},
		{Name: "inside.manifest", Rows: []int{11, 12}, Next: "make the manifest anew with clearwell manifest make, and give it to the prober", Look: p.stated},
		{Name: "inside.contact", Rows: []int{25}, Next: "name contact.security in the city file", Look: asking(p.reachable)},
	}
}

func badly(err error) (doctor.State, string) { return doctor.Unseen, err.Error() }

// files looks for what others than the owner may read or write.
func (p *patient) files(context.Context) (doctor.State, string) {
	watched := []string{p.cfg.Data, p.cfg.Keys, filepath.Join(p.cfg.Keys, keyOfSecrets), filepath.Join(p.cfg.Keys, keyOfDigests), filepath.Join(p.cfg.Keys, keyOfAudit)}
	if file := p.cfg.databaseFile(); file != "" {
		watched = append(watched, file)
	}
	for _, path := range watched {
		info, err := os.Stat(path)
		if err != nil {
			return badly(err)
		}
		if info.Mode().Perm()&others != 0 {
			return doctor.Bad, fmt.Sprintf("%s has mode %#o", path, info.Mode().Perm())
		}
	}
	return doctor.Good, fmt.Sprintf("%d files and folders are for their owner alone", len(watched))
}

func (p *patient) schema(ctx context.Context) (doctor.State, string) {
	has, knows, err := p.db.Schema(ctx)
	switch {
	case err != nil:
		return badly(err)
	case has != knows:
		return doctor.Bad, fmt.Sprintf("the database has schema %d, this release knows %d", has, knows)
	}
	return doctor.Good, fmt.Sprintf("schema %d", has)
}

// decided compares what is written on this machine with what is in force.
func (p *patient) decided(ctx context.Context) (doctor.State, string) {
	inForce, err := settings.New(p.db, p.keys.digests).InForce(ctx)
	switch {
	case errors.Is(err, settings.ErrNotSealed):
		return doctor.Bad, "settings stand in the database that were not taken here"
	case err != nil:
		return badly(err)
	case inForce.Number == 0:
		return doctor.Bad, "no settings are in force yet; serve takes them"
	}
	if lost := settings.Weakenings(inForce.Protection, p.cfg.protection(p.keys.audit.Verifier())); len(lost) > 0 {
		return doctor.Bad, fmt.Sprintf("%d settings of the configuration are held, among them %s", len(lost), lost[0])
	}
	for _, path := range p.cfg.Cities {
		file, err := readCity(path)
		if err != nil {
			return badly(err)
		}
		town, err := p.towns.ByID(file.City)
		if err != nil {
			return badly(err)
		}
		if len(city.Diff(town.File, file)) > 0 {
			return doctor.Look, fmt.Sprintf("%s is not what is in force", path)
		}
	}
	return doctor.Good, fmt.Sprintf("version %d of the settings, %.12s", inForce.Number, inForce.Digest)
}

// copiesWithin is how old the last copy may be.
const copiesWithin = time.Minute

// copied reads what serve has left of the copy of its logs.
func (p *patient) copied(context.Context) (doctor.State, string) {
	if p.cfg.Copy == nil {
		return doctor.Bad, "the logs are on this machine alone"
	}
	var s depot.Status
	text, err := os.ReadFile(copiedNote(p.cfg.Data))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	switch late := p.clock.Now().Sub(s.At); {
	case err != nil:
		return badly(err)
	case len(s.Refused) > 0:
		return doctor.Bad, fmt.Sprintf("the receiver refuses the audit log of %v: it does not extend what was received", s.Refused)
	case late > copiesWithin:
		return doctor.Bad, fmt.Sprintf("the last copy was made at %s", s.At.Format(time.RFC3339))
	case s.Lost > 0:
		return doctor.Look, fmt.Sprintf("%d lines of the log were lost while nobody took them", s.Lost)
	}
	return doctor.Good, fmt.Sprintf("%d audit logs at %s, copied at %s", len(s.Sizes), p.cfg.Copy.To, s.At.Format(time.RFC3339))
}

// said reads what serve has left.
func (p *patient) said() (s serving, err error) {
	text, err := os.ReadFile(servingNote(p.cfg.Data))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	return s, err
}

// kernelSays is what the kernel says of a process.
func kernelSays(pid int) (string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return string(text), err
}

func (p *patient) serves(context.Context) (doctor.State, string) {
	s, err := p.said()
	if err != nil {
		return badly(err)
	}
	if s.Release != p.release {
		return doctor.Bad, fmt.Sprintf("release %.12s serves, and this is %.12s", s.Release, p.release)
	}
	if runtime.GOOS == "linux" {
		if _, err := kernelSays(s.PID); err != nil {
			return doctor.Bad, fmt.Sprintf("process %d, which began at %s, is gone", s.PID, s.At.Format(time.RFC3339))
		}
	}
	return doctor.Good, fmt.Sprintf("process %d since %s, release %.12s", s.PID, s.At.Format(time.RFC3339), s.Release)
}

// jailed believes the program only where the kernel says the same.
func (p *patient) jailed(context.Context) (doctor.State, string) {
	s, err := p.said()
	if err != nil {
		return badly(err)
	}
	kernel, err := kernelSays(s.PID)
	switch {
	case err != nil:
		return badly(err)
	case !s.Programs || !s.Files || !strings.Contains(kernel, "Seccomp:\t2\n"):
		return doctor.Bad, "programs can be started, or other files reached"
	case !s.Ports:
		return doctor.Look, "the kernel is too old to refuse ports (Linux 6.7)"
	case p.cfg.Jail != jailRequired:
		return doctor.Look, "confined, and would serve without: jail is not required"
	}
	return doctor.Good, "programs, other files and other ports are refused"
}

// all is every city, and the operator.
func (p *patient) all() []id.City {
	cities := []id.City{id.Everyone}
	for _, town := range p.towns.All() {
		cities = append(cities, town.City)
	}
	return cities
}

func (p *patient) verified(ctx context.Context) (doctor.State, string) {
	var events int64
	for _, city := range p.all() {
		report, err := p.audit.Verify(ctx, city)
		if err != nil {
			return badly(err)
		}
		if !report.OK() {
			return doctor.Bad, fmt.Sprintf("%s: %s", city, report.Findings[0])
		}
		if report.Newest.At.After(p.clock.Now().Add(5 * time.Second)) {
			return doctor.Bad, fmt.Sprintf("%s: its newest checkpoint is from the future: a clock is wrong", city)
		}
		events += report.Events
	}
	return doctor.Good, fmt.Sprintf("%d events of %d logs are as they were sealed", events, len(p.all()))
}

// sealsWithin is how long an event may wait for its seal.
const sealsWithin = time.Minute

func (p *patient) sealed(ctx context.Context) (doctor.State, string) {
	for _, city := range p.all() {
		report, err := p.audit.Verify(ctx, city)
		if err != nil {
			return badly(err)
		}
		if waits := p.clock.Now().Sub(report.Newest.At); report.Unsealed > 0 && waits > sealsWithin {
			return doctor.Bad, fmt.Sprintf("%s: %d events wait, and nothing was sealed for %s", city, report.Unsealed, waits.Truncate(time.Second))
		}
	}
	return doctor.Good, "no event waits for its seal"
}

// leavesWithin is how long mail may wait before somebody should look: the first
// tries are a minute and two apart.
const leavesWithin = 15 * time.Minute

func (p *patient) mailed(ctx context.Context) (doctor.State, string) {
	if p.cfg.Mail.Folder == "" && p.cfg.Mail.SMTP == nil {
		return doctor.Look, "no `mail` is set up: no receipt, code or warning leaves"
	}
	oldest, waits, err := notify.OldestWaiting(ctx, p.db)
	waited := p.clock.Now().Sub(oldest.QueuedAt)
	switch {
	case err != nil:
		return badly(err)
	case !waits || waited < leavesWithin:
		return doctor.Good, "no mail has waited longer than " + leavesWithin.String()
	case oldest.Trouble == "":
		return doctor.Bad, fmt.Sprintf("mail has waited since %s, and was tried %d times", oldest.QueuedAt.Format(time.RFC3339), oldest.Attempts)
	}
	return doctor.Bad, fmt.Sprintf("mail has waited since %s, and was tried %d times, last: %s", oldest.QueuedAt.Format(time.RFC3339), oldest.Attempts, oldest.Trouble)
}

func (p *patient) held(ctx context.Context) (doctor.State, string) {
	var standing []string
	for _, town := range p.towns.All() {
		holds, err := p.holds.Holds(ctx, town.City)
		if err != nil {
			return badly(err)
		}
		for _, hold := range holds {
			standing = append(standing, fmt.Sprintf("%s: %s since %s", town.City, hold.Kind, hold.ThrownAt.Format(time.RFC3339)))
		}
	}
	if len(standing) > 0 {
		return doctor.Look, strings.Join(standing, "; ")
	}
	return doctor.Good, "nothing is on hold"
}

func (p *patient) playing(context.Context) (doctor.State, string) {
	switch {
	case p.cfg.Plain:
		return doctor.Bad, "browsers may come without TLS"
	case p.cfg.Sandbox != nil:
		return doctor.Bad, "the processor that moves no money is there"
	}
	return doctor.Good, "no sandbox, and TLS is demanded"
}

func (p *patient) proxied(context.Context) (doctor.State, string) {
	switch host, _, _ := strings.Cut(p.cfg.Listen, ":"); {
	case len(p.cfg.Proxies) == 0:
		return doctor.Bad, "no proxy is named: all residents seem to come from it, and share one limit"
	case !ownAddress(host):
		return doctor.Look, "it listens on " + p.cfg.Listen + ": whoever reaches that goes round the proxy"
	}
	return doctor.Good, fmt.Sprintf("behind %d networks of proxies, on this machine's own address", len(p.cfg.Proxies))
}

// leastRoom is what must be left on the disk, in bytes; and a twentieth of it.
const leastRoom = 1 << 30

func (p *patient) room(context.Context) (doctor.State, string) {
	free, all, err := disk(p.cfg.Data)
	if err != nil {
		return badly(err)
	}
	saw := fmt.Sprintf("%d MiB of %d are free", free>>20, all>>20)
	if free < leastRoom || free < all/20 {
		return doctor.Bad, saw
	}
	return doctor.Good, saw
}

// backsUpWithin is a night and two hours.
const backsUpWithin = 26 * time.Hour

func (p *patient) backedUp(context.Context) (doctor.State, string) {
	if p.Backups == "" {
		return doctor.Unseen, "nobody said where backups are"
	}
	var newest time.Time
	err := filepath.WalkDir(p.Backups, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Size() > 0 && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	switch {
	case err != nil:
		return badly(err)
	case newest.IsZero():
		return doctor.Bad, "there is none"
	case p.clock.Now().Sub(newest) > backsUpWithin:
		return doctor.Bad, "the newest is of " + newest.UTC().Format(time.RFC3339)
	}
	return doctor.Good, "the newest is of " + newest.UTC().Format(time.RFC3339)
}

func (p *patient) watched(ctx context.Context) (doctor.State, string) {
	o := &openness{probers: p.cfg.Watch, clock: p.clock, log: logger(p.process.Err), fetch: outbound(), beats: map[id.City]string{}}
	o.listen(ctx)
	for _, town := range p.towns.All() {
		if seen := o.Watched(town.City); seen.State != view.WatchGood {
			return doctor.Bad, fmt.Sprintf("%s: the prober is %q", town.City, seen.State)
		}
	}
	return doctor.Good, fmt.Sprintf("the probers of %d towns are content", len(p.towns.All()))
}

func (p *patient) stated(context.Context) (doctor.State, string) {
	if p.Manifest == "" {
		return doctor.Unseen, "nobody gave the manifest (--manifest, --trust)"
	}
	text, err := os.ReadFile(p.Manifest)
	if err != nil {
		return badly(err)
	}
	m, err := manifest.Open(string(text), p.Trust)
	switch {
	case err != nil:
		return doctor.Bad, err.Error()
	case m.Release != p.release:
		return doctor.Bad, fmt.Sprintf("it states release %.12s, and this is %.12s", m.Release, p.release)
	}
	return doctor.Good, fmt.Sprintf("signed, for %s, of %s", m.City, m.MadeAt.Format(time.DateOnly))
}

func (p *patient) reachable(context.Context) (doctor.State, string) {
	for _, town := range p.towns.All() {
		if town.Contact.Security == "" {
			return doctor.Look, fmt.Sprintf("%s: reports of weaknesses go to %s with all other mail", town.City, town.Contact.Email)
		}
	}
	return doctor.Good, "each town has an address for reports"
}
