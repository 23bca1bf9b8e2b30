package city

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is one thing wrong, or worth knowing, about a city file.
type Problem struct {
	Line, Column int
	Path         string // "services[water].mcc"
	Message      string // what is wrong and what to do
}

// String reads "12:9: services[water].mcc: give four digits, such as 4900".
func (p Problem) String() string {
	return fmt.Sprintf("%d:%d: %s: %s", p.Line, p.Column, p.Path, p.Message)
}

// reader walks a YAML document. It goes through the syntax tree rather than
// decode into structs for three reasons: every problem is reported at once, with
// its line; amounts and percentages are read from their text and never pass
// through a float; and what was read, defaults included, is remembered under its
// path, which is what [Diff] compares.
type reader struct {
	problems []Problem
	settings []setting
	places   map[string]place // where each path stands in the file
}

type place struct{ line, column int }

// setting is one value of the file as it was understood.
type setting struct{ path, value string }

// open reads the document's outermost mapping.
func open(data []byte) (*reader, *mapping) {
	r := &reader{places: map[string]place{"": {1, 1}}}
	root := &mapping{reader: r}
	file, err := parser.ParseBytes(data, 0)
	var syntax yaml.Error
	switch {
	case errors.As(err, &syntax):
		at := syntax.GetToken().Position
		r.report(place{at.Line, at.Column}, "file", "is not YAML here: "+syntax.GetMessage())
	case err != nil:
		r.report(place{1, 1}, "file", "is not YAML: "+err.Error())
	case len(file.Docs) != 1 || file.Docs[0].Body == nil:
		r.report(place{1, 1}, "file", "must hold one document; start from the example that `clearwell init` writes")
	default:
		root.fill(file.Docs[0].Body)
	}
	return r, root
}

func (r *reader) report(at place, path, message string) {
	r.problems = append(r.problems, Problem{at.line, at.column, path, message})
}

// reportf reports about a path that has been read.
func (r *reader) reportf(path, format string, args ...any) {
	r.report(r.places[path], path, fmt.Sprintf(format, args...))
}

// troubled reports whether a problem is known under a path.
func (r *reader) troubled(path string) bool {
	return slices.ContainsFunc(r.problems, func(p Problem) bool { return strings.HasPrefix(p.Path, path) })
}

func (r *reader) record(path, value string) {
	r.settings = append(r.settings, setting{path, value})
}

// sorted gives the problems in the order of the file.
func (r *reader) sorted() []Problem {
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(r.problems)
}

// mapping is a YAML mapping. The keys that are asked for are the keys there are:
// end reports all others.
type mapping struct {
	reader *reader
	path   string
	keys   []string
	nodes  map[string]ast.Node
	asked  []string
}

// fill takes the entries of a node.
func (m *mapping) fill(node ast.Node) {
	m.nodes = map[string]ast.Node{}
	found, ok := node.(*ast.MappingNode)
	if !ok {
		m.reader.report(placeOf(node), or(m.path, "file"), "must be a list of `key: value` lines")
		return
	}
	for _, entry := range found.Values {
		key := entry.Key.GetToken().Value
		m.reader.places[join(m.path, key)] = placeOf(entry.Key)
		switch {
		case entry.Key.IsMergeKey():
			m.reader.reportf(join(m.path, key), "merges are not understood; write the lines out")
		case m.nodes[key] != nil:
			m.reader.reportf(join(m.path, key), "stands twice; remove one")
		default:
			m.keys = append(m.keys, key)
			m.nodes[key] = entry.Value
		}
	}
}

// end reports the keys that nobody asked for.
func (m *mapping) end() {
	for _, key := range m.keys {
		if slices.Contains(m.asked, key) {
			continue
		}
		message := "is not a setting"
		if near := nearest(key, m.asked); near != "" {
			message += fmt.Sprintf("; did you mean %q?", near)
		} else {
			message += "; here there are " + strings.Join(m.asked, ", ")
		}
		m.reader.reportf(join(m.path, key), "%s", message)
	}
}

// has reports whether a key is written.
func (m *mapping) has(key string) bool { return m.nodes[key] != nil }

// node finds what stands under a key, nil for nothing. A tag, an anchor or an
// alias is reported: a city file says everything in plain sight.
func (m *mapping) node(key string) ast.Node {
	m.asked = append(m.asked, key)
	path := join(m.path, key)
	if _, known := m.reader.places[path]; !known {
		m.reader.places[path] = m.reader.places[m.path]
	}
	switch node := m.nodes[key].(type) {
	case nil:
		return nil
	case *ast.NullNode:
		m.reader.reportf(path, "is empty; give a value or remove the line")
		return nil
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		m.reader.reportf(path, "anchors, aliases and tags are not understood; write the value out")
		return nil
	default:
		return node
	}
}

// section reads a nested mapping, an empty one if the key is not written.
func (m *mapping) section(key string) *mapping {
	inner := &mapping{reader: m.reader, path: join(m.path, key)}
	if node := m.node(key); node != nil {
		inner.fill(node)
	}
	return inner
}

// each reads a list of mappings, each known by the value of one of its keys.
func (m *mapping) each(key, name string, read func(item *mapping)) {
	var names []string
	for _, node := range m.list(key) {
		item := &mapping{reader: m.reader, path: fmt.Sprintf("%s[%d]", join(m.path, key), len(names)+1)}
		m.reader.places[item.path] = placeOf(node)
		item.fill(node)
		if known := scalar(item.nodes[name]); known != "" {
			item.rename(fmt.Sprintf("%s[%s]", join(m.path, key), known))
		}
		names = append(names, strings.TrimSuffix(item.path[strings.LastIndexByte(item.path, '[')+1:], "]"))
		read(item)
		item.end()
	}
	if len(names) > 0 {
		m.reader.record(join(m.path, key), strings.Join(names, ", "))
	}
}

// rename gives the item the path that people know it by.
func (m *mapping) rename(path string) {
	if _, taken := m.reader.places[path]; taken {
		m.reader.report(m.reader.places[m.path], path, "stands twice; give each its own name")
	}
	m.reader.places[path] = m.reader.places[m.path]
	for _, key := range m.keys {
		m.reader.places[join(path, key)] = m.reader.places[join(m.path, key)]
	}
	m.path = path
}

// list reads the nodes of a list, none if the key is not written.
func (m *mapping) list(key string) []ast.Node {
	node := m.node(key)
	if node == nil {
		return nil
	}
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		m.reader.reportf(join(m.path, key), "must be a list; write [a, b], or lines that begin with a dash")
		return nil
	}
	return sequence.Values
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// placeOf is where a node begins. A mapping's own token is the colon of its
// first entry; its key is what people look for.
func placeOf(node ast.Node) place {
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
		node = m.Values[0].Key
	}
	at := node.GetToken().Position
	return place{at.Line, at.Column}
}

// scalar is the text of a plain value as it stands in the file, "" for a list,
// a mapping or nothing.
func scalar(node ast.Node) string {
	switch n := node.(type) {
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.StringNode:
		return n.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	}
	return ""
}

// nearest finds the word that key was probably meant to be, "" for none.
func nearest(key string, words []string) string {
	best, least := "", max(2, len(key)/3)+1
	for _, word := range words {
		if d := distance(key, word); d < least {
			best, least = word, d
		}
	}
	return best
}

// distance is the number of letters to add, remove or change from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
