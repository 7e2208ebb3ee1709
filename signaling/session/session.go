package session

import (
	"crypto/rand"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/wire"
)

// session is one signed-in device of a user. The hub decides when it is
// attached, detached and ended, with Hub.mu held.
type session struct {
	id       call.SessionID
	opts     *Options
	inFlight chan struct{} // one per unfinished request
	requests *rate.Limiter
	ofUser   *rate.Limiter // of requests, with the user's other sessions
	strikes  *rate.Limiter // of requests refused for coming too fast
	main     lane          // whatever happens to the session, in order
	rooms    lane          // requests that wait for the media engine, and those behind them

	address netip.Addr // it was attached from last; guarded by Hub.mu

	mu         sync.Mutex
	who        call.Caller
	log        eventLog
	socket     *socket // nil while detached
	opened     bool    // ready was called: events addressed to the user are for it
	held       bool    // events wait for an answer that must come before them
	heldAfter  int64   // seq of the last event before them
	ended      bool
	detachedAt time.Time
	window     *time.Timer // ends it when it is detached for too long
	expiry     *time.Timer // ends it with its credential
	expires    time.Time   // the credential; zero is never
}

func newSession(who call.Caller, opts *Options, g *group, ofUser *rate.Limiter) *session {
	who.SessionID = call.SessionID(rand.Text()) // 130 bits nobody guesses
	return &session{
		id: who.SessionID, who: who, opts: opts,
		inFlight: make(chan struct{}, opts.MaxInFlight),
		requests: newLimiter(opts.Requests),
		ofUser:   ofUser,
		strikes:  newLimiter(limit.Rate{PerSecond: 10 * opts.Requests.PerSecond, Burst: 10 * opts.Requests.Burst}),
		main:     lane{group: g}, rooms: lane{group: g},
	}
}

func newLimiter(r limit.Rate) *rate.Limiter { return rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst) }

func (s *session) caller() call.Caller {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who
}

func (s *session) rename(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.who.Name = name
}

func (s *session) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// tell sends an event to this session, whether or not it was opened.
func (s *session) tell(ev *event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit(ev)
}

// broadcast sends an event that is addressed to the session's user, and
// reports whether the session was opened for those.
func (s *session) broadcast(ev *event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened {
		s.emit(ev)
	}
	return s.opened
}

// open sends the first events and lets in those addressed to the user, in one
// step. Only the first call counts.
func (s *session) open(first []*event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened {
		return
	}
	s.opened = true
	for _, ev := range first {
		s.emit(ev)
	}
}

// emit numbers and logs an event and sends it if there is a socket. It wants
// s.mu held.
func (s *session) emit(ev *event) {
	if s.ended {
		return
	}
	if s.socket == nil && ev.transient {
		return // old by the time anybody comes back
	}
	seq := s.log.add(ev, s.opts.LogEvents, s.opts.LogBytes)
	if s.socket != nil && !s.held {
		s.socket.send(outgoing{event: ev, seq: seq})
	}
}

// hold keeps events back until release: what is being answered now is the
// picture that they change.
func (s *session) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.heldAfter = true, s.log.last
}

// release sends what was held back. A socket that came meanwhile has it already.
func (s *session) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held {
		return
	}
	s.held = false
	if events, known := s.log.since(s.heldAfter); known && s.socket != nil {
		s.socket.replay(events, s.heldAfter+1)
	}
}

// begin makes k the socket of a new session.
func (s *session) begin(k *socket, spread time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.socket = k
	k.send(s.welcome(false, spread))
}

// resume makes k the session's socket and sends what was missed after seq. It
// returns the socket that was there, if any, and whether the session can be
// resumed from there by that caller.
func (s *session) resume(k *socket, who call.Caller, after int64, spread time.Duration) (old *socket, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	missed, known := s.log.since(after)
	if s.ended || s.who.UserID != who.UserID || !known {
		return nil, false
	}
	who.SessionID = s.id
	old, s.socket, s.who = s.socket, k, who
	s.held = false
	if s.window != nil {
		s.window.Stop()
	}
	k.send(s.welcome(true, spread))
	k.replay(missed, after+1)
	s.log.forget(after)
	return old, true
}

// detach takes the socket away if it still is k, and ends the session by
// calling expired when nobody resumes it.
func (s *session) detach(k *socket, expired func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.socket != k || s.ended {
		return false
	}
	s.socket, s.detachedAt = nil, time.Now()
	if s.window == nil {
		s.window = time.AfterFunc(s.opts.ResumeWindow, expired)
	} else {
		s.window.Reset(s.opts.ResumeWindow)
	}
	return true
}

// lapsed reports whether the session has been detached for too long. A timer
// that lost a race against a resume gets false.
func (s *session) lapsed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.ended && s.socket == nil && time.Since(s.detachedAt) >= s.opts.ResumeWindow
}

// detachedSince returns when the session was detached, false if it is attached.
func (s *session) detachedSince() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.detachedAt, s.socket == nil
}

// end makes it the session's last moment: last, if any, is the last event. It
// returns the socket to be closed, and false if the session had ended before.
func (s *session) end(last *event) (k *socket, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, false
	}
	if last != nil {
		s.emit(last)
	}
	k, s.socket, s.ended = s.socket, nil, true
	s.stopTimers()
	return k, true
}

// expireAt has expired called when the credential ends, instead of when an
// older one would have. The zero time is never.
func (s *session) expireAt(at time.Time, expired func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.expiry != nil {
		s.expiry.Stop()
		s.expiry = nil
	}
	s.expires = at
	if !at.IsZero() {
		s.expiry = time.AfterFunc(time.Until(at), expired)
	}
}

// expired reports whether the session's credential is good no more. A timer
// that lost a race against a newer credential gets false.
func (s *session) expired() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.expires.IsZero() && !time.Now().Before(s.expires)
}

// stopTimers wants s.mu held.
func (s *session) stopTimers() {
	for _, t := range []*time.Timer{s.window, s.expiry} {
		if t != nil {
			t.Stop()
		}
	}
}

func (s *session) goingAway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopTimers()
	if s.socket != nil {
		s.socket.close(closeGoingAway, "the server goes away: come back", true)
	}
}

func (s *session) abort() {
	s.mu.Lock()
	k := s.socket
	s.mu.Unlock()
	if k != nil {
		k.abort()
	}
}

// welcome is the first frame on a socket. It wants s.mu held.
func (s *session) welcome(resumed bool, spread time.Duration) outgoing {
	limits := s.opts.Limits
	limits.ReconnectSpreadMs = int(spread / time.Millisecond)
	ice := s.opts.ICEServers(s.who.UserID)
	ev, err := newEvent(wire.Welcome{
		SessionID: s.id, UserID: s.who.UserID, UserName: s.who.Name,
		ServerAt: call.MillisOf(time.Now()), Heartbeat: int(s.opts.Heartbeat / time.Second), Resumed: resumed,
		Limits: limits, ICEServers: ice.ICEServers, ICEServersExpireAt: ice.ICEServersExpireAt, Dev: s.opts.Dev,
	})
	if err != nil { // a struct of strings and numbers always encodes
		panic(err)
	}
	return outgoing{event: ev}
}
