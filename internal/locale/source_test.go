package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Every message and refusal that the code names has its text. The files are
// read here rather than by a tool, so that go test sees when they change.
func TestCodeNamesNothingUnsaid(t *testing.T) {
	messages, err := loadLanguage(embedded, English)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range productFiles(t) {
		mentions, err := mentionsIn(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mentions {
			if complaint := m.check(messages); complaint != "" {
				t.Errorf("%s: %s", m.at, complaint)
			}
		}
	}
}

func TestMentions(t *testing.T) {
	const source = `package x
var ErrLow = fault.New(fault.Refused, "amount_too_low")
func f(p *locale.Printer) {
	p.T("bill.due", "Amount", a, "Day", d)
	p.T("bill.due", "Amount", a)
	p.T("bill.gone")
	p.T("bill.tender." + kind)
	p.T("bill.hue." + colour)
	p.T("bill.due", pairs...)
	p.T(id)
	q(locale.Phrase("bill.lost"), locale.Phrase("bill.pay"))
	q(locale.List{"bill.pay", "bill.paid"})
	var ErrHigh = fault.New(fault.Refused, "amount_too_high")
}`
	mentions, err := mentionsIn("x.go", source)
	if err != nil {
		t.Fatal(err)
	}
	messages, err := loadLanguage(invented(), English)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mentions {
		if complaint := m.check(messages); complaint != "" {
			got = append(got, complaint)
		}
	}
	want := []string{
		"message bill.due needs Day",
		"no message bill.gone",
		"no message begins with bill.hue.",
		"no message bill.lost",
		"no message bill.paid",
		"no message fault.amount_too_high",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMentionsInTemplates(t *testing.T) {
	const page = `<title>{{if .Bad}}{{.T "bill.gone"}}{{end}}{{$.T "bill.due" "Day" .Day}}</title>`
	mentions, err := mentionsIn("x.html", []byte(page))
	if err != nil || len(mentions) != 2 || mentions[0].id != "bill.gone" || mentions[1].id != "bill.due" {
		t.Errorf("mentions are %v, %v", mentions, err)
	}
}

// productFiles lists the Go files of the repository that are not tests, and its
// HTML templates.
func productFiles(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "testdata" || name == "node_modules" || name == ".git") {
			return fs.SkipDir
		}
		isCode := strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
		if isCode || strings.HasSuffix(name, ".html") {
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatal("there is no code to read")
	}
	return paths
}

// mention is a place in the code that names a message.
type mention struct {
	at     string
	id     string
	prefix bool     // the code adds to id
	filled []string // names of the blanks it fills
	known  bool     // filled is all
}

// check says what is wrong with a mention, or nothing.
func (m mention) check(messages map[string]*i18n.Message) string {
	if m.prefix {
		for id := range messages {
			if strings.HasPrefix(id, m.id) {
				return ""
			}
		}
		return "no message begins with " + m.id
	}
	message := messages[m.id]
	if message == nil {
		return "no message " + m.id
	}
	for _, blank := range blanksOf(message) {
		if m.known && !slices.Contains(m.filled, blank) {
			return sprint("message ", m.id, " needs ", blank)
		}
	}
	return ""
}

// mentionsIn reads one file; source is as in [parser.ParseFile].
func mentionsIn(path string, source any) ([]mention, error) {
	if source == nil {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		source = text
	}
	if text, ok := source.([]byte); ok && strings.HasSuffix(path, ".html") {
		return mentionsInTemplate(path, string(text)), nil
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var all []mention
	ast.Inspect(file, func(n ast.Node) bool {
		for _, m := range mentionsAt(n) {
			m.at = files.Position(n.Pos()).String()
			all = append(all, m)
		}
		return true
	})
	return all, nil
}

var sayingInTemplate = regexp.MustCompile(`\.T "([^"]+\.[^"]+)"`)

// mentionsInTemplate reads {{.T "id"}}; what fills it is not looked at.
func mentionsInTemplate(path, text string) []mention {
	var all []mention
	for _, match := range sayingInTemplate.FindAllStringSubmatchIndex(text, -1) {
		line := 1 + strings.Count(text[:match[0]], "\n")
		all = append(all, mention{at: path + ":" + strconv.Itoa(line), id: text[match[2]:match[3]]})
	}
	return all
}

func mentionsAt(n ast.Node) []mention {
	switch n := n.(type) {
	case *ast.CallExpr:
		return mentionsOfCall(n)
	case *ast.CompositeLit:
		if sel, ok := n.Type.(*ast.SelectorExpr); ok && qualified(sel) == "locale.List" {
			return phrases(n.Elts)
		}
	}
	return nil
}

func mentionsOfCall(call *ast.CallExpr) []mention {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	switch {
	case qualified(sel) == "locale.Phrase":
		return phrases(call.Args)
	case qualified(sel) == "fault.New" && len(call.Args) == 2:
		if code, ok := literal(call.Args[1]); ok {
			return []mention{{id: "fault." + code}}
		}
	case sel.Sel.Name == "T":
		return saying(call)
	}
	return nil
}

// saying reads p.T("id", "Name", value).
func saying(call *ast.CallExpr) []mention {
	if sum, ok := call.Args[0].(*ast.BinaryExpr); ok {
		if id, ok := literal(sum.X); ok && strings.Contains(id, ".") {
			return []mention{{id: id, prefix: true}}
		}
	}
	id, ok := literal(call.Args[0])
	if !ok || !strings.Contains(id, ".") {
		return nil
	}
	m := mention{id: id, known: !call.Ellipsis.IsValid()}
	for i := 1; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		m.filled, m.known = append(m.filled, name), m.known && ok
	}
	return []mention{m}
}

func phrases(values []ast.Expr) []mention {
	var all []mention
	for _, value := range values {
		if id, ok := literal(value); ok {
			all = append(all, mention{id: id, known: true})
		}
	}
	return all
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func qualified(sel *ast.SelectorExpr) string {
	if pkg, ok := sel.X.(*ast.Ident); ok {
		return pkg.Name + "." + sel.Sel.Name
	}
	return ""
}

// sprint is [fmt.Sprint] without its spaces between numbers.
func sprint(parts ...any) string {
	var b strings.Builder
	for _, part := range parts {
		fmt.Fprint(&b, part)
	}
	return b.String()
}
