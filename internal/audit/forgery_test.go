package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// rewrite makes another history, as somebody with the signing key and the
// database can: the old one is gone, checkpoints and all.
func rewrite(t *testing.T, d *db.DB, l *audit.Log, batches int) {
	t.Helper()
	tamper(t, d, "delete from audit_events", "delete from audit_hashes", "delete from audit_checkpoints")
	for range batches {
		record(t, d, town, 3)
		seal(t, l)
	}
}

func newest(t testing.TB, l *audit.Log) string {
	t.Helper()
	signed, err := l.Newest(t.Context(), town)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestKeptCheckpointFindsARewrittenHistory(t *testing.T) {
	cases := []struct {
		name    string
		batches int // of three events; twelve were signed before
		want    []audit.Finding
	}{
		{"shorter", 2, []audit.Finding{{Kind: audit.Truncated, From: 6, To: 11, Size: 12}}},
		{"as long", 4, []audit.Finding{{Kind: audit.Fork, From: 12, To: 12, Size: 12, Against: 12}}},
		{"longer", 5, []audit.Finding{{Kind: audit.Fork, From: 12, To: 12, Size: 12, Against: 15}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := sealedInThrees(t, d, newKey(t))
				kept := newest(t, l)
				rewrite(t, d, l, c.batches)
				online, offline := verifyBoth(t, l, town, kept)
				if diff := cmp.Diff(c.want, online.Findings, ignored); diff != "" {
					t.Errorf("%s\n%s", diff, online.Text())
				}
				if diff := cmp.Diff(online, offline); diff != "" {
					t.Errorf("offline it is judged otherwise: %s", diff)
				}
			})
		})
	}
}

// Two checkpoints of one size with two roots are proof enough, whatever the
// rows are by now.
func TestCheckpointsThatContradictEachOtherAreAFork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := sealedInThrees(t, d, newKey(t))
		one := newest(t, l)
		rewrite(t, d, l, 4)
		other := newest(t, l)
		rewrite(t, d, l, 4)
		tamper(t, d, "delete from audit_checkpoints")
		want := []audit.Finding{{Kind: audit.Rewritten, From: 0, To: 11, Size: 12}, {Kind: audit.Fork, From: 12, To: 12, Size: 12, Against: 12}}
		online, _ := verifyBoth(t, l, town, one, other)
		if diff := cmp.Diff(want, online.Findings, ignored); diff != "" {
			t.Errorf("%s\n%s", diff, online.Text())
		}
	})
}

func TestKeptCheckpointOfThisLogChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := sealedInThrees(t, d, newKey(t))
		kept := newest(t, l)
		record(t, d, town, 1)
		seal(t, l)
		online, offline := verifyBoth(t, l, town, kept)
		if !online.OK() || !offline.OK() || online.Checkpoints != 5 {
			t.Error(online.Text())
		}
	})
}

// Whoever can write the database but has not the key signs with their own.
func TestForgedCheckpointIsNamedAndNotBuiltOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key := newKey(t)
		l := sealedInThrees(t, d, key)
		record(t, d, town, 1)
		seal(t, audit.New(d, newKey(t), key.Verifier())) // the thief trusts the old checkpoints, for now
		record(t, d, town, 2)
		_, err := l.Seal(t.Context())
		if !errors.Is(err, audit.ErrDamaged) {
			t.Errorf("sealing on top of a forged checkpoint: %v", err)
		}
		want := []audit.Finding{{Kind: audit.Unsigned, From: 12, To: 12}, {Kind: audit.BadCheckpoint, From: 13, To: 13, Size: 13}}
		online, _ := verifyBoth(t, l, town)
		if diff := cmp.Diff(want, online.Findings, ignored); diff != "" {
			t.Errorf("%s\n%s", diff, online.Text())
		}
		if online.Unsealed != 2 {
			t.Errorf("%d events unsealed, want 2", online.Unsealed)
		}
	})
}

// A new key signs on where the old one ended.
func TestRetiredKeyStillVouches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		old := newKey(t)
		sealedInThrees(t, d, old)
		l := audit.New(d, newKey(t), old.Verifier())
		record(t, d, town, 1)
		seal(t, l)
		online, offline := verifyBoth(t, l, town)
		if !online.OK() || !offline.OK() || online.Vouched != 13 || online.Checkpoints != 5 {
			t.Error(online.Text())
		}
	})
}

// Row, hash of the row, and even the sums above it: only the signature is left.
func TestRewrittenRowsAreNamedByTheirCheckpoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := sealedInThrees(t, d, newKey(t))
		swapRowsAndHashes(t, d)
		want := []audit.Finding{{Kind: audit.Rewritten, From: 3, To: 5, Size: 6}}
		online, offline := verifyBoth(t, l, town)
		if diff := cmp.Diff(want, online.Findings, ignored); diff != "" {
			t.Errorf("%s\n%s", diff, online.Text())
		}
		if diff := cmp.Diff(online, offline); diff != "" {
			t.Errorf("offline it is judged otherwise: %s", diff)
		}
	})
}

// swapRowsAndHashes swaps the events at 3 and 4 together with their recorded
// hashes, at 4 and 7 in storage, so that each place agrees with itself.
func swapRowsAndHashes(t *testing.T, d *db.DB) {
	t.Helper()
	tamper(t, d,
		park+"3", "update audit_events set leaf_index = 3"+atPlace+"4", "update audit_events set leaf_index = 4"+unpark,
		"update audit_hashes set hash_index = 1000"+where+"hash_index = 4",
		"update audit_hashes set hash_index = 4"+where+"hash_index = 7",
		"update audit_hashes set hash_index = 7"+where+"hash_index = 1000")
}

func TestSealerNeverBuildsOnDamage(t *testing.T) {
	cases := []struct{ name, sql string }{
		{"tree cut", "delete from audit_hashes" + where + "hash_index = 21"},
		{"tree changed", "update audit_hashes set hash = (select hash from audit_hashes" + where + "hash_index = 0)" + where + "hash_index = 14"},
		{"checkpoint cut", "delete from audit_checkpoints" + where + "tree_size = 12"},
		{"row behind the end", "insert into audit_events (city_id, leaf_index, id, recorded_at, actor, action, thing, detail) values ('sampletown', 12, 'aud_x', 1, 'a', 'b', 'c', '{}')"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				l := sealedInThrees(t, d, newKey(t))
				tamper(t, d, c.sql)
				record(t, d, town, 2)
				record(t, d, "othertown", 1)
				sealed, err := l.Seal(t.Context())
				if !errors.Is(err, audit.ErrDamaged) || sealed != 1 {
					t.Errorf("sealed %d events, %v; want the other town's event, and ErrDamaged", sealed, err)
				}
			})
		})
	}
}

// Each way to tamper with an export, and how the finding reads.
func TestTamperedExportIsNamed(t *testing.T) {
	l := sealedInThrees(t, dbtest.SQLite(t, clock.NewManual(dbtest.Began)), newKey(t))
	lines := strings.SplitAfter(string(export(t, l, town)), "\n")
	const heading, row7 = 5, 5 + 2*7 + 1 // a heading, four checkpoints, then hash and row of each place
	cases := []struct {
		name   string
		change func(lines []string)
		want   []audit.Finding
	}{
		{"nothing", func([]string) {}, nil},
		{"row edited", func(l []string) { l[row7] = strings.Replace(l[row7], "payment.start", "payment.voids", 1) },
			[]audit.Finding{{Kind: audit.Edited, From: 7, To: 7}}},
		{"row deleted", func(l []string) { l[row7] = "" }, []audit.Finding{{Kind: audit.Deleted, From: 7, To: 7}}},
		{"lines swapped", func(l []string) { l[row7], l[row7+2] = l[row7+2], l[row7] }, nil},
		{"row twice", func(l []string) { l[row7] += l[row7] }, []audit.Finding{{Kind: audit.Unreadable, From: 7, To: 7}}},
		{"other spelling", func(l []string) { l[row7] = strings.Replace(l[row7], `"row":`, `"row": `, 1) },
			[]audit.Finding{{Kind: audit.Unreadable, Line: row7 + 1}, {Kind: audit.Deleted, From: 7, To: 7}}},
		{"behind the end", func(l []string) { l[len(l)-2] += l[row7] },
			[]audit.Finding{{Kind: audit.Unreadable, Line: int64(len(lines))}}},
		{"cut", func(l []string) { clear(l[row7-1:]) },
			[]audit.Finding{{Kind: audit.Unreadable, Line: row7 - 1}, {Kind: audit.Truncated, From: 7, To: 11, Size: 12}}},
		{"all checkpoints gone", func(l []string) { clear(l[1:heading]) }, []audit.Finding{{Kind: audit.Unsigned, From: 0, To: 11}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			changed := append([]string(nil), lines...)
			c.change(changed)
			report, err := audit.VerifyFile(strings.NewReader(strings.Join(changed, "")), l.Verifiers())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, report.Findings, ignored); diff != "" {
				t.Errorf("%s\n%s", diff, report.Text())
			}
		})
	}
}

func TestExportOfOneTownSaysNothingOfAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, newKey(t))
		record(t, d, town, 2)
		record(t, d, "othertown", 2)
		seal(t, l)
		text := string(export(t, l, town))
		if strings.Contains(text, "othertown") {
			t.Error("the export names another town")
		}
		renamed := strings.ReplaceAll(text, `"city":"sampletown"`, `"city":"othertown"`)
		report, err := audit.VerifyFile(strings.NewReader(renamed), l.Verifiers())
		if err != nil || report.OK() || report.Checkpoints != 0 {
			t.Errorf("a log passed for another town's: %v\n%s", err, report.Text())
		}
	})
}

func TestWhatIsNoExportIsAnError(t *testing.T) {
	for _, text := range []string{"", "\n", "{}\n", `{"format":"clearwell audit export 2","city":"sampletown"}` + "\n", "PK\x03\x04"} {
		if _, err := audit.VerifyFile(strings.NewReader(text), nil); err == nil {
			t.Errorf("%q passed for an export", text)
		}
	}
}

func TestRolledBackActLeavesNoEvent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		undone := errors.New("undone")
		err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
			audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "x"})
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if sealed := seal(t, audit.New(d, newKey(t))); sealed != 0 {
			t.Errorf("sealed %d events of an act that never happened", sealed)
		}
	})
}

func TestStrangeTextNeitherEndsTheActNorKeepsACard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := audit.New(d, newKey(t))
		err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
			audit.RecordTx(tx, audit.Event{
				Actor: "staff:\xff", Action: "note\x00", Thing: "<b>\u2028",
				Detail: map[string]string{"said": "my card is 4111 1111 1111 1111", "k\x00": "\xfe"},
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		seal(t, l)
		text := string(export(t, l, town))
		if strings.Contains(text, "1111 1111") {
			t.Error("a card number reached the log")
		}
		if online, offline := verifyBoth(t, l, town); !online.OK() || !offline.OK() {
			t.Error(offline.Text())
		}
	})
}
