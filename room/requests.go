package room

import (
	"context"
	"errors"
	"slices"

	"callsvc/call"
	"callsvc/internal/actor"
	"callsvc/signaling/wire"
)

// Exit leaves a room, or the lobby before it. Errors: 6017, 9002.
func (s *Service) Exit(ctx context.Context, who call.Caller, req *wire.ExitRoom) (wire.Empty, error) {
	return wire.Empty{}, s.atRoom(ctx, req.RoomID, func(r *room) error {
		m, err := r.memberOf(who)
		switch {
		case err == nil:
			r.leave(m, call.LeaveNormal, now())
		case r.dismissSession(who.SessionID):
			return nil
		}
		return err
	})
}

// SetPublishing mutes and unmutes one's streams in the server. It may come
// before any media and holds for later connections of the same session.
// Errors: 6017, 9002, 9008 for what a host has muted where the room keeps that.
func (s *Service) SetPublishing(ctx context.Context, who call.Caller, req *wire.SetPublishing) (wire.Empty, error) {
	var conn *connection
	err := s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		conn = m.conn
		return r.wish(m, req.Publishing)
	})
	if err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, conn.settle(ctx)
}

// SetViews replaces what one wants to see. Errors: 6017 also before the first
// offer, when there are no slots; 9002.
func (s *Service) SetViews(ctx context.Context, who call.Caller, req *wire.SetViews) (wire.Empty, error) {
	if err := checkViews(req.Views, s.options.MaxSlots); err != nil {
		return wire.Empty{}, err
	}
	var conn *connection
	err := s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		if conn = m.conn; conn == nil {
			return call.Errorf(call.CodeInvalidParameter, "there are no slots in room %s before an offer; send one with room.offer", r.id)
		}
		return nil
	})
	if err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, conn.use(ctx, func(p call.Peer) error { return p.SetViews(req.Views) })
}

// CloseRoom closes one room for everybody (an operator's request). Errors:
// 6017, 9003 if there is no such room.
func (s *Service) CloseRoom(ctx context.Context, id call.RoomID, result call.Result) error {
	return s.operate(ctx, id, func(r *room) error {
		s.log.Info("room closed", "room", id, "result", result)
		r.close(result, reasonClosed)
		return nil
	})
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

// Stats are how much is going on.
type Stats struct {
	Rooms        int // with somebody in them
	Participants int // announced or not
}

// Stats counts rooms and participants.
func (s *Service) Stats() Stats {
	var st Stats
	for _, r := range s.all() {
		if n := int(r.population.Load()); n > 0 {
			st.Rooms++
			st.Participants += n
		}
	}
	return st
}

func (r *room) state() wire.RoomState {
	return wire.RoomState{RoomID: r.id, Info: r.info(), Users: r.usersBut(nil), Waiting: r.waiting(), Hands: slices.Clone(r.hands)}
}

// Room returns one room that somebody is in. Errors: 6017, 9003.
func (s *Service) Room(ctx context.Context, id call.RoomID) (state wire.RoomState, err error) {
	err = s.operate(ctx, id, func(r *room) error {
		state = r.state()
		return nil
	})
	return state, err
}

// Rooms lists the rooms somebody is in, in no order. Rooms that come or go
// meanwhile may be missing.
func (s *Service) Rooms(ctx context.Context) ([]wire.RoomState, error) {
	var states []wire.RoomState
	for _, r := range s.all() {
		err := r.do(ctx, func() error {
			if len(r.members) > 0 {
				states = append(states, r.state())
			}
			return nil
		})
		if err != nil && !errors.Is(err, actor.ErrClosed) {
			return nil, err
		}
	}
	return states, nil
}
