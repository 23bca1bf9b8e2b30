package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

type policyCommand struct {
	Explain explainPolicy `cmd:"" help:"Say rule by rule how a payment would be judged. Needs no configuration."`
	Replay  replayPolicy  `cmd:"" help:"Say who would have paid what more or less under other rules."`
}

// explainPolicy judges one payment by a city file.
type explainPolicy struct {
	File      string `arg:"" help:"The city file."`
	Amount    string `required:"" placeholder:"DOLLARS" help:"What is to be paid."`
	Owed      string `required:"" placeholder:"DOLLARS" help:"What is owed in all."`
	PastDue   string `default:"0" placeholder:"DOLLARS" help:"How much of it is past due (${default})."`
	On        string `placeholder:"DATE" help:"On which day, as 2026-11-24 (today)."`
	Service   string `placeholder:"SERVICE" help:"For what (the town's first service)."`
	Channel   string `default:"web" enum:"web,phone,counter,autopay,api,bank_file" help:"On which way: ${enum} (${default})."`
	Tender    string `default:"card" enum:"card,bank_account,cash,check,money_order" help:"With what: ${enum} (${default})."`
	Brand     string `default:"visa" enum:"visa,mastercard,amex,discover" help:"Which card: ${enum} (${default})."`
	Funding   string `default:"credit" enum:"credit,debit,prepaid" help:"What kind of card: ${enum} (${default})."`
	Recurring bool   `help:"It is a run of autopay."`
	Returns   string `placeholder:"DATE:TENDER,…" help:"Payments that came back before, as 2026-08-03:check,2026-09-03:bank_account:R01, with the bank's code or without."`
	Language  string `default:"en" enum:"en,es" help:"In which the resident reads: ${enum} (${default})."`
}

// Run prints the explanation.
func (c explainPolicy) Run(p Process) error {
	file, err := readCity(c.File)
	if err != nil {
		return err
	}
	question, err := c.question(file)
	if err != nil {
		return err
	}
	set, err := file.Rules.InForce(question.On)
	if err != nil {
		return err
	}
	words, err := locale.Load()
	if err != nil {
		return err
	}
	warn(p, file)
	_, err = fmt.Fprintln(p.Out, policy.Explain(words.Printer(locale.Lang(c.Language)), set, question))
	return err
}

func readCity(path string) (city.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return city.File{}, fmt.Errorf("reading a city file: %w", err)
	}
	return city.Parse(filepath.Base(path), text)
}

func (c explainPolicy) question(file city.File) (policy.Question, error) {
	q := policy.Question{
		On: calendar.Of(clock.System().Now(), file.Zone), Service: policy.Service(c.Service),
		Channel: policy.Channel(c.Channel), Tender: policy.Tender(c.Tender), Recurring: c.Recurring,
	}
	if q.Tender == policy.Card {
		q.Brand, q.Funding = policy.Brand(c.Brand), policy.Funding(c.Funding)
	}
	if q.Service == "" {
		q.Service = file.Services[0].ID
	}
	billed, known := file.Service(q.Service)
	if !known {
		return q, fmt.Errorf("explaining rules: the town has no service %q", c.Service)
	}
	q.MCC = billed.MCC
	for _, typed := range []struct {
		flag, text string
		into       *money.Amount
	}{{"--amount", c.Amount, &q.Amount}, {"--owed", c.Owed, &q.Owed.Total}, {"--past-due", c.PastDue, &q.Owed.PastDue}} {
		var err error
		if *typed.into, err = money.Parse(typed.text); err != nil {
			return q, fmt.Errorf("reading %s: %w", typed.flag, err)
		}
	}
	q.Owed.Current = q.Owed.Total.Sub(q.Owed.PastDue)
	var err error
	if q.Returns, err = readPastReturns(c.Returns); err != nil || c.On == "" {
		return q, err
	}
	q.On, err = calendar.Parse(c.On)
	return q, err
}

var errPastReturns = errors.New("each is a day and a tender, as 2026-08-03:check, and the bank's code after it where a rule asks for one")

// readPastReturns reads "2026-08-03:check,2026-09-03:bank_account:R01".
func readPastReturns(text string) ([]policy.Return, error) {
	if text == "" {
		return nil, nil
	}
	var all []policy.Return
	for _, one := range strings.Split(text, ",") {
		day, tender, _ := strings.Cut(strings.TrimSpace(one), ":")
		tender, code, _ := strings.Cut(tender, ":")
		on, err := calendar.Parse(day)
		r := policy.Return{On: on, Tender: policy.Tender(tender), Code: code}
		if err != nil || !slices.Contains(policy.AllTenders(), r.Tender) {
			return nil, fmt.Errorf("reading --returns: %q: %w", one, errPastReturns)
		}
		all = append(all, r)
	}
	return all, nil
}

// replayPolicy judges a month of real payments again.
type replayPolicy struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"Whose payments they are."`
	Month  string `required:"" placeholder:"MONTH" help:"Which month, as 2026-10."`
	File   string `arg:"" help:"A city file with the rules proposed; the newest set in it counts."`
}

// Run prints the comparison.
func (c replayPolicy) Run(ctx context.Context, p Process) error {
	proposed, err := readCity(c.File)
	if err != nil {
		return err
	}
	first, err := calendar.ParseLayout("2006-01", c.Month)
	if err != nil {
		return fmt.Errorf("reading --month: %w", err)
	}
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		old, err := town.Rules.InForce(first.EndOfMonth())
		if err != nil {
			return err
		}
		var asked []policy.Payment
		for day := first; !day.After(first.EndOfMonth()); day = day.AddDays(1) {
			made, err := w.payments.ApprovedOn(ctx, town.City, day)
			if err != nil {
				return err
			}
			for _, m := range made {
				asked = append(asked, again(town, m))
			}
		}
		_, err = fmt.Fprintln(p.Out, policy.Replay(old, proposed.Rules[len(proposed.Rules)-1], asked))
		return err
	})
}

// again makes a payment into the question that it once was. What was owed then
// is not kept beyond what was paid, so a payment counts as one in full.
func again(town townOf, m payment.Payment) policy.Payment {
	billed, _ := town.Service(m.Service)
	return policy.Payment{ID: m.ID.String(), Question: policy.Question{
		On: m.BusinessOn, Service: m.Service, MCC: billed.MCC, Channel: m.Channel, Tender: m.Tender,
		Brand: policy.Brand(m.Card.Brand), Funding: policy.Funding(m.Card.Funding), Amount: m.Amount,
		Owed: policy.Owed{Total: m.Amount, Current: m.Amount},
	}}
}
