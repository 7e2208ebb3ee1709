package conductor

import (
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
)

// Callbacks says what becomes of the events of which other systems are told.
// All of them are stored. The zero value delivers none.
type Callbacks struct {
	Deliver bool   // queue them for delivery
	Stored  func() // called when one is stored; must not block; may be nil
}

// tell stores events in this decision.
func (k *Conductor) tell(tx *commit.Tx, events ...call.Callback) {
	for _, ev := range events {
		tx.Save(call.SaveCallback{Callback: ev, Deliver: k.callbacks.Deliver})
	}
	if k.callbacks.Stored != nil {
		tx.After(k.callbacks.Stored)
	}
}

// tellChange tells of what an event changed in a call whose people stood like
// that before it.
func (k *Conductor) tellChange(tx *commit.Tx, l *live, before []call.UserStatus, at call.Millis) {
	if !slices.Equal(before, l.Statuses()) {
		k.tell(tx, l.MemberCallback(at))
	}
	if l.State == call.StateEnded {
		k.tell(tx, l.EndCallback())
	}
}

// tellEntered tells of who came into a room, before they are among those present.
func (k *Conductor) tellEntered(tx *commit.Tx, room call.RoomID, user call.UserID, at call.Millis) {
	inside := k.present[room]
	if _, already := inside[user]; already {
		return
	}
	if len(inside) == 0 {
		k.tell(tx, call.RoomCreated(room, user, at))
	}
	k.tell(tx, call.RoomEntered(room, user, at))
}

// tellLeft tells of who left a room, after they were taken from those present.
func (k *Conductor) tellLeft(tx *commit.Tx, room call.RoomID, user call.UserID, why call.LeaveReason, at call.Millis) {
	k.tell(tx, call.RoomExited(room, user, why, at))
	if len(k.present[room]) == 0 {
		k.tell(tx, call.RoomDismissed(room, at))
	}
}

// tellCrashed tells that those who were in a call's room when the server died
// are there no more.
func (k *Conductor) tellCrashed(tx *commit.Tx, l *live, users []call.UserID) {
	var last call.Millis
	for _, u := range users {
		p := l.Person(u)
		at := p.Intervals[len(p.Intervals)-1].LeftAt
		last = max(last, at)
		k.tell(tx, call.RoomExited(l.RoomID, u, call.LeaveCrash, at))
	}
	if len(users) > 0 {
		k.tell(tx, call.RoomDismissed(l.RoomID, last))
	}
}
