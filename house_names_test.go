package clearwell

// How things are called.

import (
	"fmt"
	"go/ast"
	"go/token"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// A reader opens the package that is called what they look for.
func TestPackagesAreNounsOfTheTrade(t *testing.T) {
	drawers := []string{
		"util", "utils", "common", "helper", "helpers", "base", "shared", "misc", "types", "models", "model",
		"manager", "managers", "impl", "core", "lib", "tools", "pkg", "x", "interfaces", "constants", "errors",
	}
	oneWord := regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	enforce(t, func(r repository) []string {
		var all []string
		for _, s := range r.code {
			name := strings.TrimSuffix(s.syntax.Name.Name, "_test")
			if slices.Contains(drawers, name) || !oneWord.MatchString(name) || strings.HasSuffix(name, "util") || strings.HasSuffix(name, "utils") {
				all = append(all, s.path+": package "+name+": one lower-case noun of the trade")
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/util/util.go --\npackage util\n",
			"-- internal/web/webutil/x.go --\npackage webutil\n",
			"-- internal/bankFile/x.go --\npackage bankFile\n",
			"-- internal/bank_file/x.go --\npackage bank_file\n",
			"-- internal/models/x_test.go --\npackage models_test\n",
		},
		good: []string{"-- internal/till/till_test.go --\npackage till_test\n"},
	})
}

// A package says what it owns, what it promises and what it never does.
func TestPackagesIntroduceThemselves(t *testing.T) {
	enforce(t, func(r repository) []string {
		introduced := map[string]bool{}
		for s := range r.product() {
			words := "Package " + s.syntax.Name.Name + " "
			if s.syntax.Name.Name == "main" {
				words = "Command " + path.Base(s.folder()) + " "
			}
			introduced[s.folder()] = introduced[s.folder()] || strings.HasPrefix(s.syntax.Doc.Text(), words)
		}
		var all []string
		for folder, yes := range introduced {
			if !yes {
				all = append(all, folder+": no comment that begins with the name of the package")
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\n",
			"-- internal/till/till.go --\n// Everything about drawers.\npackage till\n",
			"-- cmd/clearwell/main.go --\n// Package main runs.\npackage main\n",
		},
		good: []string{
			"-- internal/till/doc.go --\n// Package till keeps drawers.\npackage till\n-- internal/till/till.go --\npackage till\n",
			"-- cmd/clearwell/main.go --\n// Command clearwell runs.\npackage main\n",
		},
	})
}

// declared finds the names that a file declares at its top: of constants,
// variables, functions and types, and of the methods and fields of types.
func (s *source) declared() iter.Seq[*ast.Ident] {
	return func(yield func(*ast.Ident) bool) {
		for _, decl := range s.syntax.Decls {
			for _, name := range namesOf(decl) {
				if !yield(name) {
					return
				}
			}
		}
	}
}

func namesOf(decl ast.Decl) []*ast.Ident {
	if f, ok := decl.(*ast.FuncDecl); ok {
		return []*ast.Ident{f.Name}
	}
	var names []*ast.Ident
	for _, spec := range decl.(*ast.GenDecl).Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			names = append(names, spec.Names...)
		case *ast.TypeSpec:
			names = append(append(names, spec.Name), membersOf(spec.Type)...)
		}
	}
	return names
}

func membersOf(e ast.Expr) []*ast.Ident {
	var names []*ast.Ident
	fields := &ast.FieldList{}
	switch e := e.(type) {
	case *ast.StructType:
		fields = e.Fields
	case *ast.InterfaceType:
		fields = e.Methods
	}
	for _, field := range fields.List {
		names = append(names, field.Names...)
	}
	return names
}

// naming makes a rule about the names that product code declares.
func naming(wrong func(s *source, name string) string) rule {
	return func(r repository) []string {
		var all []string
		for s := range r.product() {
			if !s.isWritten() {
				continue
			}
			for name := range s.declared() {
				if why := wrong(s, name.Name); why != "" {
					all = append(all, s.complain(name.Pos(), "%s: %s", name.Name, why))
				}
			}
		}
		return all
	}
}

// split cuts a name into its words: "BankLineID" into bank, line, id.
func split(name string) []string {
	var words []string
	runes := []rune(name)
	for i, r := range runes {
		starts := i == 0 || r == '_' || unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if starts {
			words = append(words, "")
		}
		if r != '_' {
			words[len(words)-1] += string(unicode.ToLower(r))
		}
	}
	return slices.DeleteFunc(words, func(word string) bool { return word == "" })
}

// payment.Fee reads well, payment.GetPaymentFee does not.
func TestNamesDoNotStutterOrGet(t *testing.T) {
	enforce(t, naming(func(s *source, name string) string {
		words := split(name)
		switch {
		case !ast.IsExported(name) || len(words) < 2:
			return ""
		case words[0] == "get":
			return "what is it that one gets?"
		case words[0] == s.syntax.Name.Name:
			return "the package says it already"
		}
		return ""
	}), examples{
		bad: []string{
			"-- internal/payment/payment.go --\npackage payment\ntype PaymentFee struct{}\n",
			"-- internal/payment/payment.go --\npackage payment\nfunc (p Payment) GetFee() {}\n",
		},
		good: []string{"-- internal/payment/payment.go --\npackage payment\ntype Payment struct{ Fee int }\nfunc Getaway() {}\n"},
	})
}

// Errors that a caller decides on are found by their names.
func TestErrorsAreNamedErr(t *testing.T) {
	makers := []string{"errors.New", "fmt.Errorf", "fault.New"}
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			for _, name := range topErrors(s, makers) {
				if !strings.HasPrefix(name.Name, "Err") && !strings.HasPrefix(name.Name, "err") {
					all = append(all, s.complain(name.Pos(), "%s: an error is called Err…", name.Name))
				}
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\nvar DrawerClosed = fault.New(fault.Refused, \"drawer_closed\")\n",
			"-- internal/till/till.go --\npackage till\nvar closed = errors.New(\"closed\")\n",
		},
		good: []string{
			"-- internal/till/till.go --\npackage till\nvar ErrDrawerClosed = fault.New(fault.Refused, \"drawer_closed\")\nvar Limit = 3\n",
		},
	})
}

// topErrors lists the variables at the top of a file that hold new errors.
func topErrors(s *source, makers []string) []*ast.Ident {
	var all []*ast.Ident
	for _, decl := range s.syntax.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			value := spec.(*ast.ValueSpec)
			for i, e := range value.Values {
				call, ok := e.(*ast.CallExpr)
				if ok && i < len(value.Names) && slices.Contains(makers, lastParts(call.Fun)) {
					all = append(all, value.Names[i])
				}
			}
		}
	}
	return all
}

// receiver is the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	e := f.Recv.List[0].Type
	for {
		switch inner := e.(type) {
		case *ast.StarExpr:
			e = inner.X
		case *ast.IndexExpr:
			e = inner.X
		case *ast.Ident:
			return inner.Name
		default:
			return ""
		}
	}
}

// An error says what was being done; that it failed, the reader knows.
func TestErrorsDoNotFail(t *testing.T) {
	whine := regexp.MustCompile(`(?i)\b(failed|unable) to\b|^(error|failed)\b|[.!\n]$`)
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			for call := range nodes[*ast.CallExpr](s) {
				if !slices.Contains([]string{"errors.New", "fmt.Errorf"}, lastParts(call.Fun)) || len(call.Args) == 0 {
					continue
				}
				lit, ok := call.Args[0].(*ast.BasicLit)
				if ok && whine.MatchString(unquote(lit)) {
					all = append(all, s.complain(lit.Pos(), "%s: say what was being done, as in \"reading layout: …\"", lit.Value))
				}
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\nvar err = fmt.Errorf(\"failed to open drawer: %w\", err)\n",
			"-- internal/till/till.go --\npackage till\nvar err = errors.New(\"Drawer is closed.\")\n",
		},
		good: []string{"-- internal/till/till.go --\npackage till\nvar err = fmt.Errorf(\"opening drawer %s: %w\", id, err)\n"},
	})
}

// wideInterfaces are the files that may have one, and why.
var wideInterfaces = map[string]string{
	"internal/db/db.go": "the engine: its two implementations are the two databases, in the same package",
}

// A long interface has one implementation and no fakes.
func TestInterfacesAreSmall(t *testing.T) {
	const most = 5
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			for face := range nodes[*ast.InterfaceType](s) {
				n := len(membersOf(face))
				if n > most && s.isWritten() && wideInterfaces[s.path] == "" {
					all = append(all, s.complain(face.Pos(), "an interface of %d methods: at most %d, declared by who uses it", n, most))
				}
			}
		}
		return all
	}, examples{
		bad:  []string{"-- internal/till/till.go --\npackage till\ntype store interface { A(); B(); C(); D(); E(); F() }\n"},
		good: []string{"-- internal/till/till.go --\npackage till\ntype store interface { A(); B(); C(); D(); E() }\n"},
	})
}

// Who uses a name reads its comment, not its code.
func TestExportedNamesAreExplained(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			if !s.isWritten() || s.syntax.Name.Name == "main" {
				continue
			}
			for _, decl := range s.syntax.Decls {
				for _, name := range unexplained(decl) {
					all = append(all, s.complain(name.Pos(), "%s has no comment", name.Name))
				}
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\nfunc Open() {}\n",
			"-- internal/till/till.go --\npackage till\ntype Drawer struct{}\n",
			"-- internal/till/till.go --\npackage till\nvar ErrOpen = x\n",
			"-- internal/till/till.go --\npackage till\nfunc (d Drawer) Count() {}\n",
		},
		good: []string{`
-- internal/till/till.go --
package till

// Open opens.
func Open() {}

// The states.
const (
	Opened = 1
	Closed = 2 // for good
)

func (d drawer) Count() {}
func (d Drawer) count() {}
`},
	})
}

// unexplained lists the exported names of a declaration without a comment. One
// over a group will do for all of it.
func unexplained(decl ast.Decl) []*ast.Ident {
	var names []*ast.Ident
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		hidden := decl.Recv != nil && !ast.IsExported(receiver(decl))
		if decl.Doc == nil && !hidden {
			names = append(names, decl.Name)
		}
	case *ast.GenDecl:
		if decl.Doc != nil {
			return nil
		}
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Doc == nil && spec.Comment == nil {
					names = append(names, spec.Name)
				}
			case *ast.ValueSpec:
				if spec.Doc == nil && spec.Comment == nil {
					names = append(names, spec.Names...)
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(name *ast.Ident) bool { return !name.IsExported() })
}

// What nobody can hold in mind nobody can review. What is too long already may
// shrink, never grow.
func TestNothingIsTooLong(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		functions, files := lengths(r)
		for name, lines := range functions {
			if lines > longFunctions[name] {
				all = append(all, fmt.Sprintf("%s has %d lines: at most %d, %d for a test", name, lines, mostLinesOfFunction, mostLinesOfTest))
			}
		}
		for name, lines := range files {
			if lines > longFiles[name] {
				all = append(all, fmt.Sprintf("%s has %d lines: at most %d", name, lines, mostLinesOfFile))
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till\nfunc f() {\n" + strings.Repeat("\n", mostLinesOfFunction-1) + "}\n",
			"-- internal/till/till_test.go --\npackage till\nfunc f() {\n" + strings.Repeat("\n", mostLinesOfTest-1) + "}\n",
			"-- internal/till/till.go --\npackage till\n" + strings.Repeat("\n", mostLinesOfFile),
		},
		good: []string{
			"-- internal/till/till.go --\npackage till\nfunc f() {\n" + strings.Repeat("\n", mostLinesOfFunction-2) + "}\n",
			"-- internal/till/till.go --\npackage till\n" + strings.Repeat("\n", mostLinesOfFile-1),
		},
	})
}

// An exception that nothing needs any more is an invitation.
func TestExceptionsFromLengthAreNeeded(t *testing.T) {
	here, err := house()
	if err != nil {
		t.Fatal(err)
	}
	functions, files := lengths(here)
	for name, most := range longFunctions {
		if functions[name] < most {
			t.Errorf("%s has %d lines now: lower its exception from %d, or drop it", name, functions[name], most)
		}
	}
	for name, most := range longFiles {
		if files[name] < most {
			t.Errorf("%s has %d lines now: lower its exception from %d, or drop it", name, files[name], most)
		}
	}
}
