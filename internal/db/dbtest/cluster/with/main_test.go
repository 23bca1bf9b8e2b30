package main

import (
	"errors"
	"io"
	"testing"

	"clearwell/internal/db/dbtest/cluster"
)

func TestEndsAsTheCommandEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("a private PostgreSQL takes seconds to make")
	}
	if _, err := cluster.Binaries(); errors.Is(err, cluster.ErrNoBinaries) {
		t.Skip(err)
	}
	for name, test := range map[string]struct {
		script string
		want   int
	}{
		"succeeds":       {`case $CLEARWELL_TEST_POSTGRES in postgres://*@127.0.0.1:*) ;; *) exit 9 ;; esac`, 0},
		"fails":          {"exit 3", 3},
		"dies by signal": {"kill -KILL $$", 1},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := run([]string{"sh", "-c", test.script}, io.Discard)
			if err != nil || got != test.want {
				t.Errorf("run = %d, %v; want %d", got, err, test.want)
			}
		})
	}
}

func TestUnknownCommandIsAnError(t *testing.T) {
	if code, err := run(nil, io.Discard); code == 0 || err == nil {
		t.Errorf("run of nothing = %d, %v", code, err)
	}
}
