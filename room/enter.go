package room

import (
	"context"
	"errors"
	"slices"

	"callsvc/call"
	"callsvc/internal/actor"
	"callsvc/signaling/wire"
)

// Enter takes the caller's user into a room through the caller's session, and
// answers the offer if there is one. Entering again renews the media; from
// another session it moves the membership there, and the old session is kicked
// out (otherDevice). Errors: 6017 for bad values, 9001 room full, 9004 from the
// engine, 9005 in too many rooms, 9006 draining, 9007 not let in, 9002 if the
// room was left again before the offer was answered.
func (s *Service) Enter(ctx context.Context, who call.Caller, req *wire.EnterRoom) (wire.EnterRoomResult, error) {
	if err := checkEnter(who, req); err != nil {
		return wire.EnterRoomResult{}, err
	}
	release := s.sessions.hold(who.SessionID)
	defer release()
	found, err := s.admit(ctx, who, req)
	if err != nil {
		return wire.EnterRoomResult{}, err
	}
	res := wire.EnterRoomResult{Role: found.role, Users: found.users, ServerAt: found.at}
	if found.conn != nil {
		if res.Answer, err = found.conn.begin(ctx, req.Offer, req.Send); err != nil {
			return wire.EnterRoomResult{}, err
		}
	}
	res.CallID, res.StartedAt = s.gate.CallOf(req.RoomID)
	return res, nil
}

// entry is a room as a newcomer found it.
type entry struct {
	role  string
	users []wire.RoomUser
	at    call.Millis
	conn  *connection // to be joined; nil without an offer
}

// admit asks the gate and registers the newcomer. It begins again if the room
// changed under the question.
func (s *Service) admit(ctx context.Context, who call.Caller, req *wire.EnterRoom) (entry, error) {
	for {
		occupied := s.occupied(req.RoomID)
		if !s.gate.MayEnter(who, req.RoomID, occupied) {
			if s.occupied(req.RoomID) != occupied {
				continue
			}
			return entry{}, call.Errorf(call.CodeRoomForbidden,
				"user %s may not enter room %s: it takes an invitation to it, or a token that names it", who.UserID, req.RoomID)
		}
		r, err := s.open(req.RoomID)
		if err != nil {
			return entry{}, err
		}
		var found entry
		err = r.do(ctx, func() (err error) {
			found, err = r.enter(who, req, occupied)
			return err
		})
		switch {
		case err == nil:
			return found, nil
		case errors.Is(err, actor.ErrClosed), errors.Is(err, errAskAgain):
			continue
		}
		r.loop.Post(r.endIfEmpty) // it may have been opened for this one
		return entry{}, err
	}
}

func (s *Service) occupied(id call.RoomID) bool {
	r := s.find(id)
	return r != nil && r.population.Load() > 0
}

// enter registers a member and takes their picture of the room, at one instant.
func (r *room) enter(who call.Caller, req *wire.EnterRoom, occupied bool) (entry, error) {
	at := now()
	m := r.members[who.UserID]
	var err error
	switch {
	case m == nil:
		m, err = r.admit(who, req.Scene, occupied)
	case m.session != who.SessionID:
		err = r.move(m, who)
	}
	if err != nil {
		return entry{}, err
	}
	r.renew(m, req.Offer != "", at)
	return entry{role: m.role, users: r.usersBut(m), at: at, conn: m.conn}, nil
}

// admit makes somebody a member.
func (r *room) admit(who call.Caller, scene string, occupied bool) (*member, error) {
	first := len(r.members) == 0
	switch {
	case !first && !occupied:
		return nil, errAskAgain
	case first && r.svc.isDraining():
		return nil, errDraining()
	case len(r.members) >= r.svc.options.MaxParticipants:
		return nil, call.Errorf(call.CodeRoomFull, "room %s has %d people in it, which is its limit", r.id, len(r.members))
	}
	if err := r.svc.sessions.bind(who.SessionID, r); err != nil {
		return nil, err
	}
	if first {
		r.opener.Store(&who.UserID)
		if r.scene = scene; scene == "" {
			r.scene = SceneCall
		}
	}
	r.entered++
	m := &member{
		user: who.UserID, name: who.Name, session: who.SessionID, ordinal: r.entered,
		role: r.newcomerRole(), meter: &meter{},
	}
	m.mayPublish = m.role != RoleAudience
	r.members[m.user] = m
	r.present.Store(m.user, struct{}{})
	r.population.Add(1)
	return m, nil
}

// move gives a membership to another session of the same user. What the old
// one had muted is not muted on the new one.
func (r *room) move(m *member, who call.Caller) error {
	if err := r.svc.sessions.bind(who.SessionID, r); err != nil {
		return err
	}
	r.svc.sessions.unbind(m.session, r)
	r.svc.notifier.NotifySession(m.session, wire.KickedOut{RoomID: r.id, Reason: kickedOtherDevice})
	m.session, m.answered, m.publishing = who.SessionID, false, call.Publishing{}
	return nil
}

// renew begins a member's media, or their stay without media. The others see
// the same stay go on.
func (r *room) renew(m *member, offered bool, at call.Millis) {
	r.retire(m)
	m.available = [streams]bool{}
	r.tellAvailability(m)
	m.hasMedia, m.holding, m.outdated = offered, offered, len(m.held)
	if offered {
		r.newConnection(m)
		m.connectingAt = at
		if m.announced() && m.downAt == 0 {
			m.downAt = at
		}
	} else {
		m.answered, m.connectingAt, m.downAt = true, 0, 0
		m.held, m.outdated = nil, 0
		if !m.announced() {
			r.announce(m, at)
		}
	}
	r.reckon(m)
}

// usersBut lists those who have been announced, the longest present first.
func (r *room) usersBut(but *member) []wire.RoomUser {
	announced := r.announcedBut(but)
	users := make([]wire.RoomUser, len(announced))
	for i, m := range announced {
		users[i] = m.roomUser()
	}
	return users
}

func (r *room) announcedBut(but *member) []*member {
	var list []*member
	for _, m := range r.members {
		if m != but && m.announced() {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *member) int { return int(a.ordinal) - int(b.ordinal) })
	return list
}

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
