package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"callsvc/internal/testkit"
)

func TestTwoDevicesSeeTheMissedCallsGoAwayTogether(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, tablet := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("bo")
	for n := range 2 {
		id := ana.Invite("bo", fmt.Sprint("room-", n), nil)
		for _, device := range []*testkit.User{bo, tablet} {
			device.Expect("onReceiveNewInvitation", p{"inviteID": id})
		}
		ana.Do("signaling.cancel", p{"inviteID": id})
		for _, device := range []*testkit.User{bo, tablet} {
			device.Expect("onInvitationCancelled", nil)
			device.Expect("onCallEnd", p{"result": "cancelled"})
			device.Expect("onMissedCallsChanged", p{"count": n + 1, "seenAt": 0})
		}
	}
	if missed := len(bo.History(p{"missed": true})); missed != 2 {
		t.Errorf("the history has %d missed calls", missed)
	}
	svc.Restart()
	bo, tablet = svc.SignIn("bo"), svc.SignIn("bo")
	for _, device := range []*testkit.User{bo, tablet} {
		device.Expect("onMissedCallsChanged", p{"seq": 1, "count": 2})
	}
	bo.Do("history.markMissedSeen", nil)
	seen := tablet.Expect("onMissedCallsChanged", p{"count": 0})
	if got := tablet.Do("history.getMissed", nil); got.Lacks(p{"count": 0, "seenAt": seen.Int("seenAt")}) != "" || seen.Int("seenAt") == 0 {
		t.Errorf("the tablet was told %v and asks %v", seen, got)
	}
	svc.SignIn("bo").Quiet()
	for _, device := range []*testkit.User{bo, tablet} {
		device.Quiet()
	}
}

func TestTheMissedBadgeComesBeforeTheRinging(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	ana.Do("signaling.cancel", p{"inviteID": ana.Invite("bo", "first", nil)})
	ana.Expect("onCallEnd", nil)
	id := ana.Invite("bo", "second", nil)
	bo := svc.SignIn("bo")
	bo.Expect("onMissedCallsChanged", p{"count": 1})
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
	bo.Offline()
	if !bo.Resume() {
		t.Fatal("bo's session is gone")
	}
	bo.Quiet() // the session went on, and so did what it knows
}

func TestABlockedCallerLeavesNoTrace(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, phone := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("bo")
	bo.Do("user.addToBlackList", p{"userIDList": []string{"ana"}})
	phone.Expect("onBlackListChanged", p{"userIDList": []string{"ana"}})
	check := func() {
		t.Helper()
		ana.Refused(20007, "message.send", p{"to": "bo", "type": "text", "text": "hello?"})
		ana.Refused(20007, "signaling.invite", p{"invitee": "bo", "data": testkit.CallData(2, "room")})
		ana.Refused(20007, "signaling.invite", p{"invitee": "bo", "data": "anything"})
		ana.Refused(20007, "signaling.invite", p{"invitee": "bo", "data": `{"businessID":"av_call","version":4,"call_end":5,"call_type":2}`})
		for _, u := range []*testkit.User{ana, bo} {
			if list := u.Do("conversation.list", nil).List("conversations"); len(list) != 0 {
				t.Errorf("%s has conversations: %v", u.ID, list)
			}
			if calls := u.History(nil); len(calls) != 0 {
				t.Errorf("%s has calls: %v", u.ID, calls)
			}
		}
		if missed := bo.Do("history.getMissed", nil).Int("count"); missed != 0 {
			t.Errorf("bo missed %d calls", missed)
		}
	}
	check()
	if open := svc.Figure("callsvc_calls_open") + svc.Figure("callsvc_invitations_open"); open != 0 {
		t.Errorf("%v calls and invitations are open", open)
	}
	phone.Quiet()
	svc.Restart()
	ana, bo = svc.SignIn("ana"), svc.SignIn("bo")
	check()
	bo.Do("message.send", p{"to": "ana", "type": "text", "text": "I can write to you"})
	ana.Expect("onRecvNewMessage", nil)
	bo.Do("user.deleteFromBlackList", p{"userIDList": []string{"ana"}})
	if list := bo.Do("user.getBlackList", nil).Strs("userIDList"); len(list) != 0 {
		t.Errorf("bo's black list: %v", list)
	}
	ring(ana, bo, "room")
}

// Whoever is in a call goes on in it when blocked: old clients end it
// themselves, and who is dialled by the blocker may answer by dialling back.
func TestABlockDoesNotStandInTheWayOfACallThatIs(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	bo.Do("user.addToBlackList", p{"userIDList": []string{"ana"}})
	id := ring(bo, ana, "of-bo")
	got := ana.Do("signaling.invite", p{"invitee": "bo", "data": testkit.CallData(2, "of-ana")})
	if lacks := got.Lacks(p{"inviteID": id, "merged": true, "roomID": "of-bo"}); lacks != "" {
		t.Errorf("ana dials back: %s", lacks)
	}
	bo.Expect("onInviteeAccepted", p{"inviteID": id})
	for _, u := range []*testkit.User{bo, ana} {
		u.EnterBare("of-bo")
	}
	bo.Expect("onRemoteUserEnterRoom", nil)
	ana.Expect("onCallBegin", nil)
	ana.Do("signaling.invite", p{"invitee": "bo", "data": `{"businessID":"av_call","version":4,"call_end":5,"call_type":2}`})
	ana.Sees("onCallEnd", func(e event) bool { return e.Str("result") == "answered" })
}

func TestInAGroupABlockChangesNothing(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	group := ana.Do("group.create", p{"name": "club", "type": "Work", "members": []string{"bo"}}).Str("groupID")
	bo.Expect("onGroupCreated", nil)
	bo.Do("user.addToBlackList", p{"userIDList": []string{"ana"}})
	ana.Do("message.send", p{"groupID": group, "type": "text", "text": "all of you"})
	bo.Expect("onRecvNewMessage", nil)
	id := ana.Do("signaling.inviteInGroup", p{"groupID": group, "inviteeList": []string{"bo"}}).Str("inviteID")
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
}

func TestDoNotDisturbRingsNothingButLetsEverythingIn(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, phone := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("bo")
	if got := bo.Do("user.getAllReceiveMessageOpt", nil); got.Lacks(p{"opt": 0, "startAt": 0, "duration": 0}) != "" {
		t.Errorf("at first: %v", got)
	}
	bo.Do("user.setAllReceiveMessageOpt", p{"opt": 2, "duration": 3600})
	told := phone.Expect("onAllReceiveMessageOptChanged", p{"opt": 2, "duration": 3600})
	if told.Int("startAt") == 0 {
		t.Errorf("the phone does not learn from when: %v", told)
	}
	id := ring(ana, bo, "room")
	phone.Expect("onReceiveNewInvitation", p{"inviteID": id})
	svc.Restart()
	bo = svc.SignIn("bo")
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
	if got := bo.Do("user.getAllReceiveMessageOpt", nil); got.Lacks(p{"opt": 2, "startAt": told.Int("startAt"), "duration": 3600}) != "" {
		t.Errorf("after a restart: %v", got)
	}
	bo.Refused(6017, "user.setAllReceiveMessageOpt", p{"opt": 1})
	bo.Do("user.setAllReceiveMessageOpt", p{"opt": 0})
	if got := bo.Do("user.getAllReceiveMessageOpt", nil); got.Int("opt") != 0 {
		t.Errorf("turned off: %v", got)
	}
}

func TestANameIsSeenByAllWhoMayKnowIt(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignInWith("ana", svc.Token("ana", "&name=A.+Nadal"))
	phone := svc.SignInWith("ana", svc.Token("ana", "&name=A.+Nadal"))
	bo := svc.SignIn("bo")
	if name := ana.Client.Welcome.Str("name"); name != "A. Nadal" {
		t.Errorf("ana is greeted as %q", name)
	}
	bo.Do("user.subscribeStatus", nil)
	ana.Do("user.setSelfInfo", p{"name": "Ana", "avatarURL": "https://a.example/ana.png"})
	info := p{"userID": "ana", "name": "Ana", "avatarURL": "https://a.example/ana.png"}
	phone.Expect("onSelfInfoUpdated", info)
	bo.Expect("onUserStatusChanged", p{"userStatusList": []p{{"userID": "ana", "name": "Ana", "statusType": 1}}})
	online := bo.Do("user.listOnline", nil).List("users")
	if len(online) != 1 || online[0].Str("name") != "Ana" {
		t.Errorf("online: %v", online)
	}
	ana.EnterBare("room")
	svc.Operate(http.MethodPut, "/v1/users/bo", p{"name": "Robert"})
	bo.Expect("onSelfInfoUpdated", p{"userID": "bo", "name": "Robert"})
	invited := svc.SignInWith("bo", svc.Token("bo", "&room=room&name=B"))
	if name := invited.Client.Welcome.Str("name"); name != "Robert" {
		t.Errorf("bo is greeted as %q", name)
	}
	there := invited.EnterBare("room").List("users")
	if len(there) != 1 || there[0].Str("name") != "Ana" {
		t.Errorf("in the room: %v", there)
	}
	ana.Expect("onRemoteUserEnterRoom", p{"userID": "bo", "name": "Robert"})
	svc.Restart()
	users := svc.SignIn("cy").Do("user.getUsersInfo", p{"userIDList": []string{"ana", "stranger"}}).List("users")
	if len(users) != 2 || users[0].Lacks(info) != "" || users[1].Lacks(p{"userID": "stranger", "name": "", "avatarURL": ""}) != "" {
		t.Errorf("whoever asks learns %v", users)
	}
}

func TestWhoMayReadAndSetAProfile(t *testing.T) {
	svc := testkit.Start(t)
	operator, self := svc.Token("operator", "&admin=true"), svc.Token("ana", "")
	for _, c := range []struct {
		name, method, token, path string
		body                      p
		status                    int
		contains                  string
	}{
		{"not nobody", http.MethodGet, "", "/v1/users/ana", nil, 401, "6014"},
		{"not another", http.MethodGet, svc.Token("bo", ""), "/v1/users/ana", nil, 403, "10007"},
		{"another sets nothing", http.MethodPut, svc.Token("bo", ""), "/v1/users/ana", p{"name": "x"}, 403, "10007"},
		{"a stranger has no name", http.MethodGet, operator, "/v1/users/ana", nil, 200, `{"userID":"ana","name":"","avatarURL":""}`},
		{"oneself", http.MethodPut, self, "/v1/users/ana", p{"name": "Ana", "avatarURL": "http://a.example/"}, 200, `{"userID":"ana","name":"Ana","avatarURL":"http://a.example/"}`},
		{"what is absent is emptied", http.MethodPut, operator, "/v1/users/ana", p{"name": "Ana"}, 200, `{"userID":"ana","name":"Ana","avatarURL":""}`},
		{"and read", http.MethodGet, self, "/v1/users/ana", nil, 200, `{"userID":"ana","name":"Ana","avatarURL":""}`},
		{"not a misspelt member", http.MethodPut, self, "/v1/users/ana", p{"nam": "Ana"}, 400, "6017"},
		{"not a picture that is none", http.MethodPut, self, "/v1/users/ana", p{"avatarURL": "x"}, 400, "6017"},
		{"not a novel", http.MethodPut, self, "/v1/users/ana", p{"name": strings.Repeat("x", 501)}, 400, "6017"},
		{"not who cannot be", http.MethodGet, operator, "/v1/users/a%20b", nil, 400, "6017"},
		{"not another method", http.MethodDelete, operator, "/v1/users/ana", nil, 405, "6017"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := svc.For(t).Send(c.method, c.token, c.path, c.body)
			if status != c.status || !strings.Contains(body, c.contains) {
				t.Errorf("%d %s, want %d with %s", status, body, c.status, c.contains)
			}
		})
	}
}

// Blocks and calls at the same instant, from several devices: each call that
// the server took reached bo, each that it refused did not, and once a block is
// acknowledged there is no other.
func TestABlockAndACallAtOnceAreDecidedOneAfterTheOther(t *testing.T) {
	svc := testkit.Start(t)
	bo := svc.SignIn("bo")
	devices := []*testkit.User{svc.SignIn("ana"), svc.SignIn("ana"), svc.SignIn("ana")}
	var taken, refused atomic.Int64
	for range 40 {
		var all sync.WaitGroup
		for _, device := range devices {
			all.Go(func() {
				switch r, err := device.Try("signaling.invite", p{"invitee": "bo", "data": "hi", "timeout": 0}); testkit.CodeOf(err) {
				case 0:
					taken.Add(1)
					if _, err := device.Try("signaling.cancel", p{"inviteID": r.Str("inviteID")}); err != nil {
						t.Errorf("cancel: %v", err)
					}
				case 20007:
					refused.Add(1)
				default:
					t.Errorf("invite: %v", err)
				}
			})
		}
		bo.Do("user.addToBlackList", p{"userIDList": []string{"ana"}})
		bo.Settle()
		rung := count(bo, "onReceiveNewInvitation")
		devices[0].Refused(20007, "message.send", p{"to": "bo", "type": "text", "text": "hi"})
		all.Wait()
		bo.Settle()
		if after := count(bo, "onReceiveNewInvitation"); after != rung {
			t.Fatalf("%d invitations came after the block was acknowledged", after-rung)
		}
		bo.Do("user.deleteFromBlackList", p{"userIDList": []string{"ana"}})
	}
	if rung := count(bo, "onReceiveNewInvitation"); int64(rung) != taken.Load() || count(bo, "onInvitationCancelled") != rung {
		t.Errorf("bo was rung %d times, the server took %d invitations and refused %d", rung, taken.Load(), refused.Load())
	}
}

// count is how many events of a name have come.
func count(u *testkit.User, name string) (n int) {
	for _, e := range u.All() {
		if e.Name == name {
			n++
		}
	}
	return n
}
