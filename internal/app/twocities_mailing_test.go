package app

import (
	"io"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/mailing"
	"clearwell/internal/secret"
)

// noticeOf is what a city says of its worst day.
func noticeOf(p *place) string {
	return `office: Billing of ` + string(p.slug) + `
site: pay.example/notice
hours: 8 a.m. to 5 p.m.
monitoring: monitoring.example
on: 2026-01-05
windows: [{from: 2026-01-01, to: 2026-01-03}]
seen: card
ways: [one_time_web]
mailer: "123456"
service: "270"
`
}

// mailroom opens what is posted.
func (c *cities) mailroom() *mailing.Service {
	c.Helper()
	book, err := law.Load()
	c.must(err)
	return mailing.New(mailing.Deps{DB: c.db, Writer: letter.NewWriter(book, c.words), Sealer: c.sealer(), Key: secret.NewKey()})
}

// posted leaves a mailing of a city's worst day that came back, and a code.
func (c *cities) posted(p *place) {
	c.Helper()
	_, err := c.mailroom().ImportCodes(c.Context(), p.slug, worstOf(p), []secret.String{secret.New("MON-0001"), secret.New("MON-0002")}, operator())
	c.must(err)
	m, err := c.mailroom().Write(c.Context(), p.slug, worstOrder(p), nil, operator())
	c.must(err)
	_, err = c.published.Publish(c.Context(), p.slug, worstOf(p), worstOrder(p).Terms.Notice, operator())
	c.must(err)
	_, err = c.mailroom().Post(c.Context(), p.slug, worstOf(p), m.Number, calendar.MakeDate(2026, 1, 6), "a receipt of "+string(p.slug), operator())
	c.must(err)
	letter := c.letterOf(p)
	_, err = c.mailroom().Return(c.Context(), p.slug, worstOf(p), []mailing.Return{{Letter: letter, On: calendar.MakeDate(2026, 1, 9), Why: "moved from " + string(p.slug)}}, operator())
	c.must(err)
	c.must(c.mailroom().Correct(c.Context(), p.slug, worstOf(p), letter, []string{"9 Oak of " + string(p.slug), "Town, TX 79761"}, operator()))
	_, err = c.mailroom().Again(c.Context(), p.slug, worstOf(p), operator())
	c.must(err)
}

// letterOf is the number of a letter in a city that was posted once.
func (c *cities) letterOf(p *place) string {
	c.Helper()
	all, err := c.mailroom().Letters(c.Context(), p.slug, worstOf(p))
	c.must(err)
	for _, l := range all {
		if l.Posting == 1 {
			return l.Number.String()
		}
	}
	c.Fatalf("no letter of %s was posted once", p.slug)
	return ""
}

func worstOrder(p *place) mailing.Order {
	day := calendar.MakeDate(2026, 1, 5)
	return mailing.Order{Incident: worstOf(p), Kind: letter.Exposed, Terms: mailing.Terms{Place: "Town, TX", Notice: letter.Notice{
		Town: "A town", Office: "Billing of " + string(p.slug), Address: []string{"1 Main Street", "Town, TX 79761"}, Phone: "1-800-555-0134",
		Site: "pay.example", Hours: "8 to 5", Entity: law.LocalGovernment, State: "TX", On: day, Discovered: day,
		Windows: []letter.Window{{From: day, To: day}}, Seen: letter.SeenCard, Ways: []string{"one_time_web"},
	}}}
}

// aboutMailings asks one city's post for what the other's has.
func aboutMailings() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"notice.Service.Publish": func(a asking) (any, error) {
			return a.c.published.Publish(a.ctx, a.here.slug, worstOf(a.other), worstOrder(a.other).Terms.Notice, operator())
		},
		"notice.Service.Current": func(a asking) (any, error) {
			return a.c.published.Current(a.ctx, a.here.slug)
		},
		"notice.Service.Affected": func(a asking) (any, error) {
			return a.c.published.Affected(a.ctx, a.here.slug, "004217001")
		},
		"notice.Service.Withdraw": func(a asking) (any, error) {
			_, err := a.c.published.Publish(a.ctx, a.here.slug, worstOf(a.here), worstOrder(a.here).Terms.Notice, operator())
			a.c.must(err)
			return a.c.published.Withdraw(a.ctx, a.here.slug, operator())
		},
		"billing.Service.Holders": func(a asking) (any, error) {
			var all []billing.Holder
			err := billing.New(a.c.db).Holders(a.ctx, a.here.slug, func(h billing.Holder) error {
				all = append(all, h)
				return nil
			})
			return all, err
		},
		"mailing.Service.Plan": func(a asking) (any, error) {
			return a.c.mailroom().Plan(a.ctx, a.here.slug, worstOrder(a.other))
		},
		"mailing.Service.Write": func(a asking) (any, error) {
			return a.c.mailroom().Write(a.ctx, a.here.slug, worstOrder(a.other), nil, operator())
		},
		"mailing.Service.Print": func(a asking) (any, error) {
			return a.c.mailroom().Print(a.ctx, a.here.slug, worstOf(a.other), 1, io.Discard, io.Discard, "letters.pdf", operator())
		},
		"mailing.Service.Post": func(a asking) (any, error) {
			return a.c.mailroom().Post(a.ctx, a.here.slug, worstOf(a.other), 1, a.today(), "a receipt", operator())
		},
		"mailing.Service.Mailings": func(a asking) (any, error) {
			return a.c.mailroom().Mailings(a.ctx, a.here.slug, worstOf(a.other))
		},
		"mailing.Service.ImportCodes": func(a asking) (any, error) {
			return a.c.mailroom().ImportCodes(a.ctx, a.here.slug, worstOf(a.other), []secret.String{secret.New("MON-0009")}, operator())
		},
		"mailing.Service.Return": func(a asking) (any, error) {
			return a.c.mailroom().Return(a.ctx, a.here.slug, worstOf(a.other), []mailing.Return{{Letter: "000001-9", On: a.today(), Why: "moved"}}, operator())
		},
		"mailing.Service.Correct": func(a asking) (any, error) {
			return nil, a.c.mailroom().Correct(a.ctx, a.here.slug, worstOf(a.other), "000001-9", []string{"1 Road", "Town, TX 79761"}, operator())
		},
		"mailing.Service.Again": func(a asking) (any, error) {
			return a.c.mailroom().Again(a.ctx, a.here.slug, worstOf(a.other), operator())
		},
		"mailing.Service.Letters": func(a asking) (any, error) {
			return a.c.mailroom().Letters(a.ctx, a.here.slug, worstOf(a.other))
		},
		"mailing.Service.Codes": func(a asking) (any, error) {
			all, handed, err := a.c.mailroom().Codes(a.ctx, a.here.slug, worstOf(a.other))
			return []int{all, handed}, err
		},
	}
}
