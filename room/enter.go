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
	res := found.result
	if found.conn != nil {
		if res.Answer, err = found.conn.begin(ctx, req.Offer, req.Send); err != nil {
			return wire.EnterRoomResult{}, err
		}
	}
	if !res.Waiting {
		res.CallID, res.StartedAt = s.gate.CallOf(ctx, req.RoomID)
	}
	return res, nil
}

// entry is a room as a newcomer found it.
type entry struct {
	result wire.EnterRoomResult
	conn   *connection // to be joined; nil without an offer
}

// admit asks the gate and registers the newcomer. It begins again if the room
// changed under the question.
func (s *Service) admit(ctx context.Context, who call.Caller, req *wire.EnterRoom) (entry, error) {
	for {
		occupied := s.occupied(req.RoomID)
		byLink, err := s.mayEnter(ctx, who, req.RoomID, occupied)
		switch {
		case err == nil:
		case s.occupied(req.RoomID) != occupied:
			continue
		default:
			return entry{}, err
		}
		r, err := s.open(req.RoomID)
		if err != nil {
			return entry{}, err
		}
		var found entry
		err = r.do(ctx, func() (err error) {
			found, err = r.enter(who, req, occupied, byLink)
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

// mayEnter refuses who has no right to go in. byLink says that nothing but a
// meeting link gives them one.
func (s *Service) mayEnter(ctx context.Context, who call.Caller, id call.RoomID, occupied bool) (byLink bool, err error) {
	may, err := s.gate.MayEnter(ctx, who, id, occupied)
	switch {
	case err != nil:
		return false, err
	case !may && who.Link != id:
		return false, call.Errorf(call.CodeRoomForbidden,
			"user %s may not enter room %s: it takes an invitation to it, or a token that names it", who.UserID, id)
	case who.Guest && !occupied:
		return true, call.Errorf(call.CodeRoomClosed, "nobody is in room %s yet; guests come in once somebody is", id)
	}
	return who.Guest || !may, nil
}

func (s *Service) occupied(id call.RoomID) bool {
	r := s.find(id)
	return r != nil && r.population.Load() > 0
}

// enter registers a member and takes their picture of the room, at one instant;
// or it registers somebody who has to wait.
func (r *room) enter(who call.Caller, req *wire.EnterRoom, occupied, byLink bool) (entry, error) {
	at := now()
	m := r.members[who.UserID]
	var err error
	switch {
	case m == nil && len(r.members) > 0 && !occupied:
		return entry{}, errAskAgain
	case m == nil && r.mustAsk(who, byLink, at):
		waits := wire.EnterRoomResult{Waiting: true, Role: r.newcomerRole(false), ServerAt: at}
		return entry{result: waits}, r.knock(who, byLink, at)
	case m == nil:
		if m, err = r.admit(who, req.Scene, at); err == nil && byLink {
			m.link = who.LinkID
		}
	case m.session != who.SessionID:
		err = r.move(m, who)
	}
	if err != nil {
		return entry{}, err
	}
	m.batch = req.Batch
	r.renew(m, req.Offer != "", at)
	r.tellHosts("", m)
	return entry{result: r.picture(m, at), conn: m.conn}, nil
}

// picture is the room as a newcomer finds it.
func (r *room) picture(m *member, at call.Millis) wire.EnterRoomResult {
	info := r.info()
	res := wire.EnterRoomResult{
		Role: m.role, Users: r.usersBut(m), Info: &info, Hands: slices.Clone(r.hands),
		Publishing: m.publishing, ServerAt: at,
	}
	if m.isHost() && len(r.visitors) > 0 {
		res.Lobby = r.waiting()
	}
	return res
}

// admit makes somebody a member.
func (r *room) admit(who call.Caller, scene string, at call.Millis) (*member, error) {
	first := len(r.members) == 0
	switch {
	case first && r.svc.isDraining():
		return nil, errDraining()
	case len(r.members) >= r.svc.options.MaxParticipants:
		return nil, call.Errorf(call.CodeRoomFull, "room %s has %d people in it, which is its limit", r.id, len(r.members))
	}
	if i := r.visitorOf(who.UserID); i >= 0 { // they need not wait any more
		r.dismiss(i, nil)
		r.tellLobby()
	}
	if err := r.svc.sessions.bind(who.SessionID, r); err != nil {
		return nil, err
	}
	if first {
		r.opener.Store(&who.UserID)
		r.createdAt = at
		if r.scene = scene; scene == "" {
			r.scene = SceneCall
		}
	}
	host := !r.hasHost() && !who.Guest && !who.Unattended || r.pass(who.UserID, at).host
	r.entered++
	m := &member{
		user: who.UserID, name: who.Name, session: who.SessionID, ordinal: r.entered, guest: who.Guest, unattended: who.Unattended,
		role: r.newcomerRole(host), host: host && !hosted(r.scene), meter: &meter{},
	}
	m.mayPublish = m.role != RoleAudience
	if !host {
		m.mute(r.mutedFromTheStart(who.UserID))
	}
	r.passes.drop(who.UserID)
	r.muted.drop(who.UserID)
	r.members[m.user] = m
	r.order = append(r.order, m)
	r.present.Store(m.user, struct{}{})
	r.population.Add(1)
	return m, nil
}

// move gives a membership to another session of the same user. What the old
// one had muted is not muted on the new one, what a host has muted is.
func (r *room) move(m *member, who call.Caller) error {
	if err := r.svc.sessions.bind(who.SessionID, r); err != nil {
		return err
	}
	r.svc.sessions.unbind(m.session, r)
	r.svc.notifier.NotifySession(m.session, wire.KickedOut{RoomID: r.id, Reason: kickedOtherDevice})
	m.session, m.answered, m.publishing = who.SessionID, false, m.muted.off()
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
	list := make([]*member, 0, len(r.order))
	for _, m := range r.order {
		if m != but && m.announced() {
			list = append(list, m)
		}
	}
	return list
}
