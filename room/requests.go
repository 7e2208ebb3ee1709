package room

import (
	"context"

	"callsvc/call"
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
		return r.setPublishing(m, req.Publishing)
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
