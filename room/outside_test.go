package room_test

import (
	"context"
	"fmt"
	"testing"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

// Whoever stands before a room sees what they would see a moment later inside,
// and who would have to wait sees that.
func TestARoomFromOutside(t *testing.T) {
	ana, bo, cy := callerOf("ana-1"), callerOf("bo-1"), callerOf("cy-1")
	standUp := "Stand-up"
	crowd := []step{comes(ana)}
	for i := range 6 {
		crowd = append(crowd, comes(callerOf(call.SessionID(fmt.Sprintf("u%d-1", i)))))
	}
	tests := []struct {
		name  string
		steps []step
		who   call.Caller
		want  string
	}{
		{"an empty one", nil, bo, "nobody"},
		{"one that everybody has left", []step{comes(ana), exits("ana-1")}, bo, "nobody"},
		{"who is in it, the longest present first", []step{comes(ana), comes(cy)}, bo, "2: ana cy"},
		{"at most five by name", crowd, bo, "7: ana u0 u1 u2 u3"},
		{"its name", []step{comes(ana), sets("ana-1", wire.SetRoomInfo{Name: &standUp})}, bo, "Stand-up, 1: ana"},
		{"one's own other device is nobody", []step{comes(ana), comes(bo)}, callerOf("bo-2"), "1: ana"},
		{"locked, it says so and no more", []step{comes(ana), sets("ana-1", wire.SetRoomInfo{Locked: yes(), Name: &standUp})}, bo, "waits"},
		{"so it does to who was kicked", []step{comes(ana), comes(bo), kicks("ana-1", "bo")}, bo, "waits"},
		{"with a lobby, to who has nothing but a link", []step{comes(ana), sets("ana-1", wire.SetRoomInfo{Lobby: yes()})}, linkedTo("bo-1"), "waits"},
		{"with a lobby, not to who has a right of their own", []step{comes(ana), sets("ana-1", wire.SetRoomInfo{Lobby: yes()})}, bo, "1: ana"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			play(t, room.Options{}, func(w *world) {
				for _, step := range tt.steps {
					step(w)
				}
				linked := tt.who.Link != ""
				w.members = func(call.Caller, bool) bool { return !linked }
				got, err := w.svc.FetchInfo(context.Background(), tt.who, theRoom)
				if err != nil || outsideLine(got) != tt.want {
					t.Errorf("%q (%v), want %q", outsideLine(got), err, tt.want)
				}
			})
		})
	}
}

func TestWhoMayNotEnterSeesNothing(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		comes(callerOf("ana-1"))(w)
		w.members = func(call.Caller, bool) bool { return false }
		got, err := w.svc.FetchInfo(context.Background(), callerOf("bo-1"), theRoom)
		if call.CodeOf(err) != call.CodeRoomForbidden || outsideLine(got) != "nobody" {
			t.Errorf("%q (%v), want 9007", outsideLine(got), err)
		}
		if _, err := w.svc.FetchInfo(context.Background(), callerOf("bo-1"), "no room!"); call.CodeOf(err) != call.CodeInvalidParameter {
			t.Errorf("a bad room id: %v, want 6017", err)
		}
	})
}

func outsideLine(res wire.FetchRoomInfoResult) string {
	switch {
	case !res.Open:
		return "nobody"
	case res.Waits && res.Count == 0 && res.Name == "" && len(res.Users) == 0:
		return "waits"
	}
	line := fmt.Sprintf("%d:", res.Count)
	if res.Name != "" {
		line = res.Name + ", " + line
	}
	for _, u := range res.Users {
		line += " " + string(u.UserID)
	}
	return line
}
