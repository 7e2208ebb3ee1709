package conductor

import (
	"slices"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
)

// absences are the users who ring others and have no session.
type absences map[call.UserID]absence

// absence ends the ringing of one who does not come back in time.
type absence struct {
	until time.Time
	timer *time.Timer
}

// watchInviter ends the ringing of a call whose inviter has no session and is
// not in the room, if they are not back within the grace period.
func (k *Conductor) watchInviter(l *live) {
	user := l.Inviter
	if _, watched := k.absent[user]; watched || l.State != call.StateRinging || k.notify.Online(user) {
		return
	}
	until := time.Now().Add(inviterGrace)
	k.absent[user] = absence{until, time.AfterFunc(inviterGrace, func() { k.loop.Post(k.invitersGone) })}
}

// invitersGone ends what those ring who have not come back. After a restart
// many are due in one instant: their calls end in the order they began, for
// whoever is asked by several of them.
func (k *Conductor) invitersGone(tx *commit.Tx) {
	at := time.Now()
	var unwatched []*live
	for user, gone := range k.absent {
		if gone.until.After(at) {
			continue
		}
		gone.timer.Stop()
		delete(k.absent, user)
		if k.notify.Online(user) {
			continue // in the same instant, and first
		}
		for _, l := range k.byUser[user] {
			if l.Inviter == user && l.State == call.StateRinging {
				unwatched = append(unwatched, l)
			}
		}
	}
	slices.SortFunc(unwatched, byAge)
	for _, l := range unwatched {
		k.apply(tx, l, call.InviterGone{At: now()})
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
		if gone, watched := k.absent[user]; watched {
			gone.timer.Stop()
			delete(k.absent, user)
		}
	})
}
