package room_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

func reacts(s call.SessionID, reaction string) step {
	return func(w *world) { w.must("sendReaction", w.react(callerOf(s), reaction)) }
}

func TestReactionsAreShownToTheOthersAndNotKept(t *testing.T) {
	tellMeetings(t, []story{{
		name:  "who comes later does not learn of them",
		steps: []step{meets("ana-1"), meets("bo-1"), reacts("bo-1", "👏"), reacts("ana-1", "❤️"), comes(callerOf("cy-1"))},
		heard: map[call.SessionID][]string{
			"ana-1": {"in as anchor, finds", "bo enters as anchor", "bo reacts 👏", "cy enters as anchor"},
			"bo-1":  {"in as anchor, finds ana", "ana reacts ❤️", "cy enters as anchor"},
			"cy-1":  {"in, hosts ana"},
		},
	}})
}

func TestAReactionIsAnEmoji(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		for _, emoji := range []string{"👍", "👍🏽", "❤️", "🎉", "👨‍👩‍👧‍👦", "👨🏽‍🤝‍👨🏿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇨🇳", "☝🏼"} {
			reacts("ana-1", emoji)(w)
			time.Sleep(time.Second)
		}
		for _, other := range []string{"", " ", "hello", "👍 go to https://example.org", "👍x", "5", "\u202e👍", "\n👍", "\ufe0f", "👍\xff", "🏽", strings.Repeat("👍", 17)} {
			refused(call.CodeInvalidParameter, func(w *world) error { return w.react(callerOf("ana-1"), other) })(w)
		}
		refused(call.CodeNotInRoom, func(w *world) error { return w.react(callerOf("bo-1"), "👍") })(w)
	})
}

func TestWhoReactsTooOftenWaits(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		meets("bo-1")(w)
		for range 10 {
			reacts("ana-1", "👍")(w)
		}
		refused(call.CodeRateLimited, func(w *world) error { return w.react(callerOf("ana-1"), "👍") })(w)
		reacts("bo-1", "👍")(w)
		time.Sleep(500 * time.Millisecond)
		reacts("ana-1", "👍")(w)
		refused(call.CodeRateLimited, func(w *world) error { return w.react(callerOf("ana-1"), "👍") })(w)
	})
}

func TestInACrowdReactionsAreToldTogether(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		box := &mailbox{mail: map[call.SessionID][]wire.Event{}}
		svc := room.New(room.Options{CrowdFrom: 4}, w.sfu, box, w, w, slog.New(slog.DiscardHandler))
		defer svc.Close()
		people := make([]call.SessionID, 60)
		for i := range people {
			people[i] = call.SessionID(fmt.Sprintf("u%d-1", i))
			box.enter(t, svc, people[i])
		}
		time.Sleep(time.Second)
		for _, s := range people {
			box.take(s)
		}
		for _, s := range people {
			_, err := svc.SendReaction(context.Background(), callerOf(s), &wire.SendReaction{RoomID: theRoom, Reaction: "🎉"})
			w.must("sendReaction", err)
		}
		if got := box.take(people[59]); len(got) != 0 {
			t.Errorf("told at once: %v", got)
		}
		time.Sleep(100 * time.Millisecond)
		for _, s := range people {
			got := box.take(s)
			if len(got) != 1 {
				t.Fatalf("%s is told %d times", s, len(got))
			}
			told, ok := got[0].(wire.Reactions)
			if !ok || len(told.Reactions) != 50 || told.Reactions[0].UserID != "u0" || told.Reactions[49].UserID != "u49" {
				t.Errorf("%s is told %v", s, got[0])
			}
		}
		time.Sleep(time.Second)
		if got := box.take("u0-1"); len(got) != 0 {
			t.Errorf("told again: %v", got)
		}
	})
}

// FuzzReaction: whatever is shown to the others is short and says nothing in
// letters.
func FuzzReaction(f *testing.F) {
	for _, seed := range []string{"👍", "👨‍👩‍👧‍👦", "hello", "\u202e", "5️⃣", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reaction string) {
		if room.CheckReaction(reaction) != nil {
			return
		}
		if len(reaction) > 64 || !utf8.ValidString(reaction) || strings.TrimSpace(reaction) == "" {
			t.Errorf("%q is taken", reaction)
		}
		for _, c := range reaction {
			if unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsSpace(c) || unicode.IsControl(c) {
				t.Errorf("%q is taken, with %q in it", reaction, c)
			}
		}
	})
}
