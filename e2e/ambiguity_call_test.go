package e2e_test

import (
	"testing"

	"callsvc/internal/testkit"
)

// 9. Who picks the room, and who is in it first?
func TestTheCallerPicksTheRoomAndEntersItFirst(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, eve := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("eve")
	ana.EnterBare("42")
	eve.Refused(9007, "room.enter", p{"roomID": "42"}) // who picks the same id does not fall into the call
	id := ring(ana, bo, "42")
	bo.Accept(id)
	ana.Expect("onInviteeAccepted", nil)
	bo.EnterBare("42")
	ana.Expect("onRemoteUserEnterRoom", p{"userID": "bo"})
	eve.Refused(9007, "room.enter", p{"roomID": "42"})
}

// 11. When does the clock start?
func TestTheClockIsTheServersAndTheSameForBoth(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	ana.EnterBare("room")
	id := ring(ana, bo, "room")
	bo.Accept(id)
	ana.Expect("onInviteeAccepted", nil)
	bo.EnterBare("room")
	at := ana.Expect("onRemoteUserEnterRoom", p{"userID": "bo"}).Int("at")
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onCallBegin", p{"startedAt": at})
	}
}

// 12. Who sends the call-end?
func TestWhoeverSendsTheCallEndThereIsOne(t *testing.T) {
	const own = `{"version":4,"businessID":"av_call","call_type":2,"call_end":3,"data":{"cmd":"hangup","cmdInfo":"3","inviter":"ana"}}`
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	connect(t, ana, bo, "room")
	first := bo.Do("signaling.invite", p{"invitee": "ana", "timeout": 0, "data": own}).Str("inviteID")
	second := ana.Do("signaling.invite", p{"invitee": "bo", "timeout": 0, "data": own}).Str("inviteID")
	if first == "" || first != second {
		t.Errorf("bo's call-end is %s and ana's %s, want one", first, second)
	}
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onReceiveNewInvitation", p{"inviteID": first})
		u.Expect("onCallEnd", p{"result": "answered", "endedBy": "bo"})
		u.Quiet()
	}
}

// 13. Does a call-end ring?
func TestACallEndRingsNobodyAndIsPendingForNobody(t *testing.T) {
	svc, all := testkit.Start(t), newBrowsers(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	closed := all.closed(svc.SignIn("cy"))
	data := `{"version":4,"businessID":"av_call","call_type":2,"call_end":3,"data":{"cmd":"hangup","cmdInfo":"3"}}`
	for _, to := range []string{"bo", "cy"} { // the end of a call that nobody knows, with a timeout
		id := ana.Do("signaling.invite", p{"invitee": to, "timeout": 30, "data": data}).Str("inviteID")
		ana.Refused(8010, "signaling.cancel", p{"inviteID": id})
	}
	end := bo.Expect("onReceiveNewInvitation", p{"timeout": 0, "data": data})
	bo.Refused(8010, "signaling.accept", p{"inviteID": end.Str("inviteID")})
	if open := svc.Figure("callsvc_invitations_open"); open != 0 {
		t.Errorf("%v invitations are open", open)
	}
	// What is pushed to cy first is the call that comes after.
	id := ana.Invite("cy", "room", nil)
	pushed(t, closed, p{"type": "invitation", "inviteID": id})
	svc.SignIn("cy").Expect("onReceiveNewInvitation", p{"inviteID": id})
}

// 30. A third person in a call of two.
func TestAThirdPersonComesIntoTheSameCall(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, cy := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("cy")
	first, begin := connect(t, ana, bo, "7")
	data := `{"version":4,"businessID":"av_call","call_type":2,"room_id":7,"inCallUserIDs":["ana","bo"],"data":{"cmd":"videoCall","room_id":7,"initialCallId":"` + first + `"}}`
	id := bo.Do("signaling.invite", p{"invitee": "cy", "data": data}).Str("inviteID")
	cy.Expect("onReceiveNewInvitation", p{"inviteID": id, "data": data})
	cy.Accept(id)
	if found := cy.EnterBare("7"); found.Str("callID") != begin.Str("callID") {
		t.Errorf("cy finds %v, want call %s", found, begin.Str("callID"))
	}
	ana.Exit("7")
	cy.Sees("onRemoteUserLeaveRoom", func(e event) bool { return e.Str("userID") == "ana" })
	if open := svc.Figure("callsvc_calls_open"); open != 1 { // one who hangs up does not end it for the rest
		t.Errorf("%v calls are open, want 1", open)
	}
	bo.Exit("7")
	for _, u := range []*testkit.User{ana, bo, cy} {
		u.Sees("onCallEnd", func(e event) bool { return e.Str("callID") == begin.Str("callID") })
		if calls := u.History(nil); len(calls) != 1 || len(calls[0].List("participants")) != 3 {
			t.Errorf("%s's history: %v", u.ID, calls)
		}
	}
}
