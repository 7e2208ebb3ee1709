package e2e_test

import (
	"encoding/json"
	"testing"

	"callsvc/internal/testkit"
)

func TestPeopleWriteAndTheirCallsStandBetweenTheLines(t *testing.T) {
	svc := testkit.Start(t)
	ana, tablet, bo := svc.SignIn("ana"), svc.SignIn("ana"), svc.SignIn("bo")
	sent := ana.Do("message.send", p{"to": "bo", "type": "text", "text": "shall we talk?"})
	if sent.Int("messageSeq") != 1 {
		t.Errorf("sent: %v", sent)
	}
	for _, u := range []*testkit.User{tablet, bo} {
		e := u.Expect("onRecvNewMessage", nil)
		m, ok := e.P["message"].(map[string]any)
		if want := (p{"messageID": sent.Str("messageID"), "messageSeq": int64(1), "from": "ana", "to": "bo", "type": "text", "text": "shall we talk?"}); !ok || p(m).Lacks(want) != "" {
			t.Errorf("%s gets %v", u.ID, e)
		}
	}
	id := ana.Invite("bo", "talk", nil)
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
	bo.Do("signaling.reject", p{"inviteID": id, "data": "later"})
	ana.Expect("onInviteeRejected", p{"inviteID": id})

	page := bo.Do("message.list", p{"peer": "ana"})
	messages := page.List("messages")
	if len(messages) != 3 || page.Bool("more") {
		t.Fatalf("bo reads %v", page)
	}
	for i, action := range []float64{4, 1} {
		var envelope p
		if err := json.Unmarshal([]byte(messages[i].Str("data")), &envelope); err != nil {
			t.Fatal(err)
		}
		if envelope["actionType"] != action || envelope.Str("inviteID") != id || messages[i].Int("messageSeq") != int64(3-i) {
			t.Errorf("message %d: %v", 3-i, messages[i])
		}
		info := ana.Do("signaling.getSignalingInfo", p{"messageID": messages[i].Str("messageID")})
		if lacks := info.Lacks(p{"inviteID": id, "actionType": int64(4)}); lacks != "" {
			t.Errorf("what message %d is about: %s", 3-i, lacks)
		}
	}
	bo.Do("conversation.markRead", p{"peer": "ana", "messageSeq": 3})
	list := bo.Do("conversation.list", p{}).List("conversations")
	if len(list) != 1 || list[0].Lacks(p{"peer": "ana", "unread": int64(0), "readSeq": int64(3)}) != "" {
		t.Errorf("bo's conversations: %v", list)
	}
}

func TestAGroupAndWhatIsSaidInItSurviveARequestTwiceMade(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, cy := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("cy")
	create := p{"name": "club", "type": "Public", "members": []string{"bo"}, "requestID": "once"}
	id := ana.Do("group.create", create).Str("groupID")
	if again := ana.Do("group.create", create).Str("groupID"); again != id {
		t.Errorf("the same request made %s and %s", id, again)
	}
	bo.Expect("onGroupCreated", p{"groupID": id, "opUser": "ana"})
	cy.Refused(10007, "message.send", p{"groupID": id, "type": "text", "text": "let me in"})
	cy.Do("group.join", p{"groupID": id})
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onMemberEnter", p{"groupID": id, "opUser": "cy"})
	}
	cy.Do("message.send", p{"groupID": id, "type": "custom", "data": `{"x":1}`})
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onRecvNewMessage", nil)
	}
	if members := cy.Do("group.members", p{"groupID": id}).List("members"); len(members) != 3 || members[0].Str("role") != "owner" {
		t.Errorf("members: %v", members)
	}
	for _, u := range []*testkit.User{ana, bo, cy} {
		u.Quiet()
	}
}
