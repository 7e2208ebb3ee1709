package im_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"callsvc/call"
	"callsvc/im"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// However many messages come at once, from people who wait for the store and
// from signaling, which does not, and however few ends of conversations are
// kept: numbers have no gap. The store of these tests refuses any other.
func TestNumbersHaveNoGaps(t *testing.T) {
	users := []call.UserID{"ana", "bo", "cy", "di"}
	type send struct {
		from, to  call.UserID
		signaling bool
		pause     int // ms before it; a commit takes 5
	}
	draw := rapid.Custom(func(t *rapid.T) send {
		s := send{from: rapid.SampledFrom(users).Draw(t, "from"), to: rapid.SampledFrom(users).Draw(t, "to")}
		if s.to == s.from {
			s.to = "ed"
		}
		s.signaling, s.pause = rapid.Bool().Draw(t, "signaling"), rapid.IntRange(0, 3).Draw(t, "pause")
		return s
	})
	rapid.Check(t, func(rt *rapid.T) {
		keep := rapid.IntRange(1, 3).Draw(rt, "ends kept")
		sends := rapid.SliceOfN(draw, 1, 60).Draw(rt, "sends")
		story(t, im.Options{IdleTails: keep}, func(t *testing.T, w *world) {
			w.store.delay = 5 * time.Millisecond
			var wg sync.WaitGroup
			for i, s := range sends {
				if i == len(sends)/2 {
					wg.Wait()
					w.restart()
				}
				time.Sleep(time.Duration(s.pause) * time.Millisecond)
				if s.signaling {
					w.loop.Post(func(tx *commit.Tx) {
						inv := &call.Invitation{InviteID: "i", Inviter: s.from, Invitees: []call.Invitee{{UserID: s.to}}}
						w.AppendSignaling(tx, inv, call.Signaled{Action: call.ActionInvite, By: s.from})
					})
					continue
				}
				wg.Go(func() {
					if _, err := w.Send(t.Context(), who(s.from), &wire.SendMessage{To: s.to, Type: "text", Text: "x"}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			w.restart() // what was posted is stored
			stored := 0
			for _, messages := range w.store.messages {
				stored += len(messages)
			}
			if stored != len(sends) {
				t.Errorf("%d messages stored of %d", stored, len(sends))
			}
		})
	})
}

// view is what a client knows of one group, from its answers and events alone.
type view map[call.UserID]bool

func (v view) see(ev wire.Event) {
	switch e := ev.(type) {
	case wire.GroupCreated:
		v.add(e.Members)
	case wire.MemberEnter:
		v.add(e.Members)
	case wire.MemberInvited:
		v.add(e.Members)
	case wire.MemberLeave:
		v.remove(e.Members)
	case wire.MemberKicked:
		v.remove(e.Members)
	case wire.GroupDismissed:
		clear(v)
	}
}

func (v view) add(users []call.UserID) {
	for _, u := range users {
		v[u] = true
	}
}

func (v view) remove(users []call.UserID) {
	for _, u := range users {
		delete(v, u)
	}
}

// Whatever people do to a group, an observer who is always in it and only
// listens knows its members, and so does the store.
func TestEventsTellWhoIsInAGroup(t *testing.T) {
	users := []call.UserID{"ana", "bo", "cy", "di"}
	user := rapid.SampledFrom(users)
	rapid.Check(t, func(rt *rapid.T) {
		type step struct{ by, on call.UserID }
		kind := rapid.SampledFrom([]string{"Work", "Public", "Meeting"}).Draw(rt, "type")
		methods := rapid.SliceOfN(rapid.SampledFrom([]string{
			"join", "join", "quit", "invite", "invite", "kick", "setRole admin", "setRole member", "transfer", "restart",
		}), 1, 40).Draw(rt, "methods")
		steps := make([]step, len(methods))
		for i := range steps {
			steps[i] = step{user.Draw(rt, "by"), user.Draw(rt, "on")}
		}
		story(t, im.Options{MaxMembers: 4}, func(t *testing.T, w *world) {
			seen := view{}
			w.watch = func(u call.UserID, ev wire.Event) {
				if u == "eve" {
					seen.see(ev)
				}
			}
			w.must("ana", "group.create", fmt.Sprintf(`{"groupID":"g","name":"g","type":%q,"members":["eve"]}`, kind))
			for i, m := range methods {
				params := fmt.Sprintf(`{"groupID":"g","members":[%q],"userID":%q,"role":"%s"}`, steps[i].on, steps[i].on, strings.TrimPrefix(m, "setRole "))
				if m == "restart" {
					w.restart()
					continue
				}
				method, _, _ := strings.Cut(m, " ")
				if _, err := w.do(steps[i].by, "group."+method, params); call.CodeOf(err) == call.CodeInternal {
					t.Fatalf("%s: %v", m, err)
				}
				synctest.Wait()
				compare(t, w, seen)
			}
		})
	})
}

// compare holds what was told, what is listed and what is stored to each other,
// and the group to having one owner.
func compare(t *testing.T, w *world, seen view) {
	t.Helper()
	var listed wire.ListMembersResult
	if err := json.Unmarshal([]byte(w.must("eve", "group.members", `{"groupID":"g"}`)), &listed); err != nil {
		t.Fatal(err)
	}
	owners := 0
	for _, m := range listed.Members {
		if m.Role == call.GroupOwner {
			owners++
		}
		stored := w.store.members["g"][m.UserID]
		if !seen[m.UserID] || stored.Role != m.Role {
			t.Fatalf("%s is %s, told of %v, stored %+v", m.UserID, m.Role, seen, stored)
		}
		if got := w.must(m.UserID, "group.list", `{}`); !strings.Contains(got, `"groupID":"g"`) {
			t.Fatalf("%s does not see the group among theirs: %s", m.UserID, got)
		}
	}
	if n := len(listed.Members); n != len(seen) || n != len(w.store.members["g"]) || n > 4 || owners != 1 {
		t.Fatalf("listed %v with %d owners, told %v, stored %d", listed.Members, owners, seen, len(w.store.members["g"]))
	}
}
