package room

import (
	"context"
	"slices"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// maxHands is how many hands may be up at once: the list of them goes to
// everybody whenever it changes.
const maxHands = 100

// handOf is the place of a user's hand among those raised, -1 if it is down.
func (r *room) handOf(user call.UserID) int {
	return slices.IndexFunc(r.hands, func(h wire.Hand) bool { return h.UserID == user })
}

// lowerHand takes a user's hand down and tells everybody, if it was up.
func (r *room) lowerHand(user call.UserID) {
	i := r.handOf(user)
	if i < 0 {
		return
	}
	r.hands = slices.Delete(r.hands, i, i+1)
	r.tellHands()
}

func (r *room) tellHands() {
	if r.crowded() {
		r.crowd.hands = true
		r.gather()
		return
	}
	r.tell(nil, r.handsEvent())
}

func (r *room) handsEvent() wire.HandsChanged {
	return wire.HandsChanged{RoomID: r.id, Hands: slices.Clone(r.hands)}
}

// RaiseHand raises or lowers one's own hand. Errors: 6017, 9002, 9005 when too
// many are up.
func (s *Service) RaiseHand(ctx context.Context, who call.Caller, req *wire.RaiseHand) (wire.Empty, error) {
	return wire.Empty{}, s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		up := r.handOf(m.user) >= 0
		switch {
		case up == req.Raised:
			return nil
		case !req.Raised:
			r.lowerHand(m.user)
			return nil
		case len(r.hands) >= maxHands:
			return call.Errorf(call.CodeRateLimited, "%d hands are up in room %s, which is the limit; wait until one is lowered", maxHands, r.id)
		}
		if err := r.broadcast(who); err != nil {
			return err
		}
		r.hands = append(r.hands, wire.Hand{UserID: m.user, RaisedAt: now()})
		r.tellHands()
		return nil
	})
}

// LowerHand lowers somebody's hand, or all. Hosts and operators may. Errors:
// 6017, 9002, 9003, 10007.
func (s *Service) LowerHand(ctx context.Context, who call.Caller, req *wire.LowerHand) (wire.Empty, error) {
	return wire.Empty{}, s.asHost(ctx, who, req.RoomID, func(r *room) error {
		switch {
		case req.UserID != "":
			r.lowerHand(req.UserID)
		case len(r.hands) > 0:
			r.hands = nil
			r.tellHands()
		}
		return nil
	})
}
