package room

import (
	"context"
	"slices"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// MayInvite says whether the caller may make links into a room: its hosts, in a
// meeting everybody but guests, and operators, whether anybody is in it or not.
// Errors: 6017, 9002, 10007.
func (s *Service) MayInvite(ctx context.Context, who call.Caller, id call.RoomID) error {
	switch {
	case !id.Valid():
		return errRoomID(id)
	case who.Admin:
		return nil
	}
	return s.inRoom(ctx, who, id, func(r *room, m *member) error {
		if m.isHost() || r.scene == SceneMeeting && !m.guest {
			return nil
		}
		return call.Errorf(call.CodeGroupPermission, "only a host of room %s may make links into it; ask one of them", id)
	})
}

// IsHost says whether the caller may use the host tools of a room: operators
// may, whether anybody is in it or not, and nobody else who is not in it. Errors:
// 6017.
func (s *Service) IsHost(ctx context.Context, who call.Caller, id call.RoomID) (host bool, err error) {
	switch {
	case !id.Valid():
		return false, errRoomID(id)
	case who.Admin:
		return true, nil
	}
	err = s.inRoom(ctx, who, id, func(_ *room, m *member) error {
		host = m.isHost()
		return nil
	})
	if call.CodeOf(err) == call.CodeNotInRoom {
		return false, nil
	}
	return host, err
}

// LinkRevoked turns away who waits to be let in by a meeting link that was
// revoked, and if asked to takes those out who came in by it, all but the caller.
// It is no error if there are none. Nobody may enter by the link any more.
func (s *Service) LinkRevoked(ctx context.Context, who call.Caller, req *wire.RevokeLink) error {
	err := s.operate(ctx, req.RoomID, func(r *room) error {
		r.turnAway(req.LinkID)
		for _, m := range slices.Clone(r.order) {
			if req.Kick && m.link == req.LinkID && m.session != who.SessionID {
				r.kick(m)
			}
		}
		return nil
	})
	if call.CodeOf(err) == call.CodeRoomClosed {
		return nil
	}
	return err
}

// turnAway sends those away who wait to be let in by a link.
func (r *room) turnAway(link call.LinkID) {
	before := len(r.visitors)
	for i := 0; i < len(r.visitors); {
		if v := r.visitors[i]; v.byLink && v.who.LinkID == link {
			r.dismiss(i, wire.LobbyDenied{RoomID: r.id})
			continue
		}
		i++
	}
	if len(r.visitors) != before {
		r.tellLobby()
	}
}
