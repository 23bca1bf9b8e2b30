package payment

import (
	"context"
	"fmt"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
)

// QuoteRequest asks what a payment would cost.
type QuoteRequest struct {
	City           id.City
	UtilityAccount billing.Number
	Channel        policy.Channel
	Amount         money.Amount
	Language       locale.Lang
	Payer          exposure.Payer
	CapturePath    exposure.CapturePath // where the card will be given
	Login          string               // of who is signed in; empty for a guest
}

// Quote judges an amount by the town's rules and keeps the offer for the town's
// quote lifetime. Returns the refusals of policy, each together with a quote that
// has the notices and nothing else, and billing.ErrNoUtilityAccount.
func (s *Service) Quote(ctx context.Context, req QuoteRequest) (Quote, error) {
	town, set, on, err := s.town(req.City)
	if err != nil {
		return Quote{}, fmt.Errorf("quoting: %w", err)
	}
	var quote Quote
	err = s.DB.Write(ctx, req.City, func(ctx context.Context, tx *db.Tx) error {
		owed, _, err := owedTx(ctx, tx, req.UtilityAccount)
		if err != nil {
			return err
		}
		quote = newQuote(tx, town, set, req, owed)
		if err := quote.reckon(town, set, owed, on); err != nil {
			return err
		}
		insertQuote(tx, quote)
		return nil
	})
	if err != nil {
		return Quote{Notices: quote.Notices}, fmt.Errorf("quoting: %w", err)
	}
	return quote, nil
}

func newQuote(tx *db.Tx, town *city.City, set policy.Set, req QuoteRequest, owed Owed) Quote {
	service, _ := town.Service(owed.Statement.Service)
	return Quote{
		ID: id.Unguessable[quoteKind](tx.Now()), City: req.City, UtilityAccount: req.UtilityAccount,
		Service: owed.Statement.Service, Department: service.Department, Channel: req.Channel,
		Amount: req.Amount, Owed: owed.Total, PolicyVersion: set.Version, Language: req.Language, Payer: req.Payer,
		QuotedAt: tx.Now(), ExpiresAt: tx.Now().Add(town.QuoteLifetime), CapturePath: req.CapturePath, Login: req.Login,
	}
}

// reckon fills in the fee and the notices, and returns the rules' refusal.
func (q *Quote) reckon(town *city.City, set policy.Set, owed Owed, on calendar.Date) error {
	asked := question(town, *q, owed, on)
	q.FeeKnown = q.HasCard()
	if !q.FeeKnown {
		q.FeesByBrand, q.FeeKnown = feeByBrand(set, asked)
	}
	answer := set.Decide(asked)
	q.Fee, q.Notices = answer.Fee, answer.Notices
	if q.FeeKnown && !q.HasCard() {
		q.Fee = q.FeesByBrand[0].Fee
	}
	return answer.Err()
}

// FindQuote reads a quote, with fee and notices by the rules of now. Returns
// [ErrNoQuote], and [ErrQuoteExpired] together with the quote.
func (s *Service) FindQuote(ctx context.Context, city id.City, quoteID QuoteID) (Quote, error) {
	town, set, on, err := s.town(city)
	if err != nil {
		return Quote{}, fmt.Errorf("reading quote: %w", err)
	}
	var quote Quote
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var owed Owed
		quote, _, owed, _, err = loadQuote(ctx, tx, quoteID)
		if err != nil {
			return err
		}
		refusal := quote.reckon(town, set, owed, on)
		if !tx.Now().Before(quote.ExpiresAt) {
			return ErrQuoteExpired
		}
		return refusal
	})
	if err != nil {
		return quote, fmt.Errorf("reading quote %s: %w", quoteID, err)
	}
	return quote, nil
}

// loadQuote reads a quote, the payment made from it (zero if none), and what is
// owed and was paid lately on its utility account.
func loadQuote(ctx context.Context, tx *db.Tx, quoteID QuoteID) (Quote, Payment, Owed, []recent, error) {
	quote, made, err := findQuote(ctx, tx, quoteID)
	if err != nil {
		return Quote{}, Payment{}, Owed{}, nil, err
	}
	owed, payments, err := owedTx(ctx, tx, quote.UtilityAccount)
	return quote, made, owed, payments, err
}

// findQuote is the first half of loadQuote.
func findQuote(ctx context.Context, tx *db.Tx, quoteID QuoteID) (Quote, Payment, error) {
	var made Payment
	askPayment(tx, OfQuote(quoteID), &made) // travels with the quote's query
	quote, err := selectQuote(ctx, tx, quoteID)
	return quote, made, named(err, ErrNoQuote)
}

// loadQuoteToPay is loadQuote for whoever pays it. Two quotes of one utility
// account do not see each other's payment while neither is written, so the second
// waits until the first is. The lock travels with the next query.
func loadQuoteToPay(ctx context.Context, tx *db.Tx, quoteID QuoteID) (Quote, Payment, Owed, []recent, error) {
	quote, made, err := findQuote(ctx, tx, quoteID)
	if err != nil {
		return Quote{}, Payment{}, Owed{}, nil, err
	}
	tx.Lock("paying " + string(quote.UtilityAccount))
	owed, payments, err := owedTx(ctx, tx, quote.UtilityAccount)
	return quote, made, owed, payments, err
}

// Speak has a quote go on in another language: the card fields, the processor's
// page and the receipt then speak as the pages around them do. Returns
// [ErrNoQuote].
func (s *Service) Speak(ctx context.Context, city id.City, quoteID QuoteID, lang locale.Lang) error {
	err := s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		updateQuoteLanguage(tx, quoteID, lang)
		return nil
	})
	if err != nil {
		return fmt.Errorf("changing the language of a quote: %w", err)
	}
	return nil
}

// Earlier lists the payments lately made on the quote's utility account, on any
// channel, that this one might repeat by mistake.
func (s *Service) Earlier(ctx context.Context, city id.City, quoteID QuoteID) ([]Pending, error) {
	town, err := s.Towns.ByID(city)
	if err != nil {
		return nil, err
	}
	var found []Pending
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		_, _, _, payments, err := loadQuote(ctx, tx, quoteID)
		found = earlier(payments, tx.Now(), town.DuplicateWindow)
		return err
	})
	return found, err
}

// ShowFields records that the card fields are about to be shown, and gives what
// the page must contain for them. Returns [ErrNoQuote], [ErrQuoteExpired],
// [ErrNoProcessor], and the refusal of a hold.
func (s *Service) ShowFields(ctx context.Context, city id.City, quoteID QuoteID, origin, manifest string) (processor.Embed, error) {
	town, err := s.Towns.ByID(city)
	if err != nil {
		return processor.Embed{}, err
	}
	quote, err := s.FindQuote(ctx, city, quoteID)
	if err != nil {
		return processor.Embed{}, err
	}
	adapter, err := s.processor(town)
	if err != nil {
		return processor.Embed{}, err
	}
	fields, able := adapter.(processor.Fields)
	if !able {
		return processor.Embed{}, ErrNoProcessor
	}
	held, err := s.Holds.CheckCards(ctx, city)
	if err != nil {
		return processor.Embed{}, err
	}
	if err := held(string(quote.Service), adapter.Name()); err != nil {
		return processor.Embed{}, err
	}
	if err := s.recordShown(ctx, town, quote, exposure.WebFrame, manifest); err != nil {
		return processor.Embed{}, err
	}
	return fields.Embed(ctx, processor.EmbedRequest{
		Merchant: processor.Merchant(town.Processor.Merchant), Language: string(quote.Language),
		Session: quote.ID.String(), Origin: origin,
	})
}

// recordShown notes the occasion and ties the quote to it. Each showing is an
// occasion of its own, because each page could have been another's.
func (s *Service) recordShown(ctx context.Context, town *city.City, quote Quote, path exposure.CapturePath, manifest string) error {
	_, _, on, err := s.town(quote.City)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, quote.City, func(_ context.Context, tx *db.Tx) error {
		updateQuoteExposure(tx, quote.ID, exposure.ShownTx(tx, s.occasion(town, quote, path, manifest, on)), path)
		return nil
	})
}

func (s *Service) occasion(town *city.City, q Quote, path exposure.CapturePath, manifest string, on calendar.Date) exposure.Occasion {
	return exposure.Occasion{
		On: on, CapturePath: path, Flow: exposure.OneTime, Instrument: exposure.Card, Channel: string(q.Channel),
		Service: string(q.Service), Department: q.Department, UtilityAccount: string(q.UtilityAccount), Login: q.Login,
		Processor: town.Processor.Name, PageManifest: manifest, Release: s.Release, Node: s.Node,
	}
}

// GiveCard ties a card, as a token, to the quote and reckons the fee for it.
// Returns [ErrNoQuote], [ErrQuoteExpired], [ErrNoProcessor], [ErrTooManyTries]
// and [ErrCardsSlowed] for a card that was declined too often on any utility
// account of the town, the
// refusals of policy, and processor.ErrTokenUnknown.
func (s *Service) GiveCard(ctx context.Context, city id.City, quoteID QuoteID, token processor.Token, payer exposure.Payer) (Quote, error) {
	town, err := s.Towns.ByID(city)
	if err != nil {
		return Quote{}, err
	}
	adapter, err := s.processor(town)
	if err != nil {
		return Quote{}, err
	}
	fields, able := adapter.(processor.Fields)
	if !able {
		return Quote{}, ErrNoProcessor
	}
	card, err := fields.Describe(ctx, processor.Merchant(town.Processor.Merchant), token)
	if err != nil {
		return Quote{}, fmt.Errorf("describing the card: %w", err)
	}
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		most, refusal := s.mostDeclines(town)
		tripped, err := s.Breaker.TrippedTx(ctx, tx, declinedCard(town, card, most))
		if tripped {
			return refusal
		}
		updateQuoteCard(tx, quoteID, token, card, payer)
		return err
	})
	if err != nil {
		return Quote{}, fmt.Errorf("keeping the card's token: %w", err)
	}
	return s.FindQuote(ctx, city, quoteID)
}
