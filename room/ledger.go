package room

import "callsvc/call"

// maxRemembered bounds what a room remembers about people who are not in it.
const maxRemembered = 1000

// ledger remembers something about users. When it is full, what was noted first
// is forgotten. The zero ledger is empty. It belongs to the room's actor.
type ledger[V any] struct {
	notes map[call.UserID]V
	order []call.UserID // as they were noted first
}

func (l *ledger[V]) get(user call.UserID) (V, bool) {
	v, ok := l.notes[user]
	return v, ok
}

func (l *ledger[V]) has(user call.UserID) bool {
	_, ok := l.notes[user]
	return ok
}

func (l *ledger[V]) put(user call.UserID, v V) {
	if l.notes == nil {
		l.notes = map[call.UserID]V{}
	}
	if l.has(user) {
		l.notes[user] = v
		return
	}
	if len(l.order) >= maxRemembered {
		delete(l.notes, l.order[0])
		l.order = l.order[1:]
	}
	l.notes[user] = v
	l.order = append(l.order, user)
}

func (l *ledger[V]) drop(user call.UserID) {
	if !l.has(user) {
		return
	}
	delete(l.notes, user)
	for i, u := range l.order {
		if u == user {
			l.order = append(l.order[:i], l.order[i+1:]...)
			return
		}
	}
}
