package stripe

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/processor"

	api "github.com/stripe/stripe-go/v85"
)

const (
	refundsPath = "/v1/refunds"
	markRefund  = "clearwell_refund" // the key
)

// Refund gives money back, see [processor.Refunder]. The refunds of the charge
// are read first: the key must hold longer than Stripe keeps one, because a
// second refund in part would be taken.
func (a *Adapter) Refund(ctx context.Context, req processor.RefundRequest) (processor.RefundResult, error) {
	if req.Key == "" || req.Reference == "" || !req.Amount.IsPositive() {
		return processor.RefundResult{}, processor.ErrRequest.Because(errors.New("key, reference or amount"))
	}
	m, err := a.known(req.Merchant)
	if err != nil {
		return processor.RefundResult{}, err
	}
	before, err := a.findRefund(ctx, m, req)
	if err != nil || before != nil {
		return refundOf(before), err
	}
	params := &api.RefundCreateParams{
		PaymentIntent: api.String(req.Reference), Amount: api.Int64(req.Amount.Cents()),
		Metadata: map[string]string{markRefund: string(req.Key)},
	}
	made := &api.Refund{}
	if err := a.post(ctx, m, refundsPath, req.Key, params, made); err != nil {
		return refusedRefund(err)
	}
	return refundOf(made), nil
}

// findRefund finds the refund that was made with the key.
func (a *Adapter) findRefund(ctx context.Context, m merchant, req processor.RefundRequest) (*api.Refund, error) {
	params := &api.RefundListParams{PaymentIntent: api.String(req.Reference)}
	for {
		page := &api.RefundList{}
		err := a.list(ctx, m, refundsPath, params, page)
		if missing(err) {
			return nil, processor.ErrNeverSeen.Because(doubt(err))
		}
		if err != nil {
			return nil, fmt.Errorf("looking for a refund: %w", refusal(err))
		}
		for _, r := range page.Data {
			if r.Metadata[markRefund] != string(req.Key) {
				continue
			}
			if r.Amount != req.Amount.Cents() {
				return nil, processor.ErrKeyReused
			}
			return r, nil
		}
		if !page.HasMore || len(page.Data) == 0 {
			return nil, nil
		}
		params.StartingAfter = api.String(page.Data[len(page.Data)-1].ID)
	}
}

// refundOf reads a refund; none is no answer.
func refundOf(r *api.Refund) processor.RefundResult {
	if r == nil {
		return processor.RefundResult{}
	}
	result := processor.RefundResult{Reference: r.ID}
	switch r.Status {
	case api.RefundStatusSucceeded:
		result.Decision = processor.Approved
	case api.RefundStatusFailed, api.RefundStatusCanceled:
		result.Decision, result.Code = processor.Declined, string(r.FailureReason)
	default:
		result.Decision = processor.Pending
	}
	return result
}

// refusedRefund tells a no to this refund from a request that cannot be read.
// What is more than is left, given back already, disputed, or more than the
// merchant's balance holds, is the company's answer and not a mistake.
func refusedRefund(err error) (processor.RefundResult, error) {
	e := answered(err)
	switch {
	case e == nil, e.Type == api.ErrorTypeIdempotency:
		return processor.RefundResult{}, refusal(err)
	case missing(err):
		return processor.RefundResult{}, processor.ErrNeverSeen.Because(spoken(e))
	case e.HTTPStatusCode == 400 && (refundRefusals[e.Code] || e.Param == "amount"):
		code := string(e.Code)
		if code == "" {
			code = "amount"
		}
		return processor.RefundResult{Decision: processor.Declined, Code: code}, nil
	case busy(err):
		return processor.RefundResult{Decision: processor.Pending}, nil
	}
	return processor.RefundResult{}, refusal(err)
}

var refundRefusals = map[api.ErrorCode]bool{
	api.ErrorCodeChargeAlreadyRefunded: true, api.ErrorCodeChargeDisputed: true, api.ErrorCodeBalanceInsufficient: true,
	api.ErrorCodeAmountTooLarge: true, api.ErrorCodeRefundDisputedPayment: true,
}
