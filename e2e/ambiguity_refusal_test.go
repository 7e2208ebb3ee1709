package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"callsvc/internal/testkit"
)

// 21. A non-member, somebody who has blocked me, nobody: may I invite them?
func TestWhoMayNotBeInvitedIsRefusedAtOnce(t *testing.T) {
	svc := testkit.Start(t)
	all := club(svc, "ana", "bo")
	eve := svc.SignIn("eve")
	eve.Do("user.addToBlackList", p{"userIDList": []string{"ana"}})
	ana := all[0]
	ana.Refused(10007, "signaling.inviteInGroup", p{"groupID": "club", "inviteeList": []string{"bo", "eve"}})
	ana.Refused(10010, "signaling.inviteInGroup", p{"groupID": "none", "inviteeList": []string{"bo"}})
	eve.Refused(10007, "signaling.inviteInGroup", p{"groupID": "club", "inviteeList": []string{"bo"}})
	ana.Refused(20007, "signaling.invite", p{"invitee": "eve"})
	ana.Refused(20007, "group.create", p{"name": "trap", "type": "Work", "members": []string{"eve"}}) // nor rung in a group made for it
	ana.Refused(6017, "signaling.invite", p{"invitee": "guest-0123456789abcdef0123"})
	ana.Do("signaling.invite", p{"invitee": "never-seen"}) // users are not provisioned: they may come yet
	quiet(all[1], eve)
}

// 22. The inviter among the invitees. 23. An empty or doubled list.
func TestAListThatMakesNoSenseIsRefused(t *testing.T) {
	svc := testkit.Start(t)
	all, eve := club(svc, "ana", "bo"), svc.SignIn("eve")
	for name, list := range map[string][]string{"the inviter": {"bo", "ana"}, "nobody": {}, "bo twice": {"bo", "bo"}} {
		t.Run(name, func(*testing.T) {
			all[0].Refused(6017, "signaling.inviteInGroup", p{"groupID": "club", "inviteeList": list})
		})
	}
	all[0].Refused(6017, "signaling.invite", p{"invitee": "ana"})
	quiet(all...)
	// The end of a call may name whom it likes: old clients name nobody real.
	all[0].Do("signaling.inviteInGroup", p{
		"groupID": "club", "inviteeList": []string{"inviteeList", "eve"}, "timeout": 0,
		"data": `{"version":4,"businessID":"av_call","call_type":1,"call_end":0,"data":{"cmd":"hangup"}}`,
	})
	all[1].Expect("onReceiveNewInvitation", p{"inviteeList": []string{"inviteeList", "eve"}})
	quiet(eve) // but who is no member is not told
}

// 27. How large may data be?
func TestDataIsLimitedToTwelveKibibytesOfItself(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	// Quotes double when the envelope is encoded; the limit is on the data alone.
	fits := strings.Repeat(`"`, 12<<10)
	id := ana.Do("signaling.invite", p{"invitee": "bo", "data": fits}).Str("inviteID")
	bo.Expect("onReceiveNewInvitation", p{"data": fits})
	ana.Refused(8001, "signaling.invite", p{"invitee": "bo", "data": fits + "x"})
	bo.Refused(8001, "signaling.accept", p{"inviteID": id, "data": fits + "x"})
	ana.Refused(8001, "signaling.modifyInvitation", p{"inviteID": id, "data": fits + "x"})
	bo.Do("signaling.accept", p{"inviteID": id, "data": fits})
	ana.Expect("onInviteeAccepted", p{"data": fits})
	quiet(ana, bo)
}

// 28. Is what becomes of an online-only invitation online-only too?
func TestAnOnlineOnlyInvitationLeavesNoMessageNorItsOutcome(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	for _, way := range []struct {
		by            *testkit.User
		method, event string
		timeout       int
	}{
		{bo, "signaling.accept", "onInviteeAccepted", 30},
		{bo, "signaling.reject", "onInviteeRejected", 30},
		{ana, "signaling.cancel", "onInvitationCancelled", 30},
		{nil, "", "onInvitationTimeout", 1},
	} {
		made := ana.Do("signaling.invite", p{"invitee": "bo", "onlineUserOnly": true, "timeout": way.timeout})
		id := made.Str("inviteID")
		if made.Str("messageID") != "" {
			t.Errorf("it has a message: %v", made)
		}
		bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
		if way.by != nil {
			way.by.Do(way.method, p{"inviteID": id})
		}
		for _, u := range []*testkit.User{ana, bo} {
			if u != way.by {
				u.Expect(way.event, p{"inviteID": id})
			}
		}
	}
	if messages := bo.Do("message.list", p{"peer": "ana"}).List("messages"); len(messages) != 0 {
		t.Errorf("the conversation has %v", messages)
	}
}

// 29. Who may modify an invitation?
func TestTheInviterModifiesAndTheInviteeMayOnlySayConsumed(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, eve := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("eve")
	data := func(room int, more string) string {
		return fmt.Sprintf(`{"version":4,"businessID":"av_call","call_type":2,"room_id":%d,"data":{"cmd":"videoCall"%s}}`, room, more)
	}
	id := ana.Do("signaling.invite", p{"invitee": "bo", "data": data(7, "")}).Str("inviteID")
	bo.Expect("onReceiveNewInvitation", nil)
	ana.Do("signaling.modifyInvitation", p{"inviteID": id, "data": data(7, `,"message":"now"`)})
	bo.Expect("onInvitationModified", p{"inviteID": id})
	bo.Refused(8011, "signaling.modifyInvitation", p{"inviteID": id, "data": data(8, `,"message":"now"`)})
	bo.Refused(8011, "signaling.modifyInvitation", p{"inviteID": id, "data": data(8, `,"message":"now","consumed":true`)})
	eve.Refused(8011, "signaling.modifyInvitation", p{"inviteID": id, "data": data(7, `,"message":"now","consumed":true`)})
	consumed := data(7, `,"consumed":true,"message":"now"`)
	bo.Do("signaling.modifyInvitation", p{"inviteID": id, "data": consumed})
	ana.Expect("onInvitationModified", p{"inviteID": id, "data": consumed})
	bo.Do("signaling.reject", p{"inviteID": id})
	bo.Refused(8010, "signaling.modifyInvitation", p{"inviteID": id, "data": consumed})
	messages := bo.Do("message.list", p{"peer": "ana"}).List("messages")
	var envelope p
	if err := json.Unmarshal([]byte(messages[len(messages)-1].Str("data")), &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope.Str("data") != consumed {
		t.Errorf("the invitation's message says %v", envelope)
	}
}
