package payment

import (
	"context"

	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/locale"
	"clearwell/internal/processor"
)

const quoteColumns = `city_id, id, quoted_at, expires_at, utility_account, service, department, channel, amount_cents,
	owed_cents, policy_version, language, payer_name, payer_address, payer_email, payer_phone, exposure_id, capture_path,
	token, card_brand, card_last4, card_funding, card_entry, card_fingerprint, login_id`

func insertQuote(tx *db.Tx, q Quote) {
	tx.Exec(`insert into payment_quotes (`+quoteColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
		$13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`,
		string(q.City), q.ID.String(), db.Micros(q.QuotedAt), db.Micros(q.ExpiresAt), string(q.UtilityAccount),
		string(q.Service), q.Department, string(q.Channel), q.Amount.Cents(), q.Owed.Cents(), q.PolicyVersion,
		string(q.Language), q.Payer.Name, q.Payer.Address, q.Payer.Email, q.Payer.Phone, q.Exposure.String(),
		string(q.CapturePath), string(q.Token), string(q.Card.Brand), q.Card.Last4, string(q.Card.Funding),
		string(q.Card.Entry), q.Card.Fingerprint, q.Login)
}

func selectQuote(ctx context.Context, tx *db.Tx, quote QuoteID) (Quote, error) {
	var q Quote
	var quotedAt, expiresAt int64
	c := &q.Card
	err := tx.QueryRow(ctx, `select `+quoteColumns+` from payment_quotes where city_id = $1 and id = $2`,
		string(tx.City()), quote.String()).Scan(&q.City, &q.ID, &quotedAt, &expiresAt, &q.UtilityAccount, &q.Service,
		&q.Department, &q.Channel, &q.Amount, &q.Owed, &q.PolicyVersion, &q.Language, &q.Payer.Name, &q.Payer.Address,
		&q.Payer.Email, &q.Payer.Phone, &q.Exposure, &q.CapturePath, &q.Token, &c.Brand, &c.Last4, &c.Funding, &c.Entry,
		&c.Fingerprint, &q.Login)
	q.QuotedAt, q.ExpiresAt = db.Time(quotedAt), db.Time(expiresAt)
	return q, err
}

func updateQuoteExposure(tx *db.Tx, quote QuoteID, occasion exposure.ID, path exposure.CapturePath) {
	tx.ExecOne(ErrNoQuote, `update payment_quotes set exposure_id = $1, capture_path = $2 where city_id = $3 and id = $4`,
		occasion.String(), string(path), string(tx.City()), quote.String())
}

func updateQuoteLanguage(tx *db.Tx, quote QuoteID, lang locale.Lang) {
	tx.ExecOne(ErrNoQuote, `update payment_quotes set language = $1 where city_id = $2 and id = $3`,
		string(lang), string(tx.City()), quote.String())
}

func updateQuoteCard(tx *db.Tx, quote QuoteID, token processor.Token, card processor.Instrument, payer exposure.Payer) {
	tx.ExecOne(ErrNoQuote, `update payment_quotes set token = $1, card_brand = $2, card_last4 = $3, card_funding = $4,
			card_entry = $5, card_fingerprint = $6, payer_name = $7, payer_address = $8, payer_email = $9, payer_phone = $10
		where city_id = $11 and id = $12`,
		string(token), string(card.Brand), card.Last4, string(card.Funding), string(card.Entry), card.Fingerprint,
		payer.Name, payer.Address, payer.Email, payer.Phone, string(tx.City()), quote.String())
}

// clearQuoteCard forgets a card that was refused, so that only a new one is
// tried.
func clearQuoteCard(tx *db.Tx, quote QuoteID) {
	tx.Exec(`update payment_quotes set token = '' where city_id = $1 and id = $2`, string(tx.City()), quote.String())
}
