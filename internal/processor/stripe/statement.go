package stripe

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

// Statement lists what moved, see [processor.Teller]: the balance transactions of
// payers' money, in a payout or not. They are told with the intent that each is
// about, because a charge of a dispute may be months older.
func (a *Adapter) Statement(ctx context.Context, name processor.Merchant, from, to time.Time) ([]processor.StatementLine, error) {
	m, err := a.known(name)
	if err != nil {
		return nil, err
	}
	params := &api.BalanceTransactionListParams{
		CreatedRange: &api.RangeQueryParams{GreaterThanOrEqual: from.Unix(), LesserThan: to.Unix()},
		Expand:       api.StringSlice([]string{"data.source.payment_intent"}),
	}
	var lines []processor.StatementLine
	for {
		page := &api.BalanceTransactionList{}
		if err := a.list(ctx, m, "/v1/balance_transactions", params, page); err != nil {
			return nil, fmt.Errorf("listing what moved: %w", refusal(err))
		}
		for _, one := range page.Data {
			if line, payers := movement(one); payers {
				lines = append(lines, line)
			}
		}
		if !page.HasMore || len(page.Data) == 0 {
			return lines, nil
		}
		params.StartingAfter = api.String(page.Data[len(page.Data)-1].ID)
	}
}

// movement reads a balance transaction, and says whether it moved a payer's money.
func movement(one *api.BalanceTransaction) (line processor.StatementLine, payers bool) {
	line = processor.StatementLine{
		At: time.Unix(one.Created, 0).UTC(), Kind: kindOf(one), Reference: one.ID, Amount: money.Cents(one.Amount),
	}
	if line.Kind == processor.SettledFee || line.Kind == processor.SettledOther {
		return line, false
	}
	if one.Source == nil {
		return line, true
	}
	line.Reference = one.Source.ID
	in := intentOf(one.Source)
	if in == nil {
		return line, true
	}
	line.Key = processor.Key(in.Metadata[markAttempt])
	if line.Kind != processor.SettledRefund {
		line.Reference = in.ID
	}
	return line, true
}

// intentOf is the intent that a movement is about, if there is one.
func intentOf(source *api.BalanceTransactionSource) *api.PaymentIntent {
	switch {
	case source.Charge != nil:
		return source.Charge.PaymentIntent
	case source.Refund != nil:
		return source.Refund.PaymentIntent
	case source.Dispute != nil:
		return source.Dispute.PaymentIntent
	}
	return nil
}
