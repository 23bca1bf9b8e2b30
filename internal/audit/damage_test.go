package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
)

// damage is one way to tamper with a log of twelve events, sealed in threes: its
// checkpoints count 3, 6, 9 and 12.
type damage struct {
	name string
	sql  []string
	want []audit.Finding // Event is not compared, see wantEvents
}

const (
	park    = "update audit_events set leaf_index = 1000 where city_id = 'sampletown' and leaf_index = "
	unpark  = " where city_id = 'sampletown' and leaf_index = 1000"
	where   = " where city_id = 'sampletown' and "
	atPlace = where + "leaf_index = "
)

var damages = []damage{
	{"nothing", nil, nil},
	{"edited actor", []string{"update audit_events set actor = 'system'" + atPlace + "4"}, []audit.Finding{{Kind: audit.Edited, From: 4, To: 4}}},
	{"edited detail", []string{"update audit_events set detail = '{}'" + atPlace + "4"}, []audit.Finding{{Kind: audit.Edited, From: 4, To: 4}}},
	{"edited instant", []string{"update audit_events set recorded_at = recorded_at + 1" + atPlace + "0"}, []audit.Finding{{Kind: audit.Edited, From: 0, To: 0}}},
	{"edited twice", []string{"update audit_events set thing = 'other'" + where + "leaf_index in (2, 11)"},
		[]audit.Finding{{Kind: audit.Edited, From: 2, To: 2}, {Kind: audit.Edited, From: 11, To: 11}}},
	{"renamed", []string{"update audit_events set id = 'aud_00000000000000000000000000'" + atPlace + "5"},
		[]audit.Finding{{Kind: audit.Foreign, From: 5, To: 5}, {Kind: audit.Deleted, From: 5, To: 5}}},
	{"deleted", []string{"delete from audit_events" + atPlace + "7"}, []audit.Finding{{Kind: audit.Deleted, From: 7, To: 7}}},
	{"deleted first", []string{"delete from audit_events" + atPlace + "0"}, []audit.Finding{{Kind: audit.Deleted, From: 0, To: 0}}},
	{"deleted with its hash", []string{"delete from audit_events" + atPlace + "7", "delete from audit_hashes" + where + "hash_index = 11"},
		[]audit.Finding{{Kind: audit.Deleted, From: 7, To: 7}, {Kind: audit.Unproven, From: 7, To: 11, Size: 2}}},
	{"deleted and the gap closed", []string{
		"delete from audit_events" + atPlace + "7", "update audit_events set leaf_index = leaf_index - 1001" + where + "leaf_index > 7",
		"update audit_events set leaf_index = leaf_index + 1000" + where + "leaf_index < 0"},
		[]audit.Finding{{Kind: audit.Reordered, From: 7, To: 7, Home: 8}, {Kind: audit.Deleted, From: 7, To: 7}, {Kind: audit.Reordered, From: 8, To: 10, Home: 9}}},
	{"reordered", []string{park + "3", "update audit_events set leaf_index = 3" + atPlace + "8", "update audit_events set leaf_index = 8" + unpark},
		[]audit.Finding{{Kind: audit.Reordered, From: 3, To: 3, Home: 8}, {Kind: audit.Reordered, From: 8, To: 8, Home: 3}}},
	{"truncated", []string{"delete from audit_events" + where + "leaf_index > 9"}, []audit.Finding{{Kind: audit.Truncated, From: 10, To: 11, Size: 12}}},
	{"truncated with hashes", []string{"delete from audit_events" + where + "leaf_index > 9", "delete from audit_hashes" + where + "hash_index > 17"},
		[]audit.Finding{{Kind: audit.Truncated, From: 10, To: 11, Size: 12}}},
	{"truncated, and one hash gone", []string{"delete from audit_events" + where + "leaf_index > 9", "delete from audit_hashes" + where + "hash_index = 18"},
		[]audit.Finding{{Kind: audit.Truncated, From: 10, To: 11, Size: 12}, {Kind: audit.Unproven, From: 10, To: 11, Size: 1}}},
	{"emptied", []string{"delete from audit_events" + where + "1 = 1", "delete from audit_hashes" + where + "1 = 1"},
		[]audit.Finding{{Kind: audit.Truncated, From: 0, To: 11, Size: 12}}},
	{"hash changed", []string{"update audit_hashes set event_id = 'x', hash = (select hash from audit_hashes" + where + "hash_index = 0)" + where + "hash_index = 3"},
		[]audit.Finding{{Kind: audit.HashChanged, From: 2, To: 2}}},
	{"hash deleted", []string{"delete from audit_hashes" + where + "hash_index = 3"}, []audit.Finding{{Kind: audit.HashChanged, From: 2, To: 2}}},
	{"checkpoint edited", []string{"update audit_checkpoints set note = replace(note, '2026-', '2025-')" + where + "tree_size = 6"},
		[]audit.Finding{{Kind: audit.BadCheckpoint, From: 6, To: 6, Size: 6}}},
	{"checkpoint moved", []string{"update audit_checkpoints set tree_size = 7" + where + "tree_size = 6"},
		[]audit.Finding{{Kind: audit.BadCheckpoint, From: 7, To: 7, Size: 7}}},
	{"checkpoint deleted", []string{"delete from audit_checkpoints" + where + "tree_size = 12"}, []audit.Finding{{Kind: audit.Unsigned, From: 9, To: 11}}},
	{"row appended", []string{"insert into audit_events (city_id, leaf_index, id, recorded_at, actor, action, thing, detail) values ('sampletown', 12, 'aud_x', 1, 'a', 'b', 'c', '{}')"},
		[]audit.Finding{{Kind: audit.Unsigned, From: 12, To: 12}}},
	{"edited, then a hash changed", []string{"update audit_events set action = 'x'" + atPlace + "1", "update audit_hashes set hash = (select hash from audit_hashes" + where + "hash_index = 0)" + where + "hash_index = 8"},
		[]audit.Finding{{Kind: audit.Edited, From: 1, To: 1}, {Kind: audit.HashChanged, From: 5, To: 5}}},
	{"hash changed, then edited", []string{"update audit_events set action = 'x'" + atPlace + "5", "update audit_hashes set hash = (select hash from audit_hashes" + where + "hash_index = 0)" + where + "hash_index = 3"},
		[]audit.Finding{{Kind: audit.HashChanged, From: 2, To: 2}, {Kind: audit.Edited, From: 5, To: 5}}},
	{"edited, behind a deleted one", []string{"delete from audit_events" + atPlace + "1", "update audit_events set action = 'x'" + atPlace + "5"},
		[]audit.Finding{{Kind: audit.Deleted, From: 1, To: 1}, {Kind: audit.Edited, From: 5, To: 5}}},
}

var ignored = cmpopts.IgnoreFields(audit.Finding{}, "Event", "Reason")

// Each damage is done to a city of its own, in one database: making databases
// is what takes the time.
func TestDamageIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, newKey(t))
		for i, c := range damages {
			t.Run(c.name, func(t *testing.T) {
				city := id.City(fmt.Sprintf("town%d", i))
				sealInThrees(t, d, l, city)
				for _, sql := range c.sql {
					tamper(t, d, strings.ReplaceAll(sql, string(town), string(city)))
				}
				online, offline := verifyBoth(t, l, city)
				if diff := cmp.Diff(c.want, online.Findings, ignored); diff != "" {
					t.Errorf("online: %s\n%s", diff, online.Text())
				}
				if diff := cmp.Diff(online, offline); diff != "" {
					t.Errorf("offline it is judged otherwise: %s", diff)
				}
			})
		}
	})
}

// sealInThrees makes the log that damages are about.
func sealInThrees(t testing.TB, d *db.DB, l *audit.Log, city id.City) {
	t.Helper()
	for range 4 {
		record(t, d, city, 3)
		seal(t, l)
	}
}

func sealedInThrees(t testing.TB, d *db.DB, key audit.Key) *audit.Log {
	t.Helper()
	l := audit.New(d, key)
	sealInThrees(t, d, l, town)
	return l
}

func tamper(t testing.TB, d *db.DB, sql ...string) {
	t.Helper()
	err := d.Write(t.Context(), id.Everyone, func(_ context.Context, tx *db.Tx) error {
		for _, statement := range sql {
			tx.Exec(statement)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// verifyBoth judges the log in the database and in an export of it.
func verifyBoth(t testing.TB, l *audit.Log, city id.City, kept ...string) (online, offline audit.Report) {
	t.Helper()
	online, err := l.Verify(t.Context(), city, kept...)
	if err != nil {
		t.Fatal(err)
	}
	offline, err = audit.VerifyFile(bytes.NewReader(export(t, l, city)), l.Verifiers(), kept...)
	if err != nil {
		t.Fatal(err)
	}
	return online, offline
}

func export(t testing.TB, l *audit.Log, city id.City) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Export(t.Context(), city, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
