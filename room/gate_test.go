package room_test

import (
	"context"
	"errors"
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

// Not to know is not to refuse: the client would be told that it has no right.
func TestWhoGivesUpWaitingForTheGateIsNotTurnedAway(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		ctx, giveUp := context.WithCancel(context.Background())
		w.members = func(call.Caller, bool) bool {
			giveUp()
			return false
		}
		_, err := w.svc.Enter(ctx, callerOf("ana-1"), &wire.EnterRoom{RoomID: theRoom})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Enter: %v, want canceled", err)
		}
	})
}
