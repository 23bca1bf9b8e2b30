package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/processor"
)

func (s *Server) routePages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.showCards)
	mux.HandleFunc("GET /assets/", s.pages.serveAsset)
	mux.HandleFunc("GET /fields", s.showFields)
	mux.HandleFunc("POST /fields/token", s.takeFields)
	mux.HandleFunc("GET /pay/{secret}", s.showPay)
	mux.HandleFunc("POST /pay/{secret}", s.takePay)
	mux.HandleFunc("POST /pay/{secret}/cancel", s.takeCancel)
	mux.HandleFunc("GET /challenge/{secret}", s.showChallenge)
	mux.HandleFunc("POST /challenge/{secret}", s.takeChallenge)
}

// showCards lists the test cards and what they do.
func (s *Server) showCards(w http.ResponseWriter, r *http.Request) {
	s.pages.draw(w, view{
		Template: "cards.html", Status: http.StatusOK, Lang: language(r.URL.Query().Get("lang")),
		Content: map[string]any{"Cards": Script(), "Amounts": ScriptByAmount()},
	})
}

// fieldsPage is the frame with the card fields.
type fieldsPage struct {
	Merchant string
	Session  string
	Parent   string // the only origin the frame talks to
}

func (s *Server) showFields(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	lang := language(query.Get("lang"))
	parent := query.Get("origin")
	if exact, err := originOf(parent); err != nil || exact != parent || !s.cfg.AllowOrigin(parent) || query.Get("merchant") == "" {
		s.drawOver(w, http.StatusForbidden, lang, "sandbox.over.forbidden", "")
		return
	}
	s.pages.draw(w, view{
		Template: "fields.html", Status: http.StatusOK, Lang: lang,
		Policy:  policy{Script: true, Ancestors: parent},
		Content: fieldsPage{query.Get("merchant"), query.Get("session"), parent},
	})
}

// typedCard is what the frame's script sends.
type typedCard struct {
	Merchant processor.Merchant `json:"merchant"`
	Session  string             `json:"session"`
	Lang     string             `json:"lang"`
	Number   string             `json:"number"`
	Expiry   string             `json:"expiry"`
	Code     string             `json:"code"`
	Postal   string             `json:"postal"`
}

// takenCard is the answer to the frame's script: a token, or sentences.
type takenCard struct {
	Token    processor.Token `json:"token,omitempty"`
	Problems []spokenProblem `json:"problems,omitempty"`
}

type spokenProblem struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

func (s *Server) takeFields(w http.ResponseWriter, r *http.Request) {
	var typed typedCard
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(&typed); err != nil || !nameable(typed.Merchant) {
		writeJSON(w, http.StatusBadRequest, takenCard{})
		return
	}
	token, err := s.Tokenize(typed.Merchant, Card{typed.Number, typed.Expiry, typed.Code, typed.Postal})
	if wrong, ok := errors.AsType[Problems](err); ok {
		spoken := s.speak(wrong, language(typed.Lang))
		writeJSON(w, http.StatusUnprocessableEntity, takenCard{Problems: spoken})
		return
	}
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, takenCard{})
		return
	}
	writeJSON(w, http.StatusOK, takenCard{Token: token})
}

func (s *Server) speak(wrong Problems, lang locale.Lang) []spokenProblem {
	words := s.cfg.Catalogue.Printer(lang)
	var spoken []spokenProblem
	for _, one := range wrong {
		spoken = append(spoken, spokenProblem{one.Field, words.T("sandbox.problem." + one.Code)})
	}
	return spoken
}

// payPage is the sandbox's own payment page.
type payPage struct {
	Secret      string
	Merchant    string
	Description string
	Amount      money.Amount
	Problems    []spokenProblem
	Wrong       map[string]string // the problem of each field that has one
}

func (s *Server) showPay(w http.ResponseWriter, r *http.Request) {
	if c, ok := s.visited(w, r, false); ok {
		s.drawPay(w, c, http.StatusOK, nil)
	}
}

func (s *Server) drawPay(w http.ResponseWriter, c charge, status int, wrong Problems) {
	lang := language(c.Visit.Language)
	page := payPage{
		Secret: c.Visit.Secret, Merchant: s.cfg.MerchantName(c.Merchant, lang), Description: c.Visit.Description,
		Amount: money.Cents(c.Amount), Problems: s.speak(wrong, lang), Wrong: map[string]string{},
	}
	for _, one := range page.Problems {
		page.Wrong[one.Field] = one.Text
	}
	s.pages.draw(w, view{Template: "pay.html", Status: status, Lang: lang, Policy: leadsBack(c.Visit), Content: page})
}

// leadsBack allows forms that end, by redirect, at the portal: browsers hold
// form-action against redirects too.
func leadsBack(v *visit) policy {
	targets := []string{"'self'"}
	for _, address := range []string{v.ReturnURL, v.CancelURL} {
		if origin, err := originOf(address); err == nil {
			targets = append(targets, origin)
		}
	}
	return policy{FormAction: strings.Join(targets, " ")}
}

func (s *Server) takePay(w http.ResponseWriter, r *http.Request) {
	c, ok := s.visited(w, r, false)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	typed := Card{r.PostFormValue("number"), r.PostFormValue("expiry"), r.PostFormValue("code"), r.PostFormValue("postal")}
	does, err := s.payVisit(c, typed)
	if wrong, ok := errors.AsType[Problems](err); ok {
		s.drawPay(w, c, http.StatusUnprocessableEntity, wrong)
		return
	}
	if err == nil && does == ReplyLost {
		s.drawTrouble(w, c) // a connection that ends shows a page of the browser's, which leads nowhere
		return
	}
	s.leave(w, r, err)
}

func (s *Server) takeCancel(w http.ResponseWriter, r *http.Request) {
	c, ok := s.visited(w, r, false)
	if !ok {
		return
	}
	if err := s.cancelVisit(c); err != nil {
		s.drawTrouble(w, c)
		return
	}
	http.Redirect(w, r, c.Visit.CancelURL, http.StatusSeeOther)
}

// challengePage is the page on which the payer's bank asks.
type challengePage struct {
	Secret   string
	Merchant string
	Last4    string
	Amount   money.Amount
}

func (s *Server) showChallenge(w http.ResponseWriter, r *http.Request) {
	c, ok := s.visited(w, r, true)
	if !ok {
		return
	}
	lang := language(c.Visit.Language)
	s.pages.draw(w, view{
		Template: "challenge.html", Status: http.StatusOK, Lang: lang, Policy: leadsBack(c.Visit),
		Content: challengePage{c.Visit.Secret, s.cfg.MerchantName(c.Merchant, lang), c.Card.Last4, money.Cents(c.Amount)},
	})
}

func (s *Server) takeChallenge(w http.ResponseWriter, r *http.Request) {
	c, ok := s.visited(w, r, true)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	s.leave(w, r, s.answerChallenge(c, r.PostFormValue("answer") == "approve"))
}

// leave sends the payer on, to wherever the charge now stands. The address
// says nothing of the outcome.
func (s *Server) leave(w http.ResponseWriter, r *http.Request, trouble error) {
	c, found, err := s.visiting(r.PathValue("secret"))
	switch {
	case trouble != nil || err != nil || !found:
		s.drawTrouble(w, c)
	case c.awaitsPayer():
		http.Redirect(w, r, s.visitURL(c.Visit), http.StatusSeeOther)
	default:
		http.Redirect(w, r, c.Visit.ReturnURL, http.StatusSeeOther)
	}
}

// visited finds the open page that was asked for. Where there is none, it has
// answered.
func (s *Server) visited(w http.ResponseWriter, r *http.Request, challenge bool) (charge, bool) {
	c, found, err := s.visiting(r.PathValue("secret"))
	switch {
	case err != nil:
		s.drawTrouble(w, c)
	case !found:
		s.drawOver(w, http.StatusNotFound, language(r.URL.Query().Get("lang")), "sandbox.over.unknown", "")
	case c.Outcome.Code == "abandoned":
		s.drawOver(w, http.StatusGone, language(c.Visit.Language), "sandbox.over.expired", c.Visit.ReturnURL)
	case c.awaitsPayer() && c.Visit.Challenge == challenge && c.Visit.Secret == r.PathValue("secret"):
		return c, true
	default:
		s.leave(w, r, nil)
	}
	return charge{}, false
}

// overPage says that there is nothing to do here, or that nobody heard what came
// of it.
type overPage struct {
	Title   string
	Message string
	Back    string
}

// trouble is what payers read when nobody knows what came of their payment: the
// portal will.
const trouble = "sandbox.over.trouble"

func (s *Server) drawTrouble(w http.ResponseWriter, c charge) {
	if c.Visit == nil {
		s.drawOver(w, http.StatusInternalServerError, locale.English, trouble, "")
		return
	}
	s.drawOver(w, http.StatusInternalServerError, language(c.Visit.Language), trouble, c.Visit.ReturnURL)
}

func (s *Server) drawOver(w http.ResponseWriter, status int, lang locale.Lang, message, back string) {
	title := "sandbox.over_title"
	if message == trouble {
		title = "sandbox.trouble_title"
	}
	s.pages.draw(w, view{Template: "over.html", Status: status, Lang: lang, Content: overPage{title, message, back}})
}
