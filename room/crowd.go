package room

import (
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// In a room of a thousand, telling everybody of everybody one by one is a
// million events, and as many again when the network hiccups. So in a crowd what
// changes about people is gathered for a moment, and told in one event to those
// who asked for that; whoever did not is told one by one, as ever. What is told
// whole each time, hands and the room's set-up, waits for the same moment and is
// told once; so do reactions, and of very many only the first are told.

// gatherTime is how long news are gathered in a room of so many: then a member
// gets some ten events a second, and the room tells some two thousand.
func gatherTime(members int) time.Duration {
	return max(100*time.Millisecond, time.Duration(members)*500*time.Microsecond)
}

// crowd is the news of a large room that have not been told yet.
type crowd struct {
	timer     *time.Timer // runs while there are any; nil otherwise
	left      []wire.LeftUser
	changed   map[call.UserID]struct{} // who came, or is seen or heard otherwise
	hands     bool
	info      bool
	infoBy    call.UserID // who changed it last
	reactions []wire.Reaction
}

// crowded reports whether news are gathered. While there are any untold, later
// ones queue behind them.
func (r *room) crowded() bool {
	return r.crowd.timer != nil || len(r.members) >= r.svc.options.CrowdFrom
}

// tellOf tells everybody something about a member that is also in their
// roomUser, or that they have left.
func (r *room) tellOf(about *member, ev wire.Event) {
	if !r.crowded() {
		r.tell(about, ev)
		return
	}
	r.tellThose(ev, func(m *member) bool { return m != about && !m.batch })
	if gone, ok := ev.(wire.RemoteUserLeaveRoom); ok && gone.Reason != call.LeaveAudience {
		r.crowd.left = append(r.crowd.left, wire.LeftUser{UserID: gone.UserID, Reason: gone.Reason, At: gone.At})
		delete(r.crowd.changed, about.user)
	} else {
		if r.crowd.changed == nil {
			r.crowd.changed = map[call.UserID]struct{}{}
		}
		r.crowd.changed[about.user] = struct{}{}
	}
	r.gather()
}

// gather sees to it that what was gathered is told.
func (r *room) gather() {
	if r.crowd.timer == nil {
		r.crowd.timer = time.AfterFunc(gatherTime(len(r.members)), func() { r.loop.Post(r.tellCrowd) })
	}
}

// tellCrowd tells what was gathered.
func (r *room) tellCrowd() {
	news := r.crowd
	r.crowd = crowd{}
	if len(news.left)+len(news.changed) > 0 {
		ev := wire.RemoteUsersChanged{RoomID: r.id, Left: news.left, Users: r.usersIn(news.changed)}
		r.tellThose(ev, func(m *member) bool { return m.batch })
	}
	if news.info {
		r.tell(nil, r.infoEvent(news.infoBy))
	}
	if news.hands {
		r.tell(nil, r.handsEvent())
	}
	if len(news.reactions) > 0 {
		r.tell(nil, wire.Reactions{RoomID: r.id, Reactions: news.reactions})
	}
}

// forgetCrowd drops what was gathered, as nobody is left to be told.
func (r *room) forgetCrowd() {
	if r.crowd.timer != nil {
		r.crowd.timer.Stop()
	}
	r.crowd = crowd{}
}

// usersIn lists those of a set who are announced, the longest present first.
func (r *room) usersIn(set map[call.UserID]struct{}) []wire.RoomUser {
	users := []wire.RoomUser{}
	if len(set) == 0 {
		return users
	}
	for _, m := range r.announcedBut(nil) {
		if _, in := set[m.user]; in {
			users = append(users, m.roomUser())
		}
	}
	return users
}
