package room

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"callsvc/call"
	"callsvc/internal/actor"
	"callsvc/signaling/wire"
)

// room is one room. Everything but population, present, opener and gone
// belongs to the loop.
type room struct {
	id   call.RoomID
	svc  *Service
	loop *actor.Loop

	scene    string // of whoever entered first
	members  map[call.UserID]*member
	order    []*member                   // the same, the longest present first
	entered  uint64                      // how many have come so far
	retiring map[call.UserID]*connection // the last connection of each user that is not closed yet

	course

	population atomic.Int32
	present    sync.Map                    // members' user ids, for Belongs
	opener     atomic.Pointer[call.UserID] // who entered first
	gone       chan struct{}               // closed once the room is over
}

// course is what a room has come to since somebody entered it first. It is over
// when the last has left.
type course struct {
	createdAt  call.Millis
	settings   settings
	hostsTold  []call.UserID
	visitors   []visitor // who waits to be let in, in the order they came
	guestsWait bool      // a guest was kicked out: others have to be admitted
	passes     ledger[pass]
	kicked     ledger[struct{}]  // who has to be admitted before they come back
	muted      ledger[streamSet] // of those who left while a host had them muted
	hands      []wire.Hand       // as they were raised
	chat       chat
	crowd      crowd
}

func newRoom(s *Service, id call.RoomID) *room {
	return &room{
		id: id, svc: s, loop: actor.New(), gone: make(chan struct{}),
		members: map[call.UserID]*member{}, retiring: map[call.UserID]*connection{},
	}
}

// do runs f on the actor and waits. A room that is gone answers actor.ErrClosed.
func (r *room) do(ctx context.Context, f func() error) error {
	var result error
	err := r.loop.Do(ctx, func() {
		if r.isGone() {
			result = actor.ErrClosed
			return
		}
		result = f()
	})
	if err != nil {
		return err
	}
	return result
}

func (r *room) isGone() bool {
	select {
	case <-r.gone:
		return true
	default:
		return false
	}
}

// endIfEmpty ends a room that has neither members nor media any more.
func (r *room) endIfEmpty() {
	if r.isGone() || len(r.members) > 0 || len(r.retiring) > 0 {
		return
	}
	r.svc.drop(r)
	close(r.gone)
	r.loop.Stop()
}

// send tells one member.
func (r *room) send(m *member, ev wire.Event) {
	if !m.holding {
		r.svc.notifier.NotifySession(m.session, ev)
		return
	}
	m.held = append(m.held, ev)
	if len(m.held) >= maxHeld {
		r.release(m)
	}
}

// release sends what was held back for a member and holds nothing back any more.
func (r *room) release(m *member) {
	held := m.held[m.outdated:]
	m.holding, m.held, m.outdated = false, nil, 0
	for _, ev := range held {
		r.send(m, ev)
	}
}

// tell tells everybody but the one the news is about.
func (r *room) tell(about *member, ev wire.Event) {
	r.tellThose(ev, func(m *member) bool { return m != about })
}

// tellThose tells the members that are wanted, in one go.
func (r *room) tellThose(ev wire.Event, wanted func(*member) bool) {
	sessions := make([]call.SessionID, 0, len(r.members))
	for _, m := range r.order {
		switch {
		case !wanted(m):
		case m.holding:
			r.send(m, ev)
		default:
			sessions = append(sessions, m.session)
		}
	}
	if len(sessions) > 0 {
		r.svc.notifier.NotifySessions(sessions, ev)
	}
}

// announce makes a member's presence known.
func (r *room) announce(m *member, at call.Millis) {
	m.enteredAt = at
	r.tellOf(m, wire.RemoteUserEnterRoom{RoomID: r.id, UserID: m.user, User: m.name, Role: m.role, At: at})
	r.svc.observer.UserEntered(r.id, r.scene, m.user, at, m.meter.Summary)
	r.tellAvailability(m)
}

// withdraw makes known that a member is gone, if their presence was.
func (r *room) withdraw(m *member, reason call.LeaveReason, at call.Millis) {
	if !m.announced() {
		return
	}
	at = max(at, m.enteredAt)
	m.enteredAt, m.downAt, m.offstage = 0, 0, false
	r.tellOf(m, wire.RemoteUserLeaveRoom{RoomID: r.id, UserID: m.user, Reason: reason, At: at})
	r.svc.observer.UserLeft(r.id, m.user, reason, at)
}

// tellAvailability tells the others what has changed in a member's streams.
func (r *room) tellAvailability(m *member) {
	for i := range m.available {
		available := m.available[i] && m.announced() && m.forwarded()
		if available != m.told[i] {
			m.told[i] = available
			r.tellOf(m, availabilityEvent(i, r.id, m.user, available))
		}
	}
}

// leave takes a member out of the room.
func (r *room) leave(m *member, reason call.LeaveReason, at call.Millis) {
	r.remove(m)
	r.withdraw(m, reason, at)
	if len(r.members) == 0 {
		r.dismissAll(reasonClosed)
		r.forgetCrowd()
		r.course = course{}
		r.endIfEmpty()
		return
	}
	if reason == call.LeaveLost {
		r.passes.put(m.user, pass{until: at.Add(graceOfLost), host: m.isHost()})
	}
	if m.muted != (streamSet{}) {
		r.muted.put(m.user, m.muted)
	}
	r.lowerHand(m.user)
	r.appointHost(nil)
	r.tellHosts("", nil)
}

// expel takes a member out against their will and tells them so.
func (r *room) expel(m *member, why string, reason call.LeaveReason, at call.Millis) {
	r.svc.notifier.NotifySession(m.session, wire.KickedOut{RoomID: r.id, Reason: why})
	r.leave(m, reason, at)
}

// The reasons of onKickedOut.
const (
	kickedByHost      = "kick"
	kickedOtherDevice = "otherDevice"
	kickedLost        = "lost"
)

// The reasons of onRoomClosed.
const (
	reasonClosed    = "closed"
	reasonDrain     = "serverDrain"
	reasonDismissed = "dismissed"
)

// remove forgets a member and ends their media.
func (r *room) remove(m *member) {
	delete(r.members, m.user)
	i, _ := slices.BinarySearchFunc(r.order, m.ordinal, func(m *member, ordinal uint64) int { return cmp.Compare(m.ordinal, ordinal) })
	r.order = slices.Delete(r.order, i, i+1)
	r.present.Delete(m.user)
	r.population.Add(-1)
	r.svc.sessions.unbind(m.session, r)
	r.retire(m)
	if m.timer != nil {
		m.timer.Stop()
	}
}

// close takes everybody out and tells them why.
func (r *room) close(result call.Result, why string) {
	if r.isGone() {
		return
	}
	at, reason := now(), call.LeaveKicked
	if result == call.ResultServerDrain {
		reason = call.LeaveDrain
	}
	if len(r.members) > 0 {
		r.svc.observer.RoomClosed(r.id, result, at)
	}
	for _, m := range slices.Clone(r.order) {
		r.svc.notifier.NotifySession(m.session, wire.RoomClosed{RoomID: r.id, Reason: why})
		r.remove(m)
		if m.announced() {
			r.svc.observer.UserLeft(r.id, m.user, reason, max(at, m.enteredAt))
		}
	}
	r.dismissAll(why)
	r.forgetCrowd()
	r.course = course{}
	r.endIfEmpty()
}
