package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// owner is the system user that the server runs as; nil means the caller.
type owner struct{ uid, gid uint32 }

// serverOwner is nil for an ordinary user. For root it is postgres, or nobody.
func serverOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	found, err := user.Lookup("postgres")
	if errors.As(err, new(user.UnknownUserError)) {
		found, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("looking for a user to run PostgreSQL as, since it refuses root: %w", err)
	}
	return parseOwner(found)
}

func parseOwner(u *user.User) (*owner, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &owner{uid: uint32(uid), gid: uint32(gid)}, nil
}

// take makes o the owner of a file that the caller made.
func (o *owner) take(path string) error {
	if o == nil {
		return nil
	}
	return os.Chown(path, int(o.uid), int(o.gid))
}
