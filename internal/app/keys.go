package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/secret"
)

// keys are the secrets of an installation.
type keys struct {
	sealer  *secret.Sealer
	digests secret.Key
	audit   audit.Key
}

// readKeys reads the key files that `clearwell init` has made. The keyset is
// opened too, before anything has been sealed by it: one that is lost, or that
// others may read, must not be found out on the day it is needed.
func readKeys(folder string) (keys, error) {
	sealer, err := readSealer(folder)
	if err != nil {
		return keys{}, err
	}
	digests, err := secret.ReadKey(filepath.Join(folder, keyOfDigests))
	if err != nil {
		return keys{}, err
	}
	signing, err := audit.ReadKey(filepath.Join(folder, keyOfAudit))
	return keys{sealer, digests, signing}, err
}

// keyCommand names the file that stands in place of the keyset where a service of
// the town's keeps it: the command that prints it, one argument a line.
const keyCommand = keyOfSecrets + ".command"

func readSealer(folder string) (*secret.Sealer, error) {
	command, err := keysCommand(folder)
	if err != nil || command == nil {
		return secret.ReadSealer(filepath.Join(folder, keyOfSecrets))
	}
	return secret.RunSealer(context.Background(), command)
}

// keysCommand is the command that prints the keyset; nil where it is a file.
func keysCommand(folder string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(folder, keyCommand))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Split(string(bytes.TrimSpace(text)), "\n"), err
}

type keysCommands struct {
	Add    addKey    `cmd:"" help:"Add a sealing key, which seals nothing yet: give the new file to all machines."`
	Rotate rotateKey `cmd:"" help:"Seal with the newest key from now on. What older keys sealed still opens."`
	Reseal resealKey `cmd:"" help:"Seal again what older keys have sealed."`
}

type keyFlags struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
}

var errKeysElsewhere = errors.New("the sealing keys come from a command: add and rotate them where it fetches them")

// change changes the keyset file, and says what follows.
func (f keyFlags) change(p Process, how func(string) error, next string) error {
	cfg, err := readConfig(f.Config)
	if err != nil {
		return err
	}
	if command, err := keysCommand(cfg.Keys); err != nil || command != nil {
		return errors.Join(err, errKeysElsewhere)
	}
	if err := how(filepath.Join(cfg.Keys, keyOfSecrets)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, next)
	return err
}

type addKey struct{ keyFlags }

// Run adds a key.
func (c addKey) Run(p Process) error {
	return c.change(p, secret.AddKey, "A key was added, and seals nothing yet. When every machine has the new file: clearwell keys rotate.")
}

type rotateKey struct{ keyFlags }

// Run lets the newest key seal.
func (c rotateKey) Run(p Process) error {
	return c.change(p, secret.Rotate, "The newest key seals from now on; programs that run take it up within ten minutes. What older keys sealed is sealed again by then, or by: clearwell keys reseal.")
}

type resealKey struct{ keyFlags }

// Run seals again.
func (c resealKey) Run(ctx context.Context, p Process) error {
	return inWorks(ctx, p, c.Config, func(w *works) error {
		count, err := w.banks.Reseal(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Out, "%d bank accounts were sealed again. No older key is needed for them.\n", count)
		return err
	})
}
