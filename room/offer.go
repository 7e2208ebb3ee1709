package room

import (
	"context"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// begin has the first offer of a connection answered, and undoes the connection
// if it is not.
func (c *connection) begin(ctx context.Context, offer string, send []call.Send) (string, error) {
	answer, err := c.join(ctx, offer, send)
	if err != nil {
		c.post((*room).fail)
		return "", err
	}
	err = c.ask(ctx, func(m *member) {
		m.answered = true
		m.held, m.outdated = m.held[m.outdated:], 0
	})
	return answer, err
}

// fail undoes a connection that did not come about. A session that was not in
// the room before is not in it now. One that was has the usual time to come
// back.
func (r *room) fail(m *member) {
	if !m.answered {
		r.leave(m, call.LeaveLost, now())
		return
	}
	r.retire(m)
	m.outdated = 0 // they go on from the picture they had
	r.release(m)
}

// Offer answers a later offer: more slots, a screen share, an ICE restart. It
// is also the first one of who entered without. Errors: 6017, 9002, 9004.
func (s *Service) Offer(ctx context.Context, who call.Caller, req *wire.OfferRoom) (wire.OfferRoomResult, error) {
	if req.Offer == "" {
		return wire.OfferRoomResult{}, call.Errorf(call.CodeInvalidParameter, "the offer is empty; it must be SDP")
	}
	if err := checkSend(req.Send); err != nil {
		return wire.OfferRoomResult{}, err
	}
	var conn *connection
	first := false
	err := s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		if first = m.conn == nil; first {
			m.connectingAt = now()
			r.newConnection(m)
		}
		conn = m.conn
		return nil
	})
	if err != nil {
		return wire.OfferRoomResult{}, err
	}
	var res wire.OfferRoomResult
	if first {
		res.Answer, err = conn.begin(ctx, req.Offer, req.Send)
	} else {
		err = conn.use(ctx, func(p call.Peer) (err error) {
			res.Answer, err = p.Offer(req.Offer, req.Send)
			return err
		})
	}
	return res, err
}
