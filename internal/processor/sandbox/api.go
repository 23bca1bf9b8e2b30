package sandbox

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/processor"
)

const bodyLimit = 64 << 10

// Handler serves the company's whole origin: the API, the card fields, its own
// payment page, the bank's challenge, and at "/" the list of test cards.
func (s *Server) Handler() http.Handler {
	all := http.NewServeMux()
	all.Handle("/v1/", s.keyed(s.api()))
	s.routePages(all)
	return http.NewCrossOriginProtection().Handler(all)
}

// api serves the calls that the portal makes.
func (s *Server) api() http.Handler {
	api := http.NewServeMux()
	api.HandleFunc("POST /v1/charges", answer(func(ctx context.Context, w wireCharge) (wireResult, error) {
		result, err := s.charge(ctx, w.port())
		return resultToWire(result), err
	}))
	api.HandleFunc("POST /v1/lookups", answer(func(_ context.Context, w wireLookup) (wireResult, error) {
		result, err := s.lookup(processor.LookupRequest{Key: w.Key, Merchant: w.Merchant})
		return resultToWire(result), err
	}))
	api.HandleFunc("POST /v1/describe", answer(func(_ context.Context, w wireToken) (*wireCard, error) {
		card, err := s.describe(w.Merchant, w.Token)
		return cardToWire(card), err
	}))
	api.HandleFunc("POST /v1/pages", answer(func(_ context.Context, w wirePage) (wireSent, error) {
		sent, err := s.send(w.port())
		return wireSent(sent), err
	}))
	api.HandleFunc("POST /v1/readers", answer(func(_ context.Context, w wirePresent) (struct{}, error) {
		return struct{}{}, s.askAtReader(w.port())
	}))
	api.HandleFunc("POST /v1/readers/dismiss", answer(func(_ context.Context, w wireLookup) (struct{}, error) {
		return struct{}{}, s.dismiss(w.Merchant, w.Key)
	}))
	api.HandleFunc("POST /v1/refunds", answer(func(_ context.Context, w wireRefund) (wireRefunded, error) {
		result, err := s.refund(w.port())
		return wireRefunded{result.Decision.String(), result.Reference, result.Code}, err
	}))
	api.HandleFunc("POST /v1/cards", answer(func(_ context.Context, w wireSave) (wireSaved, error) {
		saved, err := s.save(processor.SaveRequest(w))
		return wireSaved{saved.Token, cardToWire(saved.Instrument), saved.InitialTransactionID}, err
	}))
	api.HandleFunc("POST /v1/cards/forget", answer(func(_ context.Context, w wireToken) (struct{}, error) {
		return struct{}{}, s.forget(w.Merchant, w.Token)
	}))
	api.HandleFunc("POST /v1/settlements", answer(s.answerSettlements))
	api.HandleFunc("POST /v1/statements", answer(s.answerStatement))
	return api
}

type wireLookup struct {
	Key      processor.Key      `json:"key"`
	Merchant processor.Merchant `json:"merchant"`
}

type wireToken struct {
	Merchant processor.Merchant `json:"merchant"`
	Token    processor.Token    `json:"token"`
}

type wirePeriod struct {
	Merchant processor.Merchant `json:"merchant"`
	From     time.Time          `json:"from"`
	To       time.Time          `json:"to"`
}

func (s *Server) answerSettlements(_ context.Context, w wirePeriod) ([]wireLine, error) {
	lines, err := s.settlements(w.Merchant, w.From, w.To)
	out := make([]wireLine, 0, len(lines))
	for _, line := range lines {
		out = append(out, lineToWire(line))
	}
	return out, err
}

func (s *Server) answerStatement(_ context.Context, w wirePeriod) ([]wireMove, error) {
	lines, err := s.statement(w.Merchant, w.From, w.To)
	out := make([]wireMove, 0, len(lines))
	for _, line := range lines {
		out = append(out, moveToWire(line))
	}
	return out, err
}

// keyed lets in who shows the secret key. Hashes are compared, so that the time
// taken says nothing about the key.
func (s *Server) keyed(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte("Bearer " + s.cfg.SecretKey.Reveal()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if subtle.ConstantTimeCompare(shown[:], want[:]) != 1 {
			writeJSON(w, http.StatusUnauthorized, wireError{Error: "secret_key"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answer serves one call of the API, or hangs up on one whose reply is to be lost.
func answer[Asked, Given any](serve func(context.Context, Asked) (Given, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked Asked
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&asked); err != nil {
			writeJSON(w, http.StatusBadRequest, wireError{Error: processor.ErrRequest.Code, Detail: "body not understood"})
			return
		}
		given, err := serve(r.Context(), asked)
		switch {
		case errors.Is(err, errReplyLost):
			hangUp(w)
		case err != nil:
			writeError(w, err)
		default:
			writeJSON(w, http.StatusOK, given)
		}
	}
}

// hangUp ends the connection without an answer. Where the connection cannot be
// had, an empty answer leaves the caller as much in doubt.
func hangUp(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

func writeError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch fault.KindOf(err) {
	case fault.NotFound:
		status = http.StatusNotFound
	case fault.Conflict:
		status = http.StatusConflict
	case fault.Refused:
		status = http.StatusUnprocessableEntity
	}
	if errors.Is(err, processor.ErrRequest) || errors.Is(err, processor.ErrStoredUse) {
		status = http.StatusBadRequest
	}
	writeJSON(w, status, wireError{Error: fault.CodeOf(err), Detail: err.Error()})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a caller who has gone is not our trouble
}
