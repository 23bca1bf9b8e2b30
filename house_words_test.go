package clearwell

// What is written: comments, documents, messages.

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// passage is prose somewhere in the house.
type passage struct {
	place string
	text  string
}

var (
	code      = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	quotation = regexp.MustCompile("\"[^\"\n]*\"|“[^”\n]*”")
	sqlRemark = regexp.MustCompile(`(?m)--.*$`)
)

// prose collects comments, documents and English messages, without what is
// quoted: who explains a word may use it.
func (r repository) prose() []passage {
	var all []passage
	for _, s := range r.code {
		if !s.isWritten() {
			continue
		}
		for _, group := range s.syntax.Comments {
			place := s.files.Position(group.Pos())
			all = append(all, passage{fmt.Sprintf("%s:%d", s.path, place.Line), unquoted(comment(group))})
		}
	}
	for name, text := range r.texts {
		switch {
		case path.Ext(name) == ".md", path.Ext(name) == ".yaml":
			all = append(all, passage{name, unquoted(text)})
		case path.Ext(name) == ".sql":
			all = append(all, passage{name, strings.Join(sqlRemark.FindAllString(text, -1), "\n")})
		}
	}
	return all
}

// unquoted blanks out code and quotations.
func unquoted(text string) string { return quotation.ReplaceAllString(uncoded(text), "…") }

// uncoded blanks out code and keeps the lines where they are.
func uncoded(text string) string {
	return code.ReplaceAllStringFunc(text, func(match string) string {
		return "…" + strings.Repeat("\n", strings.Count(match, "\n"))
	})
}

// comment is the text of a comment with all its lines, directives too.
func comment(group *ast.CommentGroup) string {
	var lines []string
	for _, c := range group.List {
		lines = append(lines, strings.TrimPrefix(c.Text, "//"))
	}
	return strings.Join(lines, "\n")
}

// kinds are what makes "account" precise.
var kinds = []string{"utility", "bank", "ledger", "merchant", "checking", "savings"}

var (
	theWord    = regexp.MustCompile(`(?i)\baccounts?\b`)
	wordBefore = regexp.MustCompile(`(\pL+)[\s-]+$`)
	wordAfter  = regexp.MustCompile(`^\s+(\pL+)`)
)

// vague finds "account" where nothing says which kind.
func vague(text string) []string {
	var all []string
	for _, at := range theWord.FindAllStringIndex(text, -1) {
		before, after := neighbours(text, at)
		idiom := before == "into" || before == "on" && after == "of" || after == "for"
		if !slices.Contains(kinds, before) && !idiom {
			all = append(all, before+" "+text[at[0]:at[1]])
		}
	}
	return all
}

// neighbours gives the words before and after a match, in lower case.
func neighbours(text string, at []int) (before, after string) {
	if match := wordBefore.FindStringSubmatch(text[max(0, at[0]-40):at[0]]); match != nil {
		before = strings.ToLower(match[1])
	}
	if match := wordAfter.FindStringSubmatch(text[at[1]:]); match != nil {
		after = strings.ToLower(match[1])
	}
	return before, after
}

// imprecise reports whether a name has "account" without its kind. In package
// ledger, the package says it.
func imprecise(words []string, pkg string) bool {
	for i, word := range words {
		if word != "account" && word != "accounts" {
			continue
		}
		before := pkg
		if i > 0 {
			before = words[i-1]
		}
		if !slices.Contains(kinds, before) {
			return true
		}
	}
	return false
}

// A resident has a utility account, a login and a bank account, and the town has
// a ledger account for each; who says only "account" has meant each of them.
func TestAccountSaysWhich(t *testing.T) {
	const why = "utility account, login, bank account or ledger account?"
	names := naming(func(s *source, name string) string {
		if ast.IsExported(name) && imprecise(split(name), s.syntax.Name.Name) {
			return why
		}
		return ""
	})
	word := regexp.MustCompile(`[a-z_]*accounts?[a-z_]*`)
	enforce(t, func(r repository) []string {
		all := names(r)
		for _, p := range r.prose() {
			for _, found := range vague(p.text) {
				all = append(all, fmt.Sprintf("%s: %q: %s", p.place, found, why))
			}
		}
		for name, text := range r.texts {
			if path.Ext(name) != ".sql" {
				continue
			}
			for _, column := range word.FindAllString(sqlRemark.ReplaceAllString(text, ""), -1) {
				if imprecise(split(column), "") {
					all = append(all, fmt.Sprintf("%s: %s: %s", name, column, why))
				}
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/billing/billing.go --\npackage billing\ntype Account struct{}\n",
			"-- internal/billing/billing.go --\npackage billing\ntype Bill struct{ AccountNumber string }\n",
			"-- internal/billing/billing.go --\npackage billing\n\n// Find looks up the resident's\n// account.\nfunc Find() {}\n",
			"-- internal/db/migration/0001_begin/sqlite.sql --\ncreate table bills (account_id text) strict;\n",
			"-- internal/db/migration/0001_begin/sqlite.sql --\n-- one row for each account\n",
			"-- docs/threats.md --\nAn attacker opens an account.\n",
			"-- internal/locale/catalogue/resident.en.yaml --\nresident.find: Find your account\n",
		},
		good: []string{
			"-- internal/billing/billing.go --\npackage billing\ntype UtilityAccountID struct{ account string }\n",
			"-- internal/ledger/ledger.go --\npackage ledger\ntype Account struct{}\n",
			"-- internal/db/migration/0001_begin/sqlite.sql --\ncreate table utility_accounts (utility_account_number text) strict; -- of utility accounts\n",
			"-- docs/threats.md --\nTaking into account utility\naccounts and bank accounts, on account of `account` alone, we account for each.\n",
		},
	})
}

// The same in Spanish: "cuenta de servicios", "cuenta bancaria".
func TestCuentaSaysWhich(t *testing.T) {
	cuenta := regexp.MustCompile(`(?i)\bcuentas?\b`)
	kind := regexp.MustCompile(`(?i)^\s+(de\s+(servicios?|cheques|ahorros?)|bancarias?|corrientes?|con)\b`)
	idiom := regexp.MustCompile(`(?i)\b(en|se|por|estado\s+de)\s+$`)
	enforce(t, func(r repository) []string {
		var all []string
		for name, text := range r.texts {
			if !strings.HasSuffix(name, ".es.yaml") {
				continue
			}
			for _, at := range cuenta.FindAllStringIndex(text, -1) {
				if !kind.MatchString(text[at[1]:]) && !idiom.MatchString(text[:at[0]]) {
					all = append(all, fmt.Sprintf("%s:%d: ¿cuenta de servicios, cuenta bancaria?", name, lineOf(text, at[0])))
				}
			}
		}
		return all
	}, examples{
		bad: []string{"-- internal/locale/catalogue/resident.es.yaml --\nresident.find: Busque su cuenta\n"},
		good: []string{
			"-- internal/locale/catalogue/resident.es.yaml --\nresident.find: Busque su cuenta de servicios\nresident.bank: cuenta\n  bancaria\nresident.mind: tenga en cuenta que\n",
		},
	})
}

// A note to do something later is read by nobody who could.
func TestNothingIsLeftForLater(t *testing.T) {
	later := regexp.MustCompile(`\b(` + strings.Join([]string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}, "|") + `)\b`)
	enforce(t, func(r repository) []string {
		var all []string
		for _, p := range r.prose() {
			if found := later.FindString(p.text); found != "" {
				all = append(all, p.place+": "+found+": do it, or open an issue")
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/till.go --\npackage till // TO" + "DO: drawers\n",
			"-- docs/threats.md --\nFIX" + "ME\n",
		},
		good: []string{"-- docs/STYLE.md --\nNo `TO" + "DO`, ever.\n"},
	})
}

var link = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)`)

// deadLinks finds relative links of a document that lead nowhere.
func deadLinks(r repository) []string {
	var all []string
	for name, text := range r.texts {
		if path.Ext(name) != ".md" {
			continue
		}
		plain := uncoded(text)
		for _, match := range link.FindAllStringSubmatchIndex(plain, -1) {
			target, heading, _ := strings.Cut(plain[match[2]:match[3]], "#")
			if strings.Contains(target, ":") {
				continue
			}
			to := name
			if target != "" {
				to = path.Join(path.Dir(name), target)
			}
			place := fmt.Sprintf("%s:%d", name, lineOf(plain, match[0]))
			switch {
			case !r.paths[to]:
				all = append(all, place+": there is no "+to)
			case heading != "" && r.texts[to] != "" && !slices.Contains(headings(r.texts[to]), heading):
				all = append(all, place+": "+to+" has no heading #"+heading)
			}
		}
	}
	return all
}

// headings lists the headings of a document as links name them.
func headings(text string) []string {
	var all []string
	for _, match := range regexp.MustCompile(`(?m)^#+\s+(.+?)\s*$`).FindAllStringSubmatch(text, -1) {
		words := regexp.MustCompile(`[^\pL\pN _-]`).ReplaceAllString(strings.ToLower(match[1]), "")
		all = append(all, strings.ReplaceAll(words, " ", "-"))
	}
	return all
}

// A document that points nowhere is found out at three in the morning.
func TestLinksLeadSomewhere(t *testing.T) {
	enforce(t, deadLinks, examples{
		bad: []string{
			"-- docs/threats.md --\nSee [style](STYLE.md).\n",
			"-- docs/threats.md --\nSee [style](#style).\n",
			"-- docs/threats.md --\nSee ![picture](pictures/pay.png \"Pay\").\n",
			"-- docs/threats.md --\nSee [style](STYLE.md#words).\n-- docs/STYLE.md --\n# Style\n",
		},
		good: []string{
			"-- docs/threats.md --\nSee [style](STYLE.md#our-words), [top](../README.md), [us](https://example.org/x) and [docs](.).\n" +
				"-- docs/STYLE.md --\n# Our words\n-- README.md --\nHello.\n",
		},
	})
}

var decision = regexp.MustCompile(`^docs/decisions/(\d{4})-[a-z0-9-]+\.md$`)

// A decision without its reason is a habit.
func TestDecisionsHaveReasons(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		numbers := map[string]string{}
		for name := range r.paths {
			if path.Dir(name) != "docs/decisions" {
				continue
			}
			match := decision.FindStringSubmatch(name)
			if match == nil {
				all = append(all, name+": a decision is called 0001-what.md")
				continue
			}
			if other := numbers[match[1]]; other != "" {
				all = append(all, name+": has the number of "+other)
			}
			numbers[match[1]] = name
			title, reason, _ := strings.Cut(strings.TrimSpace(r.texts[name]), "\n")
			if !strings.HasPrefix(title, "# ") || strings.TrimSpace(reason) == "" {
				all = append(all, name+": a decision has a title and a reason")
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- docs/decisions/0001-goose.md --\n",
			"-- docs/decisions/0001-goose.md --\n# Goose\n",
			"-- docs/decisions/goose.md --\n# Goose\n\nBecause.\n",
			"-- docs/decisions/0001-goose.md --\n# Goose\n\nBecause.\n-- docs/decisions/0001-swan.md --\n# Swan\n\nBecause.\n",
		},
		good: []string{"-- docs/decisions/0001-goose.md --\n# Goose\n\nBecause.\n"},
	})
}
