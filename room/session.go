package room

import (
	"sync"

	"callsvc/call"
)

// sessions knows which rooms each session is in, and whether it is connected.
type sessions struct {
	maxRooms int

	mu   sync.Mutex // guards byID and what it holds
	byID map[call.SessionID]*session
}

type session struct {
	entering   int // requests to enter that are under way
	rooms      map[*room]struct{}
	detachedAt call.Millis // 0 = connected
	ended      bool
}

func newSessions(maxRooms int) *sessions {
	return &sessions{maxRooms: maxRooms, byID: map[call.SessionID]*session{}}
}

// hold keeps a session in mind while it enters a room, so that its end in the
// meantime is not missed; release undoes it.
func (s *sessions) hold(id call.SessionID) (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byID[id]
	if e == nil {
		e = &session{rooms: map[*room]struct{}{}}
		s.byID[id] = e
	}
	e.entering++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		e.entering--
		s.tidy(id, e)
	}
}

func (s *sessions) tidy(id call.SessionID, e *session) {
	if e.entering == 0 && len(e.rooms) == 0 {
		delete(s.byID, id)
	}
}

// bind says that a held session is in a room from now on.
func (s *sessions) bind(id call.SessionID, r *room) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byID[id]
	if e.ended {
		return call.Errorf(call.CodeNotLoggedIn, "the session has ended; connect again")
	}
	if len(e.rooms) >= s.maxRooms {
		return call.Errorf(call.CodeRateLimited, "the session is in %d rooms, which is the limit; leave one first", len(e.rooms))
	}
	e.rooms[r] = struct{}{}
	return nil
}

// unbind says that a session is no longer in a room.
func (s *sessions) unbind(id call.SessionID, r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byID[id]; e != nil {
		delete(e.rooms, r)
		s.tidy(id, e)
	}
}

// detachedAt is since when a session has been without connection, 0 if it has one.
func (s *sessions) detachedAt(id call.SessionID) call.Millis {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byID[id]; e != nil {
		return e.detachedAt
	}
	return 0
}

// detach notes since when a session has been without connection and returns
// the rooms it is in.
func (s *sessions) detach(id call.SessionID, at call.Millis) []*room {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byID[id]
	if e == nil {
		return nil
	}
	e.detachedAt = at
	return e.list()
}

// end closes a session to further rooms and returns those it is in, and since
// when it had been detached.
func (s *sessions) end(id call.SessionID) (rooms []*room, detachedAt call.Millis) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byID[id]
	if e == nil {
		return nil, 0
	}
	e.ended = true
	return e.list(), e.detachedAt
}

func (e *session) list() []*room {
	rooms := make([]*room, 0, len(e.rooms))
	for r := range e.rooms {
		rooms = append(rooms, r)
	}
	return rooms
}
