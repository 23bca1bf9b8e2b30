package clearing_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/clearing"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/secret"

	"context"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// bankServer is a real SFTP server on a real folder.
type bankServer struct {
	address, hostKey, folder string
	login                    secret.String
}

func serveSFTP(t *testing.T) bankServer {
	t.Helper()
	host, hostLine := newKey(t)
	_, ours, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(ours, "")
	if err != nil {
		t.Fatal(err)
	}
	allowed, err := ssh.NewPublicKey(ours.Public())
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if c.User() != "sampletown" || string(key.Marshal()) != string(allowed.Marshal()) {
			return nil, errors.New("unknown")
		}
		return nil, nil
	}}
	config.AddHostKey(host)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	folder := t.TempDir()
	go func() {
		for {
			road, err := listener.Accept()
			if err != nil {
				return
			}
			go serveOne(road, config, folder)
		}
	}()
	return bankServer{listener.Addr().String(), hostLine, folder, secret.New(string(pem.EncodeToMemory(block)))}
}

func newKey(t *testing.T) (ssh.Signer, string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
}

func serveOne(road net.Conn, config *ssh.ServerConfig, folder string) {
	defer road.Close()
	_, channels, requests, err := ssh.NewServerConn(road, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for asked := range channels {
		channel, in, err := asked.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range in {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		server, err := sftp.NewServer(channel, sftp.WithServerWorkingDirectory(folder))
		if err == nil && server.Serve() != io.EOF {
			return
		}
	}
}

func TestAFileIsSentToTheBanksServer(t *testing.T) {
	bank := serveSFTP(t)
	server := clearing.Server{Address: bank.address, User: "sampletown", Key: bank.login, HostKey: bank.hostKey, Folder: bank.folder}
	text := []byte(strings.Repeat("101 a file\n", 50_000))
	for range 2 { // a lost reply: the same again
		if err := server.Deliver(t.Context(), "sampletown-20260106-A.ach", text); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(filepath.Join(bank.folder, "sampletown-20260106-A.ach"))
	if err != nil || string(got) != string(text) {
		t.Errorf("%d bytes arrived, %v", len(got), err)
	}
	if names, _ := os.ReadDir(bank.folder); len(names) != 1 {
		t.Errorf("the folder has %v", names)
	}
	if err := server.Deliver(t.Context(), "sampletown-20260106-A.ach", []byte("another")); !errors.Is(err, clearing.ErrOtherFile) {
		t.Errorf("written over: %v", err)
	}
}

// Whoever stands in the middle has another key, and gets nothing.
func TestAServerWithAnotherKeyGetsNothing(t *testing.T) {
	bank := serveSFTP(t)
	_, other := newKey(t)
	server := clearing.Server{Address: bank.address, User: "sampletown", Key: bank.login, HostKey: other, Folder: bank.folder}
	if err := server.Deliver(t.Context(), "a.ach", []byte("secret")); !errors.Is(err, clearing.ErrHostKey) {
		t.Errorf("sent: %v", err)
	}
	if names, _ := os.ReadDir(bank.folder); len(names) > 0 {
		t.Errorf("the folder has %v", names)
	}
}

func TestWhatCannotBeSentSaysWhy(t *testing.T) {
	bank := serveSFTP(t)
	good := clearing.Server{Address: bank.address, User: "sampletown", Key: bank.login, HostKey: bank.hostKey, Folder: bank.folder}
	for name, change := range map[string]func(*clearing.Server){
		"another user":   func(s *clearing.Server) { s.User = "othertown" },
		"no key":         func(s *clearing.Server) { s.Key = secret.New("-----BEGIN NONSENSE") },
		"no host key":    func(s *clearing.Server) { s.HostKey = "ssh-ed25519 x" },
		"no folder":      func(s *clearing.Server) { s.Folder = bank.folder + "/none" },
		"nobody listens": func(s *clearing.Server) { s.Address = "127.0.0.1:1" },
	} {
		server := good
		change(&server)
		if err := server.Deliver(t.Context(), "a.ach", []byte("x")); err == nil || strings.Contains(err.Error(), "NONSENSE") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingIsSentInATransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), sampletown, func(ctx context.Context, _ *db.Tx) error {
			return clearing.Server{}.Deliver(ctx, "a.ach", nil)
		})
		if !errors.Is(err, db.ErrNetworkInTransaction) {
			t.Errorf("sent: %v", err)
		}
	})
}
