package depot

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/id"
)

// appendTo adds to the end of a file, and to nothing else.
func appendTo(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("keeping what was received: %w", err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keeping what was received: %w", err)
	}
	return nil
}

const auditPrefix, auditSuffix = "audit-", ".jsonl"

// fileOf names the file of a city's log; that of all of them is "everyone".
func fileOf(city id.City) string {
	if city == id.Everyone {
		return auditPrefix + "everyone" + auditSuffix
	}
	return auditPrefix + "of-" + string(city) + auditSuffix
}

func cityOf(name string) (id.City, bool) {
	middle, isOne := strings.CutPrefix(strings.TrimSuffix(name, auditSuffix), auditPrefix)
	city, ofOne := strings.CutPrefix(middle, "of-")
	switch {
	case !isOne || !strings.HasSuffix(name, auditSuffix):
		return "", false
	case middle == "everyone":
		return id.Everyone, true
	}
	return id.City(city), ofOne
}

// Read proves every audit log in a folder anew: each row and each checkpoint. It
// refuses what is not as it was received.
func Read(folder string, keys []string) (map[id.City]*audit.Mirror, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("reading the depot: %w", err)
	}
	mirrors := map[id.City]*audit.Mirror{}
	for _, entry := range entries {
		city, isOne := cityOf(entry.Name())
		if !isOne {
			continue
		}
		if mirrors[city], err = readLog(filepath.Join(folder, entry.Name()), city, keys); err != nil {
			return nil, fmt.Errorf("reading the depot's copy of the log of %s: %w", city, err)
		}
	}
	return mirrors, nil
}

func readLog(path string, city id.City, keys []string) (*audit.Mirror, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	mirror, err := audit.NewMirror(city, keys)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return mirror, mend(path, line)
		}
		if err != nil {
			return nil, err
		}
		var slice audit.Slice
		if json.Unmarshal(line, &slice) != nil {
			continue // cut off while it was written; if it was more than that, the next does not fit
		}
		if err := mirror.Add(slice); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
}

// mend ends a line that was cut off while it was written, so that the next begins
// on its own. Nothing is taken away.
func mend(path string, rest []byte) error {
	if len(rest) == 0 {
		return nil
	}
	return appendTo(path, []byte("\n"))
}
