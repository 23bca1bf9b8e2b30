package layout

import (
	"strings"
	"testing"
)

const good = `name: example
title: An example
source: invented
dates: [MM/DD/YYYY]
records:
  - record: bill
    fields:
      - {field: utility_account, at: 1, required: true}
      - {field: amount_due, at: 2, required: true}
      - {field: bill_date, at: 3}
`

func TestLoad(t *testing.T) {
	l, err := Load("example.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if l.Name != "example" || l.Direction != BillsIn {
		t.Errorf("Load = %+v", l)
	}
}

// TestMistakesAreShownWithTheirLine changes one thing of a good layout.
func TestMistakesAreShownWithTheirLine(t *testing.T) {
	fixed := strings.NewReplacer("at: 1,", "from: 1, to: 5,", "at: 2,", "from: 6, to: 9,", "at: 3", "from: 10, to: 19",
		"dates:", "form: fixed-width\nrecord_length: 19\ndates:").Replace(good)
	for _, c := range []struct{ name, base, old, new, want string }{
		{"not YAML", good, "name: example", "name: [", "line 1:"},
		{"unknown key", good, "source:", "sauce:", "line 3: unknown field \"sauce\""},
		{"no source", good, "source: invented\n", "", "name, title and source"},
		{"unknown noun", good, "field: bill_date", "field: bill_day", "line 10: \"bill_day\" is not one of our nouns"},
		{"unknown encoding", good, "dates:", "encoding: ebcdic\ndates:", "line 4: \"ebcdic\" is none of"},
		{"unknown direction", good, "dates:", "direction: sideways\ndates:", "line 4: \"sideways\" is none of"},
		{"no amount", good, "      - {field: amount_due, at: 2, required: true}\n", "", "line 6: a bill needs a field amount_due"},
		{"two origins", good, "at: 3", "at: 3, compose: [{line: true}]", "line 10: a field comes from one"},
		{"no origin", good, ", at: 3", "", "line 10: a field comes from one"},
		{"the same column", good, "at: 3", "at: 2", "line 10: stands on field 2"},
		{"no column 0", good, "at: 3", "at: -1", "line 10: there is no column -1"},
		{"column outside", good, "dates:", "columns: 2\ndates:", "line 11: there is no column 3"},
		{"a name without names", good, "at: 3", "named: [bill_date]", "line 10: columns have names only"},
		{"position in a delimited file", good, "at: 3", "from: 3, to: 4", "line 10: a delimited file has columns"},
		{"column in a fixed-width file", fixed, "from: 10, to: 19", "at: 3", "line 12: a fixed-width file has positions"},
		{"position outside", fixed, "from: 10, to: 19", "from: 10, to: 20", "line 12: positions 10 to 20"},
		{"positions overlap", fixed, "from: 10, to: 19", "from: 9, to: 18", "line 12: stands on field 2"},
		{"no record length", fixed, "record_length: 19\n", "", "needs a record length"},
		{"dates that disagree", good, "[MM/DD/YYYY]", "[MM/DD/YYYY, DD/MM/YYYY]", "line 10: "},
		{"a date without a year", good, "[MM/DD/YYYY]", "[MM/DD]", "line 10: \"MM/DD\" does not tell"},
		{"no date format", good, "dates: [MM/DD/YYYY]\n", "", "line 9: how is it written?"},
		{"a date in another notation", good, "at: 3", "at: 3, number: {dollar: true}", "line 10: bill_date is not written that way"},
		{"a maximum for a date", good, "at: 3", "at: 3, max: 5", "line 10: bill_date is not a text"},
		{"unknown credit", good, "at: 2,", "at: 2, number: {credit: [red]},", "line 9: \"red\" is none of"},
		{"overpunch with a point", good, "at: 2,", "at: 2, number: {credit: [overpunch]},", "line 9: an overpunched number"},
		{"decimals with a point", good, "at: 2,", "at: 2, number: {decimals: 2},", "line 9: decimals are for an implied point"},
		{"too many decimals", good, "at: 2,", "at: 2, number: {point: implied, decimals: 3},", "line 9: decimals are for an implied point"},
		{"a drop that is required", good, "field: bill_date, at: 3", "field: ssn, at: 3, drop: true, required: true", "line 10: a dropped field"},
		{"optional without a name", good, "at: 3", "at: 3, optional: true", "line 10: only a named column"},
		{"two records without a mark", good, "    fields:", "    fields:\n      - {field: utility_account, at: 1}\n      - {field: amount_due, at: 2}\n  - record: bill\n    fields:", "only one record may do without a mark"},
		{"a trailer without a mark", good, "records:\n", "records:\n  - {record: trailer}\n", "line 6: a trailer needs a mark"},
		{"a bill that states the count", good, "field: bill_date", "field: count", "a bill does not state count"},
		{"a skip rule without a reason", good, "dates:", "skip: [{at: 3, is: [X]}]\ndates:", "line 4: a skip rule needs"},
		{"an unknown key noun", good, "dates:", "duplicates: {key: [nonsense]}\ndates:", "line 4: \"nonsense\" is not one"},
		{"the latest of what", good, "dates:", "duplicates: {key: [bill_date], keep: latest}\ndates:", "every row must state updated"},
		{"a wide delimiter", good, "dates:", "delimiter: \"||\"\ndates:", "line 4: the delimiter is one"},
		{"quote and delimiter alike", good, "dates:", "quote: \",\"\ndates:", "line 4: the quote is one"},
		{"no rows", good, "record: bill", "record: header", "no record is a row"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(c.base, c.old, c.new, 1)
			if text == c.base {
				t.Fatal("nothing was changed")
			}
			_, err := Load("example.yaml", []byte(text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Load = %v, want %q", err, c.want)
			}
		})
	}
}

func TestEveryMistakeIsShownAtOnce(t *testing.T) {
	text := strings.NewReplacer("utility_account", "a", "amount_due", "b", "bill_date", "c").Replace(good)
	_, err := Load("example.yaml", []byte(text))
	if err == nil {
		t.Fatal("loaded")
	}
	for _, want := range []string{"line 8:", "line 9:", "line 10:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestVocabularyIsComplete(t *testing.T) {
	for n := range nounCount {
		is := vocabulary[n]
		types := 0
		for _, has := range []bool{is.text != nil, is.date != nil, is.moment != nil, is.amount != nil, is.quantity != nil, is.integer != nil, is.flag != nil} {
			if has {
				types++
			}
		}
		again, found := nounOf(is.word)
		if is.word == "" || types != 1 || !found || again != n {
			t.Errorf("noun %d, %q, has %d types and is found as %d", n, is.word, types, again)
		}
	}
}
