package db

import (
	"errors"
	"net/http"
)

// ErrNetworkInTransaction: somebody called out while a transaction was open. A
// slow peer would then hold locks, and a lost reply would undo what the peer did.
var ErrNetworkInTransaction = errors.New("calling out inside a transaction")

type refusing struct{ next http.RoundTripper }

func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if InTransaction(req.Context()) {
		return nil, ErrNetworkInTransaction
	}
	return r.next.RoundTrip(req)
}

// RefuseInTransaction wraps an HTTP transport so that it refuses requests whose
// context belongs to an open transaction.
func RefuseInTransaction(next http.RoundTripper) http.RoundTripper { return refusing{next} }
