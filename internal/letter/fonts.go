package letter

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/font"
	"golang.org/x/text/unicode/norm"
)

//go:embed font/*.ttf
var fontFiles embed.FS

const (
	regularFile = "font/NotoSans-Regular.ttf"
	boldFile    = "font/NotoSans-Bold.ttf"
)

// typefaces are the fonts on hand, the one of the text first. The others draw
// names only, and are opened when the first such name comes.
type typefaces struct {
	text   *font.Face
	others []*font.Face
	opened bool
}

func openTypefaces() (*typefaces, error) {
	face, err := openFace(regularFile)
	if err != nil {
		return nil, err
	}
	return &typefaces{text: face}, nil
}

func openFace(name string) (*font.Face, error) {
	data, err := fontFiles.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("opening font %s: %w", name, err)
	}
	face, err := font.ParseTTF(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("opening font %s: %w", name, err)
	}
	return face, nil
}

// openOthers opens the fonts of other scripts, in the order of their names but
// for the two that have signs of many, which stand at the end.
func (f *typefaces) openOthers() error {
	if f.opened {
		return nil
	}
	f.opened = true
	names, err := fs.Glob(fontFiles, "font/*.ttf")
	if err != nil {
		return fmt.Errorf("listing fonts: %w", err)
	}
	slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(afterScripts(a), afterScripts(b)) })
	for _, name := range names {
		if name == regularFile || name == boldFile {
			continue
		}
		face, err := openFace(name)
		if err != nil {
			return err
		}
		f.others = append(f.others, face)
	}
	return nil
}

// afterScripts sorts the fonts of Chinese and Japanese, and of Korean, behind
// those of one script, which draw it better.
func afterScripts(name string) string {
	return strings.NewReplacer("Droid", "~", "Nanum", "~~").Replace(name)
}

// ResolveFace finds the font that has a sign; it is what the segmenter of runs
// asks for.
func (f *typefaces) ResolveFace(r rune) *font.Face {
	for _, face := range append([]*font.Face{f.text}, f.others...) {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	return nil
}

// isPlain reports whether the font of the text draws every sign of a text by
// itself, from left to right.
func (f *typefaces) isPlain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		_, ok := f.text.NominalGlyph(r)
		return !ok || r > 0xFFFF || unicode.Is(unicode.Mn, r)
	})
}

// printable gives the text as it can be printed: signs put together, control
// characters as blanks, and what no font has as its code, so that a name is
// never shorter than it is. The second result says that there was such a sign.
func (f *typefaces) printable(text string) (string, bool, error) {
	text = norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD"))
	if f.isPlain(text) {
		return text, false, nil
	}
	if err := f.openOthers(); err != nil {
		return "", false, err
	}
	var b strings.Builder
	replaced := false
	for _, r := range text {
		switch {
		case unicode.IsControl(r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r), f.ResolveFace(r) != nil:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "[U+%04X]", r)
			replaced = true
		}
	}
	return b.String(), replaced, nil
}
