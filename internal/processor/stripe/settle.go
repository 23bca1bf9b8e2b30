package stripe

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

// Settlements lists payout lines, see [processor.Settler]: the balance
// transactions of each automatic payout that is paid. Stripe names the payout of
// a transaction only for automatic ones; towns leave payouts automatic.
func (a *Adapter) Settlements(ctx context.Context, name processor.Merchant, from, to time.Time) ([]processor.SettlementLine, error) {
	m, err := a.known(name)
	if err != nil {
		return nil, err
	}
	var lines []processor.SettlementLine
	params := &api.PayoutListParams{
		Status:           api.String(string(api.PayoutStatusPaid)),
		ArrivalDateRange: &api.RangeQueryParams{GreaterThanOrEqual: from.Unix(), LesserThan: to.Unix()},
	}
	for {
		page := &api.PayoutList{}
		if err := a.list(ctx, m, "/v1/payouts", params, page); err != nil {
			return nil, fmt.Errorf("listing payouts: %w", refusal(err))
		}
		for _, payout := range page.Data {
			if lines, err = a.linesOf(ctx, m, payout, lines); err != nil {
				return nil, err
			}
		}
		if !page.HasMore || len(page.Data) == 0 {
			return lines, nil
		}
		params.StartingAfter = api.String(page.Data[len(page.Data)-1].ID)
	}
}

// linesOf adds the lines of one payout. They must add up to it: a line that is
// missing would be a town's money that nobody misses.
func (a *Adapter) linesOf(ctx context.Context, m merchant, payout *api.Payout, lines []processor.SettlementLine) ([]processor.SettlementLine, error) {
	params := &api.BalanceTransactionListParams{Payout: api.String(payout.ID), Expand: api.StringSlice([]string{"data.source"})}
	var sum int64
	for {
		page := &api.BalanceTransactionList{}
		if err := a.list(ctx, m, "/v1/balance_transactions", params, page); err != nil {
			return nil, fmt.Errorf("listing the lines of payout %s: %w", payout.ID, refusal(err))
		}
		for _, one := range page.Data {
			if one.Type == api.BalanceTransactionTypePayout {
				continue // the payout itself
			}
			sum += one.Net
			lines = append(lines, lineOf(payout, one))
		}
		if !page.HasMore || len(page.Data) == 0 {
			break
		}
		params.StartingAfter = api.String(page.Data[len(page.Data)-1].ID)
	}
	if sum != payout.Amount {
		return nil, fmt.Errorf("the lines of payout %s come to %s and the payout to %s", payout.ID, money.Cents(sum), money.Cents(payout.Amount))
	}
	return lines, nil
}

func lineOf(payout *api.Payout, one *api.BalanceTransaction) processor.SettlementLine {
	line := processor.SettlementLine{
		Payout: payout.ID, PaidAt: time.Unix(payout.ArrivalDate, 0).UTC(), Kind: kindOf(one), Reference: one.ID,
		Gross: money.Cents(one.Amount), Fee: money.Cents(one.Fee), Net: money.Cents(one.Net),
	}
	if one.Source == nil {
		return line
	}
	line.Reference = one.Source.ID
	switch {
	case one.Source.Charge != nil && one.Source.Charge.PaymentIntent != nil:
		line.Reference = one.Source.Charge.PaymentIntent.ID
		line.Key = processor.Key(one.Source.Charge.Metadata[markAttempt])
	case one.Source.Refund != nil:
		line.Key = processor.Key(one.Source.Refund.Metadata[markRefund])
	case one.Source.Dispute != nil && one.Source.Dispute.PaymentIntent != nil:
		line.Reference = one.Source.Dispute.PaymentIntent.ID
	}
	return line
}

// kindOf groups by the category that Stripe's own reports use: adjustments are of
// many kinds, and the category tells disputes apart.
func kindOf(one *api.BalanceTransaction) processor.SettlementKind {
	switch one.ReportingCategory {
	case api.BalanceTransactionReportingCategoryCharge:
		return processor.SettledCharge
	case api.BalanceTransactionReportingCategoryRefund, api.BalanceTransactionReportingCategoryRefundFailure,
		api.BalanceTransactionReportingCategoryPartialCaptureReversal:
		return processor.SettledRefund
	case api.BalanceTransactionReportingCategoryDispute, api.BalanceTransactionReportingCategoryDisputeReversal:
		return processor.SettledDispute
	case api.BalanceTransactionReportingCategoryFee, api.BalanceTransactionReportingCategoryTax:
		return processor.SettledFee
	}
	return processor.SettledOther
}
