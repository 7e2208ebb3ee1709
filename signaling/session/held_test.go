package session_test

import (
	"context"
	"testing"

	"callsvc/call"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

// arrived is a room event.
func arrived(u call.UserID) wire.RemoteUserEnterRoom {
	return wire.RemoteUserEnterRoom{RoomID: "r", UserID: u}
}

func TestNoRoomEventOvertakesTheAnswerItChanges(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		w.handler.do = func(_ context.Context, who call.Caller, _ wire.Request) (any, error) {
			w.hub.NotifySession(who.SessionID, arrived("bo")) // comes after the picture was taken
			w.tell("ana", 1)
			return wire.EnterRoomResult{Role: "anchor"}, nil
		}
		if f := ana.ask("room.enter", map[string]any{"roomID": "r"}); f.Error != nil {
			t.Fatalf("enter: %+v", f.Error)
		}
		ana.event("onRemoteUserEnterRoom")
		ana.event("onInvitationModified")
		w.tell("ana", 2)
		ana.event("onInvitationModified")
		ana.silent()
	})
}

func TestEventsHeldForALostSocketAreToldOnceOnTheNext(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		entered := make(chan struct{})
		w.handler.do = func(_ context.Context, who call.Caller, _ wire.Request) (any, error) {
			w.hub.NotifySession(who.SessionID, arrived("bo"))
			<-entered
			w.hub.NotifySession(who.SessionID, arrived("cy"))
			return wire.EnterRoomResult{}, nil
		}
		ana.send("room.enter", map[string]any{"roomID": "r"})
		ana.silent()
		ana.cut()
		ana = w.back("ana", ana)
		ana.event("onRemoteUserEnterRoom")
		close(entered)
		ana.event("onRemoteUserEnterRoom")
		ana.silent() // the answer belongs to the old socket
	})
}

func TestADetachedSessionIsNotToldWhatIsOldTheNextMoment(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		w.hub.NotifySession(ana.session, wire.UserVoiceVolume{RoomID: "r"})
		ana.event("onUserVoiceVolume")
		ana.cut()
		for range 2000 { // more than a session remembers
			w.hub.NotifySession(ana.session, wire.UserVoiceVolume{RoomID: "r"})
			w.hub.NotifySession(ana.session, wire.NetworkQuality{RoomID: "r"})
		}
		w.tell("ana", 1)
		ana = w.back("ana", ana)
		if !ana.resumed {
			t.Fatal("not resumed")
		}
		ana.event("onInvitationModified")
		ana.silent()
	})
}
