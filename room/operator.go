package room

import (
	"context"
	"errors"
	"slices"

	"callsvc/call"
	"callsvc/internal/actor"
	"callsvc/signaling/wire"
)

// CloseRoom closes one room for everybody (an operator's request). Errors:
// 6017, 9003 if there is no such room.
func (s *Service) CloseRoom(ctx context.Context, id call.RoomID, result call.Result) error {
	return s.operate(ctx, id, func(r *room) error {
		s.log.Info("room closed", "room", id, "result", result)
		r.close(result, reasonClosed)
		return nil
	})
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
