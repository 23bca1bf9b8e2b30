package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"clearwell/internal/watch/manifest"
)

// Finding is a difference, and where it was seen.
type Finding struct {
	View     string        `json:"view"` // "browser" or "plain"
	Face     string        `json:"face"` // as whom
	Language string        `json:"language"`
	Kind     manifest.Kind `json:"page"`
	manifest.Difference
}

// Trouble is a walk that did not see all pages.
type Trouble struct {
	View     string `json:"view"`
	Language string `json:"language"`
	Why      string `json:"why"`
}

// Verdict is how a run ended.
type Verdict string

// The verdicts. What was not seen is not good.
const (
	Good    Verdict = "good"
	Changed Verdict = "changed"
	Unseen  Verdict = "unseen"
)

// Report is one run.
type Report struct {
	City         string    `json:"city"`
	Start        string    `json:"start"`
	PageManifest string    `json:"page_manifest"`
	At           time.Time `json:"at"`
	LastGood     time.Time `json:"last_good"` // zero where there was none
	Run          int64     `json:"run"`
	Pages        int       `json:"pages"` // that were compared
	Findings     []Finding `json:"findings"`
	Troubles     []Trouble `json:"troubles"`
	Evidence     string    `json:"evidence,omitempty"` // folder
}

// Verdict says how the run ended.
func (r Report) Verdict() Verdict {
	switch {
	case len(r.Findings) > 0:
		return Changed
	case len(r.Troubles) > 0 || r.Pages == 0:
		return Unseen
	}
	return Good
}

// mark names what was found, whenever and in whichever disguise: two alarms with
// one mark say the same.
func (r Report) mark() (string, error) {
	differences := map[string]bool{}
	for _, f := range r.Findings {
		differences[fmt.Sprint(f.Kind, f.Language, f.Change, f.Subject, f.Name)] = true
	}
	text, err := json.Marshal(struct {
		Verdict     Verdict
		Differences map[string]bool
	}{r.Verdict(), differences})
	if err != nil {
		return "", fmt.Errorf("naming an alarm: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
