package room_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

func TestTheLobby(t *testing.T) {
	ana, bo, cy, gus := callerOf("ana-1"), callerOf("bo-1"), callerOf("cy-1"), guestOf("gus-1")
	lobby, locked := sets("ana-1", wire.SetRoomInfo{Lobby: yes()}), sets("ana-1", wire.SetRoomInfo{Locked: yes()})
	tellMeetings(t, []story{
		{
			name:  "who comes by a link waits until a host admits them; who has a right of their own does not",
			steps: []step{comes(ana), lobby, comes(gus), comes(bo), admits("ana-1", "gus"), comes(gus)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, lobby", "waiting: GUS (guest)", "bo enters as anchor", "waiting:", "gus enters as anchor"},
				"gus-1": {"waits", "admitted", "in, hosts ana, lobby"},
				"bo-1":  {"in, hosts ana, lobby", "gus enters as anchor"},
			},
		},
		{
			name:  "one is turned away and may ask again",
			steps: []step{comes(ana), lobby, comes(gus), denies("ana-1", "gus"), comes(gus)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, lobby", "waiting: GUS (guest)", "waiting:", "waiting: GUS (guest)"},
				"gus-1": {"waits", "turned away", "waits"},
			},
		},
		{
			name: "a locked room lets nobody in but by a host, and operators",
			steps: []step{
				comes(ana), locked, comes(bo), comes(cy), admits("ana-1", "cy"), comes(cy),
				comes(call.Caller{UserID: "op", SessionID: "op-1", Admin: true}),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, locked", "waiting: BO", "waiting: BO CY", "waiting: BO", "cy enters as anchor", "op enters as anchor"},
				"bo-1":  {"waits"},
				"cy-1":  {"waits", "admitted", "in, hosts ana, locked", "op enters as anchor"},
				"op-1":  {"in, hosts ana, locked"},
			},
		},
		{
			name: "who was lost comes back without asking, who left does not",
			steps: []step{
				comes(ana), comes(bo), comes(cy), locked, detaches("bo-1"), wait(30 * time.Second), comes(callerOf("bo-2")),
				exits("cy-1"), comes(cy),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "cy enters as anchor", "ana: hosts ana, locked", "bo leaves, reason 1, at 0s", "bo enters as anchor", "cy leaves, reason 0, at 30s", "waiting: CY"},
				"bo-1":  {"in, hosts ana", "cy enters as anchor", "ana: hosts ana, locked", "kicked out: lost"},
				"bo-2":  {"in, hosts ana, locked", "cy leaves, reason 0, at 30s"},
				"cy-1":  {"in, hosts ana", "ana: hosts ana, locked", "bo leaves, reason 1, at 0s", "bo enters as anchor", "waits"},
			},
		},
		{
			name:  "an admission lasts five minutes",
			steps: []step{comes(ana), locked, comes(bo), admits("ana-1", "bo"), wait(5 * time.Minute), comes(bo)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, locked", "waiting: BO", "waiting:", "waiting: BO"},
				"bo-1":  {"waits", "admitted", "waits"},
			},
		},
		{
			name:  "when the room is unlocked all may come who need not wait, but not who was kicked",
			steps: []step{comes(ana), comes(cy), kicks("ana-1", "cy"), locked, comes(cy), comes(bo), sets("ana-1", wire.SetRoomInfo{Locked: no()}), comes(bo)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "cy enters as anchor", "cy leaves, reason 2, at 0s", "ana: hosts ana, locked", "waiting: CY", "waiting: CY BO", "ana: hosts ana", "waiting: CY", "bo enters as anchor"},
				"cy-1":  {"in, hosts ana", "kicked out: kick", "waits"},
				"bo-1":  {"waits", "admitted", "in, hosts ana"},
			},
		},
		{
			name:  "one leaves the lobby, and one's session ends",
			steps: []step{comes(ana), locked, comes(bo), comes(cy), exits("bo-1"), ends("cy-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, locked", "waiting: BO", "waiting: BO CY", "waiting: CY", "waiting:"},
				"bo-1":  {"waits"},
				"cy-1":  {"waits"},
			},
		},
		{
			name:  "asking twice changes nothing, from another device it moves there",
			steps: []step{comes(ana), locked, comes(bo), comes(bo), comes(callerOf("bo-2")), admits("ana-1", "bo"), ends("bo-1"), comes(callerOf("bo-2"))},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, locked", "waiting: BO", "waiting:", "bo enters as anchor"},
				"bo-1":  {"waits", "waits", "kicked out: otherDevice"},
				"bo-2":  {"waits", "admitted", "in, hosts ana, locked"},
			},
		},
		{
			name:  "when the meeting is over nobody waits any more",
			steps: []step{comes(ana), locked, comes(bo), exits("ana-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, locked", "waiting: BO"},
				"bo-1":  {"waits", "room closed: closed"},
			},
		},
		{
			name:  "a new host learns who waits, and so does one who comes back",
			steps: []step{comes(ana), comes(cy), locked, comes(bo), exits("ana-1"), comes(callerOf("cy-2"))},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "cy enters as anchor", "ana: hosts ana, locked", "waiting: BO"},
				"cy-1":  {"in, hosts ana", "ana: hosts ana, locked", "ana leaves, reason 0, at 0s", "nobody: hosts cy, locked", "waiting: BO", "kicked out: otherDevice"},
				"cy-2":  {"in, hosts cy, locked, waiting: BO"},
				"bo-1":  {"waits"},
			},
		},
	})
}

func TestWhoWaitsIsInNoRoom(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		sets("ana-1", wire.SetRoomInfo{Locked: yes()})(w)
		bo := callerOf("bo-1")
		comes(bo)(w)
		if _, inside := w.svc.Belongs(theRoom, "bo"); inside {
			t.Error("bo belongs to the room")
		}
		_, written := w.write(bo, "let me in")
		for name, err := range map[string]error{
			"write":   written,
			"raise":   w.raiseHand(bo, true),
			"publish": w.publish("bo-1", call.Publishing{Audio: yes()}),
		} {
			if call.CodeOf(err) != call.CodeNotInRoom {
				t.Errorf("%s: %v", name, err)
			}
		}
		state, err := w.svc.Room(context.Background(), theRoom)
		if err != nil || len(state.Users) != 1 || waitingLine(state.Waiting) != " BO" {
			t.Errorf("%+v (%v)", state, err)
		}
	})
}

func TestTheLobbyHasAnEnd(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		sets("ana-1", wire.SetRoomInfo{Locked: yes()})(w)
		for i := range 101 {
			err := w.comes(callerOf(call.SessionID(fmt.Sprintf("u%d-1", i))))
			if want := map[bool]call.Code{true: call.CodeRoomFull}[i == 100]; call.CodeOf(err) != want {
				t.Errorf("the %d. who waits: %v", i+1, err)
			}
		}
	})
}

func TestWhoKnocksTooOftenWaits(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		sets("ana-1", wire.SetRoomInfo{Locked: yes()})(w)
		knock := func() error {
			if err := w.comes(callerOf("bo-1")); err != nil {
				return err
			}
			return w.admit(callerOf("ana-1"), "bo", false)
		}
		for range 10 {
			w.must("knock", knock())
		}
		if err := knock(); call.CodeOf(err) != call.CodeRateLimited {
			t.Errorf("the eleventh time: %v", err)
		}
		time.Sleep(5 * time.Second)
		w.must("later", knock())
	})
}

// A host locks the room in the moment in which bo asks the gate: the lock holds.
func TestALockHoldsForWhoIsOnTheWay(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		w.members = func(call.Caller, bool) bool {
			sets("ana-1", wire.SetRoomInfo{Locked: yes()})(w)
			return true
		}
		comes(callerOf("bo-1"))(w)
		synctest.Wait()
		if got := w.heard["bo-1"]; len(got) != 1 || got[0] != "waits" {
			t.Errorf("bo: %v", got)
		}
	})
}

func TestGuestsOpenNoRoom(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		gus := guestOf("gus-1")
		refused(call.CodeRoomClosed, func(w *world) error { return w.comes(gus) })(w)
		everybody := w.members
		w.members = func(who call.Caller, _ bool) bool { return !who.Guest }
		elsewhere := gus // whose token is for another meeting, and who has a link into this one
		elsewhere.Rooms, elsewhere.Link = nil, theRoom
		refused(call.CodeRoomClosed, func(w *world) error { return w.comes(elsewhere) })(w)
		w.members = everybody
		meets("ana-1")(w)
		comes(gus)(w)
		w.members = func(call.Caller, bool) bool { return false }
		refused(call.CodeRoomForbidden, func(w *world) error { return w.comes(callerOf("bo-1")) })(w)
		comes(linkedTo("bo-1"))(w)
	})
}
