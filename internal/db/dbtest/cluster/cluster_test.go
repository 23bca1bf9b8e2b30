package cluster_test

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"clearwell/internal/db/dbtest/cluster"
)

func start(t *testing.T) *cluster.Cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("a private PostgreSQL takes seconds to make")
	}
	c, err := cluster.Start(t.Context())
	if errors.Is(err, cluster.ErrNoBinaries) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClusterIsDurableAndPrivate(t *testing.T) {
	c := start(t)
	d, err := sql.Open("pgx", c.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
		"listen_addresses": "127.0.0.1", "server_encoding": "UTF8", "is_superuser": "on",
	} {
		var got string
		if err := d.QueryRow("select current_setting($1)", setting).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	var data string
	if err := d.QueryRow("select current_setting('data_directory')").Scan(&data); err != nil {
		t.Fatal(err)
	}
	refusesStrangers(t, c)
	stopsWithoutTrace(t, c, filepath.Dir(data))
}

func refusesStrangers(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	d, err := sql.Open("pgx", withoutPassword(t, c.URL()))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Ping(); err == nil {
		t.Error("the loopback port let somebody in without the password")
	}
}

func withoutPassword(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(u.User.Username())
	return u.String()
}

func stopsWithoutTrace(t *testing.T, c *cluster.Cluster, folder string) {
	t.Helper()
	for range 2 {
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there after Stop: %v", folder, err)
	}
}
