package app_test

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/app"
	"callsvc/signaling/wire"
)

// Whatever is added to the contract is refused guests until it is added here,
// too.
func TestAGuestMayDoNothingOutsideTheirRoom(t *testing.T) {
	a, _ := start(t)
	may := []string{
		"room.enter", "room.offer", "room.exit", "room.setPublishing", "room.setViews", "room.switchRole", "room.setRole",
		"room.setInfo", "room.setHost", "room.muteUser", "room.muteAll", "room.askToUnmute", "room.kick", "room.admit",
		"room.dismiss",
		"room.raiseHand", "room.lowerHand", "room.sendMessage", "room.listMessages", "room.sendReaction",
		"session.time", "session.getICEServers", "user.logout",
	}
	guest := call.Caller{UserID: "guest-1", SessionID: "s", Guest: true, Rooms: []call.RoomID{"r1"}}
	for _, m := range wire.Methods() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := a.Handle(ctx, guest, m.New())
		cancel()
		if refused := call.CodeOf(err) == call.CodeGroupPermission; refused == slices.Contains(may, m.Name) {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

func TestAGuestEntersTheRoomOfTheirLinkAndNoOther(t *testing.T) {
	a, _ := start(t)
	ana := call.Caller{UserID: "ana", SessionID: "s1"}
	for _, room := range []call.RoomID{"r1", "r2"} {
		if _, err := a.Handle(t.Context(), ana, &wire.EnterRoom{RoomID: room, Scene: "meeting"}); err != nil {
			t.Fatal(err)
		}
	}
	guest := call.Caller{UserID: "guest-1", SessionID: "s2", Guest: true, Rooms: []call.RoomID{"r1", "empty"}}
	link := linkInto(t, a, ana, "r2")
	for _, tt := range []struct {
		name string
		req  wire.EnterRoom
		code call.Code
	}{
		{"another", wire.EnterRoom{RoomID: "r2"}, call.CodeRoomForbidden},
		{"one that nobody is in", wire.EnterRoom{RoomID: "r3"}, call.CodeRoomForbidden},
		{"their own before anybody is there", wire.EnterRoom{RoomID: "empty"}, call.CodeRoomClosed},
		{"their own", wire.EnterRoom{RoomID: "r1"}, 0},
		{"another by a link into it", wire.EnterRoom{RoomID: "r2", Invite: link}, call.CodeRoomForbidden},
		{"by a link for another room", wire.EnterRoom{RoomID: "r3", Invite: link}, call.CodeRoomForbidden},
		{"by a link that is none", wire.EnterRoom{RoomID: "r2", Invite: "x"}, call.CodeTokenInvalid},
	} {
		if _, err := a.Handle(t.Context(), guest, &tt.req); call.CodeOf(err) != tt.code {
			t.Errorf("%s: %v, want code %d", tt.name, err, tt.code)
		}
	}
}

func linkInto(t *testing.T, a *app.App, who call.Caller, room call.RoomID) string {
	t.Helper()
	res, err := a.Handle(t.Context(), who, &wire.CreateLink{RoomID: room})
	if err != nil {
		t.Fatal(err)
	}
	return res.(wire.CreateLinkResult).Invite
}

func TestALinkLetsInWhoIsSignedIn(t *testing.T) {
	a, _ := start(t)
	ana, bo := call.Caller{UserID: "ana", SessionID: "s1"}, call.Caller{UserID: "bo", SessionID: "s2"}
	if _, err := a.Handle(t.Context(), ana, &wire.EnterRoom{RoomID: "r1", Scene: "meeting"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Handle(t.Context(), bo, &wire.EnterRoom{RoomID: "r1"}); call.CodeOf(err) != call.CodeRoomForbidden {
		t.Errorf("without: %v", err)
	}
	link := linkInto(t, a, ana, "r1")
	leads, err := a.Handle(t.Context(), bo, &wire.OpenLink{Invite: link})
	if err != nil || leads.(wire.OpenLinkResult).RoomID != "r1" {
		t.Errorf("it leads to %v (%v)", leads, err)
	}
	if _, err := a.Handle(t.Context(), bo, &wire.FetchRoomInfo{RoomID: "r1"}); call.CodeOf(err) != call.CodeRoomForbidden {
		t.Errorf("a look inside without: %v", err)
	}
	inside, err := a.Handle(t.Context(), bo, &wire.FetchRoomInfo{RoomID: "r1", Invite: link})
	if err != nil || inside.(wire.FetchRoomInfoResult).Count != 1 {
		t.Errorf("a look inside with it: %v (%v)", inside, err)
	}
	if _, err := a.Handle(t.Context(), bo, &wire.EnterRoom{RoomID: "r1", Invite: link}); err != nil {
		t.Errorf("with it: %v", err)
	}
}

func TestLinksHaveAnEnd(t *testing.T) {
	a, _ := start(t)
	ana := call.Caller{UserID: "ana", SessionID: "s1"}
	if _, err := a.Handle(t.Context(), ana, &wire.EnterRoom{RoomID: "r1", Scene: "meeting"}); err != nil {
		t.Fatal(err)
	}
	for ttl, code := range map[int]call.Code{
		60: 0, 2_592_000: 0,
		59: call.CodeInvalidParameter, 0: call.CodeInvalidParameter, -1: call.CodeInvalidParameter,
		2_592_001: call.CodeInvalidParameter, math.MaxInt: call.CodeInvalidParameter,
	} {
		if _, err := a.Handle(t.Context(), ana, &wire.CreateLink{RoomID: "r1", TTL: &ttl}); call.CodeOf(err) != code {
			t.Errorf("%d seconds: %v, want code %d", ttl, err, code)
		}
	}
}

func TestWhoMayBeAGuest(t *testing.T) {
	a, _ := start(t)
	ana := call.Caller{UserID: "ana", SessionID: "s1"}
	if _, err := a.Handle(t.Context(), ana, &wire.EnterRoom{RoomID: "r1", Scene: "meeting"}); err != nil {
		t.Fatal(err)
	}
	link := linkInto(t, a, ana, "r1")
	for _, tt := range []struct {
		name, invite, as string
		code             call.Code
	}{
		{"with a link and a name", link, " Gus ", 0},
		{"without a name", link, "  ", call.CodeInvalidParameter},
		{"with a long name", link, strings.Repeat("x", 201), call.CodeInvalidParameter},
		{"with lines in the name", link, "a\nb", call.CodeInvalidParameter},
		{"without a link", "", "Gus", call.CodeTokenInvalid},
		{"with rubbish", "a.b.c", "Gus", call.CodeTokenInvalid},
	} {
		guest, err := a.Receive(from("192.0.2.1"), tt.invite, tt.as)
		if call.CodeOf(err) != tt.code {
			t.Errorf("%s: %v, want code %d", tt.name, err, tt.code)
		}
		if err == nil && (guest.RoomID != "r1" || !strings.HasPrefix(string(guest.UserID), "guest-") || guest.Token == "") {
			t.Errorf("%s: %+v", tt.name, guest)
		}
	}
}

func from(address string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/guests", nil)
	r.RemoteAddr = address + ":1"
	return r
}

func TestGuestsAreLimitedByAddress(t *testing.T) {
	a, _ := start(t, "--guest-rate=1")
	ask := func(address string) error {
		_, err := a.Receive(from(address), "", "Gus")
		return err
	}
	var err error
	for range 1000 { // 60 at once, and more only as time goes by
		if err = ask("192.0.2.1"); call.CodeOf(err) == call.CodeRateLimited {
			break
		}
	}
	if call.CodeOf(err) != call.CodeRateLimited {
		t.Errorf("after 1000: %v", err)
	}
	if err := ask("192.0.2.2"); call.CodeOf(err) != call.CodeTokenInvalid {
		t.Errorf("another address pays: %v", err)
	}
}
