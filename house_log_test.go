package clearwell

// What may be logged.

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/logbook"
)

// spoken are the calls by which something is logged, with the place of the
// message among the arguments.
var spoken = map[string]int{
	"Info": 0, "Warn": 0, "Error": 0, "InfoContext": 1, "WarnContext": 1, "ErrorContext": 1,
}

// phrases are the places at which the message is no literal, and why.
var phrases = map[string]string{
	"internal/web/hook/hook.go": "its callers pass literals, and a message that holds a digit is withheld",
}

// lines finds the calls that log: those of a logger by one of its names.
func (s *source) lines() map[*ast.CallExpr]int {
	all := map[*ast.CallExpr]int{}
	for call := range nodes[*ast.CallExpr](s) {
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		place, speaks := spoken[selector.Sel.Name]
		if of := lastParts(selector.X); speaks && (strings.HasSuffix(of, "log") || strings.HasSuffix(of, "Log")) {
			all[call] = place
		}
	}
	return all
}

// literal is the text of a string literal, and whether it is one.
func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	return unquote(lit), true
}

// words lists what is wrong with the words of one line.
func (s *source) words(call *ast.CallExpr, place int) []string {
	var all []string
	if len(call.Args) <= place {
		return []string{s.complain(call.Pos(), "it says nothing")}
	}
	if _, ok := literal(call.Args[place]); !ok && phrases[s.path] == "" {
		all = append(all, s.complain(call.Pos(), "its message is put together: write it out, and what varies under a word of logbook.Forms"))
	}
	rest := call.Args[place+1:]
	for len(rest) > 0 {
		key, width := rest[0], 2
		if inner, ok := key.(*ast.CallExpr); ok && strings.HasPrefix(lastParts(inner.Fun), "slog.") && len(inner.Args) > 0 {
			key, width = inner.Args[0], 1
		}
		if name, ok := literal(key); !ok || !isWord(name) {
			all = append(all, s.complain(key.Pos(), "not a word of logbook.Forms"))
		}
		rest = rest[min(width, len(rest)):]
	}
	return all
}

func isWord(name string) bool {
	_, ok := logbook.Forms()[name]
	return ok
}

// The portal that was breached logged cards once a switch was thrown. Here the
// words under which something is logged are a closed list; what is not on it is
// withheld while the program runs, and fails here.
func TestOnlyKnownWordsAreLogged(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			for call, place := range s.lines() {
				all = append(all, s.words(call, place)...)
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\nfunc f() { log.Info(\"paid by \" + name) }\n",
			"-- internal/till/till.go --\npackage till\nfunc f() { t.log.Warn(\"paying\", \"body\", body) }\n",
			"-- internal/till/till.go --\npackage till\nfunc f() { d.Log.ErrorContext(ctx, \"paying\", key, body) }\n",
			"-- internal/till/till.go --\npackage till\nfunc f() { t.log.Error(\"paying\", slog.Any(\"request\", r)) }\n",
		},
		good: []string{
			"-- internal/till/till.go --\npackage till\nfunc f() { t.log.WarnContext(ctx, \"paying\", \"city\", c, \"err\", err.Error()) }\n",
			"-- internal/till/till.go --\npackage till\nfunc f() { t.log.Info(\"confined\", slog.Any(\"confined\", r)) }\n",
		},
	})
}

// One place makes the log, and no other writes lines, makes a level, or changes
// what all of Go's standard library logs by.
func TestOneLogIsMade(t *testing.T) {
	allowed := func(s *source) bool { return s.isTest() || s.within("internal/logbook") }
	enforce(t, banned("logbook makes the log, and nothing widens it", allowed,
		"log/slog.NewTextHandler", "log/slog.NewJSONHandler", "log/slog.HandlerOptions", "log/slog.LevelVar", "log/slog.SetDefault", "log/slog.Default",
		"log/slog.SetLogLoggerLevel", "log/slog.Info", "log/slog.Warn", "log/slog.Error", "log/slog.Debug", "log/slog.Log", "log/slog.LogAttrs", "log.SetOutput"), examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\nimport \"log/slog\"\nvar l = slog.New(slog.NewJSONHandler(w, nil))\n",
			"-- internal/app/app.go --\npackage app\nimport \"log/slog\"\nfunc f() { slog.Error(\"no\", \"card\", c) }\n",
		},
		good: []string{"-- internal/till/till.go --\npackage till\nimport \"log/slog\"\nvar l = slog.New(slog.DiscardHandler)\n"},
	})
}

// Debugging is what a log does when somebody has thrown a switch.
func TestNobodyDebugs(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			for name, at := range s.calls() {
				if parts := strings.Split(name, "."); s.isWritten() && slices.Contains([]string{"Debug", "DebugContext", "LogAttrs"}, parts[len(parts)-1]) {
					all = append(all, s.complain(at, "%s: there is no such level", name))
				}
			}
		}
		return all
	}, examples{
		bad:  []string{"-- internal/till/till.go --\npackage till\nfunc f() { t.log.Debug(\"paying\", \"city\", c) }\n"},
		good: []string{"-- internal/till/till.go --\npackage till\nfunc f() { t.log.Info(\"paying\", \"city\", c) }\n"},
	})
}
