package room

import (
	"slices"
	"time"

	"callsvc/call"
)

// reckon sets a member's clock anew after anything that keeps them in the room
// has changed.
func (r *room) reckon(m *member) {
	if m.timer != nil {
		m.timer.Stop()
	}
	due := m.due(r.svc.sessions.detachedAt(m.session))
	if due == 0 {
		return
	}
	m.timer = time.AfterFunc(time.Until(due.Time()), func() {
		r.loop.Post(func() { r.expire(m) })
	})
}

// expire takes out a member whose clock has run out.
func (r *room) expire(m *member) {
	if r.members[m.user] != m {
		return
	}
	detachedAt := r.svc.sessions.detachedAt(m.session)
	switch due := m.due(detachedAt); {
	case due == 0:
	case now() < due:
		r.reckon(m)
	case !m.hasMedia:
		r.expel(m, kickedLost, call.LeaveLost, detachedAt)
	case m.announced() && m.conn != nil && m.connectingAt != 0:
		// They are back with a new connection that is not up yet: this stay is
		// over, and the connection may still begin another.
		r.hideLost(m)
		r.reckon(m)
	default:
		r.expel(m, kickedLost, call.LeaveLost, m.downAt)
	}
}

// hideLost ends the stay of a member who is lost to the others, but still
// connecting anew. A host is host again if the next stay begins in time.
func (r *room) hideLost(m *member) {
	lostAt := m.downAt
	r.withdraw(m, call.LeaveLost, lostAt)
	r.lowerHand(m.user)
	if !m.isHost() || len(r.members) == 1 {
		return
	}
	r.passes.put(m.user, pass{until: lostAt.Add(graceOfLost), host: true})
	r.stepDown(m)
	r.appointHost(m)
	r.tellHosts("", nil)
}

// transportUp: a member's media transport works, for the first time or again.
func (r *room) transportUp(m *member, at call.Millis) {
	m.hasMedia, m.connectingAt, m.downAt = true, 0, 0
	r.release(m)
	if !m.announced() {
		r.restoreHost(m, at)
		r.announce(m, at)
	}
	r.reckon(m)
}

// restoreHost makes a member host again who was lost a moment ago.
func (r *room) restoreHost(m *member, at call.Millis) {
	if !r.pass(m.user, at).host {
		return
	}
	r.passes.drop(m.user)
	r.makeHost(m)
	r.tellHosts("", nil)
}

// transportDown: nothing has been heard of a member since last.
func (r *room) transportDown(m *member, last call.Millis) {
	if m.connectingAt != 0 || m.downAt != 0 {
		return
	}
	m.downAt = last
	r.reckon(m)
}

// sessionMoved: a session was detached or resumed.
func (r *room) sessionMoved(id call.SessionID) {
	for _, m := range r.order {
		if m.session == id {
			r.reckon(m)
		}
	}
}

// sessionEnded takes out who was here through a session.
func (r *room) sessionEnded(id call.SessionID, reason call.LeaveReason, at call.Millis) {
	if r.isGone() {
		return
	}
	r.dismissSession(id)
	for _, m := range slices.Clone(r.order) {
		if m.session == id {
			r.leave(m, reason, at)
		}
	}
}
