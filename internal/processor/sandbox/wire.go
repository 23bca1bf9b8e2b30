package sandbox

import (
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// The forms in which the API speaks. They are the company's own, so that the
// port may change without it, as it would have to for any other company.

type wireCharge struct {
	Key         processor.Key      `json:"key"`
	Merchant    processor.Merchant `json:"merchant"`
	Token       processor.Token    `json:"token"`
	Amount      int64              `json:"amount_cents"`
	Description string             `json:"description,omitempty"`
	Descriptor  string             `json:"descriptor,omitempty"`
	Stored      *wireStored        `json:"stored,omitempty"`
	ReturnURL   string             `json:"return_url,omitempty"`
	Language    string             `json:"language,omitempty"`
}

type wireStored struct {
	Initiator processor.Initiator `json:"initiator"`
	Reason    processor.Reason    `json:"reason"`
	Initial   string              `json:"initial_transaction_id"`
}

func chargeToWire(req processor.ChargeRequest) wireCharge {
	w := wireCharge{
		Key: req.Key, Merchant: req.Merchant, Token: req.Token, Amount: req.Amount.Cents(),
		Description: req.Description, Descriptor: req.Descriptor, ReturnURL: req.ReturnURL, Language: req.Language,
	}
	if req.Stored != nil {
		w.Stored = &wireStored{req.Stored.Initiator, req.Stored.Reason, req.Stored.InitialTransactionID}
	}
	return w
}

func (w wireCharge) port() processor.ChargeRequest {
	req := processor.ChargeRequest{
		Key: w.Key, Merchant: w.Merchant, Token: w.Token, Amount: money.Cents(w.Amount),
		Description: w.Description, Descriptor: w.Descriptor, ReturnURL: w.ReturnURL, Language: w.Language,
	}
	if w.Stored != nil {
		req.Stored = &processor.StoredUse{
			Initiator: w.Stored.Initiator, Reason: w.Stored.Reason, InitialTransactionID: w.Stored.Initial,
		}
	}
	return req
}

type wireResult struct {
	Status     string                  `json:"status"` // "pending", "approved" or "declined"
	Reference  string                  `json:"reference"`
	Card       *wireCard               `json:"card,omitempty"`
	Amount     int64                   `json:"amount_cents"`
	Decline    processor.DeclineFamily `json:"decline,omitempty"`
	Code       string                  `json:"code,omitempty"`
	Awaits     bool                    `json:"awaits_payer,omitempty"`
	Challenge  string                  `json:"challenge_url,omitempty"`
	NetworkTID string                  `json:"network_transaction_id,omitempty"`
}

func resultToWire(r processor.Result) wireResult {
	return wireResult{
		Status: r.Decision.String(), Reference: r.Reference, Card: cardToWire(r.Instrument), Amount: r.Amount.Cents(),
		Decline: r.Decline, Code: r.DeclineCode, Awaits: r.AwaitsPayer, Challenge: r.ChallengeURL, NetworkTID: r.NetworkTransactionID,
	}
}

func (w wireResult) port() processor.Result {
	return processor.Result{
		Decision: decisionNamed(w.Status), Reference: w.Reference, Instrument: w.Card.port(), Amount: money.Cents(w.Amount),
		Decline: w.Decline, DeclineCode: w.Code, AwaitsPayer: w.Awaits, ChallengeURL: w.Challenge, NetworkTransactionID: w.NetworkTID,
	}
}

// decisionNamed reads a status; a word we do not know is doubt.
func decisionNamed(status string) processor.Decision {
	for _, d := range []processor.Decision{processor.Pending, processor.Approved, processor.Declined} {
		if d.String() == status {
			return d
		}
	}
	return processor.Unknown
}

type wireCard struct {
	Brand       processor.Brand   `json:"brand"`
	Last4       string            `json:"last4"`
	Funding     processor.Funding `json:"funding"`
	Entry       processor.Entry   `json:"entry"`
	Fingerprint string            `json:"fingerprint"`
	ExpiryMonth int               `json:"expiry_month"`
	ExpiryYear  int               `json:"expiry_year"`
}

func cardToWire(i processor.Instrument) *wireCard {
	if i == (processor.Instrument{}) {
		return nil
	}
	w := wireCard(i)
	return &w
}

func (w *wireCard) port() processor.Instrument {
	if w == nil {
		return processor.Instrument{}
	}
	return processor.Instrument(*w)
}

type wirePage struct {
	Key         processor.Key      `json:"key"`
	Merchant    processor.Merchant `json:"merchant"`
	Amount      int64              `json:"amount_cents"`
	Description string             `json:"description,omitempty"`
	Descriptor  string             `json:"descriptor,omitempty"`
	Language    string             `json:"language,omitempty"`
	ReturnURL   string             `json:"return_url"`
	CancelURL   string             `json:"cancel_url"`
	Expires     time.Time          `json:"expires"`
}

func pageToWire(req processor.SendRequest) wirePage {
	return wirePage{
		req.Key, req.Merchant, req.Amount.Cents(), req.Description, req.Descriptor,
		req.Language, req.ReturnURL, req.CancelURL, req.Expires,
	}
}

func (w wirePage) port() processor.SendRequest {
	return processor.SendRequest{
		Key: w.Key, Merchant: w.Merchant, Amount: money.Cents(w.Amount), Description: w.Description,
		Descriptor: w.Descriptor, Language: w.Language, ReturnURL: w.ReturnURL, CancelURL: w.CancelURL, Expires: w.Expires,
	}
}

type wirePresent struct {
	Key         processor.Key      `json:"key"`
	Merchant    processor.Merchant `json:"merchant"`
	Reader      string             `json:"reader"`
	Amount      int64              `json:"amount_cents"`
	Description string             `json:"description,omitempty"`
	Descriptor  string             `json:"descriptor,omitempty"`
	Expires     time.Time          `json:"expires"`
}

func (w wirePresent) port() processor.PresentRequest {
	return processor.PresentRequest{
		Key: w.Key, Merchant: w.Merchant, Reader: w.Reader, Amount: money.Cents(w.Amount), Description: w.Description,
		Descriptor: w.Descriptor, Expires: w.Expires,
	}
}

type wireSent struct {
	URL       string `json:"url"`
	Reference string `json:"reference"`
}

type wireRefund struct {
	Key       processor.Key      `json:"key"`
	Merchant  processor.Merchant `json:"merchant"`
	Reference string             `json:"reference"`
	Amount    int64              `json:"amount_cents"`
}

func (w wireRefund) port() processor.RefundRequest {
	return processor.RefundRequest{Key: w.Key, Merchant: w.Merchant, Reference: w.Reference, Amount: money.Cents(w.Amount)}
}

type wireRefunded struct {
	Status    string `json:"status"`
	Reference string `json:"reference"`
	Code      string `json:"code,omitempty"`
}

type wireSave struct {
	Key      processor.Key      `json:"key"`
	Merchant processor.Merchant `json:"merchant"`
	Token    processor.Token    `json:"token"`
	Consent  string             `json:"consent"`
}

type wireSaved struct {
	Token   processor.Token `json:"token"`
	Card    *wireCard       `json:"card"`
	Initial string          `json:"initial_transaction_id"`
}

type wireLine struct {
	Payout    string                   `json:"payout"`
	PaidAt    time.Time                `json:"paid_at"`
	Kind      processor.SettlementKind `json:"kind"`
	Key       processor.Key            `json:"key,omitempty"`
	Reference string                   `json:"reference"`
	Gross     int64                    `json:"gross_cents"`
	Fee       int64                    `json:"fee_cents"`
	Net       int64                    `json:"net_cents"`
}

func lineToWire(l processor.SettlementLine) wireLine {
	return wireLine{l.Payout, l.PaidAt, l.Kind, l.Key, l.Reference, l.Gross.Cents(), l.Fee.Cents(), l.Net.Cents()}
}

func (w wireLine) port() processor.SettlementLine {
	return processor.SettlementLine{
		Payout: w.Payout, PaidAt: w.PaidAt, Kind: w.Kind, Key: w.Key, Reference: w.Reference,
		Gross: money.Cents(w.Gross), Fee: money.Cents(w.Fee), Net: money.Cents(w.Net),
	}
}

type wireMove struct {
	At        time.Time                `json:"at"`
	Kind      processor.SettlementKind `json:"kind"`
	Key       processor.Key            `json:"key,omitempty"`
	Reference string                   `json:"reference"`
	Amount    int64                    `json:"amount_cents"`
}

func moveToWire(l processor.StatementLine) wireMove {
	return wireMove{l.At, l.Kind, l.Key, l.Reference, l.Amount.Cents()}
}

func (w wireMove) port() processor.StatementLine {
	return processor.StatementLine{At: w.At, Kind: w.Kind, Key: w.Key, Reference: w.Reference, Amount: money.Cents(w.Amount)}
}

// wireError names a refusal by the code that the port gives it.
type wireError struct {
	Error  string `json:"error"`
	Detail string `json:"detail,omitempty"` // for developers
}
