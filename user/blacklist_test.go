package user_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"

	"github.com/google/go-cmp/cmp"
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

// Any history of blocks, with restarts in between, ends in the sets that a
// plain model has.
func TestBlackListsAreSets(t *testing.T) {
	people := []call.UserID{"ana", "bo", "cy", "di"}
	rapid.Check(t, func(rt *rapid.T) {
		model := map[call.UserID]map[call.UserID]bool{"ana": {}, "bo": {}}
		synctest.Test(t, func(t *testing.T) {
			w := &world{t: t, store: &memory{users: map[call.UserID]call.User{}, blocked: map[call.UserID][]call.UserID{}}}
			w.start()
			defer func() { w.stop() }()
			for range rapid.IntRange(1, 20).Draw(rt, "steps") {
				by := rapid.SampledFrom(people[:2]).Draw(rt, "by")
				users := rapid.SliceOfN(rapid.SampledFrom(people[2:]), 1, 4).Draw(rt, "users")
				var err error
				switch rapid.SampledFrom([]string{"block", "unblock", "restart"}).Draw(rt, "step") {
				case "block":
					err = w.block(by, users...)
					for _, u := range users {
						model[by][u] = true
					}
				case "unblock":
					err = w.unblock(by, users...)
					for _, u := range users {
						delete(model[by], u)
					}
				case "restart":
					w.restart()
				}
				if err != nil {
					rt.Fatal(err)
				}
			}
			for by, set := range model {
				got := get[wire.GetBlackListResult](t)(w.BlackList(t.Context(), who(by))).UserIDList
				if diff := cmp.Diff(slices.Sorted(maps.Keys(set)), got); diff != "" {
					rt.Errorf("%s (-model +service):\n%s", by, diff)
				}
				w.decide(func(*commit.Tx) {
					for _, u := range people {
						if w.Blocks(by, u) != set[u] {
							rt.Errorf("%s blocks %s: %v", by, u, !set[u])
						}
					}
				})
			}
		})
	})
}
