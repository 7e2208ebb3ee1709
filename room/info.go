package room

import (
	"context"
	"strings"
	"unicode"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// maxNameBytes bounds the name of a room.
const maxNameBytes = 200

// settings are what hosts have set up. They end with the room.
type settings struct {
	name                                   string
	locked, lobby, mutedOnEntry, keepMuted bool
}

// info is the room as everybody in it may know it.
func (r *room) info() wire.RoomInfo {
	set := r.settings
	info := wire.RoomInfo{
		Name: set.name, Scene: r.scene, Locked: set.locked, Lobby: set.lobby,
		MutedOnEntry: set.mutedOnEntry, KeepMuted: set.keepMuted,
		Hosts: []call.UserID{}, CreatedAt: r.createdAt,
	}
	for _, m := range r.hosts() {
		info.Hosts = append(info.Hosts, m.user)
	}
	return info
}

// tellInfo tells everybody but one how the room is set up now.
func (r *room) tellInfo(by call.UserID, but *member) {
	if r.crowded() {
		r.crowd.info, r.crowd.infoBy = true, by
		r.gather()
		return
	}
	r.tell(but, r.infoEvent(by))
}

func (r *room) infoEvent(by call.UserID) wire.RoomInfoChanged {
	return wire.RoomInfoChanged{RoomID: r.id, Info: r.info(), OpUser: by}
}

// SetInfo changes how a room is set up, and lets in who need not wait any more.
// Hosts and operators may. Errors: 6017, 9002, 9003,
// 9005, 10007.
func (s *Service) SetInfo(ctx context.Context, who call.Caller, req *wire.SetRoomInfo) (wire.Empty, error) {
	if err := checkName(req.Name); err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, s.asHost(ctx, who, req.RoomID, func(r *room) error {
		set := r.settings
		change(&set.name, req.Name)
		change(&set.locked, req.Locked)
		change(&set.lobby, req.Lobby)
		change(&set.mutedOnEntry, req.MutedOnEntry)
		change(&set.keepMuted, req.KeepMuted)
		if set == r.settings {
			return nil
		}
		if err := r.broadcast(who); err != nil {
			return err
		}
		r.settings = set
		r.tellInfo(who.UserID, nil)
		r.letIn()
		return nil
	})
}

// change sets a value to another, if there is one.
func change[V any](value, to *V) {
	if to != nil {
		*value = *to
	}
}

func checkName(name *string) error {
	switch {
	case name == nil:
		return nil
	case len(*name) > maxNameBytes:
		return call.Errorf(call.CodeInvalidParameter, "name has %d bytes; at most %d are allowed", len(*name), maxNameBytes)
	case strings.ContainsFunc(*name, unicode.IsControl):
		return call.Errorf(call.CodeInvalidParameter, "name has control characters")
	}
	return nil
}
