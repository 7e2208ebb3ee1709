package app

import (
	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// observer spreads the news of sessions to the parts that care.
type observer App

// SessionOpened implements session.Observer.
func (o *observer) SessionOpened(who call.Caller, ready func([]wire.Event)) {
	o.conductor.SessionBack(who.UserID)
	if who.Guest {
		ready(nil)
		return
	}
	o.loop.Post(func(tx *commit.Tx) {
		first := o.users.Greet(tx, who)
		pending := o.signaling.SessionOpened(tx, who.UserID)
		tx.After(func() { ready(append(first, pending()...)) })
	})
}

// SessionDetached implements session.Observer.
func (o *observer) SessionDetached(who call.Caller, at call.Millis) {
	o.rooms.SessionDetached(who.SessionID, at)
	o.conductor.SessionGone(who.UserID)
	o.push.SessionGone(who.UserID)
}

// SessionResumed implements session.Observer.
func (o *observer) SessionResumed(who call.Caller, at call.Millis) {
	o.rooms.SessionResumed(who.SessionID, at)
	o.conductor.SessionBack(who.UserID)
	o.signaling.SessionResumed(who.UserID)
}

// SessionEnded implements session.Observer.
func (o *observer) SessionEnded(who call.Caller, at call.Millis, kicked bool) {
	if kicked {
		o.rooms.SessionKicked(who.SessionID, at)
	} else {
		o.rooms.SessionEnded(who.SessionID, at)
	}
	o.conductor.SessionGone(who.UserID)
	o.push.SessionGone(who.UserID)
}

// membership answers the conductor's question about rooms, which are built
// after it.
type membership App

// Belongs implements conductor.Rooms.
func (m *membership) Belongs(id call.RoomID, user call.UserID) (open, inside bool) {
	return m.rooms.Belongs(id, user)
}
