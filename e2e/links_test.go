package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"callsvc/internal/testkit"
)

// linkOf makes one more link into the meeting.
func linkOf(u *testkit.User) (invite, id string) {
	made := u.Do("room.createLink", p{"roomID": "meeting"})
	return made.Str("invite"), made.Str("linkID")
}

// makesGuests is whether a link still makes guests.
func makesGuests(t *testing.T, svc *testkit.Service, invite string) bool {
	t.Helper()
	status, body := svc.Send(http.MethodPost, "", "/v1/guests", p{"invite": invite, "name": "Gus"})
	if status == http.StatusOK {
		return true
	}
	if status != http.StatusUnauthorized || !strings.Contains(body, "70003") {
		t.Errorf("a guest by a link that is revoked: %d %s", status, body)
	}
	return false
}

// A link that got into the wrong hands is taken back: it opens nothing, its
// guests do not come back, and the other link goes on. So it is after a restart.
func TestOneLinkIsTakenBack(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	kept := meeting(t, ana)
	leaked, id := linkOf(ana)
	gus, token := guest(t, svc, leaked, "Gus")
	gil, _ := guest(t, svc, leaked, "Gil")
	gus.EnterBare("meeting")
	ana.Expect("onRemoteUserEnterRoom", p{"userID": gus.ID})
	ana.Do("room.setInfo", p{"roomID": "meeting", "lobby": true})
	for _, u := range []*testkit.User{ana, gus} {
		u.Expect("onRoomInfoChanged", nil)
	}
	if !gil.Do("room.enter", p{"roomID": "meeting"}).Bool("waiting") {
		t.Fatal("gil is in")
	}
	ana.Expect("onLobbyChanged", nil)

	ana.Do("room.revokeLink", p{"roomID": "meeting", "linkID": id})
	gil.Expect("onLobbyDenied", p{"roomID": "meeting"})
	if e := ana.Expect("onLobbyChanged", nil); len(e.P.List("waiting")) != 0 {
		t.Errorf("there wait %v", e)
	}
	gil.Refused(9007, "room.enter", p{"roomID": "meeting"})
	gil.Refused(70003, "room.enter", p{"roomID": "meeting", "invite": leaked})
	if !gil.Do("room.enter", p{"roomID": "meeting", "invite": kept}).Bool("waiting") {
		t.Error("gil does not even wait, with a link that is good")
	}
	ana.Expect("onLobbyChanged", nil)
	gus.EnterBare("meeting") // still in: renewing is no coming
	gus.Do("room.sendMessage", p{"roomID": "meeting", "text": "still here"})
	ana.Expect("onRoomMessage", p{"userID": gus.ID})
	gus.Exit("meeting")
	ana.Expect("onRemoteUserLeaveRoom", p{"userID": gus.ID, "reason": 0})
	gus.Refused(9007, "room.enter", p{"roomID": "meeting"})

	bo := svc.SignIn("bo")
	bo.Refused(70003, "room.enter", p{"roomID": "meeting", "invite": leaked})
	bo.Refused(70003, "room.openLink", p{"invite": leaked})
	if got := bo.Do("room.openLink", p{"invite": kept}); got.Str("roomID") != "meeting" {
		t.Errorf("the link that was kept leads to %v", got)
	}
	svc.Restart()
	if makesGuests(t, svc, leaked) || !makesGuests(t, svc, kept) {
		t.Error("after the restart the links are not as before")
	}
	meeting(t, svc.SignIn("ana"))
	svc.SignInWith(gus.ID, token).Refused(9007, "room.enter", p{"roomID": "meeting"})
}

// Whoever came by a link goes with it, if a host wants that; others stay.
func TestALinkIsTakenBackWithWhoCameByIt(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, cy := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignInWith("cy", svc.Token("cy", "&room=meeting"))
	meeting(t, ana)
	leaked, id := linkOf(ana)
	gus, _ := guest(t, svc, leaked, "Gus")
	gus.EnterBare("meeting")
	bo.Do("room.enter", p{"roomID": "meeting", "invite": leaked})
	cy.Do("room.enter", p{"roomID": "meeting", "invite": leaked}) // would be let in without it
	bo.Refused(6017, "room.revokeLink", p{"roomID": "meeting", "linkID": id})
	gus.Refused(10007, "room.revokeLink", p{"roomID": "meeting", "linkID": id})

	ana.Do("room.revokeLink", p{"roomID": "meeting", "linkID": id, "kick": true})
	for _, u := range []*testkit.User{gus, bo} {
		u.Sees("onKickedOut", func(e event) bool { return e.P.Str("reason") == "kick" })
		u.Refused(9007, "room.enter", p{"roomID": "meeting"})
		cy.Sees("onRemoteUserLeaveRoom", func(e event) bool { return e.P.Str("userID") == u.ID && e.P.Int("reason") == 2 })
	}
	cy.Do("room.sendMessage", p{"roomID": "meeting", "text": "still here"})
}

// Hosts see all links of their room, others their own, from wherever they are.
func TestWhoSeesWhichLinks(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	first := meeting(t, ana)
	bo.Do("room.enter", p{"roomID": "meeting", "invite": first})
	second, id := linkOf(bo)
	operators := svc.Operate(http.MethodPost, "/v1/rooms/meeting/links", p{"ttl": 600}).Str("invite")
	sees := func(whose string, links []p, want ...string) {
		t.Helper()
		var got []string
		for _, l := range links {
			got = append(got, l.Str("userID")+" "+l.Str("invite"))
		}
		if strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("%s sees %q, want %q", whose, got, want)
		}
	}
	listed := func(u *testkit.User) []p { return u.Do("room.listLinks", p{"roomID": "meeting"}).List("links") }
	all := []string{"ana " + first, "bo " + second, "operator " + operators}
	sees("ana", listed(ana), all...)
	sees("bo", listed(bo), all[1])
	bo.Refused(10007, "room.revokeLink", p{"roomID": "meeting", "linkID": id, "kick": true})
	sees("eve", listed(svc.SignIn("eve")))
	sees("an operator", svc.Operate(http.MethodGet, "/v1/rooms/meeting/links", nil).List("links"), all...)

	bo.Exit("meeting")
	ana.Exit("meeting")
	bo.Do("room.revokeLink", p{"roomID": "meeting", "linkID": id})
	bo.Do("room.revokeLink", p{"roomID": "meeting", "linkID": id}) // again
	sees("bo", listed(bo))
	bo.Refused(6017, "room.revokeLink", p{"roomID": "elsewhere", "linkID": id})
	svc.Operate(http.MethodDelete, "/v1/rooms/meeting/links/"+id+"?kick=true", nil)
	svc.Operate(http.MethodPost, "/v1/users/ana/revoke", p{})
	sees("an operator, after ana's credentials were revoked", svc.Operate(http.MethodGet, "/v1/rooms/meeting/links", nil).List("links"), all[2])
}
