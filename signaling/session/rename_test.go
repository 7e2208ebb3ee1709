package session_test

import (
	"context"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

func TestARenamedUserHasTheNameInRequestsAndForWatchers(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		var asked []string
		ana, bo := w.connect("ana"), w.connect("bo")
		bo.ask("user.subscribeStatus", struct{}{})
		w.handler.do = func(_ context.Context, who call.Caller, _ wire.Request) (any, error) {
			asked = append(asked, who.Name)
			return wire.Empty{}, nil
		}
		ana.ask("session.time", struct{}{})
		w.hub.Rename("ana", "Anna")
		w.hub.Rename("nobody", "No")
		if f := bo.event("onUserStatusChanged"); !strings.Contains(string(f.Params), `{"userID":"ana","name":"Anna","statusType":1}`) {
			t.Errorf("bo is told %s", f.Params)
		}
		ana.ask("session.time", struct{}{})
		if got := strings.Join(asked, ", "); got != "the ana, Anna" {
			t.Errorf("requests by %s", got)
		}
		if online := w.hub.OnlineUsers(); online[0].Name != "Anna" {
			t.Errorf("online: %v", online)
		}
		for _, c := range []*client{ana, bo} {
			c.silent()
		}
	})
}
