package clearing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/secret"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Server is a bank's server to which files are sent by SFTP. Only the host key
// that the bank gave is believed.
type Server struct {
	Address string
	User    string
	Key     secret.String // the private key, as ssh-keygen writes it
	HostKey string        // "ssh-ed25519 AAAA…"
	Folder  string
}

// ErrHostKey: the server has another key than the bank said.
var ErrHostKey = errors.New("the server's key is not the one that the bank gave: nothing was sent")

// patience bounds a connection, and each delivery over it.
const patience = 2 * time.Minute

// Deliver sends under a name that the bank does not take yet, and then renames it.
// A file of that name with as many bytes is ours: its bytes were sealed before it
// was first sent.
func (s Server) Deliver(ctx context.Context, name string, text []byte) error {
	if db.InTransaction(ctx) {
		return db.ErrNetworkInTransaction
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	client, done, err := s.connect(ctx)
	if err != nil {
		return err
	}
	err = send(client, path.Join(s.Folder, name), text)
	return errors.Join(err, done())
}

func (s Server) connect(ctx context.Context) (*sftp.Client, func() error, error) {
	config, err := s.config()
	if err != nil {
		return nil, nil, err
	}
	var dialer net.Dialer
	road, err := dialer.DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return nil, nil, fmt.Errorf("reaching the bank's server: %w", err)
	}
	hangUp := context.AfterFunc(ctx, func() { road.Close() })
	conn, channels, requests, err := ssh.NewClientConn(road, s.Address, config)
	if err != nil {
		hangUp()
		return nil, nil, errors.Join(fmt.Errorf("greeting the bank's server: %w", err), road.Close())
	}
	line := ssh.NewClient(conn, channels, requests)
	client, err := sftp.NewClient(line)
	if err != nil {
		hangUp()
		return nil, nil, errors.Join(fmt.Errorf("opening the bank's server: %w", err), line.Close())
	}
	return client, func() error {
		hangUp()
		return errors.Join(ignoreClosed(client.Close()), ignoreClosed(line.Close()))
	}, nil
}

// ignoreClosed: that the other side hung up first is no trouble once all is said.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s Server) config() (*ssh.ClientConfig, error) {
	key, err := ssh.ParsePrivateKey([]byte(s.Key.Reveal()))
	if err != nil {
		return nil, errors.New("reading the private key for the bank's server: it is not one, or has a passphrase") // not err: it may quote
	}
	host, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s.HostKey))
	if err != nil {
		return nil, fmt.Errorf("reading the bank's host key: %w", err)
	}
	pinned := ssh.FixedHostKey(host)
	return &ssh.ClientConfig{
		User: s.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyAlgorithms: algorithms(host), Timeout: patience,
		HostKeyCallback: func(name string, remote net.Addr, shown ssh.PublicKey) error {
			if pinned(name, remote, shown) != nil {
				return ErrHostKey
			}
			return nil
		},
	}, nil
}

// algorithms are those of the pinned key: a server with several keys then shows
// this one.
func algorithms(key ssh.PublicKey) []string {
	if key.Type() == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{key.Type()}
}

func send(client *sftp.Client, place string, text []byte) error {
	there, err := client.Stat(place)
	switch {
	case err == nil && there.Size() == int64(len(text)):
		return nil
	case err == nil:
		return ErrOtherFile
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("looking for the file at the bank: %w", err)
	}
	file, err := client.Create(place + unnamed)
	if err != nil {
		return fmt.Errorf("sending the file: %w", err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("sending the file: %w", err)
	}
	if err := client.Rename(place+unnamed, place); err != nil {
		return fmt.Errorf("naming the file at the bank: %w", err)
	}
	return nil
}
