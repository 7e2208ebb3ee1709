package room

import (
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
		r.withdraw(m, call.LeaveLost, m.downAt)
		if m.role == RoleHost {
			r.setRole(m, RoleAnchor)
			r.appointHost(m)
		}
		r.reckon(m)
	default:
		r.expel(m, kickedLost, call.LeaveLost, m.downAt)
	}
}

// transportUp: a member's media transport works, for the first time or again.
func (r *room) transportUp(m *member, at call.Millis) {
	m.hasMedia, m.connectingAt, m.downAt = true, 0, 0
	r.release(m)
	if !m.announced() {
		r.announce(m, at)
	}
	r.reckon(m)
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
	for _, m := range r.members {
		if m.session == id {
			r.reckon(m)
		}
	}
}

// sessionEnded takes out who was here through a session.
func (r *room) sessionEnded(id call.SessionID, reason call.LeaveReason, at call.Millis) {
	for _, m := range r.members {
		if m.session == id {
			r.leave(m, reason, at)
		}
	}
}
