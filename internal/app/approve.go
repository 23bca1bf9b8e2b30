package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"clearwell/internal/approval"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/locale"
)

type personCommand struct {
	New newPerson `cmd:"" help:"Make the key of a person who asks and approves. Needs no configuration."`
}

// newPerson makes a key file, on the machine of the person it is for.
type newPerson struct {
	passphraseFlag
	Out  string `placeholder:"FILE" help:"The key file (NAME.key). What exists is not overwritten."`
	Name string `arg:"" help:"Who it is for: one word, without plus signs."`
}

// Run writes the key, and prints the line for the configuration.
func (c newPerson) Run(p Process) error {
	file := c.Out
	if file == "" {
		file = c.Name + ".key"
	}
	key, locked, err := c.createPersonKey(p, filepath.Clean(file), c.Name)
	if err != nil {
		return fmt.Errorf("making the key of %s: %w", c.Name, err)
	}
	sayLocked(p.Err, locked)
	_, err = fmt.Fprintf(p.Out, "The key of %s is in %s. It stays with them alone.\nIn the configuration, under people:\n\n  - %s\n", c.Name, file, key.Verifier())
	return err
}

// approveCommand signs a request, on any machine.
type approveCommand struct {
	passphraseFlag
	Key     string `required:"" placeholder:"FILE" help:"Your key file."`
	Request string `arg:"" default:"-" help:"The request, as approval show prints it (standard input)."`
}

// Run shows what is signed, and prints it with the signature.
func (c approveCommand) Run(p Process) error {
	text, err := readRequest(p, c.Request)
	if err != nil {
		return err
	}
	key, err := c.personKey(p, c.Key)
	if err != nil {
		return fmt.Errorf("reading your key: %w", err)
	}
	signed, err := approval.Sign(text, key.Signer())
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Err, "You sign as %s:\n\n%s\n", key.Signer().Name(), text)
	_, err = io.WriteString(p.Out, signed)
	return err
}

const largestRequest = 1 << 20 // bytes; a city file's changes fit many times

func readRequest(p Process, file string) (string, error) {
	from := p.In
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("reading a request: %w", err)
		}
		defer opened.Close()
		from = opened
	}
	if from == nil {
		return "", errors.New("reading a request: there is none")
	}
	text, err := io.ReadAll(io.LimitReader(from, largestRequest))
	if err != nil {
		return "", fmt.Errorf("reading a request: %w", err)
	}
	return string(text), nil
}

type approvalCommand struct {
	List     listApprovals    `cmd:"" help:"List what was asked for, the newest first."`
	Show     showApproval     `cmd:"" help:"Print a request, for somebody to sign."`
	Take     takeApproval     `cmd:"" help:"Take a signed request: it is then asked for, or approved."`
	Withdraw withdrawApproval `cmd:"" help:"End a request that was not carried out."`
}

// approvalFlags say whose requests are meant.
type approvalFlags struct {
	Config       string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City         string `required:"" xor:"whose" placeholder:"CITY" help:"The town."`
	Installation bool   `required:"" xor:"whose" help:"The whole installation: its configuration."`
}

// in opens the works for the town that is meant, which may be all.
func (f approvalFlags) in(ctx context.Context, p Process, do func(*works, id.City) error) error {
	if f.Installation {
		return inWorks(ctx, p, f.Config, func(w *works) error { return do(w, id.Everyone) })
	}
	return inTown(ctx, p, f.Config, f.City, func(w *works, town townOf) error { return do(w, town.City) })
}

// listApprovals lists.
type listApprovals struct{ approvalFlags }

// Run prints a line for each request, and who can decide.
func (c listApprovals) Run(ctx context.Context, p Process) error {
	return c.in(ctx, p, func(w *works, city id.City) error {
		all, err := w.approvals.List(ctx, city)
		if err != nil {
			return err
		}
		if !w.approvals.People().Two() {
			fmt.Fprintf(p.Out, "Fewer than two people are named: requests wait %s instead of a second person.\n", approval.AloneAfter)
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		for _, one := range all {
			fmt.Fprintf(table, "%s\t%s\t%s\tasked by %s\tuntil %s\t%s\n", one.ID, one.State, one.Action, one.By,
				one.Until.UTC().Format(minutes), one.ApprovedBy)
		}
		return table.Flush()
	})
}

// showApproval prints a request.
type showApproval struct {
	approvalFlags
	Request string `arg:"" help:"Its number."`
}

// Run prints the text with the signatures it has.
func (c showApproval) Run(ctx context.Context, p Process) error {
	return c.in(ctx, p, func(w *works, city id.City) error {
		found, err := findApproval(ctx, w, city, c.Request)
		if err != nil {
			return err
		}
		_, err = io.WriteString(p.Out, found.Signed())
		return err
	})
}

func findApproval(ctx context.Context, w *works, city id.City, text string) (approval.Standing, error) {
	var number approval.ID
	if err := number.UnmarshalText([]byte(text)); err != nil {
		return approval.Standing{}, approval.ErrUnknown
	}
	return w.approvals.Find(ctx, city, number)
}

// takeApproval takes a signed text.
type takeApproval struct {
	approvalFlags
	Request string `arg:"" default:"-" help:"The signed request (standard input)."`
}

// Run takes it and says what is to be done next.
func (c takeApproval) Run(ctx context.Context, p Process) error {
	text, err := readRequest(p, c.Request)
	if err != nil {
		return err
	}
	return c.in(ctx, p, func(w *works, city id.City) error {
		taken, err := w.approvals.Take(ctx, city, text)
		if err != nil {
			return w.inWords(err)
		}
		return tellRequest(p.Out, w, taken)
	})
}

// tellRequest says how a request stands and what comes next.
func tellRequest(out io.Writer, w *works, s approval.Standing) (err error) {
	switch {
	case s.State == approval.Approved:
		_, err = fmt.Fprintf(out, "Request %s is approved by %s. It may be carried out until %s.\n", s.ID, s.ApprovedBy, s.Until.UTC().Format(minutes))
	case !w.approvals.People().Two():
		_, err = fmt.Fprintf(out, "Request %s is asked for. Nobody else is named who could approve it: it may be carried out after %s.\n",
			s.ID, s.At.Add(approval.AloneAfter).UTC().Format(minutes))
	default:
		_, err = fmt.Fprintf(out, "Request %s is asked for by %s. Somebody else signs it next, before %s.\n", s.ID, s.By, s.Until.UTC().Format(minutes))
	}
	return err
}

// withdrawApproval ends a request.
type withdrawApproval struct {
	approvalFlags
	Request string `arg:"" help:"Its number."`
}

// Run ends it.
func (c withdrawApproval) Run(ctx context.Context, p Process) error {
	return c.in(ctx, p, func(w *works, city id.City) error {
		found, err := findApproval(ctx, w, city, c.Request)
		if err != nil {
			return err
		}
		if err := w.approvals.Withdraw(ctx, city, found.ID, operator()); err != nil {
			return w.inWords(err)
		}
		_, err = fmt.Fprintf(p.Out, "Request %s is withdrawn.\n", found.ID)
		return err
	})
}

// inWords says a refusal as people read it, beside its name, and only once.
func (w *works) inWords(err error) error { return inWords(w.words, err) }

func inWords(words *locale.Catalogue, err error) error {
	if fault.KindOf(err) == fault.Internal || errors.As(err, new(worded)) {
		return err
	}
	return worded{words.Printer(locale.English).Fault(err), err}
}

// worded is a refusal with its sentence.
type worded struct {
	said string
	err  error
}

// Error gives the sentence, and under it the name for whoever looks it up.
func (w worded) Error() string { return fmt.Sprintf("%s\n(%s)", w.said, w.err) }

// Unwrap gives the refusal.
func (w worded) Unwrap() error { return w.err }

// askFor prints a request, for whoever asks to sign. Nothing is kept.
func (w *works) askFor(p Process, d approval.Draft) error {
	if d.By == "" {
		d.By = string(operator())
	}
	request, err := w.approvals.Write(d)
	if err != nil {
		return w.inWords(err)
	}
	if _, err := io.WriteString(p.Out, request.Text()); err != nil {
		return err
	}
	if people := w.approvals.People(); len(people.Names()) > 0 {
		fmt.Fprintf(p.Err, "To be signed by %s (clearwell approve), and then by another of %v.\n", request.By, people.Names())
	}
	return nil
}
