package room

import (
	"context"
	"slices"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// isHost reports whether a member may use the host tools: the hosts of a class
// or a voice room have that role, those of a call or a meeting are anchors.
func (m *member) isHost() bool { return m.host || m.role == RoleHost }

// hasHost reports whether anybody is host.
func (r *room) hasHost() bool {
	return slices.ContainsFunc(r.order, (*member).isHost)
}

// hosts lists the hosts, the longest present first.
func (r *room) hosts() []*member {
	var list []*member
	for _, m := range r.order {
		if m.isHost() {
			list = append(list, m)
		}
	}
	return list
}

// appointHost makes the longest present host if the room has none; one who has
// just stepped down is passed over, those announced come first, guests last. Who
// comes by WHIP or WHEP has no host tools and is never appointed.
func (r *room) appointHost(passed *member) {
	if r.hasHost() {
		return
	}
	var heir *member
	for _, m := range r.order {
		if m != passed && !m.unattended && (heir == nil || before(m, heir)) {
			heir = m
		}
	}
	if heir == nil {
		return
	}
	r.makeHost(heir)
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
	switch {
	case a.announced() != b.announced():
		return a.announced()
	case a.guest != b.guest:
		return b.guest
	}
	return a.ordinal < b.ordinal
}

// makeHost makes a member host, as the scene has it.
func (r *room) makeHost(m *member) {
	if hosted(r.scene) {
		r.setRole(m, RoleHost)
	} else {
		m.host = true
	}
}

// stepDown makes a host none.
func (r *room) stepDown(m *member) {
	if m.host = false; m.role == RoleHost {
		r.setRole(m, RoleAnchor)
	}
}

// tellHosts tells everybody but one who the hosts are if they are others than
// was last told, and new hosts who waits for them. Who is left alone in a call
// hangs up next: they hear of it when somebody else comes.
func (r *room) tellHosts(by call.UserID, but *member) {
	hosts := r.hosts()
	ids := make([]call.UserID, len(hosts))
	for i, m := range hosts {
		ids[i] = m.user
	}
	leftAlone := but == nil && r.scene == SceneCall && len(r.members) == 1 && len(r.visitors) == 0
	if leftAlone || slices.Equal(ids, r.hostsTold) {
		return
	}
	before := r.hostsTold
	r.hostsTold = ids
	r.tellInfo(by, but)
	if len(r.visitors) == 0 {
		return
	}
	for _, m := range hosts {
		if m != but && !slices.Contains(before, m.user) {
			r.send(m, wire.LobbyChanged{RoomID: r.id, Waiting: r.waiting()})
		}
	}
}

// SetHost makes somebody host or no host any more; in a class or a voice room
// that is their role. Hosts and operators may. Errors: 6017 for the only one in
// the room, 9002, 9003, 9005, 10007.
func (s *Service) SetHost(ctx context.Context, who call.Caller, req *wire.SetHost) (wire.Empty, error) {
	var conn *connection
	err := s.asHost(ctx, who, req.RoomID, func(r *room) error {
		m, err := r.find(req.UserID)
		if err == nil && m.isHost() != req.Host {
			err = r.broadcast(who)
		}
		switch {
		case err != nil:
			return err
		case req.Host:
			r.makeHost(m)
		case len(r.members) == 1:
			return call.Errorf(call.CodeInvalidParameter, "nobody else is in room %s who could be its host", r.id)
		case m.isHost():
			r.stepDown(m)
			r.appointHost(m)
		}
		conn = m.conn
		r.tellHosts(who.UserID, nil)
		return nil
	})
	if err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, conn.settle(ctx)
}

// Dismiss ends a room for everybody in it; who waits in its lobby is sent away.
// Hosts and operators may. A call ends when people hang up, not when one of them
// would have it so. Errors: 6017, 9002, 9003, 10007 also for a room of scene call.
func (s *Service) Dismiss(ctx context.Context, who call.Caller, req *wire.DismissRoom) (wire.Empty, error) {
	return wire.Empty{}, s.asHost(ctx, who, req.RoomID, func(r *room) error {
		if r.scene == SceneCall && !who.Admin {
			return call.Errorf(call.CodeGroupPermission, "room %s is a call, which goes on until people hang up; leave it with room.exit", r.id)
		}
		s.log.Info("room dismissed", "room", r.id, "by", who.UserID)
		r.close(call.ResultRoomClosed, reasonDismissed)
		return nil
	})
}

// Kick takes a user out of a room. They stay out until a host admits them; as a
// guest could come back by another name, from then on guests wait until they
// are admitted. Hosts and operators may. Errors: 6017 for oneself, 9002, 9003, 10007.
func (s *Service) Kick(ctx context.Context, who call.Caller, req *wire.KickUser) (wire.Empty, error) {
	return wire.Empty{}, s.asHost(ctx, who, req.RoomID, func(r *room) error {
		m, err := r.find(req.UserID)
		switch {
		case err != nil:
			return err
		case m.session == who.SessionID:
			return call.Errorf(call.CodeInvalidParameter, "one leaves by room.exit")
		}
		s.log.Info("member kicked", "room", r.id, "user", m.user, "by", who.UserID)
		r.guestsWait = r.guestsWait || m.guest
		r.kick(m)
		return nil
	})
}

// kick takes a member out until a host admits them.
func (r *room) kick(m *member) {
	r.kicked.put(m.user, struct{}{})
	r.passes.drop(m.user)
	r.expel(m, kickedByHost, call.LeaveKicked, now())
}
