package app

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/control"
	"clearwell/internal/exposure"
	"clearwell/internal/inbox"
	"clearwell/internal/ledger"
	"clearwell/internal/limit"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/secret"
	"clearwell/internal/sighting"
)

// citizens finds the exported functions and methods that are given a city: as an
// argument, or as the field City of one. What runs in a caller's transaction
// (…Tx) has the caller's city, and takes none.
func citizens(t *testing.T) map[string]bool {
	t.Helper()
	files := sources(t)
	bound := map[string]bool{} // types with a field City
	for folder, parsed := range files {
		for _, file := range parsed {
			ast.Inspect(file, func(n ast.Node) bool {
				if spec, ok := n.(*ast.TypeSpec); ok && hasCity(spec) {
					bound[path.Base(folder)+"."+spec.Name.Name] = true
				}
				return true
			})
		}
	}
	found := map[string]bool{}
	for folder, parsed := range files {
		for _, file := range parsed {
			for _, declared := range file.Decls {
				if f, ok := declared.(*ast.FuncDecl); ok && isPublic(f) && takesCity(path.Base(folder), f, bound) {
					found[path.Base(folder)+"."+receiver(f)+f.Name.Name] = true
				}
			}
		}
	}
	return found
}

// sources reads the code below the roof, but for tests, by folder.
func sources(t *testing.T) map[string][]*ast.File {
	t.Helper()
	files := map[string][]*ast.File{}
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err == nil {
			files[filepath.Dir(name)] = append(files[filepath.Dir(name)], file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func hasCity(spec *ast.TypeSpec) bool {
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return false
	}
	for _, field := range fields.Fields.List {
		for _, name := range field.Names {
			if name.Name == "City" && written(field.Type) == "id.City" {
				return true
			}
		}
	}
	return false
}

func takesCity(folder string, f *ast.FuncDecl, bound map[string]bool) bool {
	for _, given := range f.Type.Params.List {
		kind := strings.TrimLeft(written(given.Type), "*[].")
		if !strings.Contains(kind, ".") {
			kind = folder + "." + kind
		}
		if kind == "id.City" || bound[kind] {
			return true
		}
	}
	return false
}

// written is a type as it is written, as far as cities are concerned.
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return written(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return written(e.X)
	case *ast.ArrayType:
		return written(e.Elt)
	case *ast.Ellipsis:
		return written(e.Elt)
	}
	return ""
}

func isPublic(f *ast.FuncDecl) bool {
	return f.Name.IsExported() && !strings.HasSuffix(f.Name.Name, "Tx") && (f.Recv == nil || ast.IsExported(receiver(f)))
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	return written(f.Recv.List[0].Type) + "."
}

// elsewhere lists what takes a city and is not asked here, with the reason.
func elsewhere() map[string]string {
	return map[string]string{
		"db.DB.Read":                     "the boundary itself: all the others go through it",
		"db.DB.Write":                    "the boundary itself: all the others go through it",
		"access.WithCity":                "says whose a visit is: TestTwoCitiesShareNoPage comes with the other city's cookies",
		"approval.Service.Write":         "writes a text, and keeps nothing",
		"cis.Batch.Name":                 "makes a name of what it is given",
		"audit.NewMirror":                "makes an empty copy; TestAMirrorRefusesAnotherHistory gives it another log",
		"audit.Mirror.Add":               "holds a log against a copy; a checkpoint of another city is refused",
		"incident.Revision.HandOutWords": "writes what it is given",
		"city.Diff":                      "compares what it is given",
		"city.Weakenings":                "compares what it is given",
		"city.Payee":                     "compares what it is given",
		"payment.NoHolds.CheckCards":     "holds nothing, and asks nobody",
		"report.Facts":                   "joins what it is given",
		"incident.ReleaseWords":          "makes words of what it is given",
	}
}

// asking is a question to one city by somebody who knows what the other has.
type asking struct {
	c           *cities
	ctx         context.Context
	here, other *place
}

// questions are all methods that take a city, each asked in one city with what
// is the other's.
func questions() map[string]func(asking) (any, error) {
	all := map[string]func(asking) (any, error){}
	for _, some := range []map[string]func(asking) (any, error){
		aboutPaying(), aboutQuotes(), aboutBills(), aboutRecords(), aboutOperating(), aboutIncidents(), aboutHolding(), aboutMailings(), aboutBanks(),
		aboutTills(), aboutReports(), aboutDuties(), aboutLogins(),
	} {
		for name, ask := range some {
			all[name] = ask
		}
	}
	return all
}

func (a asking) quote(step string) payment.QuoteID { return a.other.steps[step] }

func (a asking) made(step string) payment.ID { return payment.OfQuote(a.other.steps[step]) }

func (a asking) attempt(step string) processor.Key {
	a.c.Helper()
	p, err := a.c.payments.Payment(a.ctx, a.other.slug, a.made(step))
	a.c.must(err)
	return processor.Key(p.Attempt.String())
}

func (a asking) start(step string) payment.StartRequest {
	return payment.StartRequest{
		City: a.here.slug, Quote: a.quote(step), Consent: money.Cents(a.other.cents + 300 + 125), OnPurpose: true,
		ReturnURL: "http://" + a.here.host + "/", Payer: exposure.Payer{Email: "thief@example.com"},
	}
}

func (a asking) today() calendar.Date { return calendar.Of(a.c.clk.Now(), time.UTC) }

func aboutPaying() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"payment.Service.Owed": func(a asking) (any, error) { return a.c.payments.Owed(a.ctx, a.here.slug, numbered(1)) },
		"payment.Service.CardsHeld": func(a asking) (any, error) {
			return nil, a.c.payments.CardsHeld(a.ctx, a.here.slug, "water")
		},
		"payment.Service.Payment":    func(a asking) (any, error) { return a.c.payments.Payment(a.ctx, a.here.slug, a.made("paid")) },
		"payment.Service.Refresh":    func(a asking) (any, error) { return a.c.payments.Refresh(a.ctx, a.here.slug, a.made("in doubt")) },
		"payment.Service.ApprovedOn": func(a asking) (any, error) { return a.c.payments.ApprovedOn(a.ctx, a.here.slug, a.c.paidOn(a.other)) },
		"payment.Service.Surpluses": func(a asking) (any, error) {
			return a.c.payments.Surpluses(a.ctx, a.here.slug)
		},
		"payment.Service.SettleOn": func(a asking) (any, error) {
			return nil, a.c.payments.SettleOn(a.ctx, a.here.slug, a.c.paidOn(a.other))
		},
		"payment.Service.OfAttempt": func(a asking) (any, error) { return a.c.payments.OfAttempt(a.ctx, a.here.slug, a.attempt("paid")) },
		"payment.Service.Settle": func(a asking) (any, error) {
			return nil, a.c.payments.Settle(a.ctx, a.here.slug, a.attempt("in doubt"))
		},
		"payment.Service.Dispute": func(a asking) (any, error) {
			return nil, a.c.payments.Dispute(a.ctx, a.here.slug, processor.Notice{Kind: processor.NoticeDispute, Key: a.attempt("paid")})
		},
		"payment.Service.Win": func(a asking) (any, error) {
			return nil, a.c.payments.Win(a.ctx, a.here.slug, a.c.confirmed(a.other, "paid"), money.Amount{}, "operator:thief")
		},
		"payment.Service.Lose": func(a asking) (any, error) {
			return nil, a.c.payments.Lose(a.ctx, a.here.slug, a.c.confirmed(a.other, "paid"), money.Amount{}, "operator:thief")
		},
		"payment.Service.RefundSurplus": func(a asking) (any, error) {
			return nil, a.c.payments.RefundSurplus(a.ctx, a.here.slug, besides(a.other), "", "operator:thief")
		},
		"payment.Service.Disputes":   func(a asking) (any, error) { return a.c.payments.Disputes(a.ctx, a.here.slug) },
		"payment.Service.DisputesOn": func(a asking) (any, error) { return a.c.payments.DisputesOn(a.ctx, a.here.slug, a.today()) },
		"payment.Service.Unposted":   func(a asking) (any, error) { return a.c.payments.Unposted(a.ctx, a.here.slug) },
		"payment.Service.Start":      func(a asking) (any, error) { return a.c.payments.Start(a.ctx, a.start("reviewed")) },
		"payment.Service.StartAtReader": func(a asking) (any, error) {
			return a.c.payments.StartAtReader(a.ctx, a.start("shown"), "front")
		},
		"payment.Service.LeaveReader": func(a asking) (any, error) {
			return a.c.payments.LeaveReader(a.ctx, a.here.slug, a.made("paid"))
		},
		"payment.Service.StartAway": func(a asking) (any, error) {
			p, page, err := a.c.payments.StartAway(a.ctx, a.start("shown"), payment.Return{Done: "http://" + a.here.host + "/"})
			return fmt.Sprint(page, told(p)), err
		},
	}
}

func aboutQuotes() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"payment.Service.FindQuote": func(a asking) (any, error) { return a.c.payments.FindQuote(a.ctx, a.here.slug, a.quote("reviewed")) },
		"payment.Service.Speak": func(a asking) (any, error) {
			return nil, a.c.payments.Speak(a.ctx, a.here.slug, a.quote("shown"), locale.Spanish)
		},
		"payment.Service.Earlier": func(a asking) (any, error) { return a.c.payments.Earlier(a.ctx, a.here.slug, a.quote("paid")) },
		"payment.Service.ShowFields": func(a asking) (any, error) {
			return a.c.payments.ShowFields(a.ctx, a.here.slug, a.quote("shown"), "http://"+a.here.host, "manifest")
		},
		"payment.Service.GiveCard": func(a asking) (any, error) {
			return a.c.payments.GiveCard(a.ctx, a.here.slug, a.quote("shown"), processor.Token(a.other.card), exposure.Payer{Email: "thief@example.com"})
		},
		"payment.Service.Quote": func(a asking) (any, error) {
			return a.c.payments.Quote(a.ctx, payment.QuoteRequest{
				City: a.here.slug, UtilityAccount: numbered(1), Channel: policy.Web, Amount: money.Cents(500), Language: locale.English,
				CapturePath: exposure.WebFrame,
			})
		},
	}
}

func aboutBills() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"billing.Service.Find":     func(a asking) (any, error) { return a.c.bills.Find(a.ctx, a.here.slug, numbered(1)) },
		"billing.Service.Bills":    func(a asking) (any, error) { return a.c.bills.Bills(a.ctx, a.here.slug, numbered(1), 100) },
		"billing.Service.Readings": func(a asking) (any, error) { return a.c.bills.Readings(a.ctx, a.here.slug, numbered(1), 100) },
		"billing.Service.Returns":  func(a asking) (any, error) { return a.c.bills.Returns(a.ctx, a.here.slug, numbered(7)) },
		"billing.Service.NoteReturns": func(a asking) (any, error) {
			on := a.c.paidOn(a.here)
			return a.c.bills.NoteReturns(a.ctx, a.here.slug, on, []billing.Returned{{
				Number: numbered(7), Reference: "slip", Return: policy.Return{On: on, Tender: policy.PaperCheck, Code: "NSF"},
			}}, "operator:thief")
		},
		"billing.Service.Prove": func(a asking) (any, error) {
			return a.c.bills.Prove(a.ctx, a.here.slug, numbered(1), map[city.Factor]string{city.LastPayment: a.other.lastPaid(1)}, 1)
		},
		"cis.Service.Import": func(a asking) (any, error) {
			request := a.c.billsOf(a.here, strings.ReplaceAll(a.here.bills(), ",4,hundred", ",5,hundred"))
			request.Unposted = true // a posting file of the other must not stand in the way, and one of its own does
			return a.c.exchange.Import(a.ctx, request)
		},
		"cis.Service.Export": func(a asking) (any, error) {
			var file strings.Builder
			batch, err := a.c.exchange.Export(a.ctx, a.c.exportOf(a.here, a.c.paidOn(a.other)), &file)
			return fmt.Sprint(batch, file.String()), err
		},
		"cis.Service.Rewrite": func(a asking) (any, error) {
			var file strings.Builder
			request := a.c.exportOf(a.here, a.c.paidOn(a.other))
			batch, err := a.c.exchange.Rewrite(a.ctx, a.here.slug, request.On, 1, request.Layout, &file)
			return fmt.Sprint(batch, file.String()), err
		},
		"cis.Service.Deliver": func(a asking) (any, error) {
			return nil, a.c.exchange.Deliver(a.ctx, a.here.slug, a.c.paidOn(a.other).AddDays(-9), 1)
		},
		"cis.Service.Batches": func(a asking) (any, error) { return a.c.exchange.Batches(a.ctx, a.here.slug) },
		"cis.Service.Refused": func(a asking) (any, error) { return a.c.exchange.Refused(a.ctx, a.here.slug) },
		"cis.Service.NotSent": func(a asking) (any, error) { return a.c.exchange.NotSent(a.ctx, a.here.slug, []string{"nobody's"}) },
		"cis.Service.Sent":    func(a asking) (any, error) { return a.c.exchange.Sent(a.ctx, a.here.slug, a.c.paidOn(a.other)) },
		"cis.Service.Overdue": func(a asking) (any, error) { return a.c.exchange.Overdue(a.ctx, a.here.slug, a.c.clk.Now().Add(long)) },
	}
}

func aboutRecords() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"audit.Log.Verify":    func(a asking) (any, error) { return a.c.audit.Verify(a.ctx, a.here.slug, a.c.newest(a.other)) },
		"audit.Log.SliceFrom": func(a asking) (any, error) { return a.c.audit.SliceFrom(a.ctx, a.here.slug, 0, 1000) },
		"audit.Log.Newest":    func(a asking) (any, error) { return a.c.audit.Newest(a.ctx, a.here.slug) },
		"audit.Log.Export": func(a asking) (any, error) {
			var file strings.Builder
			err := a.c.audit.Export(a.ctx, a.here.slug, &file)
			return file.String(), err
		},
		"audit.Log.History": func(a asking) (any, error) { return a.c.audit.History(a.ctx, a.here.slug, a.made("paid").String()) },
		"audit.Log.ProveInclusion": func(a asking) (any, error) {
			rows, err := a.c.audit.History(a.ctx, a.other.slug, a.made("paid").String())
			a.c.must(err)
			var event audit.ID
			a.c.must(event.UnmarshalText([]byte(rows[0].ID)))
			return a.c.audit.ProveInclusion(a.ctx, a.here.slug, event)
		},
		"audit.Log.ProveConsistency": func(a asking) (any, error) {
			return a.c.audit.ProveConsistency(a.ctx, a.here.slug, a.c.newest(a.other))
		},
		"exposure.Service.Between": func(a asking) (any, error) {
			return exposure.New(a.c.db).Between(a.ctx, a.here.slug, a.today().AddDays(-9), a.today().AddDays(9))
		},
		"exposure.Service.Shown": func(a asking) (any, error) {
			return exposure.New(a.c.db).Shown(a.ctx, a.here.slug, exposure.Occasion{
				On: a.today(), CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
			})
		},
		"ledger.Service.Caused": func(a asking) (any, error) {
			return ledger.New(a.c.db).Caused(a.ctx, a.here.slug, ledger.Payment, ledger.Fee)
		},
		"ledger.Service.BookedOn": func(a asking) (any, error) {
			return ledger.New(a.c.db).BookedOn(a.ctx, a.here.slug, a.c.paidOn(a.other))
		},
		"ledger.Service.TrialBalance": func(a asking) (any, error) {
			return ledger.New(a.c.db).TrialBalance(a.ctx, a.here.slug, a.today().AddDays(-9), a.today().AddDays(9))
		},
		"inbox.Service.Keep": func(a asking) (any, error) {
			_, fresh, err := inbox.New(a.c.db).Keep(a.ctx, a.here.slug, inbox.Message{Source: "a test", ExternalID: a.other.waiting.ExternalID})
			if !fresh {
				a.c.Errorf("a message of %s is taken for one of %s", a.here.slug, a.other.slug)
			}
			return nil, err
		},
		"inbox.Service.Stuck": func(a asking) (any, error) { return inbox.New(a.c.db).Stuck(a.ctx, a.here.slug) },
		"inbox.Service.Retry": func(a asking) (any, error) {
			return nil, inbox.New(a.c.db).Retry(a.ctx, a.here.slug, a.other.stuck.ID)
		},
		"inbox.Service.Settle": func(a asking) (any, error) {
			kept := a.other.waiting
			kept.City = a.here.slug
			return nil, inbox.New(a.c.db).Settle(a.ctx, kept, nil)
		},
	}
}

func aboutOperating() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"control.Service.Holds": func(a asking) (any, error) { return a.c.holds.Holds(a.ctx, a.here.slug) },
		"control.Service.Lift": func(a asking) (any, error) {
			return nil, a.c.holds.Lift(a.ctx, a.here.slug, a.other.hold, "a reason", "operator:thief")
		},
		"control.Service.Throw": func(a asking) (any, error) {
			return a.c.holds.Throw(a.ctx, a.here.slug, control.Hold{Kind: control.Refunds, Reason: "a reason"}, "operator:ana")
		},
		"sighting.Service.Hear": func(a asking) (any, error) {
			return a.c.sightings.Hear(a.ctx, a.here.slug, sighting.Heard{Network: "192.0.2.0/24", Reports: []sighting.Report{{
				Kind: sighting.Policy, Origin: sighting.Page, Directive: "img-src", Blocked: "https://" + string(a.here.slug) + ".evil.example", Page: "/", Sample: "{}",
			}}})
		},
		"sighting.Service.List": func(a asking) (any, error) { return a.c.sightings.List(a.ctx, a.here.slug, true) },
		"sighting.Service.Find": func(a asking) (any, error) { return a.c.sightings.Find(a.ctx, a.here.slug, a.other.seen) },
		"city.Directory.ByID":   func(a asking) (any, error) { return a.c.towns.ByID(a.here.slug) },
		"city.Registry.Waiting": func(a asking) (any, error) { return a.c.registry.Waiting(a.ctx, a.here.slug) },
		"city.Registry.Stop": func(a asking) (any, error) {
			return a.c.registry.Stop(a.ctx, a.here.slug, a.other.diverted, "a reason", a.c.courier(), "operator:thief")
		},
		"city.Registry.Versions": func(a asking) (any, error) { return a.c.registry.Versions(a.ctx, a.here.slug) },
		"city.Registry.Kept": func(a asking) (any, error) {
			text, err := a.c.registry.Kept(a.ctx, a.here.slug, 1)
			return string(text), err
		},
		"limit.Tries.Begin": func(a asking) (any, error) {
			try, err := a.c.tries.Begin(a.ctx, a.here.slug, once(a.other), "004217001")
			if err == nil {
				try.End()
			}
			return nil, err
		},
		"limit.Tries.BeginAll": func(a asking) (any, error) {
			try, err := a.c.tries.BeginAll(a.ctx, a.here.slug, limit.Mark{Rule: once(a.other), Key: "004217001"})
			if err != nil {
				return nil, err
			}
			defer try.End()
			return try.Reached(0), nil
		},
		"secret.Sealer.Seal": func(a asking) (any, error) {
			value, err := a.c.sealer().Seal(a.here.slug, "a purpose", secret.New("a value"))
			return len(value), err
		},
		"secret.Sealer.Open": func(a asking) (any, error) {
			sealer := a.c.sealer()
			value, err := sealer.Seal(a.other.slug, "a purpose", secret.New(a.other.street))
			a.c.must(err)
			opened, err := sealer.Open(a.here.slug, "a purpose", value)
			return opened.Reveal(), err
		},
	}
}
