package sandbox

import (
	"container/heap"
	"time"
)

// schedule holds things that happen at an instant, the earliest first, and
// those of one instant in the order they were added.
type schedule[T any] struct {
	items items[T]
	added int
}

type item[T any] struct {
	at    time.Time
	order int
	thing T
}

func (s *schedule[T]) add(at time.Time, thing T) {
	s.added++
	heap.Push(&s.items, item[T]{at, s.added, thing})
}

// next takes the earliest thing that is due at now, and says when it was due.
func (s *schedule[T]) next(now time.Time) (T, time.Time, bool) {
	if len(s.items) == 0 || s.items[0].at.After(now) {
		var none T
		return none, time.Time{}, false
	}
	first := heap.Pop(&s.items).(item[T])
	return first.thing, first.at, true
}

// first says when the earliest thing is due.
func (s *schedule[T]) first() (time.Time, bool) {
	if len(s.items) == 0 {
		return time.Time{}, false
	}
	return s.items[0].at, true
}

type items[T any] []item[T]

func (q items[T]) Len() int { return len(q) }
func (q items[T]) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].order < q[j].order
	}
	return q[i].at.Before(q[j].at)
}
func (q items[T]) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *items[T]) Push(x any)   { *q = append(*q, x.(item[T])) }
func (q *items[T]) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
