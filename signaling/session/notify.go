package session

import (
	"callsvc/call"
	"callsvc/signaling/wire"
)

// Notify sends an event to all sessions of those users but one, in the order
// of the calls. users has nobody twice. It never blocks.
func (h *Hub) Notify(users []call.UserID, except call.SessionID, message wire.Event) {
	var ev *event
	sent := int64(0)
	for _, id := range users {
		for _, s := range h.sessionsOf(id) {
			if s.id == except {
				continue
			}
			if ev == nil { // encoded once, and only if somebody is there
				var ok bool
				if ev, ok = h.encode(message); !ok {
					return
				}
			}
			if s.broadcast(ev) {
				sent++
			}
		}
	}
	h.counts.events.Add(sent)
}

// NotifySession sends an event to one session. If it has ended, nothing
// happens. It never blocks.
func (h *Hub) NotifySession(id call.SessionID, message wire.Event) {
	h.mu.RLock()
	s := h.sessions[id]
	h.mu.RUnlock()
	if s == nil {
		return
	}
	if ev, ok := h.encode(message); ok {
		s.tell(ev)
		h.counts.events.Add(1)
	}
}

// NotifySessions sends an event to several sessions. It never blocks.
func (h *Hub) NotifySessions(ids []call.SessionID, message wire.Event) {
	sessions := make([]*session, 0, len(ids))
	h.mu.RLock()
	for _, id := range ids {
		if s := h.sessions[id]; s != nil {
			sessions = append(sessions, s)
		}
	}
	h.mu.RUnlock()
	if len(sessions) == 0 {
		return
	}
	ev, ok := h.encode(message) // once for all
	if !ok {
		return
	}
	for _, s := range sessions {
		s.tell(ev)
	}
	h.counts.events.Add(int64(len(sessions)))
}

func (h *Hub) sessionsOf(id call.UserID) []*session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if u := h.users[id]; u != nil {
		return u.sessions
	}
	return nil
}

func (h *Hub) encode(message wire.Event) (*event, bool) {
	ev, err := newEvent(message)
	if err != nil {
		h.log.Error("an event could not be encoded and is lost", "event", message.Name(), "error", err)
		return nil, false
	}
	return ev, true
}
