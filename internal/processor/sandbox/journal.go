package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// journal is the sandbox's durable record: one JSON object a line, appended
// before the answer leaves. A kill can tear at most the last line, whose answer
// was then never given.
type journal struct {
	file *os.File // nil keeps nothing
	size int64    // of the whole lines
	sync bool
}

// openJournal reads the journal at path into keep and readies it for appending.
// An empty path gives a journal that keeps nothing.
func openJournal(path string, sync bool, keep func(entry) error) (*journal, error) {
	if path == "" {
		return &journal{}, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening sandbox journal: %w", err)
	}
	whole, err := readJournal(file, keep)
	if err == nil {
		err = file.Truncate(whole)
	}
	if err == nil {
		_, err = file.Seek(whole, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading sandbox journal %s: %w", path, err), file.Close())
	}
	return &journal{file: file, size: whole, sync: sync}, nil
}

// readJournal hands every whole line to keep, and says how many bytes they are.
func readJournal(from io.Reader, keep func(entry) error) (int64, error) {
	var whole int64
	lines := bufio.NewReaderSize(from, 1<<16)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil // what follows the last newline is a torn line
		}
		if err != nil {
			return whole, err
		}
		var e entry
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&e); err != nil {
			return whole, fmt.Errorf("line %d: %w", number, err)
		}
		if err := keep(e); err != nil {
			return whole, fmt.Errorf("line %d: %w", number, err)
		}
		whole += int64(len(line))
	}
}

func (j *journal) write(e entry) error {
	if j.file == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding sandbox journal entry: %w", err)
	}
	line = append(line, '\n')
	if err := j.append(line); err != nil {
		return fmt.Errorf("writing sandbox journal: %w", errors.Join(err, j.cut()))
	}
	j.size += int64(len(line))
	return nil
}

func (j *journal) append(line []byte) error {
	if _, err := j.file.Write(line); err != nil {
		return err
	}
	if !j.sync {
		return nil
	}
	return j.file.Sync()
}

// cut takes back a line of which only a part was written, as on a full disk;
// else the next line would continue it.
func (j *journal) cut() error {
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	_, err := j.file.Seek(j.size, io.SeekStart)
	return err
}

func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
