package e2e_test

import (
	"slices"
	"testing"

	"callsvc/internal/testkit"
)

// 3. Does one accept end an invitation in a group?
func TestOneAcceptLeavesTheOthersPending(t *testing.T) {
	svc := testkit.Start(t)
	all := club(svc, "ana", "bo", "cy")
	id := ringClub(all, "", 30, "bo", "cy")
	all[1].Do("signaling.accept", p{"inviteID": id})
	all[2].Do("signaling.accept", p{"inviteID": id})
	all[0].Refused(8010, "signaling.cancel", p{"inviteID": id}) // and now it is over
	if open := svc.Figure("callsvc_invitations_open"); open != 0 {
		t.Errorf("%v invitations are open", open)
	}
}

// 4. Who are the others who are told of an answer? 5. Who is told of the
// invitation?
func TestEveryMemberIsToldOfInvitationAndAnswers(t *testing.T) {
	svc := testkit.Start(t)
	all := club(svc, "ana", "bo", "cy", "di")
	second := svc.SignIn("di") // who is not even invited hears it at every device
	id := ringClub(all, "", 30, "bo", "cy")
	second.Expect("onReceiveNewInvitation", p{"inviteID": id, "inviteeList": []string{"bo", "cy"}})
	all[1].Do("signaling.accept", p{"inviteID": id, "data": "yes"})
	for _, u := range []*testkit.User{all[0], all[2], all[3], second} {
		u.Expect("onInviteeAccepted", p{"inviteID": id, "inviter": "ana", "groupID": "club", "invitee": "bo", "data": "yes"})
	}
	all[3].Refused(8011, "signaling.accept", p{"inviteID": id}) // to hear is not to be asked
	quiet(append(all, second)...)
}

// 6. May one cancel after some have accepted?
func TestACancelEndsItForThePendingAndLeavesTheAcceptedIn(t *testing.T) {
	svc := testkit.Start(t)
	all := club(svc, "ana", "bo", "cy")
	id := ringClub(all, testkit.CallData(2, "room"), 30, "bo", "cy")
	all[0].EnterBare("room")
	all[1].Do("signaling.accept", p{"inviteID": id})
	all[0].Do("signaling.cancel", p{"inviteID": id})
	for _, u := range all[1:] {
		u.Sees("onInvitationCancelled", func(e event) bool {
			return e.Lacks(p{"inviteID": id, "inviter": "ana", "groupID": "club", "inviteeList": []string{"cy"}}) == ""
		})
	}
	all[1].EnterBare("room") // the call goes on with bo
	for _, u := range all[:2] {
		u.Sees("onCallBegin", func(e event) bool { return e.Str("roomID") == "room" })
	}
	all[2].Refused(8010, "signaling.accept", p{"inviteID": id})
}

// 24. Two calls in one group.
func TestTwoCallsInOneGroupEndEachForItself(t *testing.T) {
	svc := testkit.Start(t)
	all := club(svc, "ana", "bo", "cy", "di")
	ids := []string{}
	for i, room := range []string{"one", "two"} {
		from, to := all[2*i], all[2*i+1]
		from.EnterBare(room)
		id := from.Do("signaling.inviteInGroup", p{"groupID": "club", "inviteeList": []string{to.ID}, "data": testkit.CallData(1, room)}).Str("inviteID")
		to.Do("signaling.accept", p{"inviteID": id})
		to.EnterBare(room)
		from.Sees("onCallBegin", func(e event) bool { return e.Str("roomID") == room })
		ids = append(ids, id)
	}
	if ids[0] == ids[1] {
		t.Error("two calls have one invitation")
	}
	all[0].Exit("one")
	all[1].Sees("onCallEnd", func(e event) bool { return e.Str("roomID") == "one" })
	if open := svc.Figure("callsvc_calls_open"); open != 1 {
		t.Errorf("%v calls are open, want the other one", open)
	}
	for _, u := range all[2:] {
		u.Settle("two")
		if slices.ContainsFunc(u.All(), func(e event) bool { return e.Name == "onCallEnd" }) {
			t.Errorf("%s is told that a call ended", u.ID)
		}
	}
}

// 25. An invitee leaves the group while pending.
func TestWhoLeavesTheGroupHasDeclined(t *testing.T) {
	svc := testkit.Start(t)
	for _, way := range []struct {
		name  string
		leave func(owner, leaver *testkit.User)
	}{
		{"quit", func(_, leaver *testkit.User) { leaver.Do("group.quit", p{"groupID": "club"}) }},
		{"kicked", func(owner, leaver *testkit.User) {
			owner.Do("group.kick", p{"groupID": "club", "members": []string{leaver.ID}})
		}},
		{"dismissed", func(owner, _ *testkit.User) { owner.Do("group.dismiss", p{"groupID": "club"}) }},
	} {
		t.Run(way.name, func(t *testing.T) {
			svc := svc.For(t)
			ana, bo := svc.SignIn("ana-"+way.name), svc.SignIn("bo-"+way.name)
			ana.Do("group.create", p{"groupID": "club", "name": "club", "type": "Public", "members": []string{bo.ID}})
			id := ana.Do("signaling.inviteInGroup", p{"groupID": "club", "inviteeList": []string{bo.ID}}).Str("inviteID")
			way.leave(ana, bo)
			for _, u := range []*testkit.User{ana, bo} {
				u.Sees("onInviteeRejected", func(e event) bool { return e.Str("inviteID") == id && e.Str("invitee") == bo.ID })
			}
			bo.Refused(8010, "signaling.accept", p{"inviteID": id})
			if _, err := ana.Try("group.dismiss", p{"groupID": "club"}); testkit.CodeOf(err) != 0 && testkit.CodeOf(err) != 10010 {
				t.Fatal(err)
			}
		})
	}
}

// 26. How does a pupil raise a hand? Two invitations with data of the
// application's own: the teacher asks all, then picks one.
func TestAClassRaisesHandsWithDataTheServerDoesNotRead(t *testing.T) {
	svc := testkit.Start(t)
	all := club(svc, "teacher", "bo", "cy", "di")
	const ask, pick = `{"businessID":"raise_hand","question":7}`, `{"businessID":"speak","question":7}`
	asked := ringClub(all, ask, 30, "bo", "cy", "di")
	all[2].Do("signaling.accept", p{"inviteID": asked, "data": "me!"})
	for _, u := range []*testkit.User{all[0], all[1], all[3]} {
		u.Expect("onInviteeAccepted", p{"invitee": "cy", "data": "me!"})
	}
	picked := ringClub(all, pick, 30, "cy")
	all[2].Do("signaling.accept", p{"inviteID": picked})
	for _, u := range []*testkit.User{all[0], all[1], all[3]} {
		u.Expect("onInviteeAccepted", p{"inviteID": picked, "invitee": "cy"})
	}
	if calls := svc.Figure("callsvc_calls_open"); calls != 0 {
		t.Errorf("raising hands made %v calls", calls)
	}
	quiet(all...)
}
