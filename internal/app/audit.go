package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"clearwell/internal/audit"
	"clearwell/internal/id"
)

type auditCommand struct {
	Verify  verifyAudit  `cmd:"" help:"Look for rows that were changed, deleted, moved or cut off."`
	Export  exportAudit  `cmd:"" help:"Write a town's log to a file that others can verify."`
	Key     auditKey     `cmd:"" help:"Print the public key, by which others verify."`
	Receive receiveAudit `cmd:"" help:"Keep the logs of other machines, where nobody who owns these can change them."`
}

// What ends the command with a status that scripts notice.
var (
	errDamaged  = errors.New("the audit log is damaged")
	errUnproven = errors.New("nothing of the audit log is proven")
	errKeyless  = errors.New("an export proves nothing without the public key of whoever sealed it, which must not come from the file itself: give --key, as clearwell audit key prints it on their machine")
)

// verifyAudit recomputes a log, of the database or of an export.
type verifyAudit struct {
	Config string   `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string   `required:"" xor:"what" placeholder:"CITY" help:"Verify this town's log in the database."`
	File   string   `required:"" xor:"what" placeholder:"FILE" help:"Verify an export instead. Needs no database."`
	Key    []string `placeholder:"KEY" help:"With --file: the public keys to trust."`
	Kept   []string `type:"existingfile" placeholder:"FILE" help:"Checkpoints kept elsewhere; they find a history that was rewritten as a whole."`
}

// Run prints the report.
func (c verifyAudit) Run(ctx context.Context, p Process) error {
	var kept []string
	for _, path := range c.Kept {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading a checkpoint: %w", err)
		}
		kept = append(kept, string(text))
	}
	report, err := c.verify(ctx, p, kept)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.Out, report.Text())
	switch {
	case !report.OK():
		return errDamaged
	case report.Unproven():
		return errUnproven
	}
	return nil
}

func (c verifyAudit) verify(ctx context.Context, p Process, kept []string) (report audit.Report, err error) {
	if c.File == "" {
		err = inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
			report, err = w.audit.Verify(ctx, town.City, kept...)
			return err
		})
		return report, err
	}
	if len(c.Key) == 0 {
		return report, errKeyless
	}
	file, err := os.Open(c.File)
	if err != nil {
		return report, fmt.Errorf("reading an export: %w", err)
	}
	defer file.Close()
	return audit.VerifyFile(file, c.Key, kept...)
}

// exportAudit writes a log.
type exportAudit struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	Out    string `placeholder:"FILE" help:"Where to write it, for the owner of the file alone (standard output)."`
	City   string `arg:"" help:"Whose log."`
}

// Run writes the log, whole or not at all.
func (c exportAudit) Run(ctx context.Context, p Process) error {
	return inWorks(ctx, p, c.Config, func(w *works) error {
		if c.Out == "" {
			return w.audit.Export(ctx, id.City(c.City), p.Out)
		}
		file := &lazyFile{path: c.Out}
		if err := w.audit.Export(ctx, id.City(c.City), file); err != nil {
			return errors.Join(err, file.close())
		}
		return file.keep()
	})
}

// auditKey prints the public key.
type auditKey struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
}

// Run prints the key.
func (c auditKey) Run(p Process) error {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return err
	}
	k, err := readKeys(cfg.Keys)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, k.audit.Verifier())
	return err
}
