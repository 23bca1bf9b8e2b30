package logbook

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"clearwell/internal/cardscan"
)

// Withheld stands where something was that is not in the set.
const Withheld = "[withheld]"

// longest is how much of what others write is kept, in bytes. A stack needs it.
const longest = 8 << 10

// New makes a log that writes lines to out. Below the set stands the redactor: a
// card number that gets there all the same is blotted out before it is written
// (PCI DSS 3.4.1).
func New(out io.Writer) *slog.Logger {
	return slog.New(&book{
		lines: slog.NewTextHandler(cardscan.NewWriter(out), nil), forms: Forms(),
		message: regexp.MustCompile(`^[a-zA-Z][a-zA-Z ,:'-]{0,119}$`), digits: regexp.MustCompile(`[0-9]{12,}`),
	})
}

// book is the handler that lets through what is in the set.
type book struct {
	lines   slog.Handler
	forms   map[string]form
	message *regexp.Regexp
	digits  *regexp.Regexp
}

// Enabled is fixed: there is no level to turn down.
func (b *book) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle writes a record with what may be in it.
func (b *book) Handle(ctx context.Context, r slog.Record) error {
	if !b.Enabled(ctx, r.Level) {
		return nil
	}
	clean := slog.NewRecord(r.Time, r.Level, r.Message, 0)
	if !b.message.MatchString(r.Message) {
		clean.Message = Withheld
	}
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(b.admit(a))
		return true
	})
	return b.lines.Handle(ctx, clean)
}

// WithAttrs keeps the set: what is added for good is looked at like the rest.
func (b *book) WithAttrs(attrs []slog.Attr) slog.Handler {
	var admitted []slog.Attr
	for _, a := range attrs {
		admitted = append(admitted, b.admit(a))
	}
	inner := *b
	inner.lines = b.lines.WithAttrs(admitted)
	return &inner
}

// WithGroup makes no group: names within one would be in no set.
func (b *book) WithGroup(string) slog.Handler { return b }

// admit gives what may be written of a value.
func (b *book) admit(a slog.Attr) slog.Attr {
	f, known := b.forms[a.Key]
	if !known {
		return slog.String("unknown", Withheld)
	}
	value := a.Value.Resolve()
	switch {
	case f.kind == number && value.Kind() == slog.KindInt64:
		return slog.Attr{Key: a.Key, Value: value}
	case f.kind == facts && onlyFacts(value):
		return slog.Attr{Key: a.Key, Value: value}
	case f.kind == word && value.Kind() == slog.KindString && f.text.MatchString(value.String()) && !cardscan.Contains([]byte(value.String())):
		return slog.Attr{Key: a.Key, Value: value}
	case f.kind == prose:
		return slog.String(a.Key, b.prose(value))
	}
	return slog.String(a.Key, Withheld)
}

// prose is text of an error without what looks like a card, and without long
// numbers, whatever they are. A value that is neither text nor error is none.
func (b *book) prose(value slog.Value) string {
	text := ""
	switch err, isError := value.Any().(error); {
	case isError:
		text = err.Error()
	case value.Kind() == slog.KindString:
		text = value.String()
	default:
		return Withheld
	}
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	return b.digits.ReplaceAllString(cardscan.Redact(text), Withheld)
}

func onlyFacts(value slog.Value) bool {
	if value.Kind() != slog.KindGroup {
		return false
	}
	name := regexp.MustCompile(`^[a-z_]{1,40}$`)
	for _, a := range value.Group() {
		if a.Value.Kind() != slog.KindBool || !name.MatchString(a.Key) {
			return false
		}
	}
	return true
}
