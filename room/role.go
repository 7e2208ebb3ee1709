package room

import (
	"context"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// hosted reports whether a scene has a host who says who may publish.
func hosted(scene string) bool { return scene == SceneClass || scene == SceneVoice }

// hasHost reports whether anybody but one is host.
func (r *room) hasHost(but *member) bool {
	for _, m := range r.members {
		if m != but && m.role == RoleHost {
			return true
		}
	}
	return false
}

// newcomerRole is the role of somebody who enters now.
func (r *room) newcomerRole() string {
	switch {
	case !hosted(r.scene):
		return RoleAnchor
	case r.hasHost(nil):
		return RoleAudience
	}
	return RoleHost
}

// appointHost makes the longest present host if a hosted room has none; one
// who has just stepped down is passed over, those announced come first.
func (r *room) appointHost(passed *member) {
	if !hosted(r.scene) || r.hasHost(nil) {
		return
	}
	var heir *member
	for _, m := range r.members {
		if m != passed && (heir == nil || before(m, heir)) {
			heir = m
		}
	}
	if heir == nil {
		return
	}
	r.setRole(heir, RoleHost)
	if c := heir.conn; c != nil {
		// Nobody waits for this one, and it ends with c. A failure means that the
		// member or the room is gone.
		r.svc.tasks.Go(func() {
			if err := c.settle(context.Background()); err != nil {
				r.svc.log.Debug("forward the new host", "room", r.id, "user", heir.user, "err", err)
			}
		})
	}
}

func before(a, b *member) bool {
	if a.announced() != b.announced() {
		return a.announced()
	}
	return a.ordinal < b.ordinal
}

// setRole gives a member a role and tells everybody.
func (r *room) setRole(m *member, role string) {
	m.mayPublish = m.mayPublish || role != RoleAudience
	if m.role == role {
		return
	}
	m.role = role
	ev := wire.UserRoleChanged{RoomID: r.id, UserID: m.user, Role: role}
	r.send(m, ev)
	if m.announced() {
		r.tell(m, ev)
	}
	r.tellAvailability(m)
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
		if m.role != RoleHost {
			return call.Errorf(call.CodePublishForbidden, "only a host of room %s sets roles", r.id)
		}
		target := r.members[req.UserID]
		if target == nil {
			return call.Errorf(call.CodeNotInRoom, "user %.40q is not in room %s", string(req.UserID), r.id)
		}
		conn = target.conn
		target.mayPublish = false
		r.setRole(target, req.Role)
		r.appointHost(target)
		return nil
	})
	if err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, conn.settle(ctx)
}
