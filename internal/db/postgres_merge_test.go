package db

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMerged(t *testing.T) {
	refusal := errors.New("refused")
	one := statement{sql: "insert into a (x, y) values ($1, $2)", args: []any{"1", "2"}}
	two := statement{sql: "insert into b (x) values ($1) on conflict (x) do nothing", args: []any{"3"}}
	for name, test := range map[string]struct{ queue, want []statement }{
		"nothing": {nil, nil},
		"alone":   {[]statement{one}, []statement{one}},
		"together": {[]statement{one, two, one}, []statement{{
			sql: "with i0 as (insert into a (x, y) values ($1, $2)), i1 as (insert into b (x) values ($3) on conflict (x) do nothing)" +
				" insert into a (x, y) values ($4, $5)",
			args: []any{"1", "2", "3", "1", "2"},
		}}},
		"around a change": {
			[]statement{two, {sql: "update a set x = $1"}, two, two},
			[]statement{two, {sql: "update a set x = $1"}, {
				sql:  "with i0 as (" + two.sql + ") insert into b (x) values ($2) on conflict (x) do nothing",
				args: []any{"3", "3"},
			}},
		},
		"an upsert, a copy, an answer": {
			[]statement{
				two, {sql: "insert into a (x) values ($1) on conflict (x) do update set x = excluded.x"},
				two, {sql: "insert into a (x) select x from b"},
				two, {sql: "insert into a (x) values ($1) returning x"},
			},
			[]statement{
				two, {sql: "insert into a (x) values ($1) on conflict (x) do update set x = excluded.x"},
				two, {sql: "insert into a (x) select x from b"},
				two, {sql: "insert into a (x) values ($1) returning x"},
			},
		},
		"one that must touch a row": {
			[]statement{one, {sql: one.sql, args: one.args, refusal: refusal}},
			[]statement{one, {sql: one.sql, args: one.args, refusal: refusal}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			same := cmp.AllowUnexported(statement{})
			errs := cmp.Comparer(func(a, b error) bool { return a == b })
			if diff := cmp.Diff(test.want, merged(test.queue), same, errs); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergedKeepsPlansSmall(t *testing.T) {
	queue := make([]statement, 2*mostTogether+1)
	for i := range queue {
		queue[i] = statement{sql: "insert into a (x) values ($1)", args: []any{i}}
	}
	all := merged(queue)
	if len(all) != 3 || len(all[0].args) != mostTogether || len(all[2].args) != 1 {
		t.Errorf("%d statements of %d inserts: %v", len(all), len(queue), all)
	}
}
