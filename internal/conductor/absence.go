package conductor

import (
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
)

// absences are the users who ring others and have no session, each with the
// timer that ends their ringing if they do not come back.
type absences map[call.UserID]*time.Timer

// watchInviter ends the ringing of a call whose inviter has no session and is
// not in the room, if they are not back within the grace period.
func (k *Conductor) watchInviter(l *live) {
	user := l.Inviter
	if l.State != call.StateRinging || k.absent[user] != nil || k.notify.Online(user) {
		return
	}
	k.absent[user] = time.AfterFunc(inviterGrace, func() {
		k.loop.Post(func(tx *commit.Tx) { k.inviterGone(tx, user) })
	})
}

// inviterGone ends what a user rings who has not come back.
func (k *Conductor) inviterGone(tx *commit.Tx, user call.UserID) {
	delete(k.absent, user)
	if k.notify.Online(user) {
		return // in the same instant, and first
	}
	for _, l := range sorted(k.byUser[user]) {
		if l.Inviter == user && l.State == call.StateRinging {
			k.apply(tx, l, call.InviterGone{At: now()})
		}
	}
}

// SessionGone says that a session of the user is no longer connected.
func (k *Conductor) SessionGone(user call.UserID) {
	k.loop.Post(func(*commit.Tx) {
		for _, l := range k.byUser[user] {
			if l.Inviter == user {
				k.watchInviter(l)
			}
		}
	})
}

// SessionBack says that a session of the user is connected. The next time they
// are gone, the grace period begins anew.
func (k *Conductor) SessionBack(user call.UserID) {
	k.loop.Post(func(*commit.Tx) {
		if t := k.absent[user]; t != nil {
			t.Stop()
			delete(k.absent, user)
		}
	})
}
