package session

import (
	"net/http"
	"net/netip"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// arrival is who connects, and from where.
type arrival struct {
	who     call.Caller
	expires time.Time // of the credential
	address netip.Addr
	back    resumption
}

// resumption is what a client says of the session it had.
type resumption struct {
	id    call.SessionID
	after int64
}

// connect gives a socket its session: the one to be resumed, or a new one.
// When there can be none it returns nil, and the socket has been closed.
func (h *Hub) connect(k *socket, in arrival) *session {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.resume(k, in)
	if s == nil {
		if refusal := h.refusal(in.who.UserID, in.address); refusal != nil {
			k.close(refusal.close, refusal.err.Message, true)
			return nil
		}
		s = h.begin(k, in)
	}
	s.expireAt(in.expires, func() { h.expire(s) })
	return s
}

// resume wants h.mu held, as do begin, refusal and finish.
func (h *Hub) resume(k *socket, in arrival) *session {
	s := h.sessions[in.back.id]
	if s == nil || h.closing {
		return nil
	}
	old, ok := s.resume(k, in.who, in.back.after, h.spread())
	if !ok {
		return nil
	}
	h.counts.resumed.Add(1)
	h.leave(s.address)
	h.settle(s, in.address)
	if old != nil {
		old.close(CloseTakenOver, "a newer connection has this session", false)
		return s
	}
	at := call.MillisOf(time.Now())
	s.main.push(func() { h.observer.SessionResumed(s.caller(), at) })
	h.came(in.who)
	return s
}

func (h *Hub) begin(k *socket, in arrival) *session {
	u := h.users[in.who.UserID]
	if u == nil {
		u = &user{requests: newLimiter(h.opts.UserRequests)}
		h.users[in.who.UserID] = u
	}
	s := newSession(in.who, &h.opts, &h.group, u.requests)
	h.sessions[s.id] = s
	u.sessions = append(slices.Clip(u.sessions), s)
	h.settle(s, in.address)
	s.begin(k, h.spread())
	s.main.push(func() { h.observer.SessionOpened(s.caller(), func(first []wire.Event) { h.open(s, first) }) })
	h.came(in.who)
	return s
}

// settle and leave count the sessions of an address.
func (h *Hub) settle(s *session, address netip.Addr) {
	s.address = address
	h.addresses[address]++
}

func (h *Hub) leave(address netip.Addr) {
	if h.addresses[address]--; h.addresses[address] == 0 {
		delete(h.addresses, address)
	}
}

func (h *Hub) open(s *session, first []wire.Event) {
	events := make([]*event, 0, len(first))
	for _, message := range first {
		if ev, ok := h.encode(message); ok {
			events = append(events, ev)
		}
	}
	s.open(events)
	h.counts.events.Add(int64(len(events)))
}

// refused is why there can be no new session, in HTTP's words and WebSocket's.
type refused struct {
	status int
	close  int
	err    *call.Error
}

func (h *Hub) refusal(id call.UserID, from netip.Addr) *refused {
	switch u := h.users[id]; {
	case h.draining || h.closing:
		return &refused{
			http.StatusServiceUnavailable, CloseDraining,
			call.Errorf(call.CodeDraining, "the server is about to stop: try again in a moment"),
		}
	case len(h.sessions) >= h.opts.MaxSessions:
		return &refused{
			http.StatusServiceUnavailable, closeTryLater,
			call.Errorf(call.CodeRateLimited, "the server has as many sessions as it takes: try again later"),
		}
	case from.IsValid() && h.addresses[from] >= h.opts.MaxSessionsPerAddress:
		return &refused{
			http.StatusTooManyRequests, closeTryLater,
			call.Errorf(call.CodeRateLimited, "this address has %d sessions: close some", h.addresses[from]).After(h.opts.ResumeWindow),
		}
	case u != nil && len(u.sessions) >= h.opts.MaxSessionsPerUser && !h.makeRoom(u):
		return &refused{
			http.StatusTooManyRequests, closeTryLater,
			call.Errorf(call.CodeRateLimited, "this user has %d connections: close one", len(u.sessions)),
		}
	}
	return nil
}

// makeRoom ends the session of u that has been detached for longest.
func (h *Hub) makeRoom(u *user) bool {
	var oldest *session
	var since time.Time
	for _, s := range u.sessions {
		if at, detached := s.detachedSince(); detached && (oldest == nil || at.Before(since)) {
			oldest, since = s, at
		}
	}
	if oldest == nil {
		return false
	}
	h.finish(oldest, nil, nil)
	return true
}

// detach takes a session's socket away and gives it time to come back.
func (h *Hub) detach(s *session, k *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing || !s.detach(k, func() { h.lapse(s) }) {
		return
	}
	at := call.MillisOf(time.Now())
	s.main.push(func() { h.observer.SessionDetached(s.caller(), at) })
	h.went(s.caller())
}

func (h *Hub) lapse(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closing && s.lapsed() {
		h.finish(s, nil, nil)
	}
}

// EndSession ends a session after the requests that came before: a request to
// log out is still answered. Unknown sessions are no error.
func (h *Hub) EndSession(id call.SessionID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.sessions[id]; s != nil {
		h.finish(s, nil, func(k *socket) { k.close(closeNormal, "logged out", true) })
	}
}

// Kick ends all sessions of a user: session.kicked with the reason, close code 4001.
// Revoke the credentials first: who is just connecting with one is asked again.
func (h *Hub) Kick(id call.UserID, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kicks.Add(1)
	if u := h.users[id]; u != nil {
		for _, s := range u.sessions {
			h.kick(s, reason)
		}
	}
}

// recheck ends a session if its credential was refused in the meantime.
func (h *Hub) recheck(s *session, r *http.Request) {
	if _, _, err := h.auth.Identify(r); call.CodeOf(err) != call.CodeTokenInvalid {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kick(s, KickRevoked)
}

func (h *Hub) expire(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.expired() {
		h.kick(s, KickExpired)
	}
}

// kick wants h.mu held.
func (h *Hub) kick(s *session, reason string) {
	last, ok := h.encode(wire.Kicked{Reason: reason})
	if !ok || h.closing {
		return
	}
	if k := h.finish(s, last, nil); k != nil {
		k.close(CloseKicked, reason, true)
	}
}

// finish ends a session. last is its last event, if it is kicked; goodbye, if any, is called
// with its socket when the requests that came before are answered. It returns
// the socket the session had.
func (h *Hub) finish(s *session, last *event, goodbye func(*socket)) *socket {
	k, ok := s.end(last)
	if !ok {
		return nil
	}
	who, at := s.caller(), call.MillisOf(time.Now())
	delete(h.sessions, s.id)
	delete(h.watchers, s.id)
	h.leave(s.address)
	u := h.users[who.UserID]
	u.sessions = slices.DeleteFunc(slices.Clone(u.sessions), func(other *session) bool { return other == s })
	if k != nil {
		h.went(who)
	}
	if len(u.sessions) == 0 {
		delete(h.users, who.UserID)
	}
	end := func() {
		if k != nil && goodbye != nil {
			goodbye(k)
		}
		h.observer.SessionEnded(who, at, last != nil)
	}
	s.main.push(func() { s.behindRooms(end) })
	return k
}

// behindRooms runs f when the requests about rooms are finished. Only s.main
// calls it, so that nothing can get between.
func (s *session) behindRooms(f func()) {
	if s.rooms.busy() {
		s.rooms.push(f)
		return
	}
	f()
}
