package e2e_test

import (
	"encoding/json"
	"testing"

	"callsvc/internal/testkit"
)

// Every result a call between two can have in a second or two; those that take
// longer are in slow_test.go. Each story has users of its own.
func TestResults(t *testing.T) {
	svc := testkit.Start(t)
	for _, story := range []struct {
		result string
		tell   func(t *testing.T, ana, bo *testkit.User, room string)
		state  string // of the callee in the record
	}{
		{"declined", declined, "rejected"},
		{"busy", busy, "busy"},
		{"cancelled", cancelled, "cancelled"},
		{"noAnswer", noAnswer, "timedOut"},
		{"unreachable", unreachable, "timedOut"},
		{"answered", answered, "accepted"},
	} {
		t.Run(story.result, func(t *testing.T) {
			svc := svc.For(t)
			ana, bo, room := svc.SignIn("ana-"+story.result), svc.SignIn("bo-"+story.result), "room-"+story.result
			story.tell(t, ana, bo, room)
			ana.Quiet(room)
			calls := ana.History(p{"result": story.result})
			if len(calls) != 1 || len(ana.History(nil)) != 1 {
				t.Fatalf("ana's calls that are %s: %v", story.result, calls)
			}
			callee := calls[0].List("participants")[1]
			if callee.Str("state") != story.state {
				t.Errorf("the callee is %q in the record, want %q", callee.Str("state"), story.state)
			}
			if begun := calls[0].Int("startedAt") != 0; begun != (story.result == "answered") {
				t.Errorf("a call that is %s began at %d", story.result, calls[0].Int("startedAt"))
			}
		})
	}
}

func declined(t *testing.T, ana, bo *testkit.User, room string) {
	id := ring(ana, bo, room)
	bo.Do("signaling.reject", p{"inviteID": id})
	ana.Expect("onInviteeRejected", p{"inviteID": id, "inviter": ana.ID, "invitee": bo.ID, "groupID": ""})
	endsUnbegun(t, ana, bo, "declined", bo.ID)
}

func busy(t *testing.T, ana, bo *testkit.User, room string) {
	id := ring(ana, bo, room)
	data, err := json.Marshal(p{
		"version": 4, "businessID": "av_call", "call_type": 2, "line_busy": "line_busy",
		"data": p{"cmd": "videoCall", "message": "lineBusy"},
	})
	if err != nil {
		t.Fatal(err)
	}
	bo.Do("signaling.reject", p{"inviteID": id, "data": string(data)})
	ana.Expect("onInviteeRejected", p{"inviteID": id, "data": string(data)})
	endsUnbegun(t, ana, bo, "busy", bo.ID)
}

func cancelled(t *testing.T, ana, bo *testkit.User, room string) {
	id := ring(ana, bo, room)
	ana.Do("signaling.cancel", p{"inviteID": id, "data": "sorry"})
	bo.Expect("onInvitationCancelled", p{"inviteID": id, "inviter": ana.ID, "inviteeList": []string{bo.ID}, "data": "sorry"})
	endsUnbegun(t, ana, bo, "cancelled", ana.ID)
	ana.Refused(8010, "signaling.cancel", p{"inviteID": id})
	bo.Refused(8010, "signaling.accept", p{"inviteID": id})
}

func noAnswer(t *testing.T, ana, bo *testkit.User, room string) {
	id := ana.Invite(bo.ID, room, p{"timeout": 1})
	created := bo.Expect("onReceiveNewInvitation", p{"inviteID": id, "timeout": 1}).Int("createdAt")
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onInvitationTimeout", p{"inviteID": id, "inviter": ana.ID, "inviteeList": []string{bo.ID}})
	}
	end := endsUnbegun(t, ana, bo, "noAnswer", "server")
	if early := created + 1000 - end.Int("endedAt"); early > 0 { // how late is proved where time is virtual (signaling)
		t.Errorf("the timeout fired %d ms before it was due", early)
	}
	bo.Refused(8010, "signaling.accept", p{"inviteID": id})
}

func unreachable(_ *testing.T, ana, bo *testkit.User, room string) {
	bo.Do("user.logout", nil)
	<-bo.Client.Closed()
	id := ana.Invite(bo.ID, room, p{"timeout": 1})
	ana.Expect("onInvitationTimeout", p{"inviteID": id})
	ana.Expect("onCallEnd", p{"result": "unreachable"})
}

func answered(t *testing.T, ana, bo *testkit.User, room string) {
	connect(t, ana, bo, room)
	ana.Exit(room)
	bo.Expect("onRemoteUserLeaveRoom", p{"userID": ana.ID, "reason": 0})
	end := expectEnd(t, ana, bo, bo.ID, []string{ana.ID}, "answered")
	if end.Str("endedBy") != ana.ID {
		t.Errorf("ana hung up, the record says %s", end.Str("endedBy"))
	}
}

// ring invites and lets it ring.
func ring(a, b *testkit.User, room string) string {
	id := a.Invite(b.ID, room, nil)
	b.Expect("onReceiveNewInvitation", p{"inviteID": id})
	return id
}

// endsUnbegun takes onCallEnd of a call that never began, for both.
func endsUnbegun(t *testing.T, a, b *testkit.User, result, by string) event {
	t.Helper()
	end := a.Expect("onCallEnd", p{"result": result, "endedBy": by, "duration": 0, "inviter": a.ID})
	b.Expect("onCallEnd", p{"result": result, "callID": end.Str("callID")})
	if end.Int("startedAt") != 0 {
		t.Errorf("a call that never began started at %d", end.Int("startedAt"))
	}
	return end
}

func TestAnOccupiedCalleeIsBusyInTheRecord(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, cy := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("cy")
	connect(t, ana, bo, "first")
	id := cy.Invite("bo", "second", p{"timeout": 1})
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id, "inviter": "cy"})
	bo.Expect("onInvitationTimeout", p{"inviteID": id})
	cy.Expect("onInvitationTimeout", p{"inviteID": id})
	cy.Expect("onCallEnd", p{"result": "busy"})
	bo.Expect("onCallEnd", p{"result": "busy"})
	ana.Quiet("first")
	if calls := bo.History(p{"missed": true}); len(calls) != 1 || calls[0].Str("inviter") != "cy" {
		t.Errorf("bo's missed calls: %v", calls)
	}
}

func TestADrainingServerEndsCallsAndBeginsNone(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 seconds of real time")
	}
	t.Parallel()
	svc := testkit.Start(t, "--drain-timeout=10s") // until then everything below must have been refused
	ana, bo, cy := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("cy")
	connect(t, ana, bo, "room")
	svc.Drain()
	for _, u := range []*testkit.User{ana, bo, cy} {
		if u.Expect("session.draining", nil).Int("deadlineAt") == 0 {
			t.Errorf("%s is not told the deadline", u.ID)
		}
	}
	cy.Refused(9006, "signaling.invite", p{"invitee": "ana", "data": testkit.CallData(1, "late")})
	cy.Refused(9006, "room.enter", p{"roomID": "late"})
	if status, _ := svc.Get("", "/readyz"); status != 503 {
		t.Errorf("/readyz answers %d while draining, want 503", status)
	}
	for _, u := range []*testkit.User{ana, bo} {
		got := u.ExpectAll("onRoomClosed", "onReceiveNewInvitation", "onCallEnd")
		if lacks := got["onRoomClosed"].Lacks(p{"roomID": "room", "reason": "serverDrain"}); lacks != "" {
			t.Errorf("%s: %s", u.ID, lacks)
		}
		if got["onCallEnd"].Str("result") != "serverDrain" {
			t.Errorf("%s: %v", u.ID, got["onCallEnd"])
		}
		<-u.Client.Closed()
		if code := u.Client.CloseCode(); code != 1001 {
			t.Errorf("%s's connection closes with %d, want 1001", u.ID, code)
		}
	}
	svc.Restart()
	again := svc.SignIn("ana")
	if calls := again.History(nil); len(calls) != 1 || calls[0].Str("result") != "serverDrain" {
		t.Errorf("after the restart: %v", calls)
	}
}
