package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/secret"
)

// passphraseFlag says where the passphrase of a key is; without it, it is asked for
// at the terminal.
type passphraseFlag struct {
	Passphrase string `placeholder:"FILE" help:"A file with the passphrase of the key (it is asked for at the terminal)."`
}

var errNoPassphrase = errors.New("the key is locked, and there is no terminal to ask at: give --passphrase FILE")

// typed gives the passphrase; none where nothing is there to give it.
func (f passphraseFlag) typed(p Process, prompt string) (secret.String, bool, error) {
	if f.Passphrase != "" {
		text, mode, err := readWithMode(f.Passphrase)
		if err != nil {
			return secret.String{}, false, fmt.Errorf("reading the passphrase: %w", err)
		}
		if mode&others != 0 {
			return secret.String{}, false, fmt.Errorf("reading the passphrase: %s has mode %#o: chmod 600", f.Passphrase, mode)
		}
		return secret.New(strings.TrimRight(string(text), "\r\n")), true, nil
	}
	if p.Terminal == nil {
		return secret.String{}, false, nil
	}
	return askHidden(p, prompt)
}

// askHidden asks at the terminal and shows nothing of what is typed. The request
// itself may come by the standard input, so that is not where it asks.
func askHidden(p Process, prompt string) (secret.String, bool, error) {
	terminal, err := p.Terminal()
	if err != nil {
		return secret.String{}, false, nil // there is none
	}
	defer terminal.Close()
	fmt.Fprint(p.Err, prompt)
	text, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(p.Err)
	if err != nil {
		return secret.String{}, false, fmt.Errorf("asking for the passphrase: %w", err)
	}
	return secret.New(string(bytes.TrimSpace(text))), true, nil
}

// personKey reads the key of a person, locked or not.
func (f passphraseFlag) personKey(p Process, path string) (audit.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil || !approval.IsLocked(string(text)) {
		return audit.ReadKey(path) // which looks at who may read it
	}
	passphrase, given, err := f.typed(p, "Passphrase of "+path+": ")
	if err == nil && !given {
		err = errNoPassphrase
	}
	if err != nil {
		return audit.Key{}, err
	}
	key, err := approval.Unlock(string(text), passphrase)
	if err != nil {
		return audit.Key{}, err
	}
	return audit.ParseKey(key)
}

// createPersonKey writes a new key, locked if there is a passphrase.
func (f passphraseFlag) createPersonKey(p Process, path, name string) (key audit.Key, locked bool, err error) {
	passphrase, given, err := f.typed(p, fmt.Sprintf("A passphrase for it, %d characters or more (none): ", approval.LeastPassphrase))
	if err != nil {
		return audit.Key{}, false, err
	}
	if !given || passphrase.IsEmpty() {
		key, err = audit.CreateKey(path, name)
		return key, false, err
	}
	key, text, err := audit.NewKey(name)
	if err != nil {
		return audit.Key{}, false, err
	}
	sealed, err := approval.Lock(text, passphrase)
	if err != nil {
		return audit.Key{}, false, err
	}
	return key, true, writeNew(path, []byte(sealed))
}

// sayLocked tells how the key is kept.
func sayLocked(out io.Writer, locked bool) {
	if !locked {
		fmt.Fprintln(out, "It has no passphrase: whoever has the file signs as you.")
	}
}
