package city

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// City is a town with the version of its file that is in force.
type City struct {
	File
	Version Version
}

// Directory answers from memory which town a request is for. It is safe for
// concurrent use; asking it costs no query. What it says is as old as the last
// [Directory.Refresh], which costs one small query while nothing has changed.
type Directory struct {
	db         *db.DB
	key        secret.Key // by which files are sealed
	refreshing sync.Mutex
	towns      atomic.Pointer[towns]
}

// towns is one consistent picture of all towns. It does not change.
type towns struct {
	byID      map[id.City]*City
	byAddress map[string]*City
}

// NewDirectory gives a directory that knows no town before its first Refresh.
func NewDirectory(d *db.DB, key secret.Key) *Directory {
	directory := &Directory{db: d, key: key}
	directory.towns.Store(&towns{})
	return directory
}

// ByHost finds the town of a host name, with or without a port. Returns
// [ErrUnknown].
func (d *Directory) ByHost(host string) (*City, error) { return d.at(hostAddress(host)) }

// ByPath finds the town of the first segment of an address. Returns [ErrUnknown].
func (d *Directory) ByPath(segment string) (*City, error) { return d.at(pathAddress(segment)) }

// ByID finds a town by its slug. Returns [ErrUnknown].
func (d *Directory) ByID(city id.City) (*City, error) {
	if c, ok := d.towns.Load().byID[city]; ok {
		return c, nil
	}
	return nil, ErrUnknown
}

// All lists the towns by their slugs.
func (d *Directory) All() []*City {
	byID := d.towns.Load().byID
	all := make([]*City, 0, len(byID))
	for _, city := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, byID[city])
	}
	return all
}

func (d *Directory) at(address string) (*City, error) {
	if c, ok := d.towns.Load().byAddress[address]; ok {
		return c, nil
	}
	return nil, ErrUnknown
}

// Refresh reads the towns whose version has changed. A town whose file this
// release cannot read stays as it was, and so does one whose file was not applied
// but written into the database; the others go on: the error names it.
func (d *Directory) Refresh(ctx context.Context) error {
	d.refreshing.Lock()
	defer d.refreshing.Unlock()
	known := d.towns.Load().byID
	fresh := map[id.City]*City{}
	var unreadable []error
	err := d.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		unreadable = nil
		current, err := selectCurrent(ctx, tx)
		if err != nil {
			return err
		}
		for city, number := range current {
			if err := d.freshen(ctx, tx, city, number, known, fresh); err != nil {
				unreadable = append(unreadable, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("refreshing the directory: %w", err)
	}
	d.towns.Store(picture(fresh))
	return errors.Join(unreadable...)
}

// freshen carries a town over, reading it only if its version is new.
func (d *Directory) freshen(ctx context.Context, tx *db.Tx, city id.City, number int64, known, fresh map[id.City]*City) error {
	old, ok := known[city]
	if ok {
		fresh[city] = old
		if old.Version.Number == number {
			return nil
		}
	}
	newest, err := d.read(ctx, tx, city, number)
	if err == nil {
		fresh[city] = newest
		return nil
	}
	if !ok && errors.Is(err, ErrNotSealed) {
		if last := d.lastSealed(ctx, tx, city, number-1); last != nil {
			fresh[city] = last
		}
	}
	return fmt.Errorf("reading %s: %w", city, err)
}

func (d *Directory) read(ctx context.Context, tx *db.Tx, city id.City, number int64) (*City, error) {
	version, data, err := selectFile(ctx, tx, d.key, city, number)
	if err != nil {
		return nil, err
	}
	file, err := Parse(versionName(city, number), data)
	return &City{file, version}, err
}

// lastSealed finds the newest version that was applied here: a town goes on with
// it rather than with what somebody wrote into the database, or not at all.
func (d *Directory) lastSealed(ctx context.Context, tx *db.Tx, city id.City, number int64) *City {
	for ; number > 0; number-- {
		if found, err := d.read(ctx, tx, city, number); err == nil {
			return found
		}
	}
	return nil
}

func picture(byID map[id.City]*City) *towns {
	byAddress := map[string]*City{}
	for _, c := range byID {
		for _, address := range c.addresses() {
			byAddress[address] = c
		}
	}
	return &towns{byID, byAddress}
}

// addresses lists the hosts and the path, as they are compared and stored.
func (f File) addresses() []string {
	var all []string
	for _, host := range f.Hosts {
		all = append(all, hostAddress(host))
	}
	if f.Path != "" {
		all = append(all, pathAddress(f.Path))
	}
	return all
}

func hostAddress(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return "host:" + strings.TrimSuffix(strings.ToLower(host), ".")
}

func pathAddress(segment string) string { return "path:" + segment }
