package resident

import (
	"errors"
	"strings"

	"clearwell/internal/billing"
	"clearwell/internal/city"
	"clearwell/internal/id"
	"clearwell/internal/limit"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// visitKind names one finding of a bill. Two tabs with two bills are two visits,
// so that neither pays the other's.
type visitKind struct{}

// Prefix names the kind.
func (visitKind) Prefix() string { return "vis" }

func (d *Door) showFind(r *web.Request) (web.Answer, error) {
	return refilled(findPage(r), mistaken(r, start(r))), nil
}

// refilled shows the page with what was typed, and what is wrong with it.
func refilled(v view.Find, m mistake) web.Answer {
	v.Number, v.Failed, v.Page.Errors = m.Typed[view.FieldUtilityAccount], m.Failed, m.Errors
	v.Required = max(v.Required, m.Required)
	for _, factor := range v.Factors {
		v.Answers[factor] = m.Typed[string(factor)]
	}
	return m.shown(v)
}

func findPage(r *web.Request) view.Find {
	town := r.Town.File
	return view.Find{
		Page: r.Page(), Form: view.Form{Action: start(r)}, Example: town.Numbers.Example, Ending: ending(town.Numbers),
		Factors: town.Guest.Asked(), Required: town.Guest.Required, Answers: map[city.Factor]string{},
	}
}

// ending is how many digits stand after the last dash of the town's numbers,
// which residents leave out; 0 where there is no dash or they are many.
func ending(numbers city.NumberFormat) int {
	if len(numbers.Patterns) == 0 {
		return 0
	}
	pattern := numbers.Patterns[0]
	last := pattern[strings.LastIndexByte(pattern, '-')+1:]
	if len(last) == len(pattern) || len(last) > 4 || strings.Trim(last, "#") != "" {
		return 0
	}
	return len(last)
}

// find proves that a guest knows a utility account.
func (d *Door) find(r *web.Request) (web.Answer, error) {
	return d.findOn(r, findPage(r), start(r), billAddress)
}

// findOn proves it on a page, and goes on to where next says for the visit.
func (d *Door) findOn(r *web.Request, v view.Find, page string, next func(*web.Request, string) string) (web.Answer, error) {
	typed := map[string]string{view.FieldUtilityAccount: strings.TrimSpace(r.PostFormValue(view.FieldUtilityAccount))}
	v.Number = strings.TrimLeft(typed[view.FieldUtilityAccount], "# ")
	for _, factor := range v.Factors {
		v.Answers[factor] = strings.TrimSpace(r.PostFormValue(string(factor)))
		typed[string(factor)] = v.Answers[factor]
	}
	if wrong := unanswered(v); len(wrong) > 0 {
		if d.enter(r, slips()) > 0 { // a flood makes us remember nothing
			v.Page.Errors = wrong
			return web.ShowWrong(v), nil
		}
		return again(r, page, mistake{Typed: typed, Errors: wrong}), nil
	}
	number, wait, err := d.prove(r, &v)
	switch {
	case errors.Is(err, errMoreAnswers):
		return again(r, page, mistake{Typed: typed, Errors: unanswered(v), Required: v.Required}), nil
	case wait > 0:
		v.Wait = wait
		return web.Show(v).With(web.Status(limit.ErrTooManyTries.Kind)), nil
	case errors.Is(err, billing.ErrNoMatch):
		return again(r, page, mistake{Typed: typed, Failed: true}), nil
	case err != nil:
		return web.Answer{}, err
	}
	return d.welcome(r, number, next)
}

// welcome remembers what was proved, under a new name of the visit.
func (d *Door) welcome(r *web.Request, number billing.Number, next func(*web.Request, string) string) (web.Answer, error) {
	if err := r.Session.Renew(); err != nil {
		return web.Answer{}, err
	}
	visit := id.Unguessable[visitKind](d.Clock.Now()).String()
	r.Session.Remember(visit, string(number))
	return web.GoTo(next(r, visit)), nil
}

// unanswered says which fields must still be filled in.
func unanswered(v view.Find) []ui.FieldError {
	var wrong []ui.FieldError
	if v.Number == "" {
		wrong = append(wrong, ui.FieldError{Field: view.FieldUtilityAccount, Text: v.Page.Words.T("resident.invalid.utility_account")})
	}
	given, firstEmpty, message := 0, "", "resident.invalid.factor"
	for _, factor := range v.Factors {
		if v.Answers[factor] != "" {
			given++
		} else if firstEmpty == "" {
			firstEmpty = string(factor)
		}
	}
	if v.Required < len(v.Factors) {
		message = "resident.invalid.factors"
	}
	if given < v.Required {
		wrong = append(wrong, ui.FieldError{Field: firstEmpty, Text: v.Page.Words.T(message, "Count", v.Required)})
	}
	return wrong
}
