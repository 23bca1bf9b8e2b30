package audit_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/audit"
)

var update = flag.Bool("update", false, "write the golden files anew")

const someone = "aud_06ddqs2v8000000000000000aa"

var reports = map[string]audit.Report{
	"intact": {Events: 12, Unsealed: 1, Checkpoints: 4, Vouched: 12, Newest: newestOf(12)},
	"empty":  {},
	// Right after init, and as well where somebody has emptied the tree.
	"unsealed": {Unsealed: 128},
	"damaged": {Events: 8, Checkpoints: 3, Vouched: 9, Newest: newestOf(9), Findings: []audit.Finding{
		{Kind: audit.Edited, From: 1, To: 1, Event: someone},
		{Kind: audit.Deleted, From: 2, To: 2, Event: someone},
		{Kind: audit.Deleted, From: 3, To: 4},
		{Kind: audit.Reordered, From: 5, To: 5, Event: someone, Home: 8},
		{Kind: audit.Reordered, From: 6, To: 7, Event: someone, Home: 7},
		{Kind: audit.Foreign, From: 8, To: 8, Event: someone},
		{Kind: audit.HashChanged, From: 8, To: 8, Event: someone},
		{Kind: audit.Truncated, From: 9, To: 11, Event: someone, Size: 12},
		{Kind: audit.Truncated, From: 11, To: 11, Size: 12},
		{Kind: audit.Rewritten, From: 6, To: 8, Size: 9},
		{Kind: audit.Unproven, From: 3, To: 11, Size: 2},
		{Kind: audit.Unsigned, From: 12, To: 13},
		{Kind: audit.BadCheckpoint, Size: 6, Reason: "note has no verifiable signatures"},
		{Kind: audit.Fork, Size: 6, Against: 9},
		{Kind: audit.Fork, Size: 9, Against: 9},
		{Kind: audit.Unreadable, Line: 17, Reason: "not what an export writes"},
		{Kind: audit.Unreadable, From: 7, To: 7, Reason: "the place is taken twice"},
	}},
}

func newestOf(size int64) audit.Checkpoint {
	return audit.Checkpoint{City: town, Size: size, Root: tlog.RecordHash(nil), At: time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)}
}

func TestReportReads(t *testing.T) {
	for name, report := range reports {
		t.Run(name, func(t *testing.T) {
			report.City = town
			path := filepath.Join("testdata", "report_"+name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(report.Text()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), report.Text()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
