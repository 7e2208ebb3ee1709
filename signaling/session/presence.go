package session

import (
	"cmp"
	"slices"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Online reports whether some session of the user is attached now.
func (h *Hub) Online(id call.UserID) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	u := h.users[id]
	return u != nil && u.attached > 0
}

// OnlineUsers lists those who are online, by user id. Guests are not among
// them: they are there for one room only.
func (h *Hub) OnlineUsers() []wire.UserStatus {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := []wire.UserStatus{}
	for id, u := range h.users {
		if u.attached > 0 && !u.guest {
			list = append(list, wire.UserStatus{UserID: id, Name: u.name, StatusType: wire.StatusOnline})
		}
	}
	slices.SortFunc(list, func(a, b wire.UserStatus) int { return cmp.Compare(a.UserID, b.UserID) })
	return list
}

// Rename gives a user another name than their credential's: in the requests of
// their sessions, and in what watchers are told.
func (h *Hub) Rename(id call.UserID, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	u := h.users[id]
	if u == nil {
		return
	}
	u.name = name
	for _, s := range u.sessions {
		s.rename(name)
	}
	if u.attached > 0 {
		h.tellWatchers(id, wire.UserStatus{UserID: id, Name: name, StatusType: wire.StatusOnline})
	}
}

// WatchStatus sends onUserStatusChanged to a session whenever somebody else
// goes online or offline, until it ends.
func (h *Hub) WatchStatus(id call.SessionID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.sessions[id]; s != nil {
		h.watchers[id] = s
	}
}

// came and went count a user's attached sessions. They want h.mu held, so that
// watchers learn of changes in the order they happen.
func (h *Hub) came(who call.Caller) {
	u := h.users[who.UserID]
	u.name, u.guest = who.Name, who.Guest
	u.attached++
	h.attached++
	if u.attached == 1 {
		h.tellWatchers(who.UserID, wire.UserStatus{UserID: who.UserID, Name: u.name, StatusType: wire.StatusOnline})
	}
}

func (h *Hub) went(who call.Caller) {
	u := h.users[who.UserID]
	u.attached--
	h.attached--
	if u.attached == 0 {
		h.tellWatchers(who.UserID, wire.UserStatus{UserID: who.UserID, Name: u.name, StatusType: wire.StatusOffline})
	}
}

func (h *Hub) tellWatchers(about call.UserID, status wire.UserStatus) {
	if len(h.watchers) == 0 || h.users[about].guest {
		return
	}
	ev, ok := h.encode(wire.UserStatusChanged{UserStatusList: []wire.UserStatus{status}})
	if !ok {
		return
	}
	for _, s := range h.watchers {
		if s.caller().UserID != about {
			s.tell(ev)
			h.counts.events.Add(1)
		}
	}
}
