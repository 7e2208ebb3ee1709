package room

import (
	"context"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// hosted reports whether a scene has a host who says who may publish.
func hosted(scene string) bool { return scene == SceneClass || scene == SceneVoice }

// newcomerRole is the role of somebody who enters a room that has a host, or
// whose host they become.
func (r *room) newcomerRole(host bool) string {
	switch {
	case !hosted(r.scene):
		return RoleAnchor
	case host:
		return RoleHost
	}
	return RoleAudience
}

// setRole gives a member a role and tells everybody. Who steps down to the
// audience has left for the others, with a reason of its own, and comes again
// when they step up (TRTC); they are in the room all the time.
func (r *room) setRole(m *member, role string) {
	m.mayPublish = m.mayPublish || role != RoleAudience
	if m.role == role {
		return
	}
	m.role = role
	ev := wire.UserRoleChanged{RoomID: r.id, UserID: m.user, Role: role}
	r.send(m, ev)
	if m.announced() {
		r.tellOf(m, ev)
	}
	if m.offstage && role != RoleAudience {
		m.offstage = false
		r.tellOf(m, wire.RemoteUserEnterRoom{RoomID: r.id, UserID: m.user, User: m.name, Role: role, At: now()})
	}
	r.tellAvailability(m)
	if m.announced() && role == RoleAudience {
		m.offstage = true
		r.tellOf(m, wire.RemoteUserLeaveRoom{RoomID: r.id, UserID: m.user, Reason: call.LeaveAudience, At: now()})
	}
}

// SwitchRole changes one's own role. To audience always; to anchor for who has
// been made one, by the scene or by a host (9008 otherwise). A host who
// switches steps down, and the longest present of the others takes over.
func (s *Service) SwitchRole(ctx context.Context, who call.Caller, req *wire.SwitchRole) (wire.Empty, error) {
	if req.Role != RoleAnchor && req.Role != RoleAudience {
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "role %.32q is neither anchor nor audience", req.Role)
	}
	var conn *connection
	err := s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		if req.Role == RoleAnchor && !m.mayPublish {
			return call.Errorf(call.CodePublishForbidden, "only a host can make you an anchor of room %s; ask them", r.id)
		}
		conn = m.conn
		r.setRole(m, req.Role)
		r.appointHost(m)
		r.tellHosts(m.user, nil)
		return nil
	})
	if err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, conn.settle(ctx)
}

// SetRole changes somebody's role. Only hosts may (9008 otherwise). A user made
// audience needs a host to become an anchor again.
func (s *Service) SetRole(ctx context.Context, who call.Caller, req *wire.SetRole) (wire.Empty, error) {
	if req.Role != RoleAnchor && req.Role != RoleAudience && req.Role != RoleHost {
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "role %.32q is none of anchor, audience, host", req.Role)
	}
	var conn *connection
	err := s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		if !hosted(r.scene) {
			return call.Errorf(call.CodePublishForbidden, "room %s is a %s, in which everybody is an anchor; room.setHost makes hosts", r.id, r.scene)
		}
		if m.role != RoleHost {
			return call.Errorf(call.CodePublishForbidden, "only a host of room %s sets roles", r.id)
		}
		target, err := r.find(req.UserID)
		if err != nil {
			return err
		}
		conn = target.conn
		target.mayPublish = false
		r.setRole(target, req.Role)
		r.appointHost(target)
		r.tellHosts(m.user, nil)
		return nil
	})
	if err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, conn.settle(ctx)
}
