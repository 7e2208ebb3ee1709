package room

import (
	"context"
	"errors"

	"callsvc/call"
	"callsvc/internal/actor"
	"callsvc/signaling/wire"
)

// maxNamed is how many people in a room are told by name to who stands before it.
const maxNamed = 5

// FetchInfo says what a room is like to who may enter it and has not: how many
// are in it and who, the longest present first. Who would have to wait to be let
// in is told that and no more. Errors: 6017, 9007 for who may not enter.
func (s *Service) FetchInfo(ctx context.Context, who call.Caller, id call.RoomID) (res wire.FetchRoomInfoResult, err error) {
	res.Users = []wire.UserName{}
	if !id.Valid() {
		return res, errRoomID(id)
	}
	byLink, err := s.mayEnter(ctx, who, id, s.occupied(id))
	r := s.find(id)
	if err != nil || r == nil {
		return res, err
	}
	err = r.do(ctx, func() error {
		r.seenFromOutside(who, byLink, &res)
		return nil
	})
	if errors.Is(err, actor.ErrClosed) { // the last has left meanwhile
		return res, nil
	}
	return res, err
}

func (r *room) seenFromOutside(who call.Caller, byLink bool, res *wire.FetchRoomInfoResult) {
	own := r.members[who.UserID]
	if len(r.members) == 0 {
		return
	}
	res.Open = true
	if own == nil && r.mustAsk(who, byLink, now()) {
		res.Waits = true
		return
	}
	others := r.announcedBut(own)
	res.Name, res.Count = r.settings.name, len(others)
	for _, m := range others[:min(len(others), maxNamed)] {
		res.Users = append(res.Users, wire.UserName{UserID: m.user, Name: m.name})
	}
}
