package app

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// serving is what a program that serves says of itself to whoever looks after
// this machine. It is no proof: the doctor asks the kernel too.
type serving struct {
	PID      int       `json:"pid"`
	Release  string    `json:"release"`
	At       time.Time `json:"at"`
	Programs bool      `json:"programs_refused"`
	Files    bool      `json:"files_refused"`
	Ports    bool      `json:"ports_refused"`
}

// note leaves word of how this program runs.
func (w *works) note() error {
	text, err := json.Marshal(serving{
		PID: os.Getpid(), Release: w.release, At: w.clock.Now(),
		Programs: w.confined.Seccomp, Files: w.confined.Files(), Ports: w.confined.Ports(),
	})
	if err != nil {
		return fmt.Errorf("leaving word of how this runs: %w", err)
	}
	if err := os.WriteFile(servingNote(w.Data), text, 0o600); err != nil {
		return fmt.Errorf("leaving word of how this runs: %w", err)
	}
	return nil
}
