package view

import (
	"time"

	"github.com/a-h/templ"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/web/ui"
	"clearwell/internal/web/ui/gallery"
)

// States is every page in every state, with the values of a made-up resident.
func States() []gallery.State {
	var states []gallery.State
	stage := func(name string, fill func(gallery.Stage) View) {
		states = append(states, gallery.State{Name: name, Render: func(s gallery.Stage) templ.Component { return fill(s).HTML() }})
	}
	add := func(name string, fill func(ui.Page) View) {
		stage(name, func(s gallery.Stage) View { return fill(s.Page) })
	}
	addFinding(add)
	addNotices(add)
	addBills(add)
	addPaying(stage)
	addReviewing(add)
	addAfter(add)
	addTroubles(add)
	addAssurance(add)
	addLogins(add)
	return states
}

type adder func(name string, fill func(ui.Page) View)

type stager func(name string, fill func(gallery.Stage) View)

func sampleInstant() time.Time { return time.Date(2026, time.November, 24, 21, 4, 0, 0, time.UTC) }

func sampleDay(day int) calendar.Date { return calendar.MakeDate(2026, time.November, day) }

func sampleForm() Form {
	return Form{Action: "/sample", Hidden: []ui.Hidden{{Name: "visit", Value: "vis_01sample"}}}
}

func sampleFind(p ui.Page) Find {
	return Find{Page: p, Form: sampleForm(), Example: "104-2233-01", Ending: 2, Factors: []city.Factor{city.HouseNumber}, Required: 1}
}

func addNotices(add adder) {
	add("affected-ask", func(p ui.Page) View {
		v := sampleFind(sampleBreach(p))
		v.Affected = true
		return v
	})
	answered := func(name string, holder, payer bool) {
		add(name, func(p ui.Page) View {
			return Affected{
				Page: sampleBreach(p), About: About{UtilityAccount: "104-2233-01"}, Holder: holder, Payer: payer, Do: samplePublic(p)[1:], Notice: "/notice",
			}
		})
	}
	answered("affected-yes", true, false)
	answered("affected-payer", false, true)
	answered("affected-no", false, false)
	add("notice", func(p ui.Page) View {
		text := letter.Document{Title: p.Words.T("letter.public.title"), Sections: samplePublic(p)}
		return Notice{Page: p, Text: text, Ask: "/affected"}
	})
}

// sampleBreach has the banner that stands on every page of a town that has
// published a notice, but for the notice itself.
func sampleBreach(p ui.Page) ui.Page {
	p.Notices = []ui.Notice{{
		Warning: true, Text: p.Words.T("letter.banner", "Windows", p.Words.T("letter.day", "Day", sampleDay(2)), "Site", "pay.town.example", "Phone", p.Town.Phone),
		Address: "/notice", Link: p.Words.T("page.notice_more"),
	}}
	return p
}

func samplePublic(p ui.Page) []letter.Section {
	section := func(heading string, messages ...string) letter.Section {
		s := letter.Section{Heading: p.Words.T(heading)}
		for _, message := range messages {
			s.Paragraphs = append(s.Paragraphs, letter.Paragraph{Text: p.Words.T(message)})
		}
		return s
	}
	more := section("letter.heading.more", "letter.bureaus")
	more.Paragraphs[0].Contacts = []law.Contact{{Name: "Equifax", Lines: []string{"P.O. Box 105788", "Atlanta, GA 30348"}, Phone: "1-888-298-0045", Site: "www.equifax.com"}}
	return []letter.Section{
		section("letter.heading.information", "letter.data_kinds.card"),
		section("letter.heading.you", "letter.card", "letter.vigilance", "letter.fraud_alert", "letter.freeze"), more,
	}
}

func addFinding(add adder) {
	add("find", func(p ui.Page) View { return sampleFind(p) })
	add("find-choose", func(p ui.Page) View {
		v := sampleFind(p)
		v.Factors = []city.Factor{city.HouseNumber, city.Name, city.LastPayment}
		return v
	})
	add("find-two", func(p ui.Page) View {
		v := sampleFind(p)
		v.Factors, v.Required = city.Factors(), 2
		return v
	})
	add("find-failed", func(p ui.Page) View {
		v := sampleFind(p)
		v.Failed, v.Number = true, "104-2233-10"
		v.Answers = map[city.Factor]string{city.HouseNumber: "412"}
		return v
	})
	add("find-empty", func(p ui.Page) View {
		p.Errors = []ui.FieldError{
			{Field: FieldUtilityAccount, Text: p.Words.T("resident.invalid.utility_account")},
			{Field: string(city.HouseNumber), Text: p.Words.T("resident.invalid.factor")},
		}
		return sampleFind(p)
	})
	add("find-wait", func(p ui.Page) View {
		v := sampleFind(p)
		v.Wait = 14*time.Minute + time.Second
		return v
	})
	add("find-notice", func(p ui.Page) View {
		p.Sandbox = true
		p.Notices = []ui.Notice{{Text: sampleNotice(p.Words.Lang())}, {Warning: true, Text: sampleWarning(p.Words.Lang())}}
		return sampleFind(p)
	})
	add("towns", func(p ui.Page) View {
		here, other := p.Town, gallery.Town(p.Words.Lang())
		other.Name = city.Words{locale.English: "Village of Exampleville", locale.Spanish: "Villa de Exampleville"}.In(p.Words.Lang())
		other.Street = "2 Depot Road, Exampleville"
		p.Town = ui.Town{Home: "/", Palette: here.Palette} // none is chosen yet
		return Towns{Page: p, Towns: []ui.Town{here, other}}
	})
}

func sampleNotice(lang locale.Lang) string {
	return city.Words{
		locale.English: "City Hall is closed on Thursday, November 26. Payments made here still count that day.",
		locale.Spanish: "El ayuntamiento estará cerrado el jueves 26 de noviembre. Los pagos hechos aquí sí cuentan ese día.",
	}.In(lang)
}

func sampleWarning(lang locale.Lang) string {
	return city.Words{
		locale.English: "Somebody is calling residents and asking for card numbers. We never do that.",
		locale.Spanish: "Alguien está llamando a los residentes para pedir números de tarjeta. Nosotros nunca hacemos eso.",
	}.In(lang)
}

func sampleAbout(p ui.Page) About {
	service := city.Words{locale.English: "Water and sewer", locale.Spanish: "Agua y alcantarillado"}
	return About{UtilityAccount: "104-2233-01", Service: service.In(p.Words.Lang())}
}

func sampleFee() CardFee {
	return CardFee{Steps: []policy.TariffStep{{UpTo: money.Cents(100_00), Flat: money.Cents(1_25)}, {BasisPoints: 225}}}
}

func sampleBill(p ui.Page, owed Owed) Bill {
	v := Bill{
		Page: p, Form: sampleForm(), About: sampleAbout(p), AsOf: sampleInstant(), Owed: owed, Start: "/", Today: sampleDay(24),
		Least: money.Cents(500), Most: money.Cents(500000), CardFee: sampleFee(),
		Bills: []Statement{
			{On: sampleDay(2), Amount: money.Cents(8412), Standing: Open},
			{On: sampleDay(2).AddMonths(-1), Amount: money.Cents(7968), Standing: Paid},
			{On: sampleDay(2).AddMonths(-2), Amount: money.Cents(12655)},
		},
	}
	if owed.Total().IsPositive() {
		v.Choices = append(v.Choices, Choice{Kind: Total, Amount: owed.Total(), Chosen: true})
	}
	if owed.PastDue.IsPositive() {
		v.Choices = append(v.Choices, Choice{Kind: PastDue, Amount: owed.PastDue})
	}
	v.Choices = append(v.Choices, Choice{Kind: Other, Chosen: !owed.Total().IsPositive()})
	return v
}

func owes(current, pastDue, credit int64) Owed {
	return Owed{
		Current: money.Cents(current), PastDue: money.Cents(pastDue),
		Stated: money.Cents(current + pastDue - credit), Due: sampleDay(24).AddDays(14),
	}
}

func sampleSpared(p ui.Page) Bill {
	v := sampleBill(p, owes(8412, 20623, 0))
	v.ShutOff = &ShutOff{On: sampleDay(24).AddDays(6), Amount: money.Cents(20623)}
	v.Spared = Spared{LateFees: true, ShutOffs: true}
	return v
}

func addBills(add adder) {
	add("bill", func(p ui.Page) View { return sampleBill(p, owes(8412, 0, 0)) })
	add("bill-late", func(p ui.Page) View { return sampleBill(p, owes(8412, 7968, 0)) })
	add("bill-shut-off", func(p ui.Page) View {
		owed := owes(8412, 20623, 0)
		owed.Due = sampleDay(21)
		owed.Pending = []Pending{{Amount: money.Cents(2500), At: sampleInstant().Add(-20 * time.Hour)}}
		v := sampleBill(p, owed)
		v.ShutOff = &ShutOff{On: sampleDay(24).AddDays(6), Amount: money.Cents(20623)}
		return v
	})
	add("bill-spared", func(p ui.Page) View { return sampleSpared(p) })
	add("bill-paused", func(p ui.Page) View {
		v := sampleSpared(p)
		v.Paused = true
		return v
	})
	add("bill-pending", func(p ui.Page) View {
		owed := owes(8412, 0, 0)
		owed.Pending = []Pending{
			{Amount: money.Cents(3000), At: sampleInstant().Add(-20 * time.Hour)},
			{Amount: money.Cents(2000), At: sampleInstant().AddDate(0, 0, -9), Posted: true},
		}
		v := sampleBill(p, owed)
		v.Notices = []string{p.Words.T("policy.notice.pending", "Pending", money.Cents(5000))}
		return v
	})
	add("bill-credit", func(p ui.Page) View {
		v := sampleBill(p, owes(8412, 0, 10000))
		v.Bills[0].Standing = Paid
		v.Notices = []string{p.Words.T("policy.notice.nothing_due")}
		return v
	})
	add("bill-unstated", func(p ui.Page) View {
		return sampleBill(p, Owed{Stated: money.Cents(17670), Due: sampleDay(24)})
	})
	add("bill-overdue", func(p ui.Page) View {
		owed := owes(8412, 0, 0)
		owed.Due = sampleDay(23)
		return sampleBill(p, owed)
	})
	addBillsApart(add)
}

// addBillsApart is bills that somebody left, or that nobody can pay.
func addBillsApart(add adder) {
	add("bill-unfinished", func(p ui.Page) View {
		v := sampleBill(p, owes(8412, 0, 0))
		v.CardFee = CardFee{Unknown: true}
		v.Unfinished = []Begun{{Total: money.Cents(8537), At: sampleInstant().Add(-5 * time.Minute), GoOn: "/"}}
		return v
	})
	add("bill-nothing", func(p ui.Page) View {
		v := sampleBill(p, owes(0, 0, 0))
		v.Bills[0].Standing = Paid
		v.CardFee = CardFee{}
		v.Notices = []string{p.Words.T("policy.notice.nothing_due")}
		return v
	})
	add("bill-amount-wrong", func(p ui.Page) View {
		p.Errors = []ui.FieldError{{Field: FieldOtherAmount, Text: p.Words.T("resident.invalid.comma", "Typed", "94,90", "Meant", "94.90")}}
		v := sampleBill(p, owes(8412, 7968, 0))
		v.Other = "94,90"
		v.Choices[0].Chosen, v.Choices[2].Chosen = false, true
		return v
	})
	add("bill-refused", func(p ui.Page) View {
		v := sampleBill(p, owes(8412, 7968, 0))
		v.Refusal = p.Words.T("fault.channel_closed")
		return v
	})
}

func samplePay(s gallery.Stage) Pay {
	return Pay{
		Page: s.Page, Form: sampleForm(), About: sampleAbout(s.Page), Amount: money.Cents(8412), Fee: Fee{Amount: money.Cents(125)}, Back: "/",
		Frame: &Frame{URL: gallery.StandIn, Origin: s.Origin, Title: "sandbox.frame_title"}, OnPage: true, Company: "Cardworks",
	}
}

func addPaying(add stager) {
	add("pay", func(s gallery.Stage) View { return samplePay(s) })
	add("pay-free", func(s gallery.Stage) View {
		v := samplePay(s)
		v.Fee, v.Over = Fee{}, money.Cents(4051)
		return v
	})
	add("pay-by-brand", func(s gallery.Stage) View {
		v := samplePay(s)
		v.Fee = Fee{ByBrand: []BrandFee{
			{Brand: "visa", Fee: money.Cents(245)}, {Brand: "mastercard", Fee: money.Cents(245)},
			{Brand: "amex", Fee: money.Cents(295)}, {Brand: "unknown", Fee: money.Cents(260)},
		}}
		return v
	})
	add("pay-elsewhere", func(s gallery.Stage) View {
		v := samplePay(s)
		v.Frame = nil
		return v
	})
	add("pay-repriced", func(s gallery.Stage) View {
		v := samplePay(s)
		v.Repriced = &Repriced{Before: money.Cents(7968), After: money.Cents(8412)}
		return v
	})
	add("pay-email-wrong", func(s gallery.Stage) View {
		s.Page.Sandbox = true
		s.Page.Errors = []ui.FieldError{{Field: FieldEmail, Text: s.Page.Words.T("resident.invalid.email")}}
		v := samplePay(s)
		v.Email = "maria at example"
		return v
	})
}

func addReviewing(add adder) {
	add("review", func(p ui.Page) View { return sampleReview(p) })
	add("review-repriced", func(p ui.Page) View {
		v := sampleReview(p)
		v.Fee, v.Email, v.Over = money.Amount{}, "", money.Cents(40510)
		v.Repriced = &Repriced{Before: money.Cents(7968), After: money.Cents(8412)}
		return v
	})
	add("duplicate", func(p ui.Page) View { return sampleDuplicate(p) })
	add("duplicate-unticked", func(p ui.Page) View {
		p.Errors = []ui.FieldError{{Field: FieldOnPurpose, Text: p.Words.T("resident.invalid.on_purpose")}}
		v := sampleDuplicate(p)
		v.Earlier[0].Unfinished = true
		return v
	})
}

func sampleDuplicate(p ui.Page) Duplicate {
	return Duplicate{
		Page: p, Form: sampleForm(), About: sampleAbout(p), Amount: money.Cents(8412), Total: money.Cents(8537), Leave: "/",
		Earlier: []Earlier{{
			Amount: money.Cents(8412), At: sampleInstant().Add(-2 * time.Hour), Channel: "resident.channel.phone", Address: "/", Pending: true,
		}},
	}
}

func sampleReview(p ui.Page) Review {
	return Review{
		Page: p, Form: sampleForm(), About: sampleAbout(p), Amount: money.Cents(8412), Fee: money.Cents(125), Email: "maria@example.com",
		Card: Card{Brand: "visa", Last4: "4242"}, Change: "/", Other: "/",
	}
}

func sampleReceipt(p ui.Page) Receipt {
	return Receipt{
		Page: p, Resend: sampleForm(), Confirmation: "SMPL-7K3F-92QD", About: sampleAbout(p),
		Amount: money.Cents(8412), Fee: money.Cents(125), PaidAt: sampleInstant(),
		Card: Card{Brand: "visa", Last4: "4242"}, Descriptor: "SAMPLETOWN UTILITY", Start: "/",
	}
}

func addAfter(add adder) {
	add("waiting", func(p ui.Page) View {
		p.Refresh = 5 * time.Second
		return Waiting{Page: p, Total: money.Cents(8537), Since: sampleInstant(), Address: "/"}
	})
	add("waiting-long", func(p ui.Page) View {
		p.Refresh = 30 * time.Second
		return Waiting{Page: p, Total: money.Cents(8537), Since: sampleInstant(), Long: true, Email: "maria@example.com", Address: "/"}
	})
	still, nothing := money.Cents(7970), money.Amount{}
	add("unfinished", func(p ui.Page) View {
		p.Refresh = 5 * time.Second
		return Unfinished{Page: p, Total: money.Cents(8537), Since: sampleInstant(), GoOn: "/", Another: "/"}
	})
	add("declined", func(p ui.Page) View { return Declined{Page: p, Tried: money.Cents(2125), Left: &still, Again: "/"} })
	add("cancelled", func(p ui.Page) View { return Cancelled{Page: p, Left: &still, Again: "/"} })
	add("disputed", func(p ui.Page) View {
		return Disputed{Page: p, Total: money.Cents(8537), PaidAt: sampleInstant(), Confirmation: "SMPL-7K3F-92QD"}
	})
	add("receipt", func(p ui.Page) View {
		v := sampleReceipt(p)
		v.Left, v.GoesTo = &nothing, "maria@example.com"
		return v
	})
	add("receipt-sandbox", func(p ui.Page) View {
		p.Sandbox = true
		return sampleReceipt(p)
	})
	add("receipt-posted", func(p ui.Page) View {
		v := sampleReceipt(p)
		v.Posted, v.Fee, v.SentTo = true, money.Amount{}, "maria@example.com"
		return v
	})
	add("no-receipt", func(p ui.Page) View { return NoReceipt{Page: p, Start: "/"} })
}

func addTroubles(add adder) {
	add("refused", func(p ui.Page) View {
		return Refused{
			Page: p, Back: "/", Instead: p.Town.FreeWays,
			Explanation: p.Words.T("fault.amount_too_high", "Maximum", money.Cents(500000)),
		}
	})
	add("paused", func(p ui.Page) View { return Paused{Page: p, Instead: p.Town.FreeWays} })
	add("paused-spared", func(p ui.Page) View {
		return Paused{Page: p, Instead: p.Town.FreeWays, Spared: Spared{LateFees: true, ShutOffs: true}}
	})
	add("paused-until", func(p ui.Page) View {
		return Paused{Page: p, Until: sampleInstant().Add(3 * time.Hour), Instead: p.Town.FreeWays}
	})
	add("expired", func(p ui.Page) View { return Expired{Page: p, Start: "/"} })
	add("missing", func(p ui.Page) View { return Missing{Page: p, Start: "/"} })
	add("broken", func(p ui.Page) View { return Broken{Page: p, Mark: "H4T-9QK", Start: "/"} })
	add("broken-paying", func(p ui.Page) View { return Broken{Page: p, Mark: "H4T-9QK", Status: "/", Start: "/"} })
	add("card-number", func(p ui.Page) View { return CardNumber{Page: p, Back: "/"} })
}
