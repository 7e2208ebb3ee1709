package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

func TestWhoDialsBackWhileRungIsConnected(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, tablet := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("bo")
	id := ring(ana, bo, "of-ana")
	tablet.Expect("onReceiveNewInvitation", p{"inviteID": id})
	data := testkit.CallData(2, "of-bo")
	got := bo.Do("signaling.invite", p{"invitee": "ana", "data": data})
	if lacks := got.Lacks(p{"inviteID": id, "merged": true, "roomID": "of-ana"}); lacks != "" {
		t.Errorf("bo's own call: %s", lacks)
	}
	for _, u := range []*testkit.User{ana, tablet} {
		u.Expect("onInviteeAccepted", p{"inviteID": id, "invitee": "bo", "data": data})
	}
	ana.EnterBare("of-ana")
	bo.EnterBare("of-ana")
	ana.Expect("onRemoteUserEnterRoom", p{"userID": "bo"})
	for _, u := range []*testkit.User{ana, bo, tablet} {
		u.Expect("onCallBegin", p{"roomID": "of-ana"})
		u.Quiet("of-ana")
	}
}

func TestTwoWhoDialEachOtherAtOnceMeetInOneCall(t *testing.T) {
	svc := testkit.Start(t)
	for i := range 50 {
		pair := []*testkit.User{svc.SignIn(fmt.Sprintf("a%d", i)), svc.SignIn(fmt.Sprintf("b%d", i))}
		results := make([]p, 2)
		var both sync.WaitGroup
		for n, u := range pair {
			both.Go(func() {
				var err error
				params := p{"invitee": pair[1-n].ID, "data": testkit.CallData(2, "of-"+u.ID)}
				if results[n], err = u.Try("signaling.invite", params); err != nil {
					t.Errorf("%s dials: %v", u.ID, err)
				}
			})
		}
		both.Wait()
		first, second := 0, 1
		if results[0].Bool("merged") {
			first, second = 1, 0
		}
		want := p{"merged": true, "inviteID": results[first].Str("inviteID"), "roomID": "of-" + pair[first].ID}
		if lacks := results[second].Lacks(want); lacks != "" || results[first].Bool("merged") {
			t.Fatalf("%v and %v: %s", results[0], results[1], lacks)
		}
		pair[first].Expect("onInviteeAccepted", p{"invitee": pair[second].ID})
		pair[second].Expect("onReceiveNewInvitation", p{"inviter": pair[first].ID})
		for _, u := range pair {
			u.Quiet()
		}
	}
	if open := svc.Figure("callsvc_calls_open"); open != 50 {
		t.Errorf("%v calls are open, want one for each pair", open)
	}
}

func TestEveryDeviceKnows(t *testing.T) {
	svc := testkit.Start(t)
	ana, laptop := svc.SignIn("ana"), svc.SignIn("ana")
	bo, tablet := svc.SignIn("bo"), svc.SignIn("bo")
	devices := []*testkit.User{ana, laptop, bo, tablet}
	for _, c := range []struct {
		name, method, event string
		by                  *testkit.User
	}{
		{"answered elsewhere", "signaling.accept", "onInviteeAccepted", bo},
		{"declined elsewhere", "signaling.reject", "onInviteeRejected", tablet},
		{"taken back", "signaling.cancel", "onInvitationCancelled", laptop},
	} {
		id := ana.Invite("bo", strings.ReplaceAll(c.name, " ", "-"), nil)
		for _, u := range devices[1:] {
			u.Expect("onReceiveNewInvitation", p{"inviteID": id, "inviter": "ana"})
		}
		c.by.Do(c.method, p{"inviteID": id})
		for _, u := range devices {
			if u != c.by {
				u.Expect(c.event, p{"inviteID": id})
			}
			if c.method != "signaling.accept" {
				u.Expect("onCallEnd", nil)
			}
			if c.method == "signaling.cancel" && u.ID == "bo" {
				u.Expect("onMissedCallsChanged", p{"count": 1})
			}
			u.Quiet()
		}
		tablet.Refused(8010, "signaling.accept", p{"inviteID": id})
	}
}

func TestWhoWasOfflineIsRungWhenTheyCome(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	id := ana.Invite("bo", "room", nil)
	online := ana.Do("signaling.invite", p{"invitee": "bo", "data": "hello", "onlineUserOnly": true})
	if online.Str("messageID") != "" {
		t.Errorf("an online-only invitation has a message: %v", online)
	}
	bo := svc.SignIn("bo")
	got := bo.Expect("onReceiveNewInvitation", p{"inviteID": id, "timeout": 30, "inviter": "ana"})
	if left := got.Int("expiresInMs"); left <= 0 || left > 30_000 {
		t.Errorf("%d ms are left of the 30 s it had", left)
	}
	bo.Quiet()
	svc.Restart()
	bo = svc.SignIn("bo")
	again := bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
	if again.Int("expiresInMs") > got.Int("expiresInMs") {
		t.Errorf("%d ms are left after the restart, %d before", again.Int("expiresInMs"), got.Int("expiresInMs"))
	}
	bo.Accept(id)
}

func TestWhatIsRefusedLeavesNoTrace(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, eve := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("eve")
	big := strings.Repeat("x", 12<<10+1)
	for _, c := range []struct {
		name string
		code int
		p    p
	}{
		{"oneself", 6017, p{"invitee": "ana"}},
		{"no user id", 6017, p{"invitee": "b o"}},
		{"a user id that is too long", 6017, p{"invitee": strings.Repeat("b", 33)}},
		{"a negative timeout", 6017, p{"invitee": "bo", "timeout": -1}},
		{"a fractional timeout", 6017, p{"invitee": "bo", "timeout": 1.5}},
		{"data that is too large", 8001, p{"invitee": "bo", "data": big}},
		{"nobody", -32602, p{}},
		{"a number for a user", -32602, p{"invitee": 7}},
		{"text for a timeout", -32602, p{"invitee": "bo", "timeout": "30"}},
	} {
		t.Run(c.name, func(t *testing.T) { ana.Refused(c.code, "signaling.invite", c.p) })
	}
	id := ring(ana, bo, "room")
	ana.Refused(8011, "signaling.accept", p{"inviteID": id})
	eve.Refused(8011, "signaling.accept", p{"inviteID": id})
	eve.Refused(8011, "signaling.reject", p{"inviteID": id})
	eve.Refused(8011, "signaling.cancel", p{"inviteID": id})
	bo.Refused(8011, "signaling.cancel", p{"inviteID": id})
	bo.Refused(8001, "signaling.accept", p{"inviteID": id, "data": big})
	for _, u := range []*testkit.User{ana, bo, eve} {
		u.Quiet()
	}
	if open := svc.Figure("callsvc_invitations_open"); open != 1 {
		t.Errorf("%v invitations are open, want the one that rings", open)
	}
}

func TestAMessageLeadsToItsInvitation(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, eve := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("eve")
	invited := ana.Do("signaling.invite", p{"invitee": "bo", "data": "first"})
	about := p{"messageID": invited.Str("messageID")}
	bo.Expect("onReceiveNewInvitation", p{"data": "first"})
	ana.Do("signaling.modifyInvitation", p{"inviteID": invited.Str("inviteID"), "data": "second"})
	bo.Expect("onInvitationModified", p{"inviteID": invited.Str("inviteID"), "data": "second"})
	info := bo.Do("signaling.getSignalingInfo", about)
	if lacks := info.Lacks(p{"inviteID": invited.Str("inviteID"), "data": "second", "inviteeList": []string{"bo"}, "actionType": 1}); lacks != "" {
		t.Error(lacks)
	}
	bo.Do("signaling.reject", p{"inviteID": invited.Str("inviteID")})
	if info := ana.Do("signaling.getSignalingInfo", about); info.Int("actionType") != 4 || len(info.Strs("inviteeList")) != 0 {
		t.Errorf("after the reject: %v", info)
	}
	for _, c := range []struct {
		u     *testkit.User
		about p
	}{{eve, about}, {ana, p{"messageID": "none"}}} {
		ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
		raw, err := c.u.Client.Raw(ctx, "signaling.getSignalingInfo", c.about)
		cancel()
		if err != nil || string(raw) != "null" {
			t.Errorf("%s asks for %v: %s, %v; want null", c.u.ID, c.about, raw, err)
		}
	}
}

func TestARequestThatIsRepeatedIsDoneOnce(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	request := p{"invitee": "bo", "data": testkit.CallData(2, "room"), "requestID": "one", "timeout": 0}
	first := ana.Do("signaling.invite", request)
	bo.Expect("onReceiveNewInvitation", p{"inviteID": first.Str("inviteID")})
	again := ana.Do("signaling.invite", request)
	other := svc.SignIn("ana").Do("signaling.invite", request)
	accept := p{"inviteID": first.Str("inviteID"), "requestID": "one"} // bo's, not ana's
	bo.Do("signaling.accept", accept)
	bo.Do("signaling.accept", accept)
	bo.Quiet()
	svc.Restart()
	ana, bo = svc.SignIn("ana"), svc.SignIn("bo")
	crashed := ana.Do("signaling.invite", request)
	bo.Do("signaling.accept", accept)
	for _, r := range []p{again, other, crashed} {
		if r.Str("inviteID") != first.Str("inviteID") || r.Str("messageID") != first.Str("messageID") {
			t.Errorf("repeated: %v, first: %v", r, first)
		}
	}
	bo.Quiet()

	// A failure is not remembered.
	ana.Refused(6017, "signaling.invite", p{"invitee": "ana", "requestID": "two"})
	fresh := ana.Do("signaling.invite", p{"invitee": "bo", "requestID": "two"})
	if fresh.Str("inviteID") == first.Str("inviteID") {
		t.Errorf("another request has the answer of the first: %v", fresh)
	}
}

func TestATimerSurvivesARestart(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 20 seconds of real time")
	}
	t.Parallel()
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	id := ana.Invite("bo", "room", p{"timeout": 20})
	half := ana.Invite("cy", "another", p{"timeout": 10})
	ana.Expect("onInvitationTimeout", p{"inviteID": half})
	svc.Restart()
	back := time.Now()
	ana = svc.SignIn("ana")
	fired := ana.Expect("onInvitationTimeout", p{"inviteID": id})
	end := ana.Expect("onCallEnd", p{"result": "unreachable"})
	if late := time.Since(time.UnixMilli(end.Int("endedAt"))); late < 0 || fired.Int("seq") != 1 {
		t.Errorf("%v, %v", fired, end)
	}
	if ended, created := end.Int("endedAt"), ana.History(p{"with": "bo"})[0].Int("createdAt"); ended < created+20_000 || ended >= back.UnixMilli()+20_000 {
		t.Errorf("it rang from %d to %d, want 20 s that did not begin anew with the server, which was back at %d", created, ended, back.UnixMilli())
	}
}

func TestAClientsOwnCallEndIsNotDoubled(t *testing.T) {
	svc := testkit.Start(t)
	for _, when := range []string{"before the server's", "after the server's"} {
		t.Run(when, func(t *testing.T) {
			svc := svc.For(t)
			ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
			room := map[bool]string{true: "1001", false: "1002"}[when[0] == 'b']
			connect(t, ana, bo, room)
			own := p{"invitee": "bo", "timeout": 0, "data": fmt.Sprintf(
				`{"version":4,"businessID":"av_call","call_type":2,"room_id":%s,"call_end":3,"data":{"cmd":"hangup","cmdInfo":"3","inviter":"ana"}}`, room)}
			var told string
			if when[0] == 'b' {
				told = ana.Do("signaling.invite", own).Str("inviteID")
			} else {
				bo.Exit(room)
				ana.Expect("onRemoteUserLeaveRoom", p{"userID": "bo"})
			}
			var ids []string
			for _, u := range []*testkit.User{ana, bo} {
				ids = append(ids, u.Expect("onReceiveNewInvitation", p{"inviter": "ana", "timeout": 0}).Str("inviteID"))
				u.Expect("onCallEnd", p{"result": "answered"})
			}
			if when[0] == 'a' {
				told = ana.Do("signaling.invite", own).Str("inviteID")
			}
			if ids[0] != told || ids[1] != told {
				t.Errorf("the client's call-end is %s, the server's %v", told, ids)
			}
			for _, u := range []*testkit.User{ana, bo} {
				if n := len(u.History(p{"limit": 10})); n == 0 || u.History(p{"limit": 1})[0].Str("roomID") != room {
					t.Errorf("%s has %d calls", u.ID, n)
				}
				if _, err := u.Try("room.exit", p{"roomID": room}); testkit.CodeOf(err) != 0 && testkit.CodeOf(err) != 9002 {
					t.Error(err)
				}
			}
		})
	}
}
