package room_test

import (
	"testing"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

// Who was in the room leaves while the gate is still thinking about bo: a
// stranger is kept out of an occupied room, and this one is free again.
func TestARoomThatEmptiedUnderTheQuestionIsAskedForAgain(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		enters("ana-1")(w)
		var asked []bool
		w.members = func(_ call.Caller, occupied bool) bool {
			asked = append(asked, occupied)
			if len(asked) == 1 {
				exits("ana-1")(w)
			}
			return !occupied
		}
		if err := w.enter("bo-1", wire.EnterRoom{}); err != nil {
			t.Errorf("bo: %v", err)
		}
		if len(asked) != 2 || !asked[0] || asked[1] {
			t.Errorf("asked with the room occupied: %v, want true and then false", asked)
		}
	})
}
