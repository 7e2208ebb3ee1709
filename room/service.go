package room

import (
	"log/slog"
	"sync"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
)

// Service holds all rooms of a server. Methods may be called from any
// goroutine, except from within the ports' own.
type Service struct {
	options   Options
	sfu       call.SFU
	notifier  Notifier
	gate      Gate
	observer  Observer
	log       *slog.Logger
	sessions  *sessions
	tasks     sync.WaitGroup // settling of peers nobody waits for
	knocks    *limit.Keyed[call.UserID]
	messages  *limit.Keyed[call.RoomID]
	reactions *limit.Keyed[call.UserID]

	mu       sync.Mutex // guards the members below
	rooms    map[call.RoomID]*room
	draining bool
}

// New returns a Service without rooms.
func New(o Options, sfu call.SFU, n Notifier, g Gate, obs Observer, log *slog.Logger) *Service {
	o = o.withDefaults()
	return &Service{
		options: o, sfu: sfu, notifier: n, gate: g, observer: obs, log: log,
		sessions: newSessions(o.MaxRoomsPerSession),
		knocks:   limit.NewKeyed[call.UserID](knocks()), messages: limit.NewKeyed[call.RoomID](o.Messages),
		reactions: limit.NewKeyed[call.UserID](reactions()),
		rooms:     map[call.RoomID]*room{},
	}
}

// find returns a room, nil if there is none of that id.
func (s *Service) find(id call.RoomID) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[id]
}

// open returns a room, a new one if there is none of that id.
func (s *Service) open(id call.RoomID) (*room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rooms[id]; r != nil {
		return r, nil
	}
	if s.draining {
		return nil, errDraining()
	}
	r := newRoom(s, id)
	s.rooms[id] = r
	return r, nil
}

// drop forgets a room that is gone.
func (s *Service) drop(r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rooms, r.id)
}

func (s *Service) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

func (s *Service) all() []*room {
	s.mu.Lock()
	defer s.mu.Unlock()
	rooms := make([]*room, 0, len(s.rooms))
	for _, r := range s.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}

// SessionDetached says that a session has had no connection since at. Members
// without media are lost 20 seconds later.
func (s *Service) SessionDetached(id call.SessionID, at call.Millis) {
	for _, r := range s.sessions.detach(id, at) {
		r.loop.Post(func() { r.sessionMoved(id) })
	}
}

// SessionResumed says that a detached session is connected again.
func (s *Service) SessionResumed(id call.SessionID, _ call.Millis) {
	for _, r := range s.sessions.detach(id, 0) {
		r.loop.Post(func() { r.sessionMoved(id) })
	}
}

// SessionEnded takes a session out of all its rooms. If it was detached it was
// not resumed in time: its members are lost since then. If not, the user
// logged out at the given moment. No request of the session may follow.
func (s *Service) SessionEnded(id call.SessionID, at call.Millis) {
	rooms, detachedAt := s.sessions.end(id)
	reason := call.LeaveNormal
	if detachedAt != 0 {
		reason, at = call.LeaveLost, detachedAt
	}
	for _, r := range rooms {
		r.loop.Post(func() { r.sessionEnded(id, reason, at) })
	}
}

// SessionKicked takes a session out of all its rooms because the server ended
// it. No request of the session may follow.
func (s *Service) SessionKicked(id call.SessionID, at call.Millis) {
	rooms, _ := s.sessions.end(id)
	for _, r := range rooms {
		r.loop.Post(func() { r.sessionEnded(id, call.LeaveKicked, at) })
	}
}

// Drain refuses from now on to enter rooms nobody is in.
func (s *Service) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
}

// CloseAll drains and closes every room with that result. It returns when all
// media has ended.
func (s *Service) CloseAll(result call.Result) {
	s.Drain()
	rooms := s.all()
	for _, r := range rooms {
		r.loop.Post(func() { r.close(result, reasonDrain) })
	}
	for _, r := range rooms {
		<-r.gone
		r.loop.Close()
	}
}

// Close closes every room because the server stops, and waits for everything
// the Service has begun. It may be called more than once.
func (s *Service) Close() {
	s.CloseAll(call.ResultServerDrain)
	s.tasks.Wait()
}

// now is the server's clock.
func now() call.Millis { return call.MillisOf(time.Now()) }
