package e2e_test

import (
	"context"
	"testing"

	"callsvc/internal/testkit"
)

// A killed server forgets its rooms. Those who were in one come back, in any
// order: who had opened it finds it opened by somebody else, and has a ticket.
func TestAMeetingGoesOnAfterAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	bin, data := build(t), t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	s := run(t, bin, data)
	signIn := func(user string) *testkit.Client {
		c, err := s.connect(ctx, user, func(event) {})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Drop)
		return c
	}
	do := func(c *testkit.Client, method string, params p) p {
		t.Helper()
		res, err := c.Do(ctx, method, params)
		if err != nil {
			t.Fatalf("%s %v: %v", method, params, err)
		}
		return res
	}
	refused := func(c *testkit.Client, params p) {
		t.Helper()
		if _, err := c.Do(ctx, "room.enter", params); testkit.CodeOf(err) != 9007 {
			t.Errorf("%v: %v, want 9007", params, err)
		}
	}
	enter := func(c *testkit.Client, more p) (ticket string) {
		t.Helper()
		params := p{"roomID": "r", "scene": "meeting"}
		for k, v := range more {
			params[k] = v
		}
		return do(c, "room.enter", params).Str("ticket")
	}
	ana := signIn("ana")
	ticket := enter(ana, nil)
	link := do(ana, "room.createLink", p{"roomID": "r"}).Str("invite")
	enter(signIn("bo"), p{"invite": link})

	s.kill(t)
	s = run(t, bin, data)
	defer func() { s.stop(t) }()
	enter(signIn("bo"), p{"invite": link})
	again := signIn("ana")
	refused(again, p{"roomID": "r"})
	refused(again, p{"roomID": "r", "ticket": ticket + "x"})
	refused(signIn("eve"), p{"roomID": "r", "ticket": ticket}) // it is ana's
	later := enter(again, p{"ticket": ticket})
	do(again, "room.exit", p{"roomID": "r"})
	refused(again, p{"roomID": "r"})
	do(signIn("cy"), "room.enter", p{"roomID": "other"})
	refused(again, p{"roomID": "other", "ticket": later}) // and for that room
}
