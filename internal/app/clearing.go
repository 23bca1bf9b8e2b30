package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"clearwell/internal/city"
	"clearwell/internal/clearing"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

// openClearing makes what draws on bank accounts.
func (w *works) openClearing() error {
	book, err := clearing.Load()
	if err != nil {
		return err
	}
	w.echecks = clearing.New(clearing.Deps{
		DB: w.db, Towns: banked{w.towns}, Banks: w.banks, Routes: routing.New(w.db), Inbox: inbox.New(w.db), Sealer: w.keys.sealer,
		Digests: w.keys.digests, Payments: w.payments, Book: book, Log: w.log,
	})
	return nil
}

// banked tells clearing what a town's file says of its bank.
type banked struct{ towns *city.Directory }

// Terms reads them. Returns clearing.ErrNoTerms.
func (b banked) Terms(town id.City) (clearing.Terms, error) {
	file, err := b.towns.ByID(town)
	if err != nil {
		return clearing.Terms{}, err
	}
	if file.Bank == nil {
		return clearing.Terms{}, clearing.ErrNoTerms
	}
	agreed := file.Bank
	t := clearing.Terms{
		Bank: routing.Number(agreed.Routing), BankName: agreed.Name, Origin: agreed.Origin, OriginName: agreed.OriginName,
		Company: agreed.Company, CompanyID: agreed.CompanyID, Description: agreed.Description, Destination: agreed.Destination,
		Zone: file.Zone, CutOff: agreed.CutOff, SameDay: agreed.SameDay, Prenote: agreed.Prenote, Retries: agreed.Retries,
	}
	if agreed.Offset != "" {
		if t.Offset, err = offsetAt(agreed.Offset); err != nil {
			return clearing.Terms{}, err
		}
	}
	return t, t.Check()
}

var (
	errSecretPlace  = errors.New("keep it in a file that its owner alone may read, as file:/etc/clearwell/key")
	errOffsetFormat = errors.New(`the file must hold "ROUTING NUMBER checking" or "ROUTING NUMBER savings"`)
)

// secretAt reads a secret that a city file points to.
func secretAt(ref city.SecretRef) (secret.String, error) {
	path, found := strings.CutPrefix(string(ref), "file:")
	if !found {
		return secret.String{}, errSecretPlace
	}
	text, mode, err := readWithMode(path)
	if err == nil && mode&0o077 != 0 {
		err = errSecretPlace
	}
	if err != nil {
		return secret.String{}, fmt.Errorf("reading a secret: %w", err)
	}
	return secret.New(string(text)), nil
}

func offsetAt(ref city.SecretRef) (*clearing.Offset, error) {
	text, err := secretAt(ref)
	if err != nil {
		return nil, err
	}
	parts := strings.Fields(text.Reveal())
	if len(parts) != 3 || (parts[2] != "checking" && parts[2] != "savings") {
		return nil, fmt.Errorf("reading the bank account for balanced files: %w", errOffsetFormat)
	}
	return &clearing.Offset{Bank: routing.Number(parts[0]), Number: secret.New(parts[1]), Savings: parts[2] == "savings"}, nil
}

// toBank is how a town's files reach its bank.
func toBank(agreed *city.Bank) (clearing.Deliverer, error) {
	if agreed.SFTP == nil {
		return clearing.Folder(agreed.Folder), nil
	}
	key, err := secretAt(agreed.SFTP.Key)
	return clearing.Server{
		Address: agreed.SFTP.Address, User: agreed.SFTP.User, Key: key, HostKey: agreed.SFTP.HostKey, Folder: agreed.SFTP.Folder,
	}, err
}

// clear does for every town with a bank what is due: takes what the bank sent, and
// makes and delivers the file of the day. What the bank corrected is in force
// before the file is made.
func (w *works) clear(ctx context.Context) error {
	errs := []error{w.echecks.Resume(ctx)}
	for _, town := range w.towns.All() {
		if town.Bank == nil {
			continue
		}
		if err := w.clearTown(ctx, town); err != nil {
			errs = append(errs, fmt.Errorf("clearing for %s: %w", town.City, err))
		}
	}
	return errors.Join(errs...)
}

func (w *works) clearTown(ctx context.Context, town townOf) error {
	heard := w.takeReturns(ctx, town)
	to, err := toBank(town.Bank)
	if err != nil {
		return errors.Join(heard, err)
	}
	return errors.Join(heard, w.echecks.Run(ctx, town.City, to))
}

// tend does for every town with a bank what time brings.
func (w *works) tend(ctx context.Context) error {
	var errs []error
	for _, town := range w.towns.All() {
		if town.Bank != nil {
			errs = append(errs, w.echecks.Tend(ctx, town.City))
		}
	}
	return errors.Join(errs...)
}

// takenFolder is where files of the bank go that were kept.
const takenFolder = "taken"

// takeReturns takes the files that lie in the town's folder for them. Once kept, a
// file is moved aside; what could not be read of it is alarmed, and tried again
// from what was kept.
func (w *works) takeReturns(ctx context.Context, town townOf) error {
	if town.Bank.Returns == "" {
		return nil
	}
	there, err := os.ReadDir(town.Bank.Returns)
	if err != nil {
		return fmt.Errorf("looking for files of the bank: %w", err)
	}
	var errs []error
	for _, one := range there {
		if one.Type().IsRegular() && !strings.HasPrefix(one.Name(), ".") && !strings.HasSuffix(one.Name(), ".part") {
			errs = append(errs, w.takeReturn(ctx, town, one.Name()))
		}
	}
	return errors.Join(errs...)
}

func (w *works) takeReturn(ctx context.Context, town townOf, name string) error {
	text, err := os.ReadFile(filepath.Join(town.Bank.Returns, name))
	if err != nil {
		return fmt.Errorf("reading a file of the bank: %w", err)
	}
	_, err = w.echecks.Hear(ctx, town.City, text)
	if err != nil && !errors.Is(err, clearing.ErrNotACH) && !errors.Is(err, clearing.ErrForeign) {
		return err
	}
	aside := filepath.Join(town.Bank.Returns, takenFolder)
	if err := os.MkdirAll(aside, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("putting a file of the bank aside: %w", err)
	}
	if err := os.Rename(filepath.Join(town.Bank.Returns, name), filepath.Join(aside, name)); err != nil {
		return fmt.Errorf("putting a file of the bank aside: %w", err)
	}
	return nil
}

// bankFolders are those that clearing writes to.
func bankFolders(towns []townOf) (all []string) {
	for _, town := range towns {
		if town.Bank == nil {
			continue
		}
		for _, folder := range []string{town.Bank.Folder, town.Bank.Returns} {
			if folder != "" {
				all = append(all, folder)
			}
		}
	}
	return all
}

// bankPorts are those at which banks' servers are asked.
func bankPorts(towns []townOf) (all []uint16) {
	for _, town := range towns {
		if town.Bank == nil || town.Bank.SFTP == nil {
			continue
		}
		_, named, err := net.SplitHostPort(town.Bank.SFTP.Address)
		port, err2 := strconv.ParseUint(named, 10, 16)
		if err == nil && err2 == nil {
			all = append(all, uint16(port))
		}
	}
	return all
}
