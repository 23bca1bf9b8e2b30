package routing

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"clearwell/internal/calendar"
)

// Columns of a line of the FedACH directory (Federal Reserve Banks, FedACH
// Participant directory, file format; read 2024). Beyond them stand telephone
// numbers and codes that nobody here needs, and which some exports cut off.
const (
	recordWidth = 129 // to the end of the state
	kindAt      = 19
	changedAt   = 20
	replacedAt  = 26
	nameAt      = 35
	cityAt      = 107
	stateAt     = 127
)

// kinds of record: a Federal Reserve Bank, a bank, a bank whose number was
// replaced.
const (
	reserveBank = '0'
	asWritten   = '1'
	replaced    = '2'
)

const longestLine = 1 << 10 // bytes; a record has 155

// Read reads a directory, and gives each line to take. Lines of a length or form
// that the format does not have end it: half a directory would call half of the
// banks unknown. Returns [ErrNotADirectory].
func Read(file io.Reader, take func(Listing) error) error {
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, longestLine), longestLine)
	number := 0
	for lines.Scan() {
		number++
		line := strings.TrimRight(lines.Text(), " \r\x1a\x00")
		if line == "" {
			continue
		}
		listing, ok := parseListing(line)
		if !ok {
			return ErrNotADirectory.With("Line", number)
		}
		if err := take(listing); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return ErrNotADirectory.With("Line", number+1).Because(fmt.Errorf("reading line %d: %w", number+1, err))
	}
	return nil
}

func parseListing(line string) (Listing, bool) {
	if !isASCII(line) || len(line) < recordWidth {
		return Listing{}, false
	}
	l := Listing{
		Number: Number(line[:digits]), Bank: strings.TrimSpace(line[nameAt : nameAt+36]),
		Place: place(line[cityAt:stateAt], line[stateAt:recordWidth]),
	}
	l.SendsTo = l.Number
	l.ChangedOn, _ = calendar.ParseLayout("010206", line[changedAt:changedAt+6]) // zeros for never
	switch line[kindAt] {
	case reserveBank, asWritten:
	case replaced:
		l.SendsTo = Number(line[replacedAt : replacedAt+digits])
	default:
		return Listing{}, false
	}
	return l, l.Number.Valid() && l.SendsTo.Valid()
}

func place(city, state string) string {
	city, state = strings.TrimSpace(city), strings.TrimSpace(state)
	return strings.Trim(city+", "+state, ", ")
}

// isASCII reports whether a text has nothing but what the format knows, so that
// a column of bytes is a column of letters.
func isASCII(text string) bool {
	for _, b := range []byte(text) {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}
