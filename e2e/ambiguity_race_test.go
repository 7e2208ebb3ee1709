package e2e_test

import (
	"slices"
	"sync"
	"testing"

	"callsvc/internal/testkit"
)

// 7. Who wins when cancel and accept cross?
func TestOfCancelAndAcceptOneWinsAndTheWinnerMayRepeatIt(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	for range 50 {
		id := ana.Do("signaling.invite", p{"invitee": "bo"}).Str("inviteID")
		bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
		sides := []struct {
			by            *testkit.User
			method, event string
		}{{ana, "signaling.cancel", "onInvitationCancelled"}, {bo, "signaling.accept", "onInviteeAccepted"}}
		codes := make([]int, 2)
		request := func(method string) p { return p{"inviteID": id, "requestID": method + id} }
		var both sync.WaitGroup
		for i, side := range sides {
			both.Go(func() {
				_, err := side.by.Try(side.method, request(side.method))
				codes[i] = testkit.CodeOf(err)
			})
		}
		both.Wait()
		winner := slices.Index(codes, 0)
		if winner < 0 || codes[1-winner] != 8010 {
			t.Fatalf("cancel got %d and accept %d", codes[0], codes[1])
		}
		sides[1-winner].by.Expect(sides[winner].event, p{"inviteID": id})
		sides[winner].by.Do(sides[winner].method, request(sides[winner].method))
	}
	quiet(ana, bo)
}

// 8. What does one get who comes late, or has no business here?
func TestLateIs8010AndForeignIs8011(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, eve := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("eve")
	id := ana.Do("signaling.invite", p{"invitee": "bo"}).Str("inviteID")
	eve.Refused(8011, "signaling.accept", p{"inviteID": id})
	bo.Refused(8011, "signaling.cancel", p{"inviteID": id})
	ana.Refused(8011, "signaling.reject", p{"inviteID": id})
	bo.Do("signaling.reject", p{"inviteID": id})
	for _, late := range []struct {
		by     *testkit.User
		method string
	}{{bo, "signaling.accept"}, {bo, "signaling.reject"}, {ana, "signaling.cancel"}} {
		late.by.Refused(8010, late.method, p{"inviteID": id})
	}
	ana.Refused(8010, "signaling.cancel", p{"inviteID": "never-was"})
	ana.Do("group.create", p{"groupID": "once", "name": "x", "type": "Work"})
	ana.Refused(8012, "group.create", p{"groupID": "once", "name": "x", "type": "Work"})
}

// 10. Who is busy, and what if both dial at once?
func TestWhoDialEachOtherMeetAndAreNotBusy(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, cy := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("cy")
	id := ring(ana, bo, "of-ana")
	if got := bo.Do("signaling.invite", p{"invitee": "ana", "data": testkit.CallData(2, "of-bo")}); got.Lacks(p{"inviteID": id, "merged": true, "roomID": "of-ana"}) != "" {
		t.Errorf("bo's own call: %v", got)
	}
	ana.Expect("onInviteeAccepted", p{"inviteID": id, "invitee": "bo"})
	// Who is in a call is rung all the same; the client says busy, and so does the record.
	called := ring(cy, bo, "of-cy")
	bo.Do("signaling.reject", p{"inviteID": called, "data": `{"version":4,"businessID":"av_call","call_type":2,"line_busy":"line_busy","data":{"message":"lineBusy"}}`})
	cy.Expect("onInviteeRejected", p{"inviteID": called})
	endsUnbegun(t, cy, bo, "busy", "bo")
	quiet(ana)
}

// 18. How do one's other devices learn that one of them answered?
func TestTheOtherDevicesLearnOfTheAnswerByTheSameEvent(t *testing.T) {
	svc := testkit.Start(t)
	for answer, event := range map[string]string{"signaling.accept": "onInviteeAccepted", "signaling.reject": "onInviteeRejected"} {
		ana, laptop := svc.SignIn("ana"), svc.SignIn("ana")
		bo, tablet := svc.SignIn("bo"), svc.SignIn("bo")
		id := ana.Do("signaling.invite", p{"invitee": "bo", "data": "x"}).Str("inviteID")
		laptop.Expect("onReceiveNewInvitation", p{"inviteID": id, "inviter": "ana"})
		for _, u := range []*testkit.User{bo, tablet} {
			u.Expect("onReceiveNewInvitation", p{"inviteID": id})
		}
		bo.Do(answer, p{"inviteID": id})
		for _, u := range []*testkit.User{ana, laptop, tablet} {
			u.Expect(event, p{"inviteID": id, "invitee": "bo"})
		}
		quiet(ana, laptop, bo, tablet)
	}
}
