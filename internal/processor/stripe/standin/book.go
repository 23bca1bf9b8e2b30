package standin

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// object is one of Stripe's things, as it is sent.
type object map[string]any

func (o object) text(name string) string { s, _ := o[name].(string); return s }

func (o object) number(name string) int64 {
	switch n := o[name].(type) {
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}

// book is all that one merchant has at Stripe.
type book struct {
	name   string
	things map[string]object
	order  []string // as made
	cards  map[string]Card
	keys   map[string]*remembered
	events []object
	unpaid []string // balance transactions in no payout
}

// remembered is what is kept of an idempotency key.
type remembered struct {
	content string
	at      time.Time
	status  int
	answer  object
}

func newBook(name string) *book {
	return &book{name: name, things: map[string]object{}, cards: map[string]Card{}, keys: map[string]*remembered{}}
}

// put keeps a thing under a name that begins like Stripe's.
func (s *Server) put(b *book, prefix, kind string, fields object) object {
	s.counter++
	made := object{
		"id": fmt.Sprintf("%s_3%09d", prefix, s.counter), "object": kind,
		"created": s.now().Unix(), "livemode": false,
	}
	maps.Copy(made, fields)
	b.things[made.text("id")] = made
	b.order = append(b.order, made.text("id"))
	return made
}

// get finds a thing of a kind.
func (b *book) get(id, kind string) (object, bool) {
	found, ok := b.things[id]
	return found, ok && found.text("object") == kind
}

// pick lists the things of a kind that fit, the newest first.
func (b *book) pick(kind string, fits func(object) bool) []object {
	var all []object
	for i := range b.order {
		one, ok := b.get(b.order[len(b.order)-1-i], kind)
		if ok && fits(one) {
			all = append(all, one)
		}
	}
	return all
}

// shown is a thing as it is answered: a copy, with what is to be expanded.
func (b *book) shown(o object, expand []string) object {
	out := maps.Clone(o)
	for _, path := range expand {
		name, rest, _ := strings.Cut(path, ".")
		id, isName := out[name].(string)
		if !isName {
			continue
		}
		inner, known := b.things[id]
		if known {
			var further []string
			if rest != "" {
				further = []string{rest}
			}
			out[name] = b.shown(inner, further)
		}
	}
	return out
}

// tell makes an event of what has become of a thing.
func (s *Server) tell(b *book, kind string, about object) {
	s.counter++
	b.events = append(b.events, object{
		"id": fmt.Sprintf("evt_3%09d", s.counter), "object": "event", "api_version": apiVersion, "created": s.now().Unix(),
		"data": object{"object": maps.Clone(about)}, "livemode": false, "pending_webhooks": 1,
		"request": object{"id": nil, "idempotency_key": nil}, "type": kind,
	})
}
