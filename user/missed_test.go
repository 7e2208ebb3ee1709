package user_test

import (
	"fmt"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"

	"pgregory.net/rapid"
)

// ended is the record of ana's call that became that to bo.
func ended(bo call.ParticipantState) call.Record {
	return call.Record{Participants: []call.Participant{
		{UserID: "ana", Role: call.RoleCaller, State: call.ParticipantCaller},
		{UserID: "bo", Role: call.RoleCallee, State: bo},
	}}
}

func TestWhichCallsAreMissed(t *testing.T) {
	for state, missed := range map[call.ParticipantState]bool{
		call.ParticipantTimedOut: true, call.ParticipantCancelled: true, call.ParticipantBusy: true,
		call.ParticipantAccepted: false, call.ParticipantRejected: false,
	} {
		t.Run(string(state), func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.decide(func(tx *commit.Tx) { w.CallEnded(tx, ended(state)) })
				if missed {
					w.expect("bo: missed 1", "bo-phone: missed 1")
				} else {
					w.expect()
				}
			})
		})
	}
}

func TestMissedCallsAreCountedUntilSeen(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		miss := func() { w.decide(func(tx *commit.Tx) { w.CallEnded(tx, ended(call.ParticipantTimedOut)) }) }
		greeted := func() (lines []string) {
			w.decide(func(tx *commit.Tx) {
				for _, ev := range w.Greet(tx, who("bo")) {
					lines = append(lines, line(ev))
				}
			})
			return lines
		}
		w.signIn("bo", "")
		if lines := greeted(); lines != nil {
			t.Errorf("without any: %v", lines)
		}
		miss()
		miss()
		w.expect("bo: missed 1", "bo-phone: missed 1", "bo: missed 2", "bo-phone: missed 2")
		w.restart()
		if lines := greeted(); fmt.Sprint(lines) != "[missed 2]" {
			t.Errorf("a new session is told %v", lines)
		}
		time.Sleep(time.Second)
		if _, err := w.MarkMissedSeen(t.Context(), who("bo")); err != nil {
			t.Fatal(err)
		}
		w.expect("bo-phone: missed 0")
		seen := get[call.MissedCalls](t)(w.Missed(t.Context(), who("bo")))
		if seen != (call.MissedCalls{SeenAt: call.MillisOf(time.Now())}) {
			t.Errorf("seen: %+v", seen)
		}
		if _, err := w.MarkMissedSeen(t.Context(), who("bo")); err != nil {
			t.Fatal(err)
		}
		w.expect() // there was nothing to see
		for range 120 {
			miss()
		}
		if m := get[call.MissedCalls](t)(w.Missed(t.Context(), who("bo"))); m.Count != 99 || m.SeenAt != seen.SeenAt {
			t.Errorf("after 120 more: %+v", m)
		}
	})
}

// Whatever happens in whatever order, with restarts in between: all devices of a
// user show the same number, and it is the true one.
func TestAllDevicesShowTheSameNumber(t *testing.T) {
	devices := []call.SessionID{"bo", "bo-phone"}
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"missed", "missed", "answered", "bo", "bo-phone", "restart"}), 1, 40).Draw(rt, "steps")
		story(t, func(t *testing.T, w *world) {
			missed, shown := 0, map[call.SessionID]int{}
			w.hear = func(session call.SessionID, ev wire.Event) {
				if e, ok := ev.(wire.MissedCallsChanged); ok {
					shown[session] = e.Count
				}
			}
			for _, step := range steps {
				switch step {
				case "missed":
					missed++
					w.decide(func(tx *commit.Tx) { w.CallEnded(tx, ended(call.ParticipantTimedOut)) })
				case "answered":
					w.decide(func(tx *commit.Tx) { w.CallEnded(tx, ended(call.ParticipantAccepted)) })
				case "restart": // both connect anew, and know nothing but what they are told
					w.restart()
					for _, d := range devices {
						shown[d] = 0
						w.decide(func(tx *commit.Tx) {
							for _, ev := range w.Greet(tx, who("bo")) {
								w.hear(d, ev)
							}
						})
					}
				default:
					missed = 0
					get[wire.Empty](t)(w.MarkMissedSeen(t.Context(), call.Caller{UserID: "bo", SessionID: call.SessionID(step)}))
					shown[call.SessionID(step)] = 0
				}
				w.decide(func(*commit.Tx) {})
				if shown[devices[0]] != missed || shown[devices[1]] != missed {
					t.Fatalf("after %s: %v, and %d are missed", step, shown, missed)
				}
			}
		})
	})
}

// Anybody can be called under any name: what is kept of those who never signed
// in has an end, and those who did are not touched by it.
func TestStrangersDoNotFillTheMemory(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.signIn("bo", "Bo")
		var r call.Record
		for i := range 100_001 {
			r.Participants = append(r.Participants, call.Participant{
				UserID: call.UserID(fmt.Sprintf("u%d", i)), Role: call.RoleCallee, State: call.ParticipantTimedOut,
			})
		}
		w.decide(func(tx *commit.Tx) { w.CallEnded(tx, r) })
		count := func(u call.UserID) int { return get[call.MissedCalls](t)(w.Missed(t.Context(), who(u))).Count }
		if count("u99999") != 1 || count("u100000") != 0 {
			t.Error("not 100,000 strangers are counted for")
		}
		w.restart()
		w.decide(func(tx *commit.Tx) {
			w.CallEnded(tx, call.Record{Participants: []call.Participant{
				{UserID: "bo", Role: call.RoleCallee, State: call.ParticipantTimedOut},
				{UserID: "u7", Role: call.RoleCallee, State: call.ParticipantTimedOut},
				{UserID: "another", Role: call.RoleCallee, State: call.ParticipantTimedOut},
			}})
		})
		if count("bo") != 1 || count("u7") != 2 || count("another") != 0 {
			t.Errorf("bo %d, u7 %d, another %d; want 1, 2, 0", count("bo"), count("u7"), count("another"))
		}
		w.signIn("u7", "")
		w.decide(func(tx *commit.Tx) {
			w.CallEnded(tx, call.Record{Participants: []call.Participant{{UserID: "another", Role: call.RoleCallee, State: call.ParticipantTimedOut}}})
		})
		if count("another") != 1 {
			t.Error("a stranger signed in, and makes no place for another")
		}
	})
}

func TestASessionIsRenamedThatWasOpenedUnderAnOldName(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		old := who("ana")
		old.Name = w.signIn("ana", "Ana")
		if _, err := w.SetSelfInfo(t.Context(), who("ana"), &wire.SetSelfInfo{Name: text("Anna")}); err != nil {
			t.Fatal(err)
		}
		w.expect(`ana is called "Anna"`, `ana-phone: info "Anna" ""`)
		w.decide(func(tx *commit.Tx) { w.Greet(tx, old) })
		w.expect(`ana is called "Anna"`)
	})
}
