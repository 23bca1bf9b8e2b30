package watch

import "math/rand/v2"

// Deck deals each card once, in an order that nobody can foresee, before it deals
// any again.
type Deck[T any] struct {
	cards []T
	dealt int
}

// NewDeck makes a deck that is shuffled.
func NewDeck[T any](cards []T) *Deck[T] {
	d := &Deck[T]{cards: append([]T(nil), cards...)}
	d.shuffle()
	return d
}

func (d *Deck[T]) shuffle() {
	rand.Shuffle(len(d.cards), func(i, j int) { d.cards[i], d.cards[j] = d.cards[j], d.cards[i] })
}

// Draw deals the next card.
func (d *Deck[T]) Draw() T {
	next := d.cards[d.dealt%len(d.cards)]
	d.dealt++
	if d.dealt%len(d.cards) == 0 {
		d.shuffle()
	}
	return next
}
