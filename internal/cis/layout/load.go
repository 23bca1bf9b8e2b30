package layout

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Load reads a declaration. It returns every mistake at once, each with its
// line; file names the declaration in them.
func Load(file string, text []byte) (*Layout, error) {
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, fmt.Errorf("reading layout %s: %w", file, atLine(err))
	}
	var declared declaration
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField())
	err = decoder.Decode(&declared)
	if err != nil {
		return nil, fmt.Errorf("reading layout %s: %w", file, atLine(err))
	}
	c := compiler{declared: &declared, tree: tree}
	compiled := c.layout()
	if len(c.mistakes) > 0 {
		return nil, fmt.Errorf("reading layout %s: %w", file, errors.Join(c.mistakes...))
	}
	return compiled, nil
}

// atLine gives a YAML error the same form as ours.
func atLine(err error) error {
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
		return fmt.Errorf("line %d: %s", e.GetToken().Position.Line, e.GetMessage())
	}
	return err
}

// compiler turns a declaration into a layout and collects mistakes.
type compiler struct {
	declared *declaration
	tree     *ast.File
	mistakes []error
}

// mistake notes what is wrong at a path such as "$.records[0].fields[2]".
func (c *compiler) mistake(path, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.mistakes = append(c.mistakes, fmt.Errorf("line %d: %s", c.line(path), text))
}

// line finds the line of a path, or of the file's beginning where the path
// names what is not there.
func (c *compiler) line(path string) int {
	at, err := yaml.PathString(path)
	if err != nil {
		return 1
	}
	node, err := at.FilterFile(c.tree)
	if err != nil || node == nil {
		return 1
	}
	return node.GetToken().Position.Line
}

// oneOf checks a word against those that are allowed; empty is the first.
func oneOf[W ~string](c *compiler, path, given string, allowed ...W) W {
	if given == "" {
		return allowed[0]
	}
	for _, w := range allowed {
		if string(w) == given {
			return w
		}
	}
	c.mistake(path, "%q is none of %q", given, allowed)
	return allowed[0]
}
