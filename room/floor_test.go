package room_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/room"
	"callsvc/signaling/wire"
)

func TestHands(t *testing.T) {
	lowers := func(s call.SessionID, u call.UserID) step {
		return func(w *world) { w.must("lowerHand", w.lowerHand(callerOf(s), u)) }
	}
	tellMeetings(t, []story{
		{
			name: "they stand in the order they were raised; a host lowers them, or one does oneself",
			steps: []step{
				meets("ana-1"), meets("bo-1"), raises("bo-1"), raises("ana-1"), raises("bo-1"), comes(callerOf("cy-1")),
				lowers("ana-1", "bo"), lowers("ana-1", "bo"), func(w *world) { w.must("lower", w.raiseHand(callerOf("ana-1"), false)) },
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "bo enters as anchor", "hands: bo", "hands: bo ana", "cy enters as anchor", "hands: ana", "hands:"},
				"bo-1":  {"in as anchor, finds ana", "hands: bo", "hands: bo ana", "cy enters as anchor", "hands: ana", "hands:"},
				"cy-1":  {"in, hosts ana, hands: bo ana", "hands: ana", "hands:"},
			},
		},
		{
			name:  "who leaves takes theirs along",
			steps: []step{meets("ana-1"), meets("bo-1"), raises("bo-1"), exits("bo-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "bo enters as anchor", "hands: bo", "bo leaves, reason 0, at 0s", "hands:"},
				"bo-1":  {"in as anchor, finds ana", "hands: bo"},
			},
		},
		{
			name:  "a host lowers all at once",
			steps: []step{meets("ana-1"), meets("bo-1"), raises("ana-1"), raises("bo-1"), lowers("ana-1", ""), lowers("ana-1", "")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "bo enters as anchor", "hands: ana", "hands: ana bo", "hands:"},
				"bo-1":  {"in as anchor, finds ana", "hands: ana", "hands: ana bo", "hands:"},
			},
		},
	})
}

func TestSoManyHandsAreUp(t *testing.T) {
	play(t, room.Options{MaxParticipants: 200}, func(w *world) {
		for i := range 101 {
			s := call.SessionID(fmt.Sprintf("u%d-1", i))
			meets(s)(w)
			err := w.raiseHand(callerOf(s), true)
			if want := map[bool]call.Code{true: call.CodeRateLimited}[i == 100]; call.CodeOf(err) != want {
				t.Errorf("the %d. hand: %v", i+1, err)
			}
		}
	})
}

func TestChat(t *testing.T) {
	tellMeetings(t, []story{{
		name:  "the others are told, and newcomers can read it",
		steps: []step{meets("ana-1"), meets("bo-1"), writes("ana-1", "Hello"), writes("bo-1", "Hi"), comes(callerOf("cy-1")), reads("cy-1", "1 ANA: Hello; 2 BO: Hi")},
		heard: map[call.SessionID][]string{
			"ana-1": {"in as anchor, finds", "bo enters as anchor", "2 BO writes Hi", "cy enters as anchor"},
			"bo-1":  {"in as anchor, finds ana", "1 ANA writes Hello", "cy enters as anchor"},
			"cy-1":  {"in, hosts ana"},
		},
	}})
}

func reads(s call.SessionID, want string) step {
	return func(w *world) {
		var lines []string
		for _, m := range w.messages(s) {
			lines = append(lines, fmt.Sprintf("%s %s: %s", m.MessageID, m.User, m.Text))
		}
		if got := strings.Join(lines, "; "); got != want {
			w.t.Errorf("%s reads %q, want %q", s, got, want)
		}
	}
}

func (w *world) messages(s call.SessionID) []wire.RoomMessage {
	res, err := w.svc.ListMessages(context.Background(), callerOf(s), &wire.ListRoomMessages{RoomID: theRoom})
	w.must("listMessages", err)
	return res.Messages
}

func TestARoomKeepsTheNewestMessages(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		for i := range 205 {
			writes("ana-1", fmt.Sprint(i))(w)
		}
		kept := w.messages("ana-1")
		if len(kept) != 200 || kept[0].Text != "5" || kept[199].Text != "204" || kept[199].MessageID != "205" {
			t.Errorf("%d are kept, from %+v to %+v", len(kept), kept[0], kept[len(kept)-1])
		}
		for range 100 {
			writes("ana-1", strings.Repeat("x", 4096))(w)
		}
		if kept := w.messages("ana-1"); len(kept) != 64 {
			t.Errorf("%d of 4 KiB are kept, want 256 KiB", len(kept))
		}
	})
}

func TestMessagesAreLimitedByRoom(t *testing.T) {
	play(t, room.Options{Messages: limit.Rate{PerSecond: 1, Burst: 2}}, func(w *world) {
		meets("ana-1")(w)
		meets("bo-1")(w)
		writes("ana-1", "one")(w)
		writes("bo-1", "two")(w)
		refused(call.CodeRateLimited, func(w *world) error { _, err := w.write(callerOf("ana-1"), "three"); return err })(w)
		time.Sleep(time.Second)
		writes("ana-1", "three")(w)
	})
}

func TestWhatIsToldToAllIsLimited(t *testing.T) {
	told := limit.NewKeyed[call.UserID](limit.Rate{PerSecond: 2, Burst: 4})
	play(t, room.Options{Broadcasts: told}, func(w *world) {
		meets("ana-1")(w)
		meets("bo-1")(w)
		writes("ana-1", "told to two")(w)
		raises("ana-1")(w)
		refused(call.CodeRateLimited, func(w *world) error { _, err := w.write(callerOf("ana-1"), "more"); return err })(w)
		refused(call.CodeRateLimited, func(w *world) error {
			w.must("lower", w.raiseHand(callerOf("ana-1"), false)) // always may
			return w.raiseHand(callerOf("ana-1"), true)
		})(w)
		writes("bo-1", "bo does not pay")(w)
		time.Sleep(time.Second)
		writes("ana-1", "again")(w)
	})
}

func TestWhatIsRefusedInAMeeting(t *testing.T) {
	long, lines, text := strings.Repeat("x", 201), "a\nb", func(text string) func(*world) error {
		return func(w *world) error { _, err := w.write(callerOf("ana-1"), text); return err }
	}
	ana := callerOf("ana-1")
	for _, tt := range []struct {
		name string
		code call.Code
		ask  func(*world) error
	}{
		{"an empty message", call.CodeInvalidParameter, text(" \n")},
		{"a message that is too long", call.CodeMessageTooLarge, text(strings.Repeat("x", 4097))},
		{"a name that is too long", call.CodeInvalidParameter, func(w *world) error { return w.setInfo(ana, wire.SetRoomInfo{Name: &long}) }},
		{"a name of two lines", call.CodeInvalidParameter, func(w *world) error { return w.setInfo(ana, wire.SetRoomInfo{Name: &lines}) }},
		{"muting nothing", call.CodeInvalidParameter, func(w *world) error { return w.muteUser(ana, wire.MuteUser{UserID: "bo"}) }},
		{"muting nothing of all", call.CodeInvalidParameter, func(w *world) error { return w.muteAll(ana, wire.MuteAll{}) }},
		{"asking for nothing", call.CodeInvalidParameter, func(w *world) error { return w.askToUnmute(ana, wire.AskToUnmute{UserID: "bo"}) }},
		{"muting who is not there", call.CodeNotInRoom, func(w *world) error { return w.muteUser(ana, wire.MuteUser{UserID: "cy", Audio: true}) }},
		{"asking who is not there", call.CodeNotInRoom, func(w *world) error { return w.askToUnmute(ana, wire.AskToUnmute{UserID: "cy", Audio: true}) }},
		{"a host who is not there", call.CodeNotInRoom, func(w *world) error { return w.setHost(ana, "cy", true) }},
		{"admitting who does not wait", call.CodeNotInRoom, func(w *world) error { return w.admit(ana, "cy", true) }},
		{"an operator in a room nobody is in", call.CodeRoomClosed, func(w *world) error {
			_, err := w.svc.SetInfo(context.Background(), operator(), &wire.SetRoomInfo{RoomID: "none", Locked: yes()})
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, room.Options{}, func(w *world) {
				meets("ana-1")(w)
				meets("bo-1")(w)
				refused(tt.code, tt.ask)(w)
			})
		})
	}
}

func TestWhoMayInvite(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		may := func(what string, who call.Caller, id call.RoomID, want call.Code) {
			t.Helper()
			if err := w.svc.MayInvite(context.Background(), who, id); call.CodeOf(err) != want {
				t.Errorf("%s: %v, want code %d", what, err, want)
			}
		}
		meets("ana-1")(w)
		meets("bo-1")(w)
		comes(guestOf("gus-1"))(w)
		may("a host", callerOf("ana-1"), theRoom, 0)
		may("anybody in a meeting", callerOf("bo-1"), theRoom, 0)
		may("a guest", guestOf("gus-1"), theRoom, call.CodeGroupPermission)
		may("who is not in", callerOf("cy-1"), theRoom, call.CodeNotInRoom)
		may("an operator", operator(), "another", 0)
		may("into no room", operator(), "a b", call.CodeInvalidParameter)
		for _, s := range []call.SessionID{"ana-1", "bo-1"} {
			_, err := w.svc.Enter(context.Background(), callerOf(s), &wire.EnterRoom{RoomID: "5"})
			w.must("enter a call", err)
		}
		may("the host of a call", callerOf("ana-1"), "5", 0)
		may("another in a call", callerOf("bo-1"), "5", call.CodeGroupPermission)
	})
}
