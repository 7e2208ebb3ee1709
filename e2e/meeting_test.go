package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"callsvc/internal/testkit"
)

// meeting begins a meeting, whose host ana is with her media up, and returns a
// link into it.
func meeting(t *testing.T, ana *testkit.User) (invite string) {
	t.Helper()
	ana.Do("room.enter", p{"roomID": "meeting", "scene": "meeting"})
	ana.Enter("meeting", sends{})
	ana.Sees("onSlots", func(event) bool { return true })
	ana.UntilPublished()
	return ana.Do("room.createLink", p{"roomID": "meeting"}).Str("invite")
}

// guest signs in who comes by a link.
func guest(t *testing.T, svc *testkit.Service, invite, name string) (u *testkit.User, token string) {
	t.Helper()
	status, body := svc.Send(http.MethodPost, "", "/v1/guests", p{"invite": invite, "name": name})
	var made p
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusOK || made.Str("roomID") != "meeting" {
		t.Fatalf("guest: %d %s (%v)", status, body, err)
	}
	u = svc.SignInWith(made.Str("userID"), made.Str("token"))
	if got := u.Client.Welcome.Str("name"); got != name {
		t.Errorf("the guest is called %q", got)
	}
	return u, made.Str("token")
}

// A guest waits, is let in, is heard and seen, is muted, unmutes, is kicked,
// and waits again.
func TestAGuestComesThroughTheLobby(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	link := meeting(t, ana)
	ana.Do("room.setInfo", p{"roomID": "meeting", "lobby": true})
	ana.Expect("onRoomInfoChanged", p{"opUser": "ana"})

	gus, _ := guest(t, svc, link, "Gus")
	if got := gus.Do("room.enter", p{"roomID": "meeting"}); !got.Bool("waiting") {
		t.Fatalf("gus is answered %v", got)
	}
	if e := ana.Expect("onLobbyChanged", nil); len(e.P.List("waiting")) != 1 || e.P.List("waiting")[0].Lacks(p{"userID": gus.ID, "name": "Gus", "guest": true}) != "" {
		t.Fatalf("ana is told %v", e)
	}
	gus.Refused(9002, "room.sendMessage", p{"roomID": "meeting", "text": "let me in"})
	ana.Do("room.admit", p{"roomID": "meeting", "userID": gus.ID, "admit": true})
	ana.Expect("onLobbyChanged", nil)
	gus.Expect("onAdmitted", p{"roomID": "meeting"})
	gus.Enter("meeting", sends{})
	ana.Expect("onRemoteUserEnterRoom", p{"userID": gus.ID, "name": "Gus"})
	ana.ExpectAll("onUserAudioAvailable", "onUserVideoAvailable")

	ana.Watch(gus.ID)
	video, audio := ana.Media.Video(0), ana.Media.Audio(0)
	ana.Media.Gets(video, gus.ID, 10)
	ana.Media.Gets(audio, gus.ID, 10)
	ana.Do("room.muteUser", p{"roomID": "meeting", "userID": gus.ID, "audio": true})
	muted := gus.Media.Sent("mic")
	gus.Sees("onPublishingChanged", func(e event) bool { return e.P.Lacks(p{"opUser": "ana", "audio": false}) == "" })
	ana.Expect("onUserAudioAvailable", p{"userID": gus.ID, "available": false})
	gus.Media.UntilSent("mic", muted+40)
	if got := ana.Media.In(audio).Count; got > muted+1 {
		t.Errorf("gus was muted at packet %d, ana has %d", muted, got)
	}
	gus.Do("room.setPublishing", p{"roomID": "meeting", "audio": true})
	ana.Expect("onUserAudioAvailable", p{"userID": gus.ID, "available": true})

	gus.Do("room.raiseHand", p{"roomID": "meeting", "raised": true})
	ana.Expect("onHandsChanged", nil)
	gus.Do("room.sendReaction", p{"roomID": "meeting", "reaction": "👏"})
	if told := ana.Expect("onReactions", nil).P.List("reactions"); len(told) != 1 || told[0].Lacks(p{"userID": gus.ID, "reaction": "👏"}) != "" {
		t.Errorf("ana is told of the reactions %v", told)
	}
	gus.Do("room.sendMessage", p{"roomID": "meeting", "text": "Hello"})
	ana.Expect("onRoomMessage", p{"userID": gus.ID, "name": "Gus", "text": "Hello"})

	ana.Do("room.kick", p{"roomID": "meeting", "userID": gus.ID})
	gus.Sees("onKickedOut", func(e event) bool { return e.P.Str("reason") == "kick" })
	ana.Expect("onRemoteUserLeaveRoom", p{"userID": gus.ID, "reason": 2})
	if e := ana.Expect("onHandsChanged", nil); len(e.P.List("hands")) != 0 {
		t.Errorf("after gus was kicked: %v", e)
	}
	ana.Do("room.setInfo", p{"roomID": "meeting", "lobby": false})
	ana.Expect("onRoomInfoChanged", nil)
	for name, u := range map[string]*testkit.User{"who was kicked": gus, "by another name": other(t, svc, link)} {
		if got := u.Do("room.enter", p{"roomID": "meeting"}); !got.Bool("waiting") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func other(t *testing.T, svc *testkit.Service, link string) *testkit.User {
	t.Helper()
	u, _ := guest(t, svc, link, "Not Gus")
	return u
}

func TestAGuestGetsNowhereElse(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	link := meeting(t, ana)
	bo.EnterBare("another")
	gus, token := guest(t, svc, link, "Gus")
	for method, params := range map[string]p{
		"signaling.invite":     {"invitee": "ana", "data": testkit.CallData(2, "meeting")},
		"message.send":         {"to": "ana", "type": "text", "text": "hello"},
		"conversation.list":    {},
		"group.create":         {"name": "g", "type": "Work"},
		"history.query":        {},
		"user.listOnline":      {},
		"user.subscribeStatus": {},
		"user.getUsersInfo":    {"userIDList": []string{"ana"}},
		"user.setSelfInfo":     {"name": "ana"},
		"push.getKey":          {},
		"room.createLink":      {"roomID": "meeting"},
		"room.openLink":        {"invite": link},
		"room.fetchInfo":       {"roomID": "meeting"},
	} {
		gus.Refused(10007, method, params)
	}
	gus.Refused(9007, "room.enter", p{"roomID": "another"})
	gus.Refused(9007, "room.enter", p{"roomID": "a-new-one"})
	for _, path := range []string{"/v1/calls", "/v1/users/ana", "/v1/rooms"} {
		if status, body := svc.Get(token, path); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if online := ana.Do("user.listOnline", nil).List("users"); len(online) != 1 || online[0].Str("userID") != "bo" {
		t.Errorf("ana sees online: %v", online)
	}
	gus.EnterBare("meeting")
	ana.Expect("onRemoteUserEnterRoom", p{"userID": gus.ID})
	gus.Refused(10007, "room.kick", p{"roomID": "meeting", "userID": "ana"})
	bo.Quiet("another")
}

// A link outlives the server, and ends with the credentials of who made it.
func TestALinkOutlivesTheServer(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	link := meeting(t, ana)
	svc.Restart()
	gus, _ := guest(t, svc, link, "Gus")
	gus.Refused(9003, "room.enter", p{"roomID": "meeting"}) // nobody is there yet
	meeting(t, svc.SignIn("ana"))
	gus.EnterBare("meeting")
	svc.Operate(http.MethodPost, "/v1/users/ana/revoke", p{})
	if status, body := svc.Send(http.MethodPost, "", "/v1/guests", p{"invite": link, "name": "Gil"}); status != http.StatusUnauthorized || !strings.Contains(body, "70003") {
		t.Errorf("after ana's credentials were revoked: %d %s", status, body)
	}
}

func TestAnOperatorKeepsOrder(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	link := svc.Operate(http.MethodPost, "/v1/rooms/meeting/links", p{"ttl": 600}).Str("invite")
	meeting(t, ana)
	bo.Do("room.enter", p{"roomID": "meeting", "invite": link})
	ana.Expect("onRemoteUserEnterRoom", p{"userID": "bo"})
	svc.Operate(http.MethodPatch, "/v1/rooms/meeting", p{"locked": true, "name": "Board"})
	svc.Operate(http.MethodPut, "/v1/rooms/meeting/hosts/bo", nil)
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onRoomInfoChanged", p{"opUser": "operator"})
		if e := u.Expect("onRoomInfoChanged", p{"opUser": "operator"}); !strings.Contains(e.String(), "hosts:[ana bo]") {
			t.Errorf("%s is told %v", u.ID, e)
		}
	}
	svc.Operate(http.MethodPost, "/v1/rooms/meeting/mute", p{"userID": "ana", "audio": true})
	ana.Expect("onPublishingChanged", p{"opUser": "operator", "audio": false})
	rooms := svc.JSON(svc.Token("operator", "&admin=true"), "/v1/rooms").List("rooms")
	if len(rooms) != 1 || len(rooms[0].List("users")) != 2 {
		t.Errorf("there are %v", rooms)
	}
	svc.Operate(http.MethodDelete, "/v1/rooms/meeting/users/bo", nil)
	bo.Sees("onKickedOut", func(event) bool { return true })
	svc.Operate(http.MethodDelete, "/v1/rooms/meeting", nil)
	ana.Sees("onRoomClosed", func(e event) bool { return e.P.Str("reason") == "closed" })
}

// Whatever a guest's token is held against, it opens its meeting alone.
func TestAGuestsTokenOpensNothingOverHTTP(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	link := meeting(t, ana)
	other := svc.SignIn("bo")
	other.EnterBare("another")
	gus, token := guest(t, svc, link, "Gus")
	gus.EnterBare("meeting")
	for _, r := range []struct {
		method, path string
		body         p
		status       int
	}{
		{"GET", "/v1/calls", nil, 403},
		{"GET", "/v1/calls/export?format=csv", nil, 403},
		{"GET", "/v1/calls/x", nil, 403},
		{"GET", "/v1/users/" + gus.ID, nil, 403},
		{"PUT", "/v1/users/" + gus.ID, p{"name": "Ana"}, 403},
		{"POST", "/v1/users/ana/revoke", p{}, 403},
		{"POST", "/v1/messages", p{"from": "ana", "to": "bo", "type": "text", "text": "x"}, 403},
		{"GET", "/v1/rooms/meeting", nil, 403},
		{"PATCH", "/v1/rooms/meeting", p{"locked": true}, 403},
		{"DELETE", "/v1/rooms/meeting", nil, 403},
		{"GET", "/v1/rooms/meeting/links", nil, 403},
		{"POST", "/v1/rooms/meeting/links", p{}, 403},
		{"DELETE", "/v1/rooms/meeting/links/x", nil, 403},
		{"DELETE", "/v1/rooms/meeting/users/ana", nil, 403},
		{"PUT", "/v1/rooms/meeting/hosts/" + gus.ID, nil, 403},
		{"GET", "/v1/groups?member=ana", nil, 403},
		{"GET", "/v1/events", nil, 403},
		{"POST", "/v1/webhooks/replay", p{}, 403},
		{"POST", "/v1/invitations/x/reject", p{}, 401},
		{"POST", "/v1/guests", p{"invite": token, "name": "Gil"}, 401}, // it is no invitation
		{"POST", "/whip/meeting", p{}, 403},
		{"POST", "/whep/meeting", p{}, 403},
		{"POST", "/whip/another", p{}, 403},
	} {
		if status, body := svc.Send(r.method, token, r.path, r.body); status != r.status {
			t.Errorf("%s %s: %d %s, want %d", r.method, r.path, status, body, r.status)
		}
	}
	gus.Refused(9007, "room.enter", p{"roomID": "another", "invite": ana.Do("room.createLink", p{"roomID": "meeting"}).Str("invite")})
	for method, params := range map[string]p{
		"room.sendMessage": {"text": "x"}, "room.listMessages": {}, "room.raiseHand": {"raised": true}, "room.sendReaction": {"reaction": "👍"}, "room.setInfo": {"locked": true},
		"room.muteAll": {"audio": true}, "room.setViews": {"views": []p{}}, "room.exit": {}, "room.admit": {"userID": "bo", "admit": true},
	} {
		params["roomID"] = "another"
		gus.Refused(9002, method, params)
	}
	ana.Settle("meeting")
	other.Quiet("another")
}
