package web

import (
	"mime"
	"net/http"

	"clearwell/internal/cardscan"
	"clearwell/internal/city"
)

const (
	// UtilityAccountField is the one field that takes long numbers, and those only
	// in the format that the town declares.
	UtilityAccountField = "utility_account"
	// TokenField is the one field that a machine fills in, with letters and digits
	// drawn by lot. What is in it is kept only if the processor knows it.
	TokenField = "card_token"
	// PasskeyField is what a browser answers when it is asked for a passkey: keys and
	// signatures, written in letters and digits. It is checked, and not kept as it
	// comes.
	PasskeyField = "passkey"
)

// guard refuses a request that holds something like a card number, before
// anyone else reads it. Cookies are ours and hold random names; every other part
// is looked at: the address, the query, the headers, and the names and values of
// a form. What was sent is neither kept nor repeated: only that it happened.
func (k *Kit) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outside := cardOutside(r)
		read := !outside && readForm(r) // once: a form that was too large reads as an empty one the second time
		switch {
		case outside:
			k.refuseCard(w, r)
		case !read && sceneOf(r).route == "":
			k.send(w, r, k.missing(r)) // as with any other body
		case !read:
			k.send(w, r, k.sorry(r, errMalformed))
		case k.cardInside(r):
			k.refuseCard(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (k *Kit) refuseCard(w http.ResponseWriter, r *http.Request) {
	s := sceneOf(r)
	s.mute = true
	k.cfg.Alarms.Raise(r.Context(), s.town.City(), CardSent, s.route)
	k.cfg.Log.WarnContext(r.Context(), "refused something like a card number", "city", string(s.town.City()))
	page := k.cfg.Sorry.CardNumber(k.page(r), s.town.Base+"/")
	k.send(w, r, Answer{status: http.StatusUnprocessableEntity, page: page})
}

// cardOutside looks at all but the body. Identifiers and times have twelve
// digits now and then, so that only card numbers count here.
func cardOutside(r *http.Request) bool {
	if cardscan.Contains([]byte(r.URL.RequestURI())) || cardscan.Contains([]byte(r.Host)) {
		return true
	}
	for name, values := range r.Header {
		if name == "Cookie" {
			continue
		}
		for _, value := range append(values, name) {
			if cardscan.Contains([]byte(value)) {
				return true
			}
		}
	}
	return false
}

// readForm reads a form, and nothing that is not one: no door takes files.
func readForm(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.ParseForm() == nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded" && r.ParseForm() == nil
}

// cardInside looks at each field of the query and the form.
func (k *Kit) cardInside(r *http.Request) bool {
	for name, values := range r.Form {
		if cardscan.Check(name) != nil || cardscan.Scattered(name) {
			return true
		}
		for _, value := range values {
			if cardInField(name, value) && !declared(sceneOf(r).town.File, name, value) {
				return true
			}
		}
	}
	return false
}

// cardInField looks at one field. Whoever puts letters between the digits of a
// card number has it remembered until the form is right, and can read it still.
func cardInField(name, value string) bool {
	return cardscan.Check(value) != nil || name != TokenField && name != PasskeyField && cardscan.Scattered(value)
}

// declared reports whether a value is a utility account number in the format of
// the town, however much it looks like something else.
func declared(town *city.File, name, value string) bool {
	if town == nil || name != UtilityAccountField {
		return false
	}
	_, err := town.Numbers.Normalise(value)
	return err == nil
}
