package user_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"

	"pgregory.net/rapid"
)

func (w *world) block(by call.UserID, users ...call.UserID) error {
	_, err := w.Block(w.t.Context(), who(by), &wire.AddToBlackList{UserIDList: users})
	return err
}

func (w *world) unblock(by call.UserID, users ...call.UserID) error {
	_, err := w.Unblock(w.t.Context(), who(by), &wire.DeleteFromBlackList{UserIDList: users})
	return err
}

func TestABlackListIsToldToOnesOtherSessions(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		if err := w.block("ana", "cy", "bo", "cy"); err != nil {
			t.Fatal(err)
		}
		w.expect("ana-phone: black list [bo cy]")
		if err := w.block("ana", "bo"); err != nil { // who is on it stays
			t.Fatal(err)
		}
		w.expect()
		w.restart()
		if err := w.unblock("ana", "bo", "nobody"); err != nil {
			t.Fatal(err)
		}
		w.expect("ana-phone: black list [cy]")
		if err := w.unblock("ana", "nobody"); err != nil {
			t.Fatal(err)
		}
		w.expect()
		refused(t, "oneself", w.block("ana", "di", "ana"), call.CodeInvalidParameter)
		w.expect()
	})
}

func TestABlackListHasAnEnd(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		page := func(i int) (users []call.UserID) {
			for n := range 100 {
				users = append(users, call.UserID(fmt.Sprintf("u%d", 100*i+n)))
			}
			return users
		}
		for i := range 100 {
			if err := w.block("ana", page(i)...); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, "one more", w.block("ana", "bo"), call.CodeInvalidParameter)
		if err := w.block("ana", page(7)...); err != nil {
			t.Errorf("who is on it already: %v", err)
		}
		if err := w.unblock("ana", "u0"); err != nil {
			t.Fatal(err)
		}
		if err := w.block("ana", "bo"); err != nil {
			t.Errorf("after one was taken off: %v", err)
		}
	})
}

// listStep is a request about a black list, or a restart if by is nobody.
type listStep struct {
	by    call.UserID
	users []call.UserID
	block bool
}

// Any history of blocks, with restarts in between, ends in the sets that a
// plain model has.
func TestBlackListsAreSets(t *testing.T) {
	blockers, others := []call.UserID{"ana", "bo"}, []call.UserID{"cy", "di", "ed"}
	draw := rapid.Custom(func(t *rapid.T) listStep {
		return listStep{
			by:    rapid.SampledFrom(append(blockers, "")).Draw(t, "by"),
			users: rapid.SliceOfN(rapid.SampledFrom(others), 1, 4).Draw(t, "users"),
			block: rapid.Bool().Draw(t, "block"),
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(draw, 1, 20).Draw(rt, "steps")
		story(t, func(t *testing.T, w *world) {
			model := map[call.UserID]map[call.UserID]bool{"ana": {}, "bo": {}}
			for _, step := range steps {
				var err error
				switch {
				case step.by == "":
					w.restart()
				case step.block:
					err = w.block(step.by, step.users...)
				default:
					err = w.unblock(step.by, step.users...)
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range step.users {
					if step.block && step.by != "" {
						model[step.by][u] = true
					} else {
						delete(model[step.by], u)
					}
				}
			}
			for by, set := range model {
				got := get[wire.GetBlackListResult](t)(w.BlackList(t.Context(), who(by))).UserIDList
				if want := slices.Sorted(maps.Keys(set)); !slices.Equal(got, want) {
					t.Errorf("%s has blocked %v, the model has %v", by, got, want)
				}
				w.decide(func(*commit.Tx) {
					for _, u := range slices.Concat(blockers, others) {
						if w.Blocks(by, u) != set[u] {
							t.Errorf("%s blocks %s: %v", by, u, !set[u])
						}
					}
				})
			}
		})
	})
}
