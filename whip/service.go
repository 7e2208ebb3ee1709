package whip

import (
	"cmp"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/wire"
)

// Options are what a Service needs. Auth, Rooms and Logger are required; a zero
// limit means its default.
type Options struct {
	Auth  Authenticator
	Rooms Rooms
	// ICEServers are told to clients, in Link headers; nil tells of none.
	ICEServers func(call.UserID) []wire.ICEServer
	Logger     *slog.Logger

	// MaxSessions in all, default 10,000, and of one user, default 20.
	MaxSessions, MaxSessionsPerUser int
	// Begins are how often one user may begin a session; default 2 a second and
	// 20 at once.
	Begins limit.Rate
}

// Service holds the sessions of WHIP and WHEP.
type Service struct {
	opts   Options
	begins *limit.Keyed[call.UserID]
	mux    *http.ServeMux
	tasks  sync.WaitGroup

	mu       sync.Mutex // guards the following
	sessions map[string]*session
	users    map[call.UserID]int // how many sessions each has
	closed   bool
}

// New makes a Service without sessions.
func New(o Options) *Service {
	o.MaxSessions = cmp.Or(o.MaxSessions, 10_000)
	o.MaxSessionsPerUser = cmp.Or(o.MaxSessionsPerUser, 20)
	o.Begins = cmp.Or(o.Begins, limit.Rate{PerSecond: 2, Burst: 20})
	if o.ICEServers == nil {
		o.ICEServers = func(call.UserID) []wire.ICEServer { return nil }
	}
	s := &Service{
		opts: o, begins: limit.NewKeyed[call.UserID](o.Begins),
		sessions: map[string]*session{}, users: map[call.UserID]int{},
	}
	s.mux = s.routes()
	return s
}

// sessionPrefix tells the sessions that rooms know from here from those of
// sockets, which have none.
const sessionPrefix = "whip:"

// NotifySession takes an event for a session of this Service and reports
// whether it is one. It does not block.
func (s *Service) NotifySession(id call.SessionID, ev wire.Event) bool {
	key, ours := strings.CutPrefix(string(id), sessionPrefix)
	if !ours {
		return false
	}
	x := s.find(key)
	if x == nil {
		return true
	}
	switch ev.(type) {
	case wire.KickedOut, wire.RoomClosed:
		s.remove(x)
	default:
		x.see(ev)
	}
	return true
}

// Stats are how many sessions there are.
type Stats struct{ Publishers, Players int }

// Stats counts the sessions.
func (s *Service) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	var st Stats
	for _, x := range s.sessions {
		if x.plays {
			st.Players++
		} else {
			st.Publishers++
		}
	}
	return st
}

// Kick ends the sessions of a user, whose credentials were revoked. It does not
// wait.
func (s *Service) Kick(user call.UserID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		if x.who.UserID == user {
			s.dismiss(x, "revoked")
		}
	}
}

// expire ends a session whose token has expired.
func (s *Service) expire(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[x.key] == x && !time.Now().Before(x.expires) {
		s.dismiss(x, "expired")
	}
}

// extend keeps a session until another token of its user expires.
func (s *Service) extend(x *session, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[x.key] == x && !s.closed && expires.After(x.expires) {
		x.expires = expires
		x.expiry.Reset(time.Until(expires))
	}
}

// dismiss ends a session without waiting for it. It wants s.mu held.
func (s *Service) dismiss(x *session, token string) {
	if s.closed {
		return
	}
	s.tasks.Go(func() {
		if err := s.end(context.Background(), x); err != nil {
			s.opts.Logger.Warn("a WHIP session did not leave its room", "user", x.who.UserID, "token", token, "error", err)
		}
	})
}

// Close begins no more sessions and waits for what those there are have begun.
// It does not take them out of their rooms: whoever closes those does.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for _, x := range s.sessions {
		x.expiry.Stop()
		x.stop()
	}
	s.mu.Unlock()
	s.tasks.Wait()
}

// add registers a new session of a user, which ends with their token.
func (s *Service) add(who call.Caller, expires time.Time, room call.RoomID, plays bool) (*session, error) {
	if wait := s.begins.Take(who.UserID, 1, time.Now()); wait > 0 {
		return nil, call.Errorf(call.CodeRateLimited, "sessions of user %s begin too fast; wait", who.UserID).After(wait)
	}
	x := newSession(rand.Text(), who, room, plays)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, call.Errorf(call.CodeDraining, "the server is shutting down")
	case s.users[who.UserID] >= s.opts.MaxSessionsPerUser:
		return nil, call.Errorf(call.CodeRateLimited, "user %s has %d sessions, which is the limit; end one first", who.UserID, s.users[who.UserID])
	case len(s.sessions) >= s.opts.MaxSessions:
		return nil, call.Errorf(call.CodeRateLimited, "the server has as many sessions as it takes; come back later").After(time.Minute)
	}
	x.expires = expires
	x.expiry = time.AfterFunc(time.Until(expires), func() { s.expire(x) })
	s.sessions[x.key] = x
	s.users[who.UserID]++
	return x, nil
}

// find returns a session, nil if it is over or never was.
func (s *Service) find(key string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[key]
}

// remove forgets a session; false if that was done before.
func (s *Service) remove(x *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[x.key] != x {
		return false
	}
	delete(s.sessions, x.key)
	if s.users[x.who.UserID]--; s.users[x.who.UserID] == 0 {
		delete(s.users, x.who.UserID)
	}
	x.expiry.Stop()
	x.stop()
	return true
}

// end takes a session out of its room.
func (s *Service) end(ctx context.Context, x *session) error {
	if !s.remove(x) {
		return nil
	}
	return s.leave(ctx, x)
}

// leave exits the room, if the participant is in it.
func (s *Service) leave(ctx context.Context, x *session) error {
	_, err := s.opts.Rooms.Exit(ctx, x.who, &wire.ExitRoom{RoomID: x.room})
	if call.CodeOf(err) == call.CodeNotInRoom {
		return nil // it has left by itself
	}
	return err
}

// begin enters a room with an offer.
func (s *Service) begin(ctx context.Context, x *session, offer string, view call.View) (answer string, err error) {
	o, err := readOffer(offer, x.plays)
	if err != nil {
		return "", err
	}
	x.offer = offer
	res, err := s.opts.Rooms.Enter(ctx, x.who, &wire.EnterRoom{RoomID: x.room, Offer: offer, Scene: "meeting"})
	if err != nil {
		return "", err
	}
	if s.find(x.key) != x {
		return "", call.Errorf(call.CodeNotInRoom, "the session was ended while it began")
	}
	if res.Answer == "" { // it would have to wait to be let in, and cannot be told
		return "", call.Errorf(call.CodeRoomForbidden, "room %s lets nobody in at the moment", x.room)
	}
	if !x.plays {
		return res.Answer, nil
	}
	x.direct(o, view, res.Users)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.tasks.Go(func() { s.play(x) })
	}
	return res.Answer, nil
}

// restart begins ICE anew with other credentials of the client. It wants x.turn.
func (s *Service) restart(ctx context.Context, x *session, c credentials) (answer string, err error) {
	offer := withCredentials(x.offer, c)
	res, err := s.opts.Rooms.Offer(ctx, x.who, &wire.OfferRoom{RoomID: x.room, Offer: offer})
	if err != nil {
		return "", err
	}
	x.offer = offer
	x.version++
	return res.Answer, nil
}

// play fills a player's slots until it is over.
func (s *Service) play(x *session) {
	for {
		if views, changed := x.views(); changed {
			_, err := s.opts.Rooms.SetViews(x.ctx, x.who, &wire.SetViews{RoomID: x.room, Views: views})
			if err != nil && x.ctx.Err() == nil {
				s.opts.Logger.Info("a WHEP player's slots stay as they are", "room", x.room, "user", x.who.UserID, "error", err)
			}
		}
		select {
		case <-x.wake:
		case <-x.ctx.Done():
			return
		}
	}
}
