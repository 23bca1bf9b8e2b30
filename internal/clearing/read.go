package clearing

import (
	"bytes"
	"strconv"
	"strings"

	"clearwell/internal/instrument"
	"clearwell/internal/money"
	"clearwell/internal/routing"
	"clearwell/internal/secret"

	"github.com/moov-io/ach"
)

// width is how long each record of a file is.
const width = 94

// mend makes of a file as banks send them one that can be read: blanks that were
// cut off the ends of lines are put back, other ends of lines and marks at the
// beginning are taken for what they are. It changes no letter. Without it a strict
// reader drops real returns.
func mend(file []byte) ([]byte, bool) {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x1a", "", "\x00", "").Replace(string(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	if !strings.Contains(strings.TrimSpace(text), "\n") {
		text = inLines(text)
	}
	var all strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			continue
		}
		if len(line) > width || !isPrinted(line) {
			return nil, false
		}
		all.WriteString(line + strings.Repeat(" ", width-len(line)) + "\n")
	}
	return []byte(all.String()), all.Len() > 0
}

// inLines cuts a file that has no ends of lines at all.
func inLines(text string) string {
	var all strings.Builder
	for len(text) > 0 {
		n := min(width, len(text))
		all.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	return all.String()
}

func isPrinted(line string) bool {
	return strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// forgiving is what a file of answers may have wrong: check digits and numbers of
// other parties, none of which say what came back. That nothing is missing is
// looked at apart, see complete.
func forgiving() *ach.ValidateOpts {
	return &ach.ValidateOpts{
		BypassOriginValidation: true, BypassDestinationValidation: true, CustomTraceNumbers: true, CustomReturnCodes: true,
		AllowInvalidCheckDigit: true, AllowInvalidAmounts: true, AllowZeroEntryAmount: true, AllowSpecialCharacters: true,
		AllowEmptyIndividualName: true, UnequalServiceClassCode: true, UnequalAddendaCounts: true, AllowUnorderedBatchNumbers: true,
		BypassCompanyIdentificationMatch: true, BypassBatchValidation: true,
	}
}

// mostLines bounds a file that is read.
const mostLines = 4_000_000

// read gives the answers of a file that is the town's. Returns [ErrNotACH] for
// what is none or has a part missing, [ErrForeign] for another's.
func read(file []byte, t Terms) ([]Answer, error) {
	mended, ok := mend(file)
	if !ok {
		return nil, ErrNotACH
	}
	if err := complete(mended); err != nil {
		return nil, err
	}
	r := ach.NewReader(bytes.NewReader(mended))
	r.SetMaxLines(mostLines)
	r.SetValidation(forgiving())
	parsed, err := r.Read()
	if err != nil {
		return nil, ErrNotACH.Because(withoutNumbers(err))
	}
	var all []Answer
	ours := false
	for _, b := range parsed.Batches {
		if strings.TrimSpace(b.GetHeader().CompanyIdentification) != t.CompanyID {
			continue
		}
		ours = true
		for _, e := range b.GetEntries() {
			all = append(all, answerOf(e))
		}
	}
	if !ours && len(parsed.Batches) > 0 {
		return nil, ErrForeign
	}
	return all, nil
}

// complete compares a file with what its last record says that it has: one that
// was cut off would otherwise be taken for a day with fewer returns.
func complete(mended []byte) error {
	var batches, records int
	for line := range bytes.Lines(mended) {
		switch line[0] {
		case '5':
			batches++
		case '6', '7':
			records++
		case '9':
			if bytes.HasPrefix(line, []byte("99")) {
				continue
			}
			said, err := strconv.Atoi(string(line[1:7]))
			counted, err2 := strconv.Atoi(string(line[13:21]))
			if err != nil || err2 != nil || said != batches || counted != records {
				return ErrNotACH
			}
			return nil
		}
	}
	return ErrNotACH
}

func answerOf(e *ach.EntryDetail) Answer {
	a := Answer{Kind: Other, Trace: strings.TrimSpace(e.TraceNumber), Amount: money.Cents(int64(e.Amount))}
	switch {
	case e.Addenda99 != nil:
		a.Kind, a.Code, a.Original = Return, e.Addenda99.ReturnCode, traceOf(e.Addenda99.OriginalTrace)
	case e.Addenda98 != nil:
		a.Kind, a.Code, a.Original = Correction, e.Addenda98.ChangeCode, traceOf(e.Addenda98.OriginalTrace)
		a.right = corrected(e.Addenda98)
	}
	return a
}

// traceOf reads a trace number; 0 is nobody's.
func traceOf(text string) Trace {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return Trace(n)
}

// corrected reads what a bank says is right.
func corrected(a *ach.Addenda98) instrument.Correction {
	c := instrument.Correction{Code: a.ChangeCode}
	data := a.ParseCorrectedData()
	if data == nil {
		return c
	}
	c.Routing, c.Name = routing.Number(data.RoutingNumber), data.Name
	if data.AccountNumber != "" {
		c.Number = secret.New(data.AccountNumber)
	}
	switch data.TransactionCode {
	case ach.CheckingDebit, ach.CheckingCredit, ach.CheckingPrenoteDebit:
		c.Kind = instrument.Checking
	case ach.SavingsDebit, ach.SavingsCredit, ach.SavingsPrenoteDebit:
		c.Kind = instrument.Savings
	}
	return c
}

// says reports whether a correction says anything that is kept here.
func says(c instrument.Correction) bool {
	return c.Routing != "" || !c.Number.IsEmpty() || c.Kind != "" || c.Name != ""
}
