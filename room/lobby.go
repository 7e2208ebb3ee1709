package room

import (
	"context"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/wire"
)

const (
	// maxWaiting is how many people may wait to be let into one room.
	maxWaiting = 100
	// admittedFor is how long one who was admitted may take to come in.
	admittedFor = 5 * time.Minute
	// graceOfLost is how long one who was lost may come back as what they were:
	// as long as a session may be resumed.
	graceOfLost = 60 * time.Second
)

// knocks is how often one user may ask to be let in.
func knocks() limit.Rate { return limit.Rate{PerSecond: 0.2, Burst: 10} }

// visitor is somebody who waits to be let in, through one session.
type visitor struct {
	who    call.Caller
	byLink bool
	at     call.Millis
}

// pass lets somebody come in without asking.
type pass struct {
	until call.Millis
	host  bool // they were host and are again
}

// pass returns the pass of a user, the zero pass if they have none.
func (r *room) pass(user call.UserID, at call.Millis) pass {
	if p, ok := r.passes.get(user); ok && at < p.until {
		return p
	}
	return pass{}
}

// mustAsk reports whether somebody who is not in the room has to be admitted.
// byLink says that nothing but a meeting link brings them here. Where there is
// no host to ask, only those who were kicked out are kept waiting for one.
func (r *room) mustAsk(who call.Caller, byLink bool, at call.Millis) bool {
	switch {
	case who.Admin, len(r.members) == 0, r.pass(who.UserID, at) != pass{}:
		return false
	case r.kicked.has(who.UserID):
		return true
	case !r.hasHost():
		return false
	}
	return r.settings.locked || byLink && r.settings.lobby || who.Guest && r.guestsWait
}

// knock puts somebody among those who wait. Who waits already keeps their
// place, also through another session.
func (r *room) knock(who call.Caller, byLink bool, at call.Millis) error {
	i := r.visitorOf(who.UserID)
	if i >= 0 && r.visitors[i].who.SessionID == who.SessionID {
		return nil
	}
	if wait := r.svc.knocks.Take(who.UserID, 1, at.Time()); wait > 0 {
		return call.Errorf(call.CodeRateLimited, "you have asked to be let in too often: wait").After(wait)
	}
	if i < 0 && len(r.visitors) >= maxWaiting {
		return call.Errorf(call.CodeRoomFull, "%d people wait to be let into room %s, which is the limit; try again later", maxWaiting, r.id)
	}
	if err := r.svc.sessions.bind(who.SessionID, r); err != nil {
		return err
	}
	if i >= 0 {
		old := &r.visitors[i]
		r.svc.sessions.unbind(old.who.SessionID, r)
		r.svc.notifier.NotifySession(old.who.SessionID, wire.KickedOut{RoomID: r.id, Reason: kickedOtherDevice})
		old.who, old.byLink = who, byLink
		return nil
	}
	r.visitors = append(r.visitors, visitor{who: who, byLink: byLink, at: at})
	r.tellLobby()
	return nil
}

// visitorOf is the place of a user among those who wait, -1 if they do not.
func (r *room) visitorOf(user call.UserID) int {
	return slices.IndexFunc(r.visitors, func(v visitor) bool { return v.who.UserID == user })
}

// dismiss takes one of those who wait out, with word to their session if there
// is any.
func (r *room) dismiss(i int, word wire.Event) {
	v := r.visitors[i]
	r.visitors = slices.Delete(r.visitors, i, i+1)
	r.svc.sessions.unbind(v.who.SessionID, r)
	if word != nil {
		r.svc.notifier.NotifySession(v.who.SessionID, word)
	}
}

// dismissSession takes out who waits through a session, and reports whether
// anybody did.
func (r *room) dismissSession(id call.SessionID) bool {
	i := slices.IndexFunc(r.visitors, func(v visitor) bool { return v.who.SessionID == id })
	if i < 0 {
		return false
	}
	r.dismiss(i, nil)
	r.tellLobby()
	return true
}

// dismissAll sends everybody away who waits, as the room is over.
func (r *room) dismissAll(why string) {
	for len(r.visitors) > 0 {
		r.dismiss(0, wire.RoomClosed{RoomID: r.id, Reason: why})
	}
}

// letIn admits those who need not wait any more.
func (r *room) letIn() {
	before, at := len(r.visitors), now()
	for i := 0; i < len(r.visitors); {
		if v := r.visitors[i]; r.mustAsk(v.who, v.byLink, at) {
			i++
			continue
		}
		r.admitVisitor(i, at)
	}
	if len(r.visitors) != before {
		r.tellLobby()
	}
}

func (r *room) admitVisitor(i int, at call.Millis) {
	r.passes.put(r.visitors[i].who.UserID, pass{until: at.Add(admittedFor)})
	r.dismiss(i, wire.Admitted{RoomID: r.id})
}

// waiting lists those who wait, in the order they came.
func (r *room) waiting() []wire.WaitingUser {
	list := make([]wire.WaitingUser, len(r.visitors))
	for i, v := range r.visitors {
		list[i] = wire.WaitingUser{UserID: v.who.UserID, Name: v.who.Name, Guest: v.who.Guest, At: v.at}
	}
	return list
}

// tellLobby tells the hosts who waits.
func (r *room) tellLobby() {
	ev := wire.LobbyChanged{RoomID: r.id, Waiting: r.waiting()}
	for _, m := range r.hosts() {
		r.send(m, ev)
	}
}

// Admit lets in somebody who waits, or who was kicked out; or it turns away
// somebody who waits. Hosts and operators may. Errors: 6017, 9002 if the user
// does neither, 9003, 10007.
func (s *Service) Admit(ctx context.Context, who call.Caller, req *wire.Admit) (wire.Empty, error) {
	return wire.Empty{}, s.asHost(ctx, who, req.RoomID, func(r *room) error {
		i, at := r.visitorOf(req.UserID), now()
		if i < 0 && !(req.Admit && r.kicked.has(req.UserID)) {
			return call.Errorf(call.CodeNotInRoom, "user %.40q does not wait to be let into room %s", string(req.UserID), r.id)
		}
		if req.Admit {
			r.kicked.drop(req.UserID)
		}
		switch {
		case i < 0:
			return nil
		case req.Admit:
			r.admitVisitor(i, at)
		default:
			r.dismiss(i, wire.LobbyDenied{RoomID: r.id})
		}
		r.tellLobby()
		return nil
	})
}
