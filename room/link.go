package room

import (
	"context"

	"callsvc/call"
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
