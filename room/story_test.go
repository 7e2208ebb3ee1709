package room_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

type story struct {
	name     string
	steps    []step
	heard    map[call.SessionID][]string // everything each session learnt
	observed []string                    // left out if nil
}

// alone is what a session learns first when it finds nobody.
const alone = "in as anchor, finds"

func tellStories(t *testing.T, stories []story) {
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			play(t, room.Options{}, func(w *world) {
				for _, step := range s.steps {
					step(w)
					synctest.Wait()
				}
				w.mu.Lock()
				defer w.mu.Unlock()
				if d := cmp.Diff(s.heard, w.heard); d != "" {
					t.Errorf("heard (-want +got):\n%s", d)
				}
				if d := cmp.Diff(s.observed, w.observed); s.observed != nil && d != "" {
					t.Errorf("observed (-want +got):\n%s", d)
				}
			})
		})
	}
}

func TestComingAndGoing(t *testing.T) {
	tellStories(t, []story{
		{
			name:  "two meet, see each other, and one hangs up",
			steps: []step{enters("ana-1"), sends("ana", call.SourceCamera, true), enters("bo-1"), sends("bo", call.SourceMic, true), wait(time.Second), exits("bo-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo mic on", "bo leaves, reason 0, at 1.04s"},
				"bo-1":  {"in as anchor, finds ana+camera"},
			},
			observed: []string{"ana enters call at 20ms", "bo enters call at 40ms", "bo leaves, reason 0, at 1.04s"},
		},
		{
			name:  "nobody is told of a newcomer before the transport is up",
			steps: []step{enters("ana-1"), offers("bo-1"), sends("bo", call.SourceCamera, true), wait(5 * time.Second), up("bo")},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo camera on"},
				"bo-1":  {"in as anchor, finds ana"},
			},
			observed: []string{"ana enters call at 20ms", "bo enters call at 5.04s"},
		},
		{
			name:  "two enter at the same instant and each learns of the other once",
			steps: []step{together(offers("ana-1"), offers("bo-1")), together(up("ana"), up("bo"))},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {alone, "ana enters as anchor"},
			},
		},
		{
			name:  "what happens while a newcomer connects is told once they are connected",
			steps: []step{enters("ana-1"), offers("bo-1"), sends("ana", call.SourceMic, true), exits("ana-1"), wait(time.Second), up("bo")},
			heard: map[call.SessionID][]string{
				"ana-1": {alone},
				"bo-1":  {"in as anchor, finds ana", "ana mic on", "ana leaves, reason 0, at 40ms"},
			},
		},
		{
			name:  "who leaves before the transport is up was never there for the others",
			steps: []step{enters("ana-1"), offers("bo-1"), exits("bo-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {alone},
				"bo-1":  {"in as anchor, finds ana"},
			},
			observed: []string{"ana enters call at 20ms"},
		},
		{
			name:  "who enters without an offer is there at once",
			steps: []step{entersWithoutOffer("ana-1"), entersWithoutOffer("bo-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana"},
			},
			observed: []string{"ana enters call at 0s", "bo enters call at 0s"},
		},
		{
			name:  "an operator kicks somebody",
			steps: []step{enters("ana-1"), enters("bo-1"), func(w *world) { w.must("kick", w.kick(operator(), "bo")) }},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo leaves, reason 2, at 40ms"},
				"bo-1":  {"in as anchor, finds ana", "kicked out: kick"},
			},
		},
		{
			name:  "the server stops under a call",
			steps: []step{enters("ana-1"), enters("bo-1"), func(w *world) { w.svc.CloseAll(call.ResultServerDrain) }},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "room closed: serverDrain"},
				"bo-1":  {"in as anchor, finds ana", "room closed: serverDrain"},
			},
		},
		{
			name: "an operator closes a room, and it can be opened anew",
			steps: []step{
				entersWithoutOffer("ana-1"),
				func(w *world) {
					w.must("close", w.svc.CloseRoom(context.Background(), theRoom, call.ResultRoomClosed))
				},
				wait(time.Second), entersWithoutOffer("ana-1"),
			},
			heard: map[call.SessionID][]string{"ana-1": {alone, "room closed: closed", alone}},
			observed: []string{
				"ana enters call at 0s", "closed as roomClosed at 0s", "ana leaves, reason 2, at 0s",
				"ana enters call at 1s",
			},
		},
	})
}

func TestLosingTheConnection(t *testing.T) {
	tellStories(t, []story{
		{
			name: "the wifi drops for 19 s and nobody is told",
			steps: []step{
				enters("ana-1"), enters("bo-1"), detaches("bo-1"), wait(3 * time.Second), down("bo", 3*time.Second),
				wait(16 * time.Second), up("bo"), resumes("bo-1"), wait(time.Hour),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana"},
			},
		},
		{
			name: "the wifi drops for good, and the leave is dated when it dropped",
			steps: []step{
				enters("ana-1"), enters("bo-1"), wait(3 * time.Second), down("bo", 3*time.Second),
				wait(16999 * time.Millisecond), sends("ana", call.SourceMic, true), wait(time.Hour),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo leaves, reason 1, at 40ms"},
				"bo-1":  {"in as anchor, finds ana", "ana mic on", "kicked out: lost"},
			},
			observed: []string{"ana enters call at 20ms", "bo enters call at 40ms", "bo leaves, reason 1, at 40ms"},
		},
		{
			name:  "an offer that never connects is given up after 30 s, without a word to the others",
			steps: []step{enters("ana-1"), offers("bo-1"), wait(30 * time.Second)},
			heard: map[call.SessionID][]string{
				"ana-1": {alone},
				"bo-1":  {"in as anchor, finds ana", "kicked out: lost"},
			},
		},
		{
			name:  "an offer may take 29 s to connect",
			steps: []step{enters("ana-1"), offers("bo-1"), wait(29 * time.Second), up("bo"), wait(time.Hour)},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana"},
			},
		},
		{
			name:  "the media goes on while the socket is away for 59 s",
			steps: []step{enters("ana-1"), enters("bo-1"), detaches("bo-1"), wait(59 * time.Second), resumes("bo-1"), wait(time.Hour)},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana"},
			},
		},
		{
			name:  "a session that is not resumed loses its rooms, dated when it was detached",
			steps: []step{enters("ana-1"), enters("bo-1"), wait(time.Second), detaches("bo-1"), wait(60 * time.Second), ends("bo-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo leaves, reason 1, at 1.04s"},
				"bo-1":  {"in as anchor, finds ana"},
			},
		},
		{
			name:  "logging out leaves the rooms",
			steps: []step{enters("ana-1"), enters("bo-1"), wait(time.Second), ends("bo-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo leaves, reason 0, at 1.04s"},
				"bo-1":  {"in as anchor, finds ana"},
			},
		},
		{
			name:  "without media it is the session that counts: 19 s without are told to nobody",
			steps: []step{entersWithoutOffer("ana-1"), entersWithoutOffer("bo-1"), detaches("bo-1"), wait(19 * time.Second), resumes("bo-1"), wait(time.Hour)},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana"},
			},
		},
		{
			name:  "without media it is the session that counts: 20 s without are a loss",
			steps: []step{entersWithoutOffer("ana-1"), entersWithoutOffer("bo-1"), wait(time.Second), detaches("bo-1"), wait(20 * time.Second)},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo leaves, reason 1, at 1s"},
				"bo-1":  {"in as anchor, finds ana", "kicked out: lost"},
			},
		},
	})
}

func TestEnteringAgain(t *testing.T) {
	tellStories(t, []story{
		{
			name: "a page that reloads its media within 20 s goes on with the same stay",
			steps: []step{
				enters("ana-1"), enters("bo-1"), sends("bo", call.SourceCamera, true), wait(time.Second),
				enters("bo-1"), sends("bo", call.SourceCamera, true), wait(time.Hour),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo camera on", "bo camera off", "bo camera on"},
				"bo-1":  {"in as anchor, finds ana", "in as anchor, finds ana"},
			},
			observed: []string{"ana enters call at 20ms", "bo enters call at 40ms"},
		},
		{
			name:  "the callee answers on a second phone and the first is put out",
			steps: []step{enters("ana-1"), enters("bo-1"), wait(time.Second), enters("bo-2"), ends("bo-1"), wait(time.Hour)},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana", "kicked out: otherDevice"},
				"bo-2":  {"in as anchor, finds ana"},
			},
		},
		{
			name: "who is back but not connected when the 20 s are over begins a new stay",
			steps: []step{
				enters("ana-1"), enters("bo-1"), down("bo", 0), wait(19 * time.Second), offers("bo-1"),
				wait(5 * time.Second), up("bo"), wait(time.Hour),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo leaves, reason 1, at 40ms", "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana", "in as anchor, finds ana"},
			},
			observed: []string{
				"ana enters call at 20ms", "bo enters call at 40ms",
				"bo leaves, reason 1, at 40ms", "bo enters call at 24.065s",
			},
		},
		{
			name: "a bad offer lets nobody in and leaves no trace",
			steps: []step{
				enters("ana-1"), refused(call.CodeSDP, enterWith("bo-1", badOffer)),
				refused(call.CodeNotInRoom, func(w *world) error { return w.switchRole("bo-1", room.RoleAudience) }),
			},
			heard: map[call.SessionID][]string{"ana-1": {alone}},
		},
		{
			name: "a bad offer of somebody in the room leaves them 20 s for a good one",
			steps: []step{
				enters("ana-1"), enters("bo-1"), refused(call.CodeSDP, enterWith("bo-1", badOffer)),
				wait(10 * time.Second), enters("bo-1"), refused(call.CodeSDP, enterWith("bo-1", badOffer)), wait(20 * time.Second),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor", "bo leaves, reason 1, at 10.085s"},
				"bo-1":  {"in as anchor, finds ana", "in as anchor, finds ana", "kicked out: lost"},
			},
		},
	})
}

func enterWith(s call.SessionID, offer string) func(*world) error {
	return func(w *world) error { return w.enter(s, wire.EnterRoom{Offer: offer}) }
}

func TestTwoTabsOfOneUserEnterAtTheSameInstantAndOneIsIn(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		errs := make(chan error, 2)
		for _, s := range []call.SessionID{"bo-1", "bo-2"} {
			go func() { errs <- enterWith(s, "offer")(w) }()
		}
		first, second := <-errs, <-errs
		if first == nil {
			first, second = second, first
		}
		if call.CodeOf(first) != call.CodeNotInRoom || second != nil {
			t.Errorf("got %v and %v, want one 9002 and one success", first, second)
		}
		if st := w.svc.Stats(); st.Participants != 1 {
			t.Errorf("%d are in", st.Participants)
		}
	})
}
