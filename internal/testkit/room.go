package testkit

import (
	"net/http"
	"time"
)

// Enter enters a room with an offer and returns the result.
func (u *User) Enter(room string, s Sends) P {
	u.tb.Helper()
	u.Media.Close()
	m, err := newMedia(u.tb, u.ID, room, s)
	if err != nil {
		u.tb.Fatal(err)
	}
	u.Media = m
	offer := m.Offer(false)
	result := u.Do("room.enter", P{"roomID": room, "offer": offer, "send": m.sends()})
	m.Take(result.Str("answer"))
	return result
}

// UntilPublished waits until those in the room last entered have been told of the
// microphone and the camera the user sends: who comes later finds them there and
// is told nothing.
func (u *User) UntilPublished() {
	u.tb.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(Patience); ; <-look.C {
		room := u.svc.Operate(http.MethodGet, "/v1/rooms/"+u.Media.room, nil)
		for _, who := range room.List("users") {
			if who.Str("userID") == u.ID && who.Bool("audio") && who.Bool("video") {
				return
			}
		}
		if time.Now().After(deadline) {
			u.tb.Fatalf("%s does not publish in %v", u.ID, room)
		}
	}
}

// EnterBare enters a room without media.
func (u *User) EnterBare(room string) P {
	u.tb.Helper()
	return u.Do("room.enter", P{"roomID": room})
}

// Watch says which camera each video slot should show; "" leaves one empty.
func (u *User) Watch(users ...string) {
	u.tb.Helper()
	views := []P{}
	for i, user := range users {
		if user != "" {
			views = append(views, P{"mid": u.Media.Video(i), "userID": user, "stream": "camera", "height": 360})
		}
	}
	u.Do("room.setViews", P{"roomID": u.Media.room, "views": views})
}

// RestartICE brings the media back after the network was away.
func (u *User) RestartICE() {
	u.tb.Helper()
	result := u.Do("room.offer", P{"roomID": u.Media.room, "offer": u.Media.Offer(true), "send": u.Media.sends()})
	u.Media.Take(result.Str("answer"))
}

// Exit leaves a room and ends the media that was for it.
func (u *User) Exit(room string) {
	u.tb.Helper()
	u.Do("room.exit", P{"roomID": room})
	if u.Media != nil && u.Media.room == room {
		u.Media.Close()
	}
}
