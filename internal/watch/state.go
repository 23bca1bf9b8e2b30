package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// state is what one run leaves to the next.
type state struct {
	Run      int64     `json:"run"`
	LastGood time.Time `json:"last_good"`
	Told     string    `json:"told,omitempty"` // mark of the alarm that stands
	ToldAt   time.Time `json:"told_at,omitzero"`
}

const stateFile = "state.json"

func readState(folder string) (state, error) {
	var s state
	text, err := os.ReadFile(filepath.Join(folder, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("reading what the last run left: %w", err)
	}
	return s, nil
}

func (s state) write(folder string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("leaving word for the next run: %w", err)
	}
	return replace(filepath.Join(folder, stateFile), text)
}

// replace puts a text in place of a file: whoever reads it has the old or the new.
func replace(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close(), os.Rename(file.Name(), path)); err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(file.Name()))
	}
	return nil
}

// repeatAfter is how long an alarm that stands is told only once.
const repeatAfter = time.Hour

// after is the state that a run leaves, and what there is to tell: nothing, an
// alarm, or that all is well again.
func (s state) after(report Report) (next state, tell bool, err error) {
	next = s
	next.Run = report.Run
	if report.Verdict() == Good {
		next.LastGood, next.Told, next.ToldAt = report.At, "", time.Time{}
		return next, s.Told != "", nil
	}
	mark, err := report.mark()
	if err != nil {
		return s, false, err
	}
	if mark == s.Told && report.At.Sub(s.ToldAt) < repeatAfter {
		return next, false, nil
	}
	next.Told, next.ToldAt = mark, report.At
	return next, true, nil
}
