package e2e_test

import (
	"testing"

	"callsvc/internal/testkit"
)

func TestWhoMayEnter(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo, eve := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("eve")
	eve.EnterBare("hers") // whoever creates a room
	eve.Exit("hers")
	ana.EnterBare("room")
	eve.Refused(9007, "room.enter", p{"roomID": "room"})
	ring(ana, bo, "room")
	eve.Refused(9007, "room.enter", p{"roomID": "room"})
	bo.EnterBare("room") // invited, also before the answer
	named := svc.SignInWith("cy", svc.Token("cy", "&room=room"))
	named.EnterBare("room")
	ana.EnterBare("other")
	named.Refused(9007, "room.enter", p{"roomID": "other"})
}

// Nobody can open the door of another's room by inviting into it.
func TestAnInvitationToAForeignRoomOpensNothing(t *testing.T) {
	svc := testkit.Start(t)
	ana, eve, mal := svc.SignIn("ana"), svc.SignIn("eve"), svc.SignIn("mal")
	ana.EnterBare("room")
	ring(eve, mal, "room")
	eve.Refused(9007, "room.enter", p{"roomID": "room"})
	mal.Refused(9007, "room.enter", p{"roomID": "room"})
	ana.Quiet("room")
}

func TestRequestsAboutRoomsOneIsNotIn(t *testing.T) {
	svc := testkit.Start(t)
	ana, eve := svc.SignIn("ana"), svc.SignIn("eve")
	ana.Enter("room", sends{})
	slot := ana.Media.Video(0)
	for _, c := range []struct {
		name, method string
		code         int
		u            *testkit.User
		p            p
	}{
		{"leave", "room.exit", 9002, eve, p{"roomID": "room"}},
		{"mute", "room.setPublishing", 9002, eve, p{"roomID": "room", "audio": false}},
		{"look", "room.setViews", 9002, eve, p{"roomID": "room", "views": []p{}}},
		{"offer", "room.offer", 9002, eve, p{"roomID": "room", "offer": "v=0"}},
		{"set a role", "room.setRole", 9002, eve, p{"roomID": "room", "userID": "ana", "role": "audience"}},
		{"leave a room that is not", "room.exit", 9002, ana, p{"roomID": "none"}},
		{"a room id with a space", "room.enter", 6017, ana, p{"roomID": "a room"}},
		{"a number for a room", "room.enter", -32602, ana, p{"roomID": 4711}},
		{"a scene that is none", "room.enter", 6017, ana, p{"roomID": "free", "scene": "party"}},
		{"a role that is none", "room.enter", 6017, ana, p{"roomID": "free", "role": "king"}},
		{"a view in a slot that is none", "room.setViews", 6017, ana, p{"roomID": "room", "views": []p{{"mid": "77", "userID": "bo", "stream": "camera"}}}},
		{"two views in one slot", "room.setViews", 6017, ana, p{"roomID": "room", "views": []p{
			{"mid": slot, "userID": "bo", "stream": "camera"}, {"mid": slot, "userID": "cy", "stream": "camera"},
		}}},
		{"a microphone to look at", "room.setViews", 6017, ana, p{"roomID": "room", "views": []p{{"mid": slot, "userID": "bo", "stream": "mic"}}}},
		{"no views", "room.setViews", -32602, ana, p{"roomID": "room"}},
		{"a role given by who is no host", "room.setRole", 9008, ana, p{"roomID": "room", "userID": "ana", "role": "audience"}},
	} {
		t.Run(c.name, func(t *testing.T) { c.u.Refused(c.code, c.method, c.p) })
	}
	ana.Quiet("room")
}

// What is muted does not pass the server: not one packet sent after the
// acknowledgement comes out, and the picture is back at once when it may.
func TestMutingIsDoneByTheServer(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	meet(t, ana, bo, "room", sends{})
	bo.Watch("ana")
	video, audio := bo.Media.Video(0), bo.Media.Audio(0)
	bo.Media.Gets(video, "ana", 10)
	bo.Media.Gets(audio, "ana", 10)

	for _, c := range []struct{ source, kind, mid, event string }{
		{"camera", "video", video, "onUserVideoAvailable"}, {"mic", "audio", audio, "onUserAudioAvailable"},
	} {
		ana.Do("room.setPublishing", p{"roomID": "room", c.kind: false})
		muted := ana.Media.Sent(c.source)
		bo.Expect(c.event, p{"userID": "ana", "available": false})
		// What ana goes on to send arrives at the server before what bo sends after it comes back to ana.
		ana.Media.Gets(ana.Media.Audio(0), "bo", 40)
		if got := bo.Media.In(c.mid).Count; got > muted+1 {
			t.Errorf("%s was muted at %d, bo has %d", c.source, muted, got)
		}
		ana.Do("room.setPublishing", p{"roomID": "room", c.kind: true})
		bo.Expect(c.event, p{"userID": "ana", "available": true})
		bo.Media.Until(c.mid, "what is no longer muted", func(a testkit.Arrived) bool { return a.Count > muted+5 })
	}
	bo.Quiet("room")
}

func TestAWishForSomebodyAbsentIsFilledWhenTheyCome(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	ana.Enter("room", sends{})
	ana.Watch("bo")
	bo.Accept(ring(ana, bo, "room"))
	bo.Enter("room", sends{})
	ana.Media.Gets(ana.Media.Video(0), "bo", 10)
	ana.Sees("onSlots", func(e event) bool {
		return shows(e, ana.Media.Video(0), "bo camera") && shows(e, ana.Media.Audio(0), "bo mic")
	})
}

// The voice of who is shown in the i-th video slot comes in the i-th audio slot,
// also after the pictures have changed places.
func TestPictureAndVoiceStayTogether(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	cy := svc.SignInWith("cy", svc.Token("cy", "&room=room"))
	meet(t, ana, bo, "room", sends{})
	cy.Enter("room", sends{NoMic: true, NoCamera: true, Pairs: 2})
	m := cy.Media
	for _, order := range [][]string{{"ana", "bo"}, {"bo", "ana"}} {
		cy.Watch(order...)
		for i, user := range order {
			m.Until(m.Video(i), "the picture of "+user, func(a testkit.Arrived) bool { return a.User == user })
			m.Until(m.Audio(i), "the voice of "+user, func(a testkit.Arrived) bool { return a.User == user })
		}
		cy.Sees("onSlots", func(e event) bool {
			return shows(e, m.Video(0), order[0]+" camera") && shows(e, m.Audio(0), order[0]+" mic") &&
				shows(e, m.Video(1), order[1]+" camera") && shows(e, m.Audio(1), order[1]+" mic")
		})
	}
	cy.Watch("", "bo") // a slot that is not named is empty
	cy.Sees("onSlots", func(e event) bool { return shows(e, m.Video(0), " ") && shows(e, m.Video(1), "bo camera") })
}

// shows reports whether onSlots says that a slot carries "user stream".
func shows(e event, mid, what string) bool {
	for _, s := range e.List("slots") {
		if s.Str("mid") == mid {
			return s.Str("userID")+" "+s.Str("stream") == what
		}
	}
	return false
}

// meet brings two users into an active call with media and takes the events up
// to there, those of the second one's streams included.
func meet(t *testing.T, a, b *testkit.User, room string, s sends) {
	t.Helper()
	a.Enter(room, s)
	a.Sees("onSlots", func(event) bool { return true }) // its media transport is up
	b.Accept(ring(a, b, room))
	a.Expect("onInviteeAccepted", nil)
	there := b.Enter(room, s).List("users")
	if len(there) != 1 {
		t.Fatalf("%s finds %v", b.ID, there)
	}
	a.Expect("onRemoteUserEnterRoom", p{"userID": b.ID})
	a.ExpectAll("onCallBegin", "onUserVideoAvailable", "onUserAudioAvailable")
	b.ExpectAll(append(notYet(there[0]), "onCallBegin")...)
}
