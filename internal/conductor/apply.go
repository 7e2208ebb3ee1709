package conductor

import (
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// apply moves a call by one event, carries out what it asks and stores it.
func (k *Conductor) apply(tx *commit.Tx, l *live, ev call.Event) {
	for user, measure := range l.measure {
		l.Apply(call.Measured{User: user, Summary: measure()})
	}
	before := l.Statuses()
	for _, effect := range l.Apply(ev) {
		k.play(tx, l, effect)
	}
	tx.Save(call.SaveCall{Call: l.Clone()})
	k.tellChange(tx, l, before, now())
	k.arm(l)
	if l.GroupID != "" {
		k.tellGroup(tx, l.GroupID)
	}
}

// tellGroup tells a group's members of the call that runs in it: the oldest
// that somebody is in.
func (k *Conductor) tellGroup(tx *commit.Tx, group call.GroupID) {
	info := ""
	for _, l := range sorted(k.byGroup[group]) {
		if info = l.KitInfo(); info != "" {
			break
		}
	}
	k.groups.SetKitInfo(tx, group, info)
}

// play carries out one effect.
func (k *Conductor) play(tx *commit.Tx, l *live, effect call.Effect) {
	switch e := effect.(type) {
	case call.Began:
		ev := wire.CallBegin{CallID: l.CallID, RoomID: l.RoomID, Type: l.Type, StartedAt: e.At}
		users := l.UserIDs()
		tx.After(func() { k.notify.Notify(users, "", ev) })
	case call.CancelRinging:
		k.inviter.CancelRinging(tx, e.InviteIDs, l.EndedAt)
	case call.SendEnd:
		k.sendEnd(tx, l, e)
	case call.Ended:
		k.finish(tx, l)
	}
}

// sendEnd sends the final call-end invitation, under the id that a client's own
// call-end may have been given before.
func (k *Conductor) sendEnd(tx *commit.Tx, l *live, e call.SendEnd) {
	if l.EndInviteID == "" {
		l.EndInviteID = call.InviteID(newID())
	}
	inv := &call.Invitation{
		InviteID: l.EndInviteID, Inviter: e.From, GroupID: l.GroupID, Data: l.EndData(), CreatedAt: now(),
	}
	for _, u := range e.To {
		inv.Invitees = append(inv.Invitees, call.Invitee{UserID: u})
	}
	k.inviter.SendFinal(tx, inv, l.EndConversations())
}

// finish tells everyone that the record is final.
func (k *Conductor) finish(tx *commit.Tx, l *live) {
	k.drop(l)
	r := l.Record()
	users := l.UserIDs()
	ev := wire.CallEnd{
		CallID: r.CallID, RoomID: r.RoomID, Type: r.Type, Inviter: r.Inviter, Result: r.Result, EndedBy: r.EndedBy,
		StartedAt: r.StartedAt, EndedAt: r.EndedAt, Duration: r.Duration, Participants: users,
	}
	tx.After(func() {
		k.log.Info("call ended", "callID", r.CallID, "result", r.Result, "seconds", r.Duration)
		k.notify.Notify(users, "", ev)
	})
	for _, w := range k.watchers {
		w.CallEnded(tx, r)
	}
}

// arm sets the timer of the call's deadline.
func (k *Conductor) arm(l *live) {
	if l.Deadline == l.armed {
		return
	}
	if l.deadline != nil {
		l.deadline.Stop()
	}
	l.armed, l.deadline = l.Deadline, nil
	if l.Deadline == 0 {
		return
	}
	id := l.CallID
	l.deadline = time.AfterFunc(time.Until(l.Deadline.Time()), func() {
		k.loop.Post(func(tx *commit.Tx) {
			if l := k.calls[id]; l != nil {
				k.apply(tx, l, call.DeadlinePassed{At: now()})
			}
		})
	})
}
