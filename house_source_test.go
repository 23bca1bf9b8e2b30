package clearwell

// What code may do.

import (
	"go/ast"
	"go/format"
	"go/token"
	"iter"
	"path"
	"slices"
	"testing"
)

// calls finds the calls of a file by the last two parts of their names:
// "os.Exit", "ledger.PostTx", "panic".
func (s *source) calls() iter.Seq2[string, token.Pos] {
	return func(yield func(string, token.Pos) bool) {
		for call := range nodes[*ast.CallExpr](s) {
			if !yield(lastParts(call.Fun), call.Pos()) {
				return
			}
		}
	}
}

func lastParts(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return path.Ext("." + lastParts(e.X))[1:] + "." + e.Sel.Name
	case *ast.CallExpr:
		return lastParts(e.Fun)
	}
	return ""
}

// banned makes a rule against names of imported packages, except where allowed.
func banned(why string, allowed func(*source) bool, names ...string) rule {
	return func(r repository) []string {
		var all []string
		for _, s := range r.code {
			if allowed(s) || !s.isWritten() {
				continue
			}
			for at, name := range s.uses(names...) {
				all = append(all, s.complain(at, "%s: %s", name, why))
			}
		}
		return all
	}
}

// A test, a simulation and a transaction each set the time.
func TestOnlyClockKnowsNow(t *testing.T) {
	inClock := func(s *source) bool { return s.within("internal/clock") }
	enforce(t, banned("ask a clock.Clock, or tx.Now()", inClock, "time.Now", "time.Since", "time.Until"), examples{
		bad: []string{
			"-- internal/payment/service.go --\npackage payment\nimport \"time\"\nvar x = time.Now()\n",
			"-- internal/payment/service_test.go --\npackage payment\nimport \"time\"\nvar x = time.Now\n",
			"-- internal/payment/service.go --\npackage payment\nimport t \"time\"\nvar x = t.Since(y)\n",
		},
		good: []string{
			"-- internal/clock/clock.go --\npackage clock\nimport \"time\"\nvar x = time.Now()\n",
			"-- internal/payment/service.go --\npackage payment\nvar x = time.Now()\n", // some other time
		},
	})
}

// A test that sleeps is slow and still races; code that sleeps cannot be
// cancelled. In a bubble of synctest, sleeping takes no time.
func TestNobodySleeps(t *testing.T) {
	inBubble := func(s *source) bool { return s.isTest() && s.imports["synctest"] != "" }
	enforce(t, banned("wait for a signal, or on a context", inBubble, "time.Sleep"), examples{
		bad: []string{
			"-- internal/jobs/jobs_test.go --\npackage jobs\nimport \"time\"\nfunc f() { time.Sleep(1) }\n",
			"-- internal/jobs/jobs.go --\npackage jobs\nimport \"time\"\nfunc f() { time.Sleep(1) }\n",
		},
		good: []string{"-- internal/jobs/jobs_test.go --\npackage jobs\nimport (\n\"time\"\n\"testing/synctest\"\n)\nfunc f() { time.Sleep(1) }\n"},
	})
}

// Settings come in at one place, so that the program does what its
// configuration says and nothing else.
func TestOnlyAppReadsTheEnvironment(t *testing.T) {
	allowed := func(s *source) bool { return s.isTest() || s.within("internal/app", "cmd", "internal/db/dbtest") }
	enforce(t, banned("app reads it and passes values down", allowed, "os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.Args", "flag.Parse"), examples{
		bad: []string{
			"-- internal/notify/mail.go --\npackage notify\nimport \"os\"\nvar host = os.Getenv(\"SMTP\")\n",
			"-- internal/notify/mail.go --\npackage notify\nimport \"os\"\nvar first = os.Args[1]\n",
		},
		good: []string{"-- internal/app/config.go --\npackage app\nimport \"os\"\nvar host = os.Getenv(\"SMTP\")\n"},
	})
}

// What a service prints nobody reads, and may be what nobody should; what ends
// the process in the middle is a crash somebody wrote.
func TestNobodyPrintsOrExits(t *testing.T) {
	allowed := func(s *source) bool {
		return s.isTest() || s.within("cmd", "internal/app", "internal/bench", "internal/db/dbtest/cluster/with")
	}
	enforce(t, banned("return an error, or log it", allowed,
		"fmt.Print", "fmt.Printf", "fmt.Println", "log.Print", "log.Printf", "log.Println", "os.Stdout", "os.Stderr",
		"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln"), examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\nimport \"fmt\"\nfunc f() { fmt.Println(1) }\n",
			"-- internal/till/till.go --\npackage till\nimport \"log\"\nfunc f() { log.Fatal(1) }\n",
			"-- internal/till/till.go --\npackage till\nimport \"os\"\nfunc f() { os.Exit(1) }\n",
		},
		good: []string{
			"-- internal/app/app.go --\npackage app\nimport \"fmt\"\nfunc f() { fmt.Println(1) }\n",
			"-- internal/till/till.go --\npackage till\nimport \"fmt\"\nvar x = fmt.Sprint(1)\n",
		},
	})
}

// panics are the files that may, and why.
var panics = map[string]string{
	"internal/db/sqlite.go": "the caller's own panic goes on in the caller's goroutine, not in the writer's",
}

// One row that is not as expected must not stop the town.
func TestNobodyPanics(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			for name, at := range s.calls() {
				allowed := s.within("cmd", "internal/app", "internal/bench") || !s.isWritten() || panics[s.path] != ""
				if slices.Contains([]string{"panic", "print", "println"}, name) && !allowed {
					all = append(all, s.complain(at, "%s: return an error", name))
				}
			}
		}
		return all
	}, examples{
		bad:  []string{"-- internal/till/till.go --\npackage till\nfunc f() { panic(\"no\") }\n"},
		good: []string{"-- internal/till/till_test.go --\npackage till\nfunc f() { panic(\"no\") }\n"},
	})
}

// What a program does is decided by its main, not by what it imports.
func TestNothingRunsByItself(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for _, s := range r.code {
			for _, decl := range s.syntax.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if ok && f.Recv == nil && f.Name.Name == "init" && s.isWritten() {
					all = append(all, s.complain(f.Pos(), "init: let app call it"))
				}
			}
		}
		return all
	}, examples{
		bad:  []string{"-- internal/till/till.go --\npackage till\nfunc init() {}\n"},
		good: []string{"-- internal/till/till.go --\npackage till\nfunc (t till) init() {}\n"},
	})
}

// handlesMoney lists the packages in which a number may be money.
var handlesMoney = []string{
	"internal/money", "internal/ledger", "internal/payment", "internal/policy", "internal/billing", "internal/cis",
	"internal/reconcile", "internal/till", "internal/clearing", "internal/autopay", "internal/processor",
}

// A tenth of a dollar has no floating-point number.
func TestMoneyNeverFloats(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			if !s.within(handlesMoney...) {
				continue
			}
			for at, name := range s.uses("strconv.ParseFloat", "math/big.Float") {
				all = append(all, s.complain(at, "%s: amounts are money.Amount", name))
			}
			for ident := range nodes[*ast.Ident](s) {
				if ident.Name == "float64" || ident.Name == "float32" {
					all = append(all, s.complain(ident.Pos(), "%s: amounts are money.Amount", ident.Name))
				}
			}
			for lit := range nodes[*ast.BasicLit](s) {
				if lit.Kind == token.FLOAT {
					all = append(all, s.complain(lit.Pos(), "%s: amounts are money.Amount", lit.Value))
				}
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/policy/rules.go --\npackage policy\nfunc fee(percent float64) {}\n",
			"-- internal/cis/layout/read.go --\npackage layout\nvar fee = amount * 0.025\n",
			"-- internal/till/till.go --\npackage till\nimport \"strconv\"\nvar x, _ = strconv.ParseFloat(y, 64)\n",
		},
		good: []string{
			"-- internal/limit/limit.go --\npackage limit\nvar rate float64 = 0.5\n",
			"-- internal/policy/rules_test.go --\npackage policy\nvar refused = 0.5\n",
			"-- internal/policy/rules.go --\npackage policy\nvar fee = \"2.5 %\" // 2.5\n",
		},
	})
}

// Who reads code should read code, not the hand of its writer.
func TestCodeIsFormatted(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for _, s := range r.code {
			formatted, err := format.Source([]byte(s.text))
			if err != nil || string(formatted) != s.text {
				all = append(all, s.path+": run gofmt")
			}
		}
		return all
	}, examples{
		bad:  []string{"-- internal/till/till.go --\npackage till\nvar  x = 1\n"},
		good: []string{"-- internal/till/till.go --\npackage till\n\nvar x = 1\n"},
	})
}

// longFunctions and longFiles are what is longer than the house allows, with the
// most lines each may have: they may shrink, never grow.
var (
	longFunctions = map[string]int{}
	longFiles     = map[string]int{}
)

const (
	mostLinesOfFunction = 60
	mostLinesOfTest     = 100 // a test is long by its table
	mostLinesOfFile     = 600
)

// lengths finds what is too long, by "path" and "path:function".
func lengths(r repository) (functions, files map[string]int) {
	functions, files = map[string]int{}, map[string]int{}
	for _, s := range r.code {
		if !s.isWritten() {
			continue
		}
		if lines := lineOf(s.text, len(s.text)) - 1; lines > mostLinesOfFile {
			files[s.path] = lines
		}
		most := mostLinesOfFunction
		if s.isTest() {
			most = mostLinesOfTest
		}
		for _, decl := range s.syntax.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := s.files.Position(f.End()).Line - s.files.Position(f.Pos()).Line + 1
			if lines > most {
				functions[s.path+":"+f.Name.Name] = lines
			}
		}
	}
	return functions, files
}
