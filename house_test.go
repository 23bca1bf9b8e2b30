package clearwell

// The rules of this house. Each is a function from the repository to a list of
// complaints, and each has a test that first proves the rule on small bad and
// good examples, then holds the repository to it.
//
// Files are read and parsed here, in this process. A test that asks a tool
// (go list, go vet) passes from the cache after the rule is broken, because go
// test sees only the files that the test itself opened.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"
)

// rule lists what is wrong with a repository, each complaint behind its place.
type rule func(repository) []string

// repository is what the rules see.
type repository struct {
	code  []*source         // every Go file
	texts map[string]string // every other text the rules read, by path
	paths map[string]bool   // every file and folder, whatever it holds
}

// source is one Go file.
type source struct {
	path    string // from the root, with slashes
	text    string
	files   *token.FileSet
	syntax  *ast.File
	imports map[string]string // path by the name the file knows it by
}

// examples prove a rule: archives of files, "-- path --" before each.
type examples struct {
	bad  []string // the rule complains about each
	good []string // and about none of these
}

// enforce proves a rule and holds the repository to it.
func enforce(t *testing.T, r rule, e examples) {
	t.Helper()
	if len(e.bad) == 0 {
		t.Fatal("a rule without an example of what it forbids may forbid nothing")
	}
	for _, archive := range e.bad {
		if len(r(unpack(t, archive))) == 0 {
			t.Errorf("the rule does not see what is wrong with this:\n%s", archive)
		}
	}
	for _, archive := range e.good {
		for _, complaint := range r(unpack(t, archive)) {
			t.Errorf("the rule complains (%s) about this:\n%s", complaint, archive)
		}
	}
	here, err := house()
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range r(here) {
		t.Error(complaint)
	}
}

// house reads this repository, once for all rules.
var house = sync.OnceValues(func() (repository, error) { return read(os.DirFS(".")) })

// unpack reads an example.
func unpack(t *testing.T, archive string) repository {
	t.Helper()
	files, err := txtar.FS(txtar.Parse([]byte(archive)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := read(files)
	if err != nil {
		t.Fatalf("reading example: %v\n%s", err, archive)
	}
	if len(r.code)+len(r.texts) == 0 {
		t.Fatalf("there is no file in this example:\n%s", archive)
	}
	return r
}

// read reads a repository, leaving out what others wrote and what tests keep.
func read(files fs.FS) (repository, error) {
	r := repository{texts: map[string]string{}, paths: map[string]bool{}}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		r.paths[name] = true
		if entry.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "vendor", "testdata"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasPrefix(name, ".") {
			return nil // the workshop, not the house
		}
		return r.add(files, name)
	})
	return r, err
}

func (r *repository) add(files fs.FS, name string) error {
	kinds := []string{".go", ".md", ".sql", ".yaml", ".templ"}
	if !slices.Contains(kinds, path.Ext(name)) {
		return nil
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if path.Ext(name) != ".go" {
		r.texts[name] = string(text)
		return nil
	}
	s, err := parse(name, string(text))
	if err != nil {
		return err
	}
	r.code = append(r.code, s)
	return nil
}

func parse(name, text string) (*source, error) {
	s := &source{path: name, text: text, files: token.NewFileSet(), imports: map[string]string{}}
	syntax, err := parser.ParseFile(s.files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s.syntax = syntax
	for _, spec := range syntax.Imports {
		imported := unquote(spec.Path)
		known := path.Base(imported)
		if spec.Name != nil {
			known = spec.Name.Name
		}
		s.imports[known] = imported
	}
	return s, nil
}

// folder is the folder of the file.
func (s *source) folder() string { return path.Dir(s.path) }

func (s *source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// isWritten reports whether people wrote it.
func (s *source) isWritten() bool { return !ast.IsGenerated(s.syntax) }

// within reports whether the file is in one of the folders or below it.
func (s *source) within(folders ...string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool { return isWithin(s.folder(), folder) })
}

func isWithin(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

// complain writes a complaint about a place in the file.
func (s *source) complain(at token.Pos, format string, args ...any) string {
	place := s.files.Position(at)
	return fmt.Sprintf("%s:%d: ", place.Filename, place.Line) + fmt.Sprintf(format, args...)
}

// nodes walks the syntax of the file.
func nodes[N ast.Node](s *source) iter.Seq[N] {
	return func(yield func(N) bool) {
		for n := range ast.Preorder(s.syntax) {
			if found, ok := n.(N); ok && !yield(found) {
				return
			}
		}
	}
}

// uses finds where the file uses a name of an imported package, such as
// "time.Now"; the first part is the import path.
func (s *source) uses(names ...string) iter.Seq2[token.Pos, string] {
	return func(yield func(token.Pos, string) bool) {
		for selector := range nodes[*ast.SelectorExpr](s) {
			pkg, ok := selector.X.(*ast.Ident)
			if !ok || s.imports[pkg.Name] == "" {
				continue
			}
			name := s.imports[pkg.Name] + "." + selector.Sel.Name
			if slices.Contains(names, name) && !yield(selector.Pos(), name) {
				return
			}
		}
	}
}

// product gives the files that ship; written leaves out the generated ones.
func (r repository) product() iter.Seq[*source] {
	return func(yield func(*source) bool) {
		for _, s := range r.code {
			if !s.isTest() && !yield(s) {
				return
			}
		}
	}
}

// unquote reads a string literal; what the parser let through is one.
func unquote(lit *ast.BasicLit) string {
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return lit.Value
	}
	return text
}

// lineOf counts the lines up to an offset.
func lineOf(text string, offset int) int { return 1 + strings.Count(text[:offset], "\n") }

// The rules read the files of this folder and below: it must be the root.
func TestHouseIsRead(t *testing.T) {
	here, err := house()
	if err != nil {
		t.Fatal(err)
	}
	if !here.paths["go.mod"] || len(here.code) < 10 {
		t.Errorf("read %d Go files and no go.mod", len(here.code))
	}
}
