package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// browsers is a push service on this machine and the browsers behind it.
type browsers struct {
	*testkit.PushService
	t   *testing.T
	url string
}

func newBrowsers(t *testing.T) *browsers {
	t.Helper()
	b := &browsers{testkit.NewPushService(), t, ""}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// closed lets a user's page subscribe and closes it.
func (b *browsers) closed(u *testkit.User) *testkit.Browser {
	b.t.Helper()
	browser, err := b.Subscribe(b.url, u.Do("push.getKey", nil).Str("applicationServerKey"))
	if err != nil {
		b.t.Fatal(err)
	}
	u.Do("push.subscribe", p{"endpoint": browser.Endpoint, "keys": p{"p256dh": browser.P256dh, "auth": browser.Auth}, "language": "en-US"})
	u.Do("user.logout", nil)
	b.t.Cleanup(func() {
		if refusals := browser.Refusals(); len(refusals) > 0 {
			b.t.Errorf("not the protocol: %v", refusals)
		}
	})
	return browser
}

// pushed takes the next message, which must have these members.
func pushed(t *testing.T, b *testkit.Browser, want p) p {
	t.Helper()
	select {
	case m := <-b.Messages:
		var got p
		if err := json.Unmarshal(m.Body, &got); err != nil {
			t.Fatal(err)
		}
		if lacks := got.Lacks(want); lacks != "" {
			t.Fatalf("pushed is %v: %s", got, lacks)
		}
		return got
	case <-time.After(testkit.Patience):
		t.Fatalf("nothing is pushed; want %v", want)
		return nil
	}
}

func TestAClosedPageIsRungAndItsNotificationDeclines(t *testing.T) {
	svc, all := testkit.Start(t), newBrowsers(t)
	ana := svc.SignInWith("ana", svc.Token("ana", "&name=Ana"))
	closed := all.closed(svc.SignIn("bo"))
	id := ana.Invite("bo", "room", p{"offlinePushInfo": p{"title": "Ana calls", "desc": "Pick up", "ext": "x"}})
	got := pushed(t, closed, p{
		"type": "invitation", "inviteID": id, "inviter": "ana", "name": "Ana", "callType": "video",
		"title": "Ana calls", "desc": "Pick up", "ext": "x", "language": "en",
	})
	token, path := got.Str("answerToken"), "/v1/invitations/"+id+"/reject"
	for what, wrong := range map[string]string{"no token": "", "bo's own": svc.Token("bo", ""), "an operator's": svc.Token("operator", "&admin=true")} {
		if status, body := svc.Send(http.MethodPost, wrong, path, p{}); status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
	if status, body := svc.Get(token, "/v1/calls"); status != http.StatusUnauthorized {
		t.Errorf("the answer token opens the record: %d %s", status, body)
	}
	if status, body := svc.Send(http.MethodPost, token, path, p{"data": "not now"}); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	ana.Expect("onInviteeRejected", p{"inviteID": id, "invitee": "bo", "data": "not now"})
	ana.Expect("onCallEnd", p{"result": "declined"})
	pushed(t, closed, p{"type": "over", "inviteID": id, "outcome": "rejected"})
	if status, body := svc.Send(http.MethodPost, token, path, nil); status != http.StatusNotFound {
		t.Errorf("a second time: %d %s", status, body)
	}
	svc.FigureBecomes(`callsvc_push_messages_total{result="accepted"}`, 2)
}

func TestWhoOpensThePageOfANotificationFindsItRinging(t *testing.T) {
	svc, all := testkit.Start(t), newBrowsers(t)
	ana := svc.SignIn("ana")
	closed := all.closed(svc.SignIn("bo"))
	id := ana.Invite("bo", "room", nil)
	pushed(t, closed, p{"type": "invitation", "title": "ana"})
	bo := svc.SignIn("bo")
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
	bo.Accept(id)
	ana.Expect("onInviteeAccepted", nil)
	pushed(t, closed, p{"type": "over", "outcome": "accepted"})
}

func TestSubscriptionsAndKeysOutliveTheServer(t *testing.T) {
	svc, all := testkit.Start(t), newBrowsers(t)
	closed := all.closed(svc.SignIn("bo"))
	svc.Restart()
	ana := svc.SignIn("ana")
	id := ana.Invite("bo", "room", nil)
	pushed(t, closed, p{"type": "invitation", "inviteID": id})
	svc.Restart()
	svc.SignIn("ana").Do("signaling.cancel", p{"inviteID": id})
	pushed(t, closed, p{"type": "over", "inviteID": id, "outcome": "cancelled"})
}

func TestWhoWasRungByTheirPushServiceDidNotAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 seconds of real time")
	}
	t.Parallel()
	svc, all := testkit.Start(t), newBrowsers(t)
	ana := svc.SignIn("ana")
	closed := all.closed(svc.SignIn("bo"))
	for user, c := range map[string]struct {
		timeout int
		want    string
	}{
		"bo":    {10, "noAnswer"}, // until then the push service must have answered
		"carol": {1, "unreachable"},
	} {
		ana.Invite(user, "with-"+user, p{"timeout": c.timeout})
		ana.Expect("onInvitationTimeout", nil)
		ana.Expect("onCallEnd", p{"result": c.want})
	}
	pushed(t, closed, p{"type": "invitation"})
	pushed(t, closed, p{"type": "over", "outcome": "timedOut"})
}

// Bo's phone is rung after all that must not ring it: what is pushed is in order.
func TestWhoDoesNotWantItIsNotRung(t *testing.T) {
	svc, all := testkit.Start(t), newBrowsers(t)
	ana, carol, bo := svc.SignIn("ana"), svc.SignIn("carol"), svc.SignIn("bo")
	group := ana.Do("group.create", p{"name": "club", "type": "Work", "members": []string{"bo", "carol"}}).Str("groupID")
	calls := func(u *testkit.User) {
		id := u.Do("signaling.inviteInGroup", p{
			"groupID": group, "inviteeList": []string{"bo"}, "data": testkit.CallData(2, "of-"+u.ID),
		}).Str("inviteID")
		u.Do("signaling.cancel", p{"inviteID": id})
	}
	bo.Do("user.setAllReceiveMessageOpt", p{"opt": 2})
	closed := all.closed(bo)
	calls(carol)
	bo = svc.SignIn("bo")
	bo.Do("user.setAllReceiveMessageOpt", p{"opt": 0})
	bo.Do("user.addToBlackList", p{"userIDList": []string{"ana"}})
	bo.Do("user.logout", nil)
	calls(ana)
	last := carol.Invite("bo", "last", nil)
	pushed(t, closed, p{"type": "invitation", "inviteID": last, "inviter": "carol"})
}
