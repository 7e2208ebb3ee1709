package conductor

import (
	"cmp"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
)

// Consider says what an invitation means before it comes to be. It refuses new
// calls while the server drains (CodeDraining).
func (k *Conductor) Consider(tx *commit.Tx, inv *call.Invitation) (call.Verdict, error) {
	p, ok := call.ParsePayload(inv.Data)
	switch {
	case !ok:
		return call.Verdict{}, nil
	case p.CallEnd || inv.GroupID != "" && inv.Timeout == 0 && p.EndsGroup():
		return k.callEnd(tx, inv, p), nil
	case !p.Rings():
		return call.Verdict{}, nil
	case k.draining:
		return call.Verdict{}, call.Errorf(call.CodeDraining, "the server is about to stop and begins no new calls; connect again in a moment")
	}
	if l, asked := k.crossing(inv); l != nil {
		return call.Verdict{MergeInto: asked, RoomID: l.RoomID}, nil
	}
	return call.Verdict{}, nil
}

// crossing finds the call that the invitee is ringing the inviter with this
// moment: both dialled at once.
func (k *Conductor) crossing(inv *call.Invitation) (*live, call.InviteID) {
	if inv.GroupID != "" || len(inv.Invitees) != 1 {
		return nil, ""
	}
	for _, l := range sorted(k.byUser[inv.Invitees[0].UserID]) {
		if l.GroupID != "" || l.State != call.StateRinging || l.Inviter != inv.Invitees[0].UserID {
			continue
		}
		if p := l.Person(inv.Inviter); p != nil && p.State == call.ParticipantPending {
			return l, p.InviteID
		}
	}
	return nil, ""
}

// sorted lists calls oldest first, so that what is decided does not hang on a
// map's order.
func sorted(calls map[call.ID]*live) []*live {
	list := make([]*live, 0, len(calls))
	for _, l := range calls {
		list = append(list, l)
	}
	slices.SortFunc(list, byAge)
	return list
}

// byAge orders calls by when they began, which their ids tell.
func byAge(a, b *live) int { return cmp.Compare(a.CallID, b.CallID) }

// callEnd takes a client's own call-end: the server's final invitation of that
// call is the only one.
func (k *Conductor) callEnd(tx *commit.Tx, inv *call.Invitation, p call.Payload) call.Verdict {
	if l := k.endingCall(inv, p); l != nil {
		if l.EndInviteID == "" {
			l.EndInviteID = call.InviteID(newID())
		}
		k.apply(tx, l, call.EndReported{By: inv.Inviter, At: inv.CreatedAt})
		return call.Verdict{EndedBy: l.EndInviteID}
	}
	if id := k.ended.find(inv, p, inv.CreatedAt.Add(-endMemory)); id != "" {
		return call.Verdict{EndedBy: id}
	}
	return call.Verdict{CallEnd: true}
}

// endingCall finds the begun call a client's call-end is about: by its id, its
// room, or else by who the two are.
func (k *Conductor) endingCall(inv *call.Invitation, p call.Payload) *live {
	for _, l := range sorted(k.byUser[inv.Inviter]) {
		if l.StartedAt != 0 && ends(l.Call, inv, p) {
			return l
		}
	}
	return nil
}

// ends reports whether a client's call-end is about that call: the one it names
// or, if it names none, one of its group or of the people it is for. Those it
// names in a group may be nobody: some clients put any word there.
func ends(c *call.Call, inv *call.Invitation, p call.Payload) bool {
	switch {
	case c.Person(inv.Inviter) == nil:
		return false
	case p.CallID != "":
		return p.CallID == c.CallID
	case p.RoomID != "":
		return p.RoomID == c.RoomID
	case inv.GroupID != "":
		return inv.GroupID == c.GroupID
	}
	return !slices.ContainsFunc(inv.InviteeIDs(), func(u call.UserID) bool { return c.Person(u) == nil })
}

// Invited begins a call, or asks one more person into it.
func (k *Conductor) Invited(tx *commit.Tx, inv *call.Invitation) {
	p, ok := call.ParsePayload(inv.Data)
	if !ok || !p.Rings() || inv.CallEnd || !k.mayInvite(inv.Inviter, p.RoomID) {
		return
	}
	ev := call.Invited{
		InviteID: inv.InviteID, RoomID: p.RoomID, GroupID: inv.GroupID, Type: p.Type, Scene: cmp.Or(p.Scene, k.sceneOf(p.RoomID), "call"),
		Inviter: inv.Inviter, Invitees: inv.InviteeIDs(), At: inv.CreatedAt,
	}
	l := k.byRoom[p.RoomID]
	for _, u := range ev.Invitees {
		if k.busy(u, l) {
			ev.Busy = append(ev.Busy, u)
		}
	}
	if l != nil {
		k.apply(tx, l, ev)
		k.index(l)
		return
	}
	c := &call.Call{}
	ev.CallID = call.ID(newID())
	c.Apply(ev)
	l = k.keep(c)
	k.tell(tx, l.StartCallback())
	k.enterPresent(tx, l)
	tx.Save(call.SaveCall{Call: l.Clone()})
	k.watchInviter(l)
}

// sceneOf is what those who are in a room entered it as, empty if nobody is.
func (k *Conductor) sceneOf(room call.RoomID) string {
	for _, p := range k.present[room] {
		return p.scene // it is the room's, the same for all
	}
	return ""
}

// enterPresent tells a new call who of its people are in its room already.
func (k *Conductor) enterPresent(tx *commit.Tx, l *live) {
	for user, p := range k.present[l.RoomID] {
		if l.Person(user) != nil {
			l.measure[user] = p.measure
			k.apply(tx, l, call.Entered{User: user, At: p.at})
		}
	}
}

// mayInvite reports whether an invitation by that user opens that room to
// others: only one's own call's room does, one that one is in, or a free one.
func (k *Conductor) mayInvite(inviter call.UserID, room call.RoomID) bool {
	if l := k.byRoom[room]; l != nil {
		return l.Person(inviter) != nil
	}
	open, inside := k.rooms.Belongs(room, inviter)
	return inside || !open
}

// busy reports whether a user is in another call than that one.
func (k *Conductor) busy(u call.UserID, but *live) bool {
	for _, l := range k.byUser[u] {
		if l != but && l.Engaged(u) {
			return true
		}
	}
	return false
}

// Follow tells the call an invitation is about what happened to it.
func (k *Conductor) Follow(tx *commit.Tx, inv *call.Invitation, ev call.InvitationEvent, concerned []call.UserID) {
	l := k.byInvite[inv.InviteID]
	if l == nil {
		return
	}
	switch ev := ev.(type) {
	case call.AcceptInvitation:
		k.apply(tx, l, call.Accepted{By: ev.By, At: ev.At})
	case call.RejectInvitation:
		p, _ := call.ParsePayload(ev.Data)
		k.apply(tx, l, call.Rejected{By: ev.By, Busy: p.Busy, At: ev.At})
	case call.CancelInvitation:
		k.apply(tx, l, call.Cancelled{By: ev.By, Users: concerned, At: ev.At})
	case call.ExpireInvitation:
		k.apply(tx, l, call.TimedOut{Users: concerned, Unreached: unreached(inv, concerned), At: ev.At})
	case call.ModifyInvitation:
	}
}

// unreached lists those who never had a session while the invitation was pending.
func unreached(inv *call.Invitation, users []call.UserID) []call.UserID {
	return slices.DeleteFunc(slices.Clone(users), func(u call.UserID) bool { return inv.Invitee(u).Reached })
}
