package db

import (
	"strconv"
	"strings"
)

// merged puts neighbouring inserts into one statement. A transaction of ours
// writes a row in each of many tables; for PostgreSQL each statement has a price
// beside its row, and together they have one. Which insert goes first makes no
// difference: none of them reads, and a row that one refuses ends them all.
func merged(queue []statement) []statement {
	var all []statement
	for len(queue) > 0 {
		run := inserts(queue)
		if run > 1 {
			all = append(all, together(queue[:run]))
		} else {
			run = 1
			all = append(all, queue[0])
		}
		queue = queue[run:]
	}
	return all
}

// mostTogether bounds the size of a plan, and how many different ones there are.
const mostTogether = 16

// inserts counts the inserts at the head of the queue.
func inserts(queue []statement) int {
	for i, st := range queue {
		if i == mostTogether || !st.isInsert() {
			return i
		}
	}
	return len(queue)
}

// isInsert reports whether a statement inserts values and does nothing else. One
// that may update a row is not among them, since another of the same run might
// have inserted it.
func (st statement) isInsert() bool {
	return st.refusal == nil && st.each == nil && strings.HasPrefix(st.sql, "insert into ") &&
		!strings.Contains(st.sql, "select") && !strings.Contains(st.sql, " do update") && !strings.Contains(st.sql, "returning")
}

// together makes one statement of several, numbering their parameters anew.
func together(run []statement) statement {
	var text strings.Builder
	var args []any
	last := len(run) - 1
	word := "with"
	for i, st := range run[:last] {
		text.WriteString(word + " i" + strconv.Itoa(i) + " as (")
		word = ","
		renumber(&text, st.sql, len(args))
		text.WriteString(")")
		args = append(args, st.args...)
	}
	text.WriteString(" ")
	renumber(&text, run[last].sql, len(args))
	args = append(args, run[last].args...)
	return statement{sql: text.String(), args: args}
}

// renumber writes sql with each $n as $(n+by).
func renumber(into *strings.Builder, sql string, by int) {
	for {
		before, behind, found := strings.Cut(sql, "$")
		into.WriteString(before)
		if !found {
			return
		}
		digits := len(behind) - len(strings.TrimLeft(behind, "0123456789"))
		number, _ := strconv.Atoi(behind[:digits]) // a lone $ does not occur in an insert of values
		into.WriteString("$" + strconv.Itoa(number+by))
		sql = behind[digits:]
	}
}
