package logbook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func said(t *testing.T, log func(*slog.Logger)) string {
	t.Helper()
	var out bytes.Buffer
	log(New(&out))
	return out.String()
}

// What the program logs today is written as it is.
func TestWhatIsInTheSetIsWritten(t *testing.T) {
	got := said(t, func(l *slog.Logger) {
		l.Info("request", "method", "GET", "route", "GET /pay/done/{payment}", "status", 200, "ms", int64(12), "city", "sampletown")
		l.Info("request", "method", "GET", "route", "GET /{$}", "status", 200, "ms", int64(12), "city", "")
		l.Warn("confined", "confined", slog.GroupValue(slog.Bool("files_refused", true)))
		l.Error("doing a job", "job", "mail", "error", errors.New("dialing 10.0.0.1:25: refused"))
		l.Error("alarm", "alarm", "another_sum_approved", "payment", "pay_01hq3v7k2m8n4p5r6s7t8v9w0x", "asked", "$84.35", "approved", "1.00", "reference", "ch_3Nabc")
		l.Info("leading", "node", "pay-1/1234/1764000000000")
	})
	if strings.Contains(got, Withheld) || strings.Count(got, "\n") != 6 {
		t.Errorf("withheld something:\n%s", got)
	}
}

// request is what nobody may log by mistake.
type request struct{ Name, Card string }

func (r request) LogValue() slog.Value { return slog.StringValue(r.Name) }

// Whatever comes from outside, under whatever word, is withheld: only the text of
// errors is not, and that without long numbers.
func TestWhatIsNotInTheSetIsWithheld(t *testing.T) {
	const secret = "Ana Example"
	number := "411111111111" + "1111"
	for name, log := range map[string]func(*slog.Logger){
		"another word":       func(l *slog.Logger) { l.Info("request", "body", secret) },
		"a name as a city":   func(l *slog.Logger) { l.Info("request", "city", secret) },
		"an address":         func(l *slog.Logger) { l.Info("request", "route", "GET /pay?name="+secret) },
		"a struct":           func(l *slog.Logger) { l.Info("request", "err", struct{ Name string }{secret}) },
		"a value of its own": func(l *slog.Logger) { l.Info("request", "status", request{Name: secret}) },
		"bytes":              func(l *slog.Logger) { l.Info("request", "err", []byte(secret)) },
		"headers":            func(l *slog.Logger) { l.Info("request", "err", http.Header{"Cookie": {secret}}) },
		"text for a number":  func(l *slog.Logger) { l.Info("request", "status", secret) },
		"a group":            func(l *slog.Logger) { l.Info("request", "confined", slog.GroupValue(slog.String("name", secret))) },
		"a message":          func(l *slog.Logger) { l.Info("paying by " + secret + " 4") },
		"kept for good":      func(l *slog.Logger) { l.With("who", secret).Info("request") },
		"within a group":     func(l *slog.Logger) { l.WithGroup("form").Info("request", "name", secret) },
		"debugging":          func(l *slog.Logger) { l.Debug(secret, "err", secret) },
		"below debugging":    func(l *slog.Logger) { l.Log(context.Background(), slog.LevelDebug-4, secret) },
		"a card in an error": func(l *slog.Logger) { l.Error("charging", "err", fmt.Errorf("parsing %q", number)) },
		"a long number":      func(l *slog.Logger) { l.Error("charging", "err", "bank 123456789012") },
		"a card as a word":   func(l *slog.Logger) { l.Error("charging", "reference", number) },
		"a card, a payment":  func(l *slog.Logger) { l.Error("charging", "payment", "pay_"+number) },
	} {
		got := said(t, log)
		if strings.Contains(got, "Ana") || strings.Contains(got, "4111") || strings.Contains(got, "123456789012") || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: logged %q", name, got)
		}
	}
}

// There is one level, and nothing turns it.
func TestNothingWidensTheLog(t *testing.T) {
	for _, name := range []string{"DEBUG", "LOG_LEVEL", "CLEARWELL_DEBUG", "CLEARWELL_LOG", "SLOG_LEVEL", "GODEBUG"} {
		t.Setenv(name, "debug")
	}
	slog.SetLogLoggerLevel(slog.LevelDebug)
	defer slog.SetLogLoggerLevel(slog.LevelInfo)
	if log := New(&bytes.Buffer{}); log.Enabled(t.Context(), slog.LevelDebug) || !log.Enabled(t.Context(), slog.LevelInfo) {
		t.Error("the level can be turned")
	}
}
