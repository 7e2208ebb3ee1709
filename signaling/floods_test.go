package signaling_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling"
	"callsvc/signaling/wire"
)

// step is an invitation in a story about floods, so long after the one before.
type step struct {
	name    string
	after   time.Duration
	inviter call.UserID
	invitee call.UserID // "" is the group, all but the inviter
	code    call.Code
	wait    time.Duration
}

func flood(t *testing.T, o signaling.Options, steps []step) {
	synctest.Test(t, func(t *testing.T) {
		s := startWith(t, o, &memory{saved: map[call.InviteID]*call.Invitation{}})
		defer func() { s.stop() }()
		s.members = []call.UserID{"ana", "bo", "cy", "di"}
		for _, st := range steps {
			time.Sleep(st.after)
			before := len(s.store.saved)
			var err error
			if st.invitee != "" {
				_, err = s.Invite(t.Context(), who(st.inviter), &wire.Invite{Invitee: st.invitee, Timeout: seconds(0)})
			} else {
				_, err = s.InviteInGroup(t.Context(), who(st.inviter), &wire.InviteInGroup{
					GroupID: "g", InviteeList: []call.UserID{"cy", "di"}, Timeout: seconds(0),
				})
			}
			checkRefusal(t, st.name, err, st.code, st.wait)
			if left := len(s.store.saved) - before; (left == 1) != (st.code == 0) {
				t.Errorf("%s: %d invitations came of it", st.name, left)
			}
		}
	})
}

func checkRefusal(t *testing.T, name string, err error, code call.Code, wait time.Duration) {
	t.Helper()
	if call.CodeOf(err) != code {
		t.Errorf("%s: %v, want code %d", name, err, code)
		return
	}
	if refused, ok := err.(*call.Error); ok && refused.RetryAfter != wait {
		t.Errorf("%s: to wait %v, want %v", name, refused.RetryAfter, wait)
	}
}

func TestNobodyIsFloodedWithInvitations(t *testing.T) {
	flood(t, signaling.Options{Invitees: limit.Rate{PerSecond: 2, Burst: 6}}, []step{
		{name: "ana rings bo", inviter: "ana", invitee: "bo"},
		{name: "a second time", inviter: "ana", invitee: "bo"},
		{name: "a third time", inviter: "ana", invitee: "bo"},
		{name: "a fourth time is too often for one", inviter: "ana", invitee: "bo", code: call.CodeRateLimited, wait: time.Second},
		{name: "ana may ring others", inviter: "ana", invitee: "cy"},
		{name: "others may ring bo", inviter: "cy", invitee: "bo"},
		{name: "and again", inviter: "cy", invitee: "bo"},
		{name: "and a third one", inviter: "di", invitee: "bo"},
		{name: "until it is too much for bo", inviter: "di", invitee: "bo", code: call.CodeRateLimited, wait: 500 * time.Millisecond},
		{name: "who may ring all the same", inviter: "bo", invitee: "ana"},
		{name: "after a wait", after: 500 * time.Millisecond, inviter: "di", invitee: "bo"},
		{name: "invitations in a group are another matter", inviter: "bo"},
	})
	flood(t, signaling.Options{Invitees: limit.Rate{PerSecond: 2, Burst: 4}}, []step{
		{name: "ana rings cy", inviter: "ana", invitee: "cy"},
		{name: "and cy and di in a group", inviter: "ana"},
		{name: "a third time is too often for cy", inviter: "ana", code: call.CodeRateLimited, wait: time.Second},
		{name: "there too", inviter: "ana", invitee: "cy", code: call.CodeRateLimited, wait: time.Second},
		{name: "di was spared what was refused", inviter: "ana", invitee: "di"},
		{name: "bo asks them", inviter: "bo"},
		{name: "however often cy was asked", inviter: "bo"},
	})
}

func TestInvitationsInAGroupCostWhatIsTold(t *testing.T) {
	flood(t, signaling.Options{Broadcasts: limit.NewKeyed[call.UserID](limit.Rate{PerSecond: 4, Burst: 8})}, []step{
		{name: "four are told", inviter: "ana"},
		{name: "four again", inviter: "ana"},
		{name: "a third time is too much for a second", inviter: "ana", code: call.CodeRateLimited, wait: time.Second},
		{name: "bo's are bo's", inviter: "bo"},
		{name: "two are no broadcast", inviter: "ana", invitee: "bo"},
		{name: "after a wait", after: time.Second, inviter: "ana"},
	})
}

func TestInvitationsAreMessagesOfTheirGroup(t *testing.T) {
	flood(t, signaling.Options{GroupMessages: limit.NewKeyed[call.GroupID](limit.Rate{PerSecond: 40, Burst: 2})}, []step{
		{name: "ana asks", inviter: "ana"},
		{name: "bo asks", inviter: "bo"},
		{name: "it is too much for the group, whoever asks", inviter: "ana", code: call.CodeGroupMessageRate, wait: 25 * time.Millisecond},
		{name: "after a wait", after: 25 * time.Millisecond, inviter: "ana"},
	})
}

func TestModifyingIsToldToAllToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := signaling.Options{Broadcasts: limit.NewKeyed[call.UserID](limit.Rate{PerSecond: 4, Burst: 8})}
		s := startWith(t, o, &memory{saved: map[call.InviteID]*call.Invitation{}})
		defer func() { s.stop() }()
		s.members = []call.UserID{"ana", "bo", "cy", "di"}
		id := s.inGroup(t, 30, "bo", "cy")
		if err := s.do(t, "ana", "modify", id); err != nil {
			t.Error(err)
		}
		checkRefusal(t, "the second change", s.do(t, "ana", "modify", id), call.CodeRateLimited, time.Second)
		if err := s.do(t, "bo", "accept", id); err != nil {
			t.Errorf("an answer is always taken: %v", err)
		}
		if err := s.do(t, "ana", "cancel", id); err != nil {
			t.Errorf("so is a cancel: %v", err)
		}
	})
}

func TestWhoIsMutedInvitesNobodyInTheGroup(t *testing.T) {
	serveGroup(t, func(t *testing.T, s *server) {
		id := s.inGroup(t, 30, "bo", "cy")
		s.muted = "bo"
		invite := func(u call.UserID) error {
			_, err := s.InviteInGroup(t.Context(), who(u), &wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"di"}})
			return err
		}
		if err := invite("bo"); call.CodeOf(err) != call.CodeGroupMuted {
			t.Errorf("bo invites: %v", err)
		}
		if err := invite("cy"); err != nil {
			t.Errorf("cy invites: %v", err)
		}
		if err := s.do(t, "bo", "accept", id); err != nil {
			t.Errorf("bo answers: %v", err)
		}
		s.muted = "ana"
		if err := s.do(t, "ana", "modify", id); call.CodeOf(err) != call.CodeGroupMuted {
			t.Errorf("ana, muted since, changes what she said: %v", err)
		}
		if err := s.do(t, "ana", "cancel", id); err != nil {
			t.Errorf("ana takes it back: %v", err)
		}
	})
}

func TestTheEndOfAnUnknownCallIsNoWayAroundTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := signaling.Options{
			Invitees:   limit.Rate{PerSecond: 2, Burst: 2},
			Broadcasts: limit.NewKeyed[call.UserID](limit.Rate{PerSecond: 4, Burst: 4}),
		}
		s := startWith(t, o, &memory{saved: map[call.InviteID]*call.Invitation{}})
		defer func() { s.stop() }()
		s.members = []call.UserID{"ana", "bo", "cy", "di"}
		end := func(group call.GroupID, to call.UserID) error {
			if group == "" {
				_, err := s.Invite(t.Context(), who("ana"), &wire.Invite{Invitee: to, Data: "end"})
				return err
			}
			_, err := s.InviteInGroup(t.Context(), who("ana"), &wire.InviteInGroup{GroupID: group, InviteeList: []call.UserID{to}, Data: "end"})
			return err
		}
		checkRefusal(t, "a call-end that names a stranger", end("g", "zoe"), 0, 0)
		s.wasTold(t, "bo:onReceiveNewInvitation cy:onReceiveNewInvitation di:onReceiveNewInvitation")
		checkRefusal(t, "a second one to all", end("g", "bo"), call.CodeRateLimited, time.Second)
		checkRefusal(t, "one to bo", end("", "bo"), 0, 0)
		checkRefusal(t, "another to bo", end("", "bo"), call.CodeRateLimited, time.Second)
		s.muted = "ana"
		checkRefusal(t, "one of the muted", end("g", "bo"), call.CodeGroupMuted, 0)
	})
}

func TestOpenInvitationsAreCounted(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		var last call.InviteID
		for range 1000 {
			last = s.invite(t, 0)
		}
		ask := func() error {
			_, err := s.Invite(t.Context(), who("ana"), &wire.Invite{Invitee: "bo", Timeout: seconds(0)})
			return err
		}
		if err := ask(); call.CodeOf(err) != call.CodeRateLimited {
			t.Errorf("one more: %v", err)
		}
		if err := s.do(t, "bo", "reject", last); err != nil {
			t.Fatal(err)
		}
		if err := ask(); err != nil {
			t.Errorf("after one has ended: %v", err)
		}
	})
}
