package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/watch/manifest"
)

// Beat is the sign of life that each run leaves, signed by the prober's key.
type Beat struct {
	City         string    `json:"city"`
	Start        string    `json:"start"`
	At           time.Time `json:"at"`
	Run          int64     `json:"run"`
	Verdict      Verdict   `json:"verdict"`
	Findings     int       `json:"findings"`
	PageManifest string    `json:"page_manifest"`
}

// beat is the sign of a report.
func (r Report) beat() Beat {
	return Beat{r.City, r.Start, r.At, r.Run, r.Verdict(), len(r.Findings), r.PageManifest}
}

func (b Beat) sign(key manifest.Key) (string, error) {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing a heartbeat: %w", err)
	}
	return key.Sign(string(text))
}

// Everything that may be wrong with a heartbeat.
var (
	ErrNoBeat   = errors.New("the heartbeat is not signed by the prober's key")
	ErrSilent   = errors.New("the prober is silent")
	ErrEarly    = errors.New("the heartbeat is from the future: a clock is wrong")
	ErrAlarming = errors.New("the prober raises an alarm")
)

// ahead is how far the prober's clock may be ahead of ours.
const ahead = 5 * time.Minute

// CheckBeat reads a heartbeat, and refuses one that is not the prober's, is older
// than most, or says that not all is well. Returns [ErrNoBeat], [ErrSilent],
// [ErrEarly] and [ErrAlarming], with the beat where there is one.
func CheckBeat(signed, trusted string, now time.Time, most time.Duration) (Beat, error) {
	var b Beat
	text, err := manifest.Verify(signed, trusted)
	if err != nil {
		return b, errors.Join(ErrNoBeat, err)
	}
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return b, errors.Join(ErrNoBeat, err)
	}
	age := now.Sub(b.At)
	switch {
	case age > most:
		return b, fmt.Errorf("%w: its last run was %s ago, at %s", ErrSilent, age.Round(time.Second), b.At.Format(time.RFC3339))
	case age < -ahead:
		return b, ErrEarly
	case b.Verdict != Good:
		return b, fmt.Errorf("%w: %s, %d differences", ErrAlarming, b.Verdict, b.Findings)
	}
	return b, nil
}
