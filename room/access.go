package room

import (
	"context"
	"errors"

	"callsvc/call"
	"callsvc/internal/actor"
)

// inRoom runs f on the room's actor with the member who makes the request.
func (s *Service) inRoom(ctx context.Context, who call.Caller, id call.RoomID, f func(*room, *member) error) error {
	return s.atRoom(ctx, id, func(r *room) error {
		m, err := r.memberOf(who)
		if err != nil {
			return err
		}
		return f(r, m)
	})
}

// memberOf returns the member a request is made by (9002 if there is none).
func (r *room) memberOf(who call.Caller) (*member, error) {
	if m := r.members[who.UserID]; m != nil && m.session == who.SessionID {
		return m, nil
	}
	return nil, errNotInRoom(r.id)
}

// atRoom runs f on the actor of a room somebody asks something of who should be
// in it.
func (s *Service) atRoom(ctx context.Context, id call.RoomID, f func(*room) error) error {
	if !id.Valid() {
		return errRoomID(id)
	}
	r := s.find(id)
	if r == nil {
		return errNotInRoom(id)
	}
	err := r.do(ctx, func() error { return f(r) })
	if errors.Is(err, actor.ErrClosed) {
		return errNotInRoom(id)
	}
	return err
}

// asHost runs f on the room's actor for one of its hosts, or for an operator,
// who need not be in it.
func (s *Service) asHost(ctx context.Context, who call.Caller, id call.RoomID, f func(*room) error) error {
	if who.Admin {
		return s.operate(ctx, id, f)
	}
	return s.inRoom(ctx, who, id, func(r *room, m *member) error {
		if !m.isHost() {
			return call.Errorf(call.CodeGroupPermission, "only a host of room %s may do this; ask one of them", id)
		}
		return f(r)
	})
}

// find returns a member (9002 if there is none of that name).
func (r *room) find(user call.UserID) (*member, error) {
	if m := r.members[user]; m != nil {
		return m, nil
	}
	return nil, call.Errorf(call.CodeNotInRoom, "user %.40q is not in room %s", string(user), r.id)
}

// operate runs f on the actor of a room that somebody is in.
func (s *Service) operate(ctx context.Context, id call.RoomID, f func(*room) error) error {
	if !id.Valid() {
		return errRoomID(id)
	}
	unknown := call.Errorf(call.CodeRoomClosed, "nobody is in room %s", id)
	r := s.find(id)
	if r == nil {
		return unknown
	}
	err := r.do(ctx, func() error {
		if len(r.members) == 0 {
			return unknown
		}
		return f(r)
	})
	if errors.Is(err, actor.ErrClosed) {
		return unknown
	}
	return err
}

// broadcast takes from somebody what it costs to tell everybody something
// (9005). Operators may tell anything.
func (r *room) broadcast(who call.Caller) error {
	if who.Admin {
		return nil
	}
	if wait := r.svc.options.Broadcasts.Take(who.UserID, len(r.members), now().Time()); wait > 0 {
		return call.Errorf(call.CodeRateLimited, "too much is told to all in room %s: wait", r.id).After(wait)
	}
	return nil
}

// Belongs reports whether a room is open, and whether the user is in it or
// opened it. Unlike the rest of a room this is read without its actor: it never
// blocks.
func (s *Service) Belongs(id call.RoomID, user call.UserID) (open, inside bool) {
	r := s.find(id)
	if r == nil || r.population.Load() == 0 {
		return false, false
	}
	if opener := r.opener.Load(); opener != nil && *opener == user {
		return true, true
	}
	_, inside = r.present.Load(user)
	return true, inside
}
