package layout

import (
	"fmt"
	"slices"
	"strings"
)

// step compiles one field.
func (c *compiler) step(l *Layout, path string, d fieldDeclaration) step {
	s := step{
		noun: nounCount, label: d.Field, source: c.source(l, path, d.Place),
		drop: d.Drop, required: d.Required, optional: d.Optional, max: d.Max, longNumbers: d.LongNumbers,
		blank: d.Blank, codes: d.Codes, cut: d.Cut,
		right: oneOf(c, path+".align", d.Align, "left", "right") == "right",
		zeros: oneOf(c, path+".fill", d.Fill, "blanks", "zeros") == "zeros",
	}
	if d.Constant != nil {
		s.constant, s.fixed = true, *d.Constant
	}
	for i, part := range d.Compose {
		s.compose = append(s.compose, c.component(l, fmt.Sprintf("%s.compose[%d]", path, i), part))
	}
	c.origin(path, s)
	if !s.drop && (d.Field != "" || !s.constant) {
		s.noun = c.noun(path+".field", d.Field)
		s.label = s.place(d.Field)
		c.values(path, &s, d)
	}
	return s
}

// origin checks that a field comes from exactly one kind of place.
func (c *compiler) origin(path string, s step) {
	switch {
	case s.optional && (s.required || len(s.source.names) == 0):
		c.mistake(path, "only a named column that is not required may be absent")
	case s.drop && (!s.source.stands() || s.required || s.constant || len(s.compose) > 0):
		c.mistake(path, "a dropped field has a place and nothing else")
	case s.constant && len(s.compose) > 0, !s.constant && s.source.stands() == (len(s.compose) > 0):
		c.mistake(path, "a field comes from one column or span, is composed, or is constant")
	}
}

// place is how a reason names a field: staff look for the column, not the noun.
func (s *step) place(word string) string {
	switch {
	case len(s.source.names) > 0:
		return fmt.Sprintf("%s (column %q)", word, s.source.caption)
	case s.source.column >= 0:
		return fmt.Sprintf("%s (column %d)", word, s.source.column+1)
	case s.source.to > 0:
		return fmt.Sprintf("%s (positions %d to %d)", word, s.source.from+1, s.source.to)
	}
	return word
}

func (c *compiler) component(l *Layout, path string, d partDeclaration) component {
	part := component{c.source(l, path, d.Place), d.Text, d.Line}
	kinds := 0
	for _, is := range []bool{part.stands(), d.Text != "", d.Line} {
		if is {
			kinds++
		}
	}
	if kinds != 1 {
		c.mistake(path, "a part is a column or span, a text, or the line")
	}
	return part
}

// values compiles how a noun of this type is written.
func (c *compiler) values(path string, s *step, d fieldDeclaration) {
	is := vocabulary[s.noun]
	if is.text == nil && (s.constant || len(s.compose) > 0 || len(s.codes) > 0 || s.max > 0 || s.longNumbers) {
		c.mistake(path, "%s is not a text", s.noun)
	}
	switch {
	case is.date != nil:
		s.patterns = c.patterns(path, d.Dates, c.declared.Dates)
	case is.moment != nil:
		s.patterns = c.patterns(path, d.Moments, c.declared.Moments)
	case is.amount != nil:
		s.number = c.number(path, d.Number, c.declared.Amounts, amountDecimals, amountDecimals)
	case is.quantity != nil:
		s.number = c.number(path, d.Number, c.declared.Quantities, 0, quantityDecimals)
	case is.flag != nil:
		s.flag = c.flags(path, d.Flag)
	}
	c.strangers(path, is, d)
}

// strangers refuses keys that say nothing about a noun of this type.
func (c *compiler) strangers(path string, is meaning, d fieldDeclaration) {
	if len(d.Dates) > 0 && is.date == nil || len(d.Moments) > 0 && is.moment == nil ||
		d.Number != nil && is.amount == nil && is.quantity == nil || d.Flag != nil && is.flag == nil {
		c.mistake(path, "%s is not written that way", is.word)
	}
}

func (c *compiler) patterns(path string, own, common []string) []pattern {
	texts := own
	if len(texts) == 0 {
		texts = common
	}
	if len(texts) == 0 {
		c.mistake(path, "how is it written? For example MM/DD/YYYY")
	}
	var compiled []pattern
	for _, text := range texts {
		p, err := compilePattern(text)
		if err != nil {
			c.mistake(path, "%v", err)
			continue
		}
		compiled = append(compiled, p)
	}
	c.agree(path, compiled)
	return compiled
}

func (c *compiler) agree(path string, patterns []pattern) {
	for i, a := range patterns {
		for _, b := range patterns[:i] {
			if text, found := disagree(a, b); found {
				c.mistake(path, "%s is one day as %s and another as %s", text, a.text, b.text)
			}
		}
	}
}

const amountDecimals = 2

func (c *compiler) number(path string, own, common *numberDeclaration, implied, scale int) notation {
	d := own
	if d == nil {
		d = common
	}
	if d == nil {
		d = &numberDeclaration{}
	}
	n := notation{
		point:   oneOf(c, path, d.Point, pointOptional, pointExact, pointImplied),
		implied: implied, dollar: d.Dollar, commas: d.Commas, reversed: d.Reversed,
	}
	if d.Decimals != nil {
		n.implied = *d.Decimals
	}
	for _, word := range d.Credit {
		n.credits = append(n.credits, oneOf(c, path, word, minusBefore, minusAfter, parentheses, crAfter, overpunch))
	}
	c.sensible(path, n, d.Decimals != nil, scale)
	return n
}

func (c *compiler) sensible(path string, n notation, decimals bool, scale int) {
	if n.implied < 0 || n.implied > scale || decimals && n.point != pointImplied {
		c.mistake(path, "decimals are for an implied point, from 0 to %d", scale)
	}
	if !slices.Contains(n.credits, overpunch) {
		return
	}
	if len(n.credits) > 1 || n.point != pointImplied || n.commas || n.dollar {
		c.mistake(path, "an overpunched number has an implied point and no other mark")
	}
}

func (c *compiler) flags(path string, own *flagDeclaration) flagWords {
	d := own
	if d == nil {
		d = c.declared.Flags
	}
	if d == nil || len(d.Set) == 0 {
		c.mistake(path, "which words set the flag, and which clear it?")
		return flagWords{}
	}
	for _, word := range d.Set {
		if slices.ContainsFunc(d.Clear, func(other string) bool { return strings.EqualFold(word, other) }) {
			c.mistake(path, "%q both sets and clears the flag", word)
		}
	}
	return flagWords{d.Set, d.Clear}
}
