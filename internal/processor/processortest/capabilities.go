package processortest

import (
	"bytes"
	"errors"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

func describes(b *bench) {
	fields := capability[processor.Fields](b)
	page, err := fields.Embed(b.ctx, processor.EmbedRequest{
		Merchant: b.Merchant, Language: "es", Session: "a visit", Origin: "http://localhost:8080",
	})
	if err != nil || page.FrameURL == "" && len(page.Scripts) == 0 {
		b.Fatalf("Embed = %+v, %v", page, err)
	}
	for _, script := range page.Scripts {
		if script.Justification == "" {
			b.Errorf("script %s has no justification (PCI DSS 6.4.3)", script.URL)
		}
	}
	req := b.request(Approved, 100)
	told, err := fields.Describe(b.ctx, b.Merchant, req.Token)
	if err != nil || len(told.Last4) != 4 {
		b.Fatalf("Describe = %+v, %v", told, err)
	}
	if got := b.charge(req).Instrument; got != told {
		b.Errorf("charged %+v, described %+v", got, told)
	}
	if _, err := fields.Describe(b.ctx, b.Merchant, "tok_of_nobody"); !errors.Is(err, processor.ErrTokenUnknown) {
		b.Errorf("Describe of no token: %v, want %v", err, processor.ErrTokenUnknown)
	}
}

func (b *bench) send() (processor.SendRequest, processor.Sent) {
	b.Helper()
	req := processor.SendRequest{
		Key: b.key(), Merchant: b.Merchant, Amount: money.Cents(8800), Description: "utility bill",
		Descriptor: "SAMPLETOWN UTILITIES", Language: "en", ReturnURL: b.ReturnURL, CancelURL: b.ReturnURL + "/back",
		Expires: b.Now().Add(20 * time.Minute),
	}
	redirector := capability[processor.Redirector](b)
	sent, err := redirector.Send(b.ctx, req)
	if err != nil || sent.URL == "" {
		b.Fatalf("Send = %+v, %v", sent, err)
	}
	if again, err := redirector.Send(b.ctx, req); err != nil || again != sent {
		b.Errorf("Send again = %+v, %v; first %+v", again, err, sent)
	}
	if got := b.lookup(req.Key); got.Decision != processor.Pending || !got.AwaitsPayer {
		b.Errorf("with the page open, Lookup = %v, awaiting the payer %v", got.Decision, got.AwaitsPayer)
	}
	return req, sent
}

func pagePays(b *bench) {
	b.needs("pay on the page", b.Pay != nil)
	want := map[Card]processor.Decision{
		Approved: processor.Approved, TryAnother: processor.Declined, NeverRetry: processor.Declined,
	}
	for card, decision := range want {
		if b.PageTriesAgain && decision == processor.Declined {
			pageTriesAgain(b, card)
			continue
		}
		req, sent := b.send()
		if back := b.Pay(b.T, sent.URL, card); back != req.ReturnURL {
			b.Errorf("%s: the payer was sent to %q, want %q and nothing of the outcome", card, back, req.ReturnURL)
		}
		got := b.lookup(req.Key)
		if got.Decision != decision || got.Amount != req.Amount || len(got.Instrument.Last4) != 4 {
			b.Errorf("%s: Lookup = %+v, want %v", card, got, decision)
		}
		if back := b.Pay(b.T, sent.URL, Approved); back != req.ReturnURL {
			b.Errorf("%s: the page paid twice sent the payer to %q", card, back)
		}
		if again := b.lookup(req.Key); again != got {
			b.Errorf("%s: the page paid twice: %+v, first %+v", card, again, got)
		}
	}
}

// pageTriesAgain holds a page that keeps the payer to this: a declined card
// decides nothing, and the next one pays once.
func pageTriesAgain(b *bench, card Card) {
	b.Helper()
	req, sent := b.send()
	if back := b.Pay(b.T, sent.URL, card); back != "" {
		b.Errorf("%s: the payer was sent to %q, want to stay", card, back)
	}
	if got := b.lookup(req.Key); got.Decision != processor.Pending || !got.AwaitsPayer {
		b.Errorf("%s: with the page still open, Lookup = %v, awaiting the payer %v", card, got.Decision, got.AwaitsPayer)
	}
	if back := b.Pay(b.T, sent.URL, Approved); back != req.ReturnURL {
		b.Errorf("%s, then approved: the payer was sent to %q, want %q", card, back, req.ReturnURL)
	}
	if got := b.lookup(req.Key); got.Decision != processor.Approved || got.Amount != req.Amount {
		b.Errorf("%s, then approved: Lookup = %+v", card, got)
	}
}

func pageGivenUp(b *bench) {
	b.needs("give up on the page", b.Cancel != nil)
	req, sent := b.send()
	if back := b.Cancel(b.T, sent.URL); back != req.CancelURL {
		b.Errorf("the payer was sent to %q, want %q", back, req.CancelURL)
	}
	if got := b.lookup(req.Key); got.Decision != processor.Declined || got.Decline != processor.Abandoned {
		b.Errorf("Lookup = %v, %q; want declined, abandoned", got.Decision, got.Decline)
	}
}

func pageLapses(b *bench) {
	b.needs("let time pass", b.Lapse != nil)
	req, _ := b.send()
	b.Lapse(21 * time.Minute)
	if got := b.lookup(req.Key); got.Decision != processor.Declined || got.Decline != processor.Abandoned {
		b.Errorf("Lookup = %v, %q; want declined, abandoned", got.Decision, got.Decline)
	}
}

// outcomeNotice charges a card and gives the notice of it as it came.
func (b *bench) outcomeNotice() (processor.Notifier, processor.Key, Received) {
	b.Helper()
	notifier := capability[processor.Notifier](b)
	b.needs("receive notices", b.Notices != nil)
	req, _ := b.approved(3000)
	for _, got := range b.Notices(b.T) {
		read, err := notifier.ReadNotice(got.Header, got.Body, b.Now())
		if err != nil {
			b.Fatalf("ReadNotice: %v", err)
		}
		if read.Kind == processor.NoticeOutcome && read.Key == req.Key {
			return notifier, req.Key, got
		}
	}
	b.Fatalf("no notice of %s", req.Key)
	return nil, "", Received{}
}

func noticeOfOutcome(b *bench) {
	notifier, key, got := b.outcomeNotice()
	read, err := notifier.ReadNotice(got.Header, got.Body, b.Now())
	if err != nil {
		b.Fatalf("ReadNotice: %v", err)
	}
	known := b.lookup(key)
	if read.ID == "" || read.Merchant != b.Merchant || read.Reference != known.Reference || read.Amount != known.Amount {
		b.Errorf("ReadNotice = %+v; Lookup = %+v", read, known)
	}
}

// noticeTampered changes each byte of the body in turn, and the whole of the
// signature.
func noticeTampered(b *bench) {
	notifier, _, got := b.outcomeNotice()
	for i := range got.Body {
		forged := bytes.Clone(got.Body)
		forged[i] ^= 1
		if _, err := notifier.ReadNotice(got.Header, forged, b.Now()); !errors.Is(err, processor.ErrSignature) {
			b.Fatalf("with byte %d changed: %v, want %v", i, err, processor.ErrSignature)
		}
	}
	if _, err := notifier.ReadNotice(nil, got.Body, b.Now()); !errors.Is(err, processor.ErrSignature) {
		b.Errorf("unsigned: %v, want %v", err, processor.ErrSignature)
	}
	for name := range got.Header {
		forged := got.Header.Clone()
		forged.Set(name, "t=1,v1=00")
		_, err := notifier.ReadNotice(forged, got.Body, b.Now())
		if err != nil && !errors.Is(err, processor.ErrSignature) {
			b.Errorf("with %s changed: %v", name, err)
		}
	}
}

func noticeStale(b *bench) {
	notifier, _, got := b.outcomeNotice()
	for _, shift := range []time.Duration{time.Hour, -time.Hour} {
		_, err := notifier.ReadNotice(got.Header, got.Body, b.Now().Add(shift))
		if !errors.Is(err, processor.ErrStale) {
			b.Errorf("read %v later: %v, want %v", shift, err, processor.ErrStale)
		}
	}
}

// noticeRepeated holds the adapter to what lets a receiver bear repetition and
// disorder: one identifier for one fact, and Lookup as the only truth.
func noticeRepeated(b *bench) {
	notifier, key, got := b.outcomeNotice()
	first, err := notifier.ReadNotice(got.Header, got.Body, b.Now())
	again, errAgain := notifier.ReadNotice(got.Header, got.Body, b.Now())
	if err != nil || errAgain != nil || first != again {
		b.Errorf("the same notice read %+v, %v and %+v, %v", first, err, again, errAgain)
	}
	known := b.lookup(key)
	b.approved(3100)
	later := b.Notices(b.T)
	seen := map[string]processor.Notice{}
	for i := range later {
		one := later[len(later)-1-i]
		read, err := notifier.ReadNotice(one.Header, one.Body, b.Now())
		if before, repeated := seen[read.ID]; err != nil || repeated && before != read {
			b.Errorf("notice %q: %+v, %v; before %+v", read.ID, read, err, before)
		}
		seen[read.ID] = read
	}
	if after := b.lookup(key); after != known {
		b.Errorf("reading notices changed %+v to %+v", known, after)
	}
}

func refunds(b *bench) {
	refunder := capability[processor.Refunder](b)
	_, whole := b.approved(5000)
	_, part := b.approved(5000)
	steps := []struct {
		reference string
		cents     int64
		want      processor.Decision
	}{
		{whole.Reference, 5001, processor.Declined},
		{whole.Reference, 5000, processor.Approved},
		{whole.Reference, 1, processor.Declined},
		{part.Reference, 2000, processor.Approved},
		{part.Reference, 3001, processor.Declined},
		{part.Reference, 3000, processor.Approved},
	}
	for i, step := range steps {
		req := processor.RefundRequest{Key: b.key(), Merchant: b.Merchant, Reference: step.reference, Amount: money.Cents(step.cents)}
		got, err := refunder.Refund(b.ctx, req)
		if err != nil || got.Decision != step.want {
			b.Errorf("refund %d of %d cents: %v, %v; want %v", i, step.cents, got.Decision, err, step.want)
		}
	}
	req := processor.RefundRequest{Key: b.key(), Merchant: b.Merchant, Reference: "ch_of_nobody", Amount: money.Cents(1)}
	got, err := refunder.Refund(b.ctx, req)
	b.refused("a refund of nothing", got.Decision, err, processor.ErrNeverSeen)
	if b.Stranger != "" {
		_, other := b.approved(5000)
		req = processor.RefundRequest{Key: b.key(), Merchant: b.Stranger, Reference: other.Reference, Amount: money.Cents(1)}
		got, err = refunder.Refund(b.ctx, req)
		b.refused("a stranger's refund", got.Decision, err, processor.ErrNeverSeen)
	}
}

func refundsOnce(b *bench) {
	refunder := capability[processor.Refunder](b)
	_, charged := b.approved(5000)
	req := processor.RefundRequest{Key: b.key(), Merchant: b.Merchant, Reference: charged.Reference, Amount: money.Cents(4000)}
	first, err := refunder.Refund(b.ctx, req)
	if err != nil || first.Decision != processor.Approved {
		b.Fatalf("Refund = %+v, %v", first, err)
	}
	again, err := refunder.Refund(b.ctx, req)
	if err != nil || again != first {
		b.Errorf("the same refund again = %+v, %v; first %+v", again, err, first)
	}
	req.Amount = money.Cents(1000)
	got, err := refunder.Refund(b.ctx, req)
	b.refused("the key with another amount", got.Decision, err, processor.ErrKeyReused)
}

func (b *bench) saved(saver processor.Saver) processor.Saved {
	b.Helper()
	saved, err := saver.Save(b.ctx, processor.SaveRequest{
		Key: b.key(), Merchant: b.Merchant, Token: b.token(Approved), Consent: "mandate 2026-11",
	})
	if err != nil || saved.Token == "" || saved.InitialTransactionID == "" {
		b.Fatalf("Save = %+v, %v", saved, err)
	}
	return saved
}

// storedCredentials holds the adapter to the networks' framework: each later use
// says who initiates, and the merchant's names the consented first use.
func storedCredentials(b *bench) {
	saved := b.saved(capability[processor.Saver](b))
	uses := []struct {
		name string
		use  *processor.StoredUse
		want error
	}{
		{"undeclared", nil, processor.ErrStoredUse},
		{"by the merchant, first use not named", &processor.StoredUse{
			Initiator: processor.ByMerchant, Reason: processor.Recurring}, processor.ErrStoredUse},
		{"by the merchant", &processor.StoredUse{
			Initiator: processor.ByMerchant, Reason: processor.Recurring, InitialTransactionID: saved.InitialTransactionID}, nil},
		{"by the merchant, once more", &processor.StoredUse{
			Initiator: processor.ByMerchant, Reason: processor.Unscheduled, InitialTransactionID: saved.InitialTransactionID}, nil},
		{"by the payer", &processor.StoredUse{Initiator: processor.ByPayer, Reason: processor.Unscheduled}, nil},
	}
	for _, one := range uses {
		got, err := b.Processor.Charge(b.ctx, processor.ChargeRequest{
			Key: b.key(), Merchant: b.Merchant, Token: saved.Token, Amount: money.Cents(4500), Stored: one.use,
		})
		if one.want != nil {
			b.refused(one.name, got.Decision, err, one.want)
			continue
		}
		if err != nil || got.Decision != processor.Approved || got.Instrument.Entry != processor.Stored {
			b.Errorf("%s: %+v, %v; want approved as stored", one.name, got, err)
		}
	}
}

func savesOnce(b *bench) {
	saver := capability[processor.Saver](b)
	req := processor.SaveRequest{Key: b.key(), Merchant: b.Merchant, Token: b.token(Approved), Consent: "mandate 2026-11"}
	first, err := saver.Save(b.ctx, req)
	if err != nil {
		b.Fatalf("Save: %v", err)
	}
	if again, err := saver.Save(b.ctx, req); err != nil || again != first {
		b.Errorf("Save again = %+v, %v; first %+v", again, err, first)
	}
	other := req
	other.Token = b.token(Approved)
	if _, err := saver.Save(b.ctx, other); !errors.Is(err, processor.ErrKeyReused) {
		b.Errorf("Save of another token with the key: %v, want %v", err, processor.ErrKeyReused)
	}
	req.Key = b.key()
	if _, err := saver.Save(b.ctx, req); !errors.Is(err, processor.ErrTokenSpent) {
		b.Errorf("Save of a spent token: %v, want %v", err, processor.ErrTokenSpent)
	}
	for range 2 {
		if err := saver.Forget(b.ctx, b.Merchant, first.Token); err != nil {
			b.Errorf("Forget: %v", err)
		}
	}
	got, err := b.Processor.Charge(b.ctx, processor.ChargeRequest{
		Key: b.key(), Merchant: b.Merchant, Token: first.Token, Amount: money.Cents(100),
		Stored: &processor.StoredUse{Initiator: processor.ByPayer, Reason: processor.Unscheduled},
	})
	b.refused("a forgotten card", got.Decision, err, processor.ErrTokenUnknown)
}

// settles holds the settlement lines to the charges and refunds that were
// answered: each once, to the cent, and nothing else.
func settles(b *bench) {
	settler := capability[processor.Settler](b)
	b.needs("wait for payouts", b.PayOut != nil)
	want := map[string]money.Amount{}
	for _, cents := range []int64{100, 4999, 123456} {
		_, got := b.approved(cents)
		want[got.Reference] = got.Amount
	}
	b.charge(b.request(TryAnother, 777))
	want = b.refundOne(want)
	from, to := b.PayOut(b.T)
	lines, err := settler.Settlements(b.ctx, b.Merchant, from, to)
	if err != nil {
		b.Fatalf("Settlements: %v", err)
	}
	for _, line := range lines {
		if line.Kind == processor.SettledFee {
			continue
		}
		gross, expected := want[line.Reference]
		if !expected || line.Gross != gross {
			b.Errorf("line %+v: want gross %v, expected %v", line, gross, expected)
		}
		if line.Net != line.Gross.Sub(line.Fee) || line.PaidAt.Before(from) || !line.PaidAt.Before(to) {
			b.Errorf("line %+v: net is not gross less fee, or it was paid outside %v to %v", line, from, to)
		}
		delete(want, line.Reference)
	}
	if len(want) > 0 {
		b.Errorf("no line for %v", want)
	}
	if before, err := settler.Settlements(b.ctx, b.Merchant, from.AddDate(-1, 0, 0), from); err != nil || len(before) > 0 {
		b.Errorf("the year before has %d lines, %v", len(before), err)
	}
}

// tells holds the statement to what moved, whether its answer was heard or not:
// each once, to the cent, with our key, and nothing else.
func tells(b *bench) {
	teller := capability[processor.Teller](b)
	want := map[processor.Key]money.Amount{}
	for _, cents := range []int64{100, 4999} {
		req, got := b.approved(cents)
		want[req.Key] = got.Amount
	}
	lost := b.request(ReplyLost, 3210)
	_, _ = b.Processor.Charge(b.ctx, lost) // a transport may ask again by itself; it is on the statement either way
	want[lost.Key] = lost.Amount
	b.charge(b.request(TryAnother, 777))
	want = b.refundTold(want)
	to := b.Now().Add(time.Second)
	lines, err := teller.Statement(b.ctx, b.Merchant, b.began, to)
	if err != nil {
		b.Fatalf("Statement: %v", err)
	}
	for _, line := range lines {
		key := line.Key
		if line.Kind == processor.SettledRefund {
			key = "refund of " + key
		}
		if amount, expected := want[key]; !expected || line.Amount != amount || line.Reference == "" || line.At.Before(b.began) || !line.At.Before(to) {
			b.Errorf("line %+v: want %v, expected %v, between %v and %v", line, amount, expected, b.began, to)
		}
		delete(want, key)
	}
	if len(want) > 0 {
		b.Errorf("no line for %v", want)
	}
	b.tellsNothingElse(teller, to)
}

// tellsNothingElse asks for other times, and for another merchant account.
func (b *bench) tellsNothingElse(teller processor.Teller, to time.Time) {
	b.Helper()
	for what, ask := range map[string]func() ([]processor.StatementLine, error){
		"before": func() ([]processor.StatementLine, error) {
			return teller.Statement(b.ctx, b.Merchant, b.began.AddDate(-1, 0, 0), b.began)
		},
		"after": func() ([]processor.StatementLine, error) {
			return teller.Statement(b.ctx, b.Merchant, to, to.AddDate(1, 0, 0))
		},
		"of somebody else": func() ([]processor.StatementLine, error) { return teller.Statement(b.ctx, b.Stranger, b.began, to) },
	} {
		if lines, err := ask(); err != nil || len(lines) > 0 {
			b.Errorf("%s there are %d lines, %v", what, len(lines), err)
		}
	}
}

// refundTold refunds half of a new charge, if the adapter can, and adds both to
// what the statement must tell.
func (b *bench) refundTold(want map[processor.Key]money.Amount) map[processor.Key]money.Amount {
	b.Helper()
	refunder, ok := b.Processor.(processor.Refunder)
	if !ok {
		return want
	}
	req, charged := b.approved(2000)
	half := money.Cents(1000)
	_, err := refunder.Refund(b.ctx, processor.RefundRequest{Key: b.key(), Merchant: b.Merchant, Reference: charged.Reference, Amount: half})
	if err != nil {
		b.Fatalf("Refund: %v", err)
	}
	want[req.Key], want["refund of "+req.Key] = charged.Amount, half.Neg()
	return want
}

// refundOne refunds half of a new charge, if the adapter can, and adds both to
// what is to be settled.
func (b *bench) refundOne(want map[string]money.Amount) map[string]money.Amount {
	b.Helper()
	refunder, ok := b.Processor.(processor.Refunder)
	if !ok {
		return want
	}
	_, charged := b.approved(2000)
	half := money.Cents(1000)
	got, err := refunder.Refund(b.ctx, processor.RefundRequest{
		Key: b.key(), Merchant: b.Merchant, Reference: charged.Reference, Amount: half,
	})
	if err != nil {
		b.Fatalf("Refund: %v", err)
	}
	want[charged.Reference] = charged.Amount
	want[got.Reference] = half.Neg()
	return want
}
