package layout

import (
	"cmp"
	"fmt"
	"slices"
)

func (c *compiler) layout() *Layout {
	d := c.declared
	l := &Layout{
		Name: d.Name, Title: d.Title, Source: d.Source, Notes: d.Notes,
		Direction: oneOf(c, "$.direction", d.Direction, BillsIn, UtilityAccountsIn, ReadingsIn, PostingOut),
		encoding:  c.encoding(),
		header:    oneOf(c, "$.header", d.Header, headerNone, headerNamed, headerIgnored),
		columns:   d.Columns,
		endsLine:  oneOf(c, "$.final_newline", d.FinalNewline, "required", "optional") == "required",
		lineEnd:   "\n",
	}
	if d.Name == "" || d.Title == "" || d.Source == "" {
		c.mistake("$", "name, title and source are needed: whoever reads the layout must know whose it is")
	}
	if oneOf(c, "$.line_end", d.LineEnd, "lf", "crlf") == "crlf" {
		l.lineEnd = "\r\n"
	}
	c.form(l)
	c.records(l)
	c.skips(l)
	c.duplicates(l)
	l.several = oneOf(c, "$.several_bills", d.SeveralBills, severalRefused, severalLast, severalAdd)
	return l
}

func (c *compiler) encoding() *encoding {
	e, found := encodingOf(cmp.Or(c.declared.Encoding, "utf-8"))
	if !found {
		c.mistake("$.encoding", "%q is none of %q", c.declared.Encoding, encodingNames())
	}
	return e
}

func (c *compiler) form(l *Layout) {
	d := c.declared
	l.fixed = oneOf(c, "$.form", d.Form, "delimited", "fixed-width") == "fixed-width"
	if l.fixed {
		c.fixedForm(l)
		return
	}
	delimiter, quote := cmp.Or(d.Delimiter, ","), cmp.Or(d.Quote, `"`)
	if len(delimiter) != 1 || delimiter == "\n" || delimiter == "\r" {
		c.mistake("$.delimiter", "the delimiter is one ASCII character")
		return
	}
	l.delimiter = delimiter[0]
	switch {
	case quote == "none":
	case len(quote) == 1 && quote != delimiter:
		l.quote = quote[0]
	default:
		c.mistake("$.quote", `the quote is one ASCII character, or "none"`)
	}
	if d.RecordLength != 0 {
		c.mistake("$.record_length", "a delimited file has no record length")
	}
}

func (c *compiler) fixedForm(l *Layout) {
	d := c.declared
	l.length = d.RecordLength
	if l.length < 1 || l.length >= maxLine {
		c.mistake("$.record_length", "a fixed-width file needs a record length from 1 to %d bytes", maxLine-1)
	}
	if l.header != headerNone || d.Columns != 0 || d.Delimiter != "" || d.Quote != "" {
		c.mistake("$.form", "a fixed-width file has no columns, delimiter, quote or row of names")
	}
}

func (c *compiler) records(l *Layout) {
	unmarked := 0
	for i, d := range c.declared.Records {
		path := fmt.Sprintf("$.records[%d]", i)
		plan := c.record(l, path, d)
		if plan.mark == nil {
			unmarked++
		}
		l.hasTrailer = l.hasTrailer || plan.role == RoleTrailer
		l.hasHeaderRow = l.hasHeaderRow || plan.role == RoleHeader
		l.records = append(l.records, plan)
	}
	if unmarked > 1 {
		c.mistake("$.records", "only one record may do without a mark")
	}
	if !slices.ContainsFunc(l.records, func(p recordPlan) bool { return p.role.isRow() }) {
		c.mistake("$.records", "no record is a row: a bill, utility-account, reading or posting")
	}
}

func (c *compiler) record(l *Layout, path string, d recordDeclaration) recordPlan {
	plan := recordPlan{role: oneOf(c, path+".record", d.Record,
		RoleBill, RoleUtilityAccount, RoleReading, RolePosting, RoleHeader, RoleTrailer, RoleIgnored)}
	if d.Mark != nil {
		plan.mark = &mark{c.source(l, path+".mark", d.Mark.Place), d.Mark.Is}
		if !plan.mark.stands() || d.Mark.Is == "" {
			c.mistake(path+".mark", "a mark needs a place and what stands there")
		}
		plan.width = plan.mark.column + 1
	} else if !plan.role.isRow() {
		c.mistake(path, "a %s needs a mark by which it is known", plan.role)
	}
	for i, field := range d.Fields {
		s := c.step(l, fmt.Sprintf("%s.fields[%d]", path, i), field)
		plan.width = max(plan.width, s.source.column+1)
		plan.steps = append(plan.steps, s)
	}
	c.complete(path, plan)
	c.overlaps(path, plan)
	return plan
}

// complete checks that a record states what its role is about.
func (c *compiler) complete(path string, plan recordPlan) {
	states := func(n Noun) bool {
		return slices.ContainsFunc(plan.steps, func(s step) bool { return !s.drop && s.noun == n })
	}
	need := func(nouns ...Noun) {
		if !slices.ContainsFunc(nouns, states) {
			c.mistake(path, "a %s needs a field %s", plan.role, nouns[0])
		}
	}
	if plan.role.isRow() {
		need(UtilityAccount)
	}
	switch plan.role {
	case RoleBill:
		need(AmountDue)
	case RoleReading:
		need(CurrentReading, Usage)
	case RolePosting:
		need(Confirmation)
		need(Amount)
	}
	for _, n := range []Noun{Batch, BusinessDate, Count, Total} {
		if states(n) && plan.role != RoleHeader && plan.role != RoleTrailer && plan.role != RolePosting {
			c.mistake(path, "a %s does not state %s", plan.role, n)
		}
	}
}

// overlaps refuses two fields over the same bytes or column: one of them must
// have been copied wrong from the vendor's page.
func (c *compiler) overlaps(path string, plan recordPlan) {
	for i, a := range plan.steps {
		for j, b := range plan.steps[:i] {
			sameColumn := a.source.column >= 0 && a.source.column == b.source.column
			if sameColumn || a.source.from < b.source.to && b.source.from < a.source.to {
				c.mistake(fmt.Sprintf("%s.fields[%d]", path, i), "stands on field %d of the same record", j+1)
			}
		}
	}
}

// source checks a place against the form of the file.
func (c *compiler) source(l *Layout, path string, p place) source {
	s := source{column: p.At - 1}
	switch {
	case l.fixed && (len(p.Named) > 0 || p.At != 0):
		c.mistake(path, "a fixed-width file has positions, not columns")
	case l.fixed && p.To > l.length, p.From > p.To, p.From < 0, (p.From == 0) != (p.To == 0):
		c.mistake(path, "positions %d to %d are not inside a record of %d bytes", p.From, p.To, l.length)
	case l.fixed && p.To > 0:
		s.from, s.to = p.From-1, p.To
	case p.To > 0:
		c.mistake(path, "a delimited file has columns, not positions")
	case len(p.Named) > 0 && p.At != 0:
		c.mistake(path, "a column is named or numbered, not both")
	case len(p.Named) > 0 && l.header != headerNamed:
		c.mistake(path, "columns have names only where the header is named")
	case p.At < 0 || l.columns > 0 && p.At > l.columns:
		c.mistake(path, "there is no column %d", p.At)
	}
	if len(p.Named) > 0 {
		s.caption = p.Named[0]
	}
	for _, name := range p.Named {
		s.names = append(s.names, heading([]byte(name)))
	}
	return s
}

func (c *compiler) skips(l *Layout) {
	for i, d := range c.declared.Skip {
		path := fmt.Sprintf("$.skip[%d]", i)
		s := skip{c.source(l, path, d.Place), d.Is, d.Unless, d.Reason}
		if !s.stands() || d.Reason == "" || (len(d.Is) == 0) == (len(d.Unless) == 0) {
			c.mistake(path, "a skip rule needs a place, a reason, and either is or unless")
		}
		l.skips = append(l.skips, s)
	}
}

func (c *compiler) duplicates(l *Layout) {
	d := c.declared.Duplicates
	if d == nil {
		return
	}
	rule := &duplicates{keep: oneOf(c, "$.duplicates.keep", d.Keep, keepNone, keepFirst, keepLast, keepLatest)}
	for i, word := range d.Key {
		rule.key = append(rule.key, c.noun(fmt.Sprintf("$.duplicates.key[%d]", i), word))
	}
	if len(rule.key) == 0 {
		c.mistake("$.duplicates", "a rule about duplicates needs a key")
	}
	if rule.keep == keepLatest && !l.everyRowStates(Updated) {
		c.mistake("$.duplicates.keep", "to keep the latest, every row must state %s", Updated)
	}
	l.duplicates = rule
}

func (l *Layout) everyRowStates(n Noun) bool {
	return !slices.ContainsFunc(l.records, func(p recordPlan) bool {
		return p.role.isRow() && !slices.ContainsFunc(p.steps, func(s step) bool { return s.noun == n && s.required })
	})
}

func (c *compiler) noun(path, word string) Noun {
	n, found := nounOf(word)
	if !found {
		c.mistake(path, "%q is not one of our nouns", word)
	}
	return n
}
