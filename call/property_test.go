package call_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callsvc/call"
)

// drawEvent draws any event of a call, in or out of place.
func drawEvent(t *rapid.T, now call.Millis) call.Event {
	user := rapid.SampledFrom([]call.UserID{"ana", "bo", "cy", "di"})
	u := user.Draw(t, "user")
	switch rapid.IntRange(0, 12).Draw(t, "kind") {
	case 0:
		return call.Invited{
			InviteID: call.InviteID(rapid.StringMatching(`i[0-9]`).Draw(t, "invite")), RoomID: "r1", Inviter: u,
			Invitees: rapid.SliceOfNDistinct(user, 1, 3, func(u call.UserID) call.UserID { return u }).Draw(t, "invitees"), At: now,
		}
	case 1, 2:
		return call.Accepted{By: u, At: now}
	case 3:
		return call.Rejected{By: u, Busy: rapid.Bool().Draw(t, "busy"), At: now}
	case 4:
		return call.Cancelled{By: "ana", Users: []call.UserID{u}, At: now}
	case 5:
		return call.TimedOut{Users: []call.UserID{u}, At: now}
	case 6, 7, 8:
		return call.Entered{User: u, At: now}
	case 9:
		back := rapid.Int64Range(0, 30_000).Draw(t, "noticed after")
		return call.Left{User: u, Reason: call.LeaveReason(rapid.IntRange(0, 2).Draw(t, "reason")), At: now - call.Millis(back)}
	case 10:
		return call.EndReported{By: u, At: now}
	case 11:
		return call.DeadlinePassed{At: now}
	}
	return call.Restarted{LastAlive: now - 500, At: now}
}

func TestWhateverHappensACallHasOneStartAndOneEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &call.Call{}
		now := at(0)
		c.Apply(invited(0))
		var began call.Millis
		var sends, ends int
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			now += call.Millis(rapid.Int64Range(0, 20_000).Draw(t, "ms"))
			ended := c.State == call.StateEnded
			before := c.Record()
			effects := c.Apply(drawEvent(t, now))
			if ended && (len(effects) > 0 || c.Record().Result != before.Result || c.Record().EndedAt != before.EndedAt) {
				t.Fatalf("something happened after the end: %s", told(effects))
			}
			for _, e := range effects {
				switch e := e.(type) {
				case call.Began:
					if began != 0 && e.At != began {
						t.Fatalf("a second start: %d, then %d", began, e.At)
					}
					began = e.At
				case call.SendEnd:
					sends++
					checkParties(t, c, e)
				case call.Ended:
					ends++
				case call.CancelRinging:
				}
			}
			checkCall(t, c)
		}
		if ends > 1 || sends > ends {
			t.Fatalf("%d ends with %d final invitations", ends, sends)
		}
		if (ends == 1) != (c.State == call.StateEnded) || sends == 1 != (ends == 1 && began != 0) {
			t.Fatalf("state %s, %d ends, %d final invitations, began %d", c.State, ends, sends, began)
		}
	})
}

func checkParties(t *rapid.T, c *call.Call, e call.SendEnd) {
	if e.From == "" || len(e.To) == 0 || slices.Contains(e.To, e.From) {
		t.Fatalf("final invitation from %q to %v", e.From, e.To)
	}
	if e.Seconds != c.Record().Duration {
		t.Fatalf("call_end %d, record says %d", e.Seconds, c.Record().Duration)
	}
}

func checkCall(t *rapid.T, c *call.Call) {
	r := c.Record()
	if r.Duration < 0 || r.EndedAt != 0 && r.EndedAt < r.StartedAt {
		t.Fatalf("negative time: %+v", r)
	}
	if (c.State == call.StateEnded) != r.Result.Valid() {
		t.Fatalf("state %s with result %q", c.State, r.Result)
	}
	for _, p := range r.Participants {
		if p.Seconds < 0 || p.Seconds > r.Duration {
			t.Fatalf("%s was in for %d s of %d", p.UserID, p.Seconds, r.Duration)
		}
		for i, iv := range p.Intervals {
			open := iv.LeftAt == 0
			if open && (c.State == call.StateEnded || i < len(p.Intervals)-1) || !open && iv.LeftAt < iv.EnteredAt {
				t.Fatalf("%s has an impossible interval %+v", p.UserID, iv)
			}
		}
		if c.State == call.StateEnded && p.State == call.ParticipantPending {
			t.Fatalf("%s is still being asked into an ended call", p.UserID)
		}
	}
	if c.State == call.StateActive && c.Deadline == 0 {
		inside := 0
		for _, p := range c.People {
			if c.InRoom(p.UserID) || p.State == call.ParticipantPending {
				inside++
			}
		}
		if inside < 2 {
			t.Fatalf("an active call with %d people and no end in sight", inside)
		}
	}
}

func TestWhateverHappensAnInviteeHasOneOutcome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		users := []call.UserID{"ana", "bo", "cy", "di"}
		inv := &call.Invitation{InviteID: "i1", Inviter: "ana", Timeout: 30, Invitees: []call.Invitee{
			{UserID: "bo", State: call.InviteePending}, {UserID: "cy", State: call.InviteePending},
		}}
		final := map[call.UserID]call.InviteeState{}
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			u := rapid.SampledFrom(users).Draw(t, "user")
			evs := []call.InvitationEvent{
				call.AcceptInvitation{By: u, At: 1},
				call.RejectInvitation{By: u, At: 2},
				call.CancelInvitation{By: u, At: 3},
				call.ExpireInvitation{At: 4},
				call.ModifyInvitation{By: u, Data: "x"},
			}
			before := inv.Clone()
			concerned, err := inv.Apply(rapid.SampledFrom(evs).Draw(t, "event"))
			if err != nil && !slices.Equal(before.Invitees, inv.Invitees) {
				t.Fatalf("a refusal changed the invitation: %v", err)
			}
			for _, c := range concerned {
				if final[c] != "" {
					t.Fatalf("%s had %s and now %s", c, final[c], inv.Invitee(c).State)
				}
				final[c] = inv.Invitee(c).State
			}
		}
		for _, e := range inv.Invitees {
			if e.State != call.InviteePending && final[e.UserID] != e.State {
				t.Fatalf("%s is %s, told %s", e.UserID, e.State, final[e.UserID])
			}
		}
	})
}
