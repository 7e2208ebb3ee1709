package e2e_test

import (
	"net/http"
	"testing"

	"callsvc/internal/testkit"
)

// What a host decides holds against a camera by WHIP, which is told nothing: not
// one of its packets passes once it is muted, it goes when it is kicked, and it
// does not come back.
func TestAHostKeepsOrderAmongCamerasThatKnowNoHosts(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	meeting(t, ana)
	cam := svc.Whip("cam", "/whip/meeting", testkit.Sends{Pairs: -1})
	ana.Expect("onRemoteUserEnterRoom", p{"userID": "cam"})
	ana.ExpectAll("onUserAudioAvailable", "onUserVideoAvailable")
	ana.Watch("cam")
	video, audio := ana.Media.Video(0), ana.Media.Audio(0)
	ana.Media.Gets(video, "cam", 10)
	ana.Media.Gets(audio, "cam", 10)

	ana.Do("room.muteUser", p{"roomID": "meeting", "userID": "cam", "audio": true, "video": true})
	pictures, sounds := cam.Sent("camera"), cam.Sent("mic")
	ana.ExpectAll("onUserAudioAvailable", "onUserVideoAvailable")
	cam.UntilSent("mic", sounds+40)
	cam.UntilSent("camera", pictures+20)
	if v, a := ana.Media.In(video).Count, ana.Media.In(audio).Count; v > pictures+1 || a > sounds+1 {
		t.Errorf("cam was muted at %d and %d, ana has %d and %d", pictures, sounds, v, a)
	}
	ana.Do("room.kick", p{"roomID": "meeting", "userID": "cam"})
	ana.Expect("onRemoteUserLeaveRoom", p{"userID": "cam", "reason": 2})
	if !cam.Gone() {
		t.Error("the session of who was kicked goes on")
	}
	if status := svc.Again("cam", "/whip/meeting"); status != http.StatusForbidden {
		t.Errorf("who was kicked comes again and gets %d", status)
	}
	ana.Do("room.setInfo", p{"roomID": "meeting", "locked": true})
	if status := svc.Again("cam-2", "/whip/meeting"); status != http.StatusForbidden {
		t.Errorf("another comes to the locked room and gets %d", status)
	}
	if waiting := svc.Operate(http.MethodGet, "/v1/rooms/meeting", nil).List("waiting"); len(waiting) != 0 {
		t.Errorf("in the lobby there are %v, who cannot be told that they are let in", waiting)
	}
}

// A player that names somebody hears them, however loud others are.
func TestAPlayerHearsWhomItNames(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	meeting(t, ana)
	svc.Whip("cam", "/whip/meeting", testkit.Sends{Pairs: -1})
	tv := svc.Whip("tv", "/whep/meeting?user=cam", testkit.Sends{NoMic: true, NoCamera: true, Pairs: 2})
	tv.Gets(tv.Video(0), "cam", 10)
	tv.Gets(tv.Audio(0), "cam", 50)
	for _, mid := range []string{tv.Audio(0), tv.Audio(1)} {
		if n := tv.In(mid).Users["ana"]; n != 0 {
			t.Errorf("%d packets of ana came in slot %s", n, mid)
		}
	}
}

// Two share their screens at once, with sound, beside a camera: each picture has
// its own sound beside it.
func TestSeveralScreensAreSharedAtOnceWithTheirSound(t *testing.T) {
	svc := testkit.Start(t)
	in := func(user string, what sends) *testkit.User {
		u := svc.SignInWith(user, svc.Token(user, "&room=meeting"))
		u.Enter("meeting", what)
		return u
	}
	cy := in("cy", sends{NoMic: true, NoCamera: true, Pairs: 3})
	ana := in("ana", sends{NoMic: true, NoCamera: true, Screen: true})
	in("bo", sends{NoMic: true, NoCamera: true, Screen: true})
	in("di", sends{})
	views := []p{
		{"mid": cy.Media.Video(0), "userID": "ana", "stream": "screen"},
		{"mid": cy.Media.Video(1), "userID": "bo", "stream": "screen"},
		{"mid": cy.Media.Video(2), "userID": "di", "stream": "camera"},
	}
	cy.Do("room.setViews", p{"roomID": "meeting", "views": views})
	for i, want := range []string{"ana", "bo", "di"} {
		cy.Media.Gets(cy.Media.Video(i), want, 10)
	}
	for _, user := range []string{"ana", "bo"} {
		cy.Sees("onUserSubStreamAvailable", func(e event) bool { return e.P.Str("userID") == user && e.P.Bool("available") })
	}
	cy.Sees("onSlots", func(e event) bool {
		fits := true
		for i, want := range []string{"ana screen", "bo screen", "di camera"} {
			fits = fits && shows(e, cy.Media.Video(i), want)
		}
		for i, want := range []string{"ana screenAudio", "bo screenAudio", "di mic"} {
			fits = fits && shows(e, cy.Media.Audio(i), want)
		}
		return fits
	})
	ana.Do("room.setPublishing", p{"roomID": "meeting", "screen": false})
	cy.Sees("onUserSubStreamAvailable", func(e event) bool { return e.P.Str("userID") == "ana" && !e.P.Bool("available") })
	cy.Sees("onSlots", func(e event) bool {
		return shows(e, cy.Media.Video(0), " ") && shows(e, cy.Media.Video(1), "bo screen")
	})
}

// Who waits in the lobby loses the network, comes back, and waits still; with
// another session, too. The host sees one who waits, and lets them in.
func TestWhoWaitsInTheLobbyMayLoseTheConnection(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	link := meeting(t, ana)
	ana.Do("room.setInfo", p{"roomID": "meeting", "lobby": true})
	gus, token := guest(t, svc, link, "Gus")
	if !gus.Do("room.enter", p{"roomID": "meeting"}).Bool("waiting") {
		t.Fatal("gus is in")
	}
	ana.Sees("onLobbyChanged", func(e event) bool { return len(e.P.List("waiting")) == 1 })
	gus.Offline()
	if !gus.Resume() {
		t.Fatal("the session is lost")
	}
	again := svc.SignInWith(gus.ID, token)
	if !again.Do("room.enter", p{"roomID": "meeting"}).Bool("waiting") {
		t.Fatal("gus is in by the other session")
	}
	gus.Sees("onKickedOut", func(e event) bool { return e.P.Str("reason") == "otherDevice" })
	if waiting := svc.Operate(http.MethodGet, "/v1/rooms/meeting", nil).List("waiting"); len(waiting) != 1 {
		t.Errorf("there wait %v", waiting)
	}
	again.Offline()
	ana.Do("room.admit", p{"roomID": "meeting", "userID": gus.ID, "admit": true})
	if !again.Resume() {
		t.Fatal("the session is lost")
	}
	again.Expect("onAdmitted", p{"roomID": "meeting"})
	again.EnterBare("meeting")
	ana.Sees("onRemoteUserEnterRoom", func(e event) bool { return e.P.Str("userID") == gus.ID })
}
