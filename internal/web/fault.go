package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"

	"clearwell/internal/cardscan"
	"clearwell/internal/fault"
)

var (
	// errForeign refuses a form that another site sent.
	errForeign = fault.New(fault.Denied, "foreign_form")
	// errMalformed refuses what is not a form, or too large for one.
	errMalformed = fault.New(fault.Invalid, "form_malformed")
)

// Status is the HTTP status of a kind of error.
func Status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid, fault.Refused:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Denied:
		return http.StatusForbidden
	case fault.Throttled:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// sorry is the page for an error: the only place where one becomes words. What
// has no name says nothing but a mark, under which the log has the rest.
func (k *Kit) sorry(r *http.Request, err error) Answer {
	kind := fault.KindOf(err)
	s := sceneOf(r)
	switch kind {
	case fault.NotFound:
		return k.missing(r)
	case fault.Internal:
		mark := newMark()
		k.cfg.Log.ErrorContext(r.Context(), "answering", "route", s.route, "city", string(s.town.City()), "mark", mark, "err", cardscan.Redact(err.Error()))
		return Answer{status: Status(kind), page: k.cfg.Sorry.Broken(k.page(r), mark)}
	}
	page := k.page(r)
	return Answer{status: Status(kind), page: k.cfg.Sorry.Refused(page, page.Words.Fault(err), s.town.Base+"/")}
}

// missing is the one answer to whatever is unknown. It does not lead to the same
// address in another language: nothing is there in any.
func (k *Kit) missing(r *http.Request) Answer {
	sceneOf(r).mute = true
	return Answer{status: http.StatusNotFound, page: k.cfg.Sorry.Missing(k.page(r))}
}

// fail answers an error of the kit's own.
func (k *Kit) fail(w http.ResponseWriter, r *http.Request, err error) { k.send(w, r, k.sorry(r, err)) }

// rescue makes a page of a panic. The stack has no values of what was sent.
func (k *Kit) rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			what := recover()
			if what == nil {
				return
			}
			k.cfg.Log.ErrorContext(r.Context(), "panic", "stack", cardscan.Redact(string(debug.Stack())))
			k.fail(w, r, fmt.Errorf("answering: panic of type %T", what))
		}()
		next.ServeHTTP(w, r)
	})
}

// newMark is six characters that can be read out over the telephone: without 0,
// 1, I, L, O and U.
func newMark() string {
	const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
	var random [6]byte
	rand.Read(random[:]) // never fails: crypto/rand ends the process instead
	mark := make([]byte, 0, 7)
	for i, b := range random {
		if i == 3 {
			mark = append(mark, '-')
		}
		mark = append(mark, letters[int(b)%len(letters)])
	}
	return string(mark)
}
