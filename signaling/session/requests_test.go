package session_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

func TestHowRequestsAreAnswered(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	tests := []struct {
		name  string
		frame string
		id    string
		code  call.Code
	}{
		{"a request", `{"jsonrpc":"2.0","id":"a","method":"session.time"}`, `"a"`, 0},
		{"no JSON", `hello`, `null`, wire.CodeParse},
		{"nothing", ``, `null`, wire.CodeParse},
		{"nested beyond reason", deep, `null`, wire.CodeParse},
		{"params nested beyond reason", `{"jsonrpc":"2.0","id":1,"method":"session.time","params":{"x":` + deep + `}}`, `null`, wire.CodeParse},
		{"params nested deep", `{"jsonrpc":"2.0","id":1,"method":"session.time","params":{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}}`, `1`, 0},
		{"a batch", `[{"jsonrpc":"2.0","id":1,"method":"session.time"}]`, `null`, wire.CodeInvalidRequest},
		{"a method that is a number", `{"jsonrpc":"2.0","id":7,"method":7}`, `7`, wire.CodeInvalidRequest},
		{"an unknown method", `{"jsonrpc":"2.0","id":1,"method":"toString"}`, `1`, wire.CodeMethodUnknown},
		{"a missing member", `{"jsonrpc":"2.0","id":1,"method":"signaling.invite","params":{}}`, `1`, wire.CodeInvalidParams},
		{"a member of the wrong type", `{"jsonrpc":"2.0","id":1,"method":"signaling.invite","params":{"invitee":5}}`, `1`, wire.CodeInvalidParams},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, session.Options{}, func(w *world) {
				ana := w.connect("ana")
				if err := ana.conn.WriteMessage(websocket.TextMessage, []byte(tt.frame)); err != nil {
					t.Fatal(err)
				}
				f := ana.next()
				if string(f.ID) != tt.id && !(tt.id == "null" && f.ID == nil) {
					t.Errorf("answered id %s, want %s", f.ID, tt.id)
				}
				if (f.Error == nil) != (tt.code == 0) || f.Error != nil && f.Error.Code != tt.code {
					t.Errorf("answered %s %+v, want code %d", f.Result, f.Error, tt.code)
				}
				if f := ana.ask("session.time", struct{}{}); f.Error != nil {
					t.Errorf("afterwards: %+v", f.Error)
				}
			})
		})
	}
}

func TestHowFaultsAreTold(t *testing.T) {
	tests := []struct {
		name   string
		do     func() (any, error)
		code   call.Code
		logged string // empty: nothing
	}{
		{"a refusal", func() (any, error) { return nil, fmt.Errorf("cancel: %w", call.Errorf(call.CodeInviteUnknown, "over")) }, call.CodeInviteUnknown, ""},
		{"a fault of ours", func() (any, error) { return nil, errors.New("disk on fire") }, call.CodeInternal, "disk on fire"},
		{"a panic", func() (any, error) { panic("at the disco") }, call.CodeInternal, "at the disco"},
		{"a result that is none", func() (any, error) { return make(chan int), nil }, call.CodeInternal, "chan int"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, session.Options{}, func(w *world) {
				w.handler.do = func(context.Context, call.Caller, wire.Request) (any, error) { return tt.do() }
				ana := w.connect("ana")
				f := ana.ask("signaling.cancel", map[string]string{"inviteID": "i"})
				if f.Error == nil || f.Error.Code != tt.code || f.Result != nil {
					t.Fatalf("answered %s %+v, want code %d", f.Result, f.Error, tt.code)
				}
				if tt.logged == "" {
					if len(w.logs.lines) != 0 {
						t.Errorf("logged: %q", w.logs.lines)
					}
					return
				}
				if strings.Contains(f.Error.Message, tt.logged) {
					t.Errorf("the client was told %q", f.Error.Message)
				}
				if len(w.logs.lines) != 1 || !strings.Contains(w.logs.lines[0], tt.logged) ||
					!strings.Contains(w.logs.lines[0], "method=signaling.cancel userID=ana") {
					t.Errorf("logged: %q", w.logs.lines)
				}
			})
		})
	}
}

// gates holds requests back until they are let go, and notes begin and end.
type gates struct {
	mu    sync.Mutex
	gate  map[string]chan struct{}
	story []string
}

func (g *gates) do(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	name := strings.TrimPrefix(fmt.Sprintf("%T", req), "*wire.")
	g.mu.Lock()
	g.story = append(g.story, name)
	gate := g.gate[name]
	g.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.story = append(g.story, "/"+name)
	return wire.Empty{}, nil
}

func (g *gates) told() string {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.Join(g.story, " ")
}

func TestTheOrderOfRequests(t *testing.T) {
	params := map[string]any{
		"signaling.accept": map[string]string{"inviteID": "i"},
		"signaling.cancel": map[string]string{"inviteID": "i"},
		"room.enter":       map[string]string{"roomID": "r"},
		"room.setViews":    map[string]any{"roomID": "r", "views": []any{}},
		"room.exit":        map[string]string{"roomID": "r"},
		"session.time":     map[string]any{},
		"user.logout":      map[string]any{},
	}
	tests := []struct {
		name    string
		hold    string
		send    []string
		holding string // the story while it is held
		after   string
	}{
		{
			"an accept is done before the room is entered", "Accept",
			[]string{"signaling.accept", "room.enter"},
			"Accept", "Accept /Accept EnterRoom /EnterRoom",
		},
		{
			"entering a room holds up no signaling", "EnterRoom",
			[]string{"room.enter", "signaling.cancel", "session.time"},
			"EnterRoom Cancel /Cancel SessionTime /SessionTime", "EnterRoom Cancel /Cancel SessionTime /SessionTime /EnterRoom",
		},
		{
			"a room is entered before its views are set", "EnterRoom",
			[]string{"room.enter", "room.setViews", "signaling.cancel", "room.exit"},
			"EnterRoom Cancel /Cancel", "EnterRoom Cancel /Cancel /EnterRoom SetViews /SetViews ExitRoom /ExitRoom",
		},
		{
			"logging out waits for the room", "EnterRoom",
			[]string{"room.enter", "user.logout"},
			"EnterRoom", "EnterRoom /EnterRoom Logout /Logout",
		},
		{
			"without media at work all goes in order", "SetViews",
			[]string{"room.setViews", "session.time"},
			"SetViews", "SetViews /SetViews SessionTime /SessionTime",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, session.Options{}, func(w *world) {
				gate := make(chan struct{})
				g := &gates{gate: map[string]chan struct{}{tt.hold: gate}}
				w.handler.do = g.do
				ana := w.connect("ana")
				for _, method := range tt.send {
					ana.send(method, params[method])
					synctest.Wait()
				}
				if got := g.told(); got != tt.holding {
					t.Errorf("while it is held: %s\nwant %s", got, tt.holding)
				}
				close(gate)
				if got := g.told(); got != tt.after {
					t.Errorf("afterwards: %s\nwant %s", got, tt.after)
				}
			})
		})
	}
}

func TestASessionEndsAfterItsRequests(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		gate := make(chan struct{})
		w.handler.do = (&gates{gate: map[string]chan struct{}{"EnterRoom": gate}}).do
		ana := w.connect("ana")
		ana.send("room.enter", map[string]string{"roomID": "r"})
		synctest.Wait()
		w.hub.Kick("ana", session.KickRevoked)
		wantStory(t, w, "ana opened")
		close(gate)
		wantStory(t, w, "ana opened", "ana kicked")
	})
}

func TestARequestThatTakesForEverIsGivenUp(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		w.handler.do = (&gates{gate: map[string]chan struct{}{"Cancel": make(chan struct{})}}).do
		ana := w.connect("ana")
		if f := ana.ask("signaling.cancel", map[string]string{"inviteID": "i"}); f.Error == nil || f.Error.Code != call.CodeInternal {
			t.Errorf("answered %s", f.Result)
		}
	})
}

func TestUnfinishedRequestsStopTheReading(t *testing.T) {
	inWorld(t, session.Options{MaxInFlight: 4}, func(w *world) {
		gate := make(chan struct{})
		g := &gates{gate: map[string]chan struct{}{"EnterRoom": gate}}
		w.handler.do = g.do
		ana := w.connect("ana")
		go func() {
			for range 3 {
				ana.send("room.enter", map[string]string{"roomID": "r"})
			}
			for range 3 {
				ana.send("session.time", struct{}{})
			}
		}()
		if got := g.told(); strings.Count(got, "SessionTime") != 6 { // begun and finished
			t.Errorf("with one place left: %s", got)
		}
		go ana.send("room.enter", map[string]string{"roomID": "r"})
		synctest.Wait()
		go ana.send("session.time", struct{}{})
		if got := g.told(); strings.Count(got, "SessionTime") != 6 {
			t.Errorf("with no place left: %s", got)
		}
		close(gate)
		if got := g.told(); strings.Count(got, "SessionTime") != 8 {
			t.Errorf("with places again: %s", got)
		}
	})
}

func TestRequestsAreLimited(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana, bo := w.connect("ana"), w.connect("bo")
		for n := range 50 {
			if f := ana.ask("session.time", struct{}{}); f.Error != nil {
				t.Fatalf("request %d: %+v", n, f.Error)
			}
		}
		f := ana.ask("session.time", struct{}{})
		want := &wire.ErrorData{RetryAfterMs: 50}
		if f.Error == nil || f.Error.Code != call.CodeRateLimited || !cmp.Equal(f.Error.Data, want) {
			t.Fatalf("answered %s %+v", f.Result, f.Error)
		}
		if f := bo.ask("session.time", struct{}{}); f.Error != nil {
			t.Errorf("somebody else pays: %+v", f.Error)
		}
		time.Sleep(50 * time.Millisecond)
		if f := ana.ask("session.time", struct{}{}); f.Error != nil {
			t.Errorf("after waiting: %+v", f.Error)
		}
		if st := w.hub.Stats(); st.RateLimited != 1 || st.Requests["session.time"] != 53 || st.Failures["session.time"] != 1 {
			t.Errorf("stats: %+v", st)
		}
	})
}

func TestFloodingEndsTheConnection(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		for range 1000 {
			if ana.conn.WriteMessage(websocket.TextMessage, []byte("x")) != nil {
				break
			}
		}
		if code := ana.goodbye(); code != session.CloseViolation {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestInvitationsAreLimitedByUser(t *testing.T) {
	inWorld(t, session.Options{Invites: limit.Rate{PerSecond: 10, Burst: 3}}, func(w *world) {
		phone, laptop := w.connect("ana"), w.connect("ana")
		invite := func(c *client, requestID string) call.Code {
			f := c.ask("signaling.invite", map[string]string{"invitee": "bo", "requestID": requestID})
			if f.Error != nil {
				return f.Error.Code
			}
			return 0
		}
		got := []call.Code{invite(phone, "1"), invite(laptop, "2"), invite(phone, "3"), invite(laptop, "4"), invite(phone, "1")}
		if want := []call.Code{0, 0, 0, call.CodeRateLimited, 0}; !slices.Equal(got, want) {
			t.Errorf("answered %v, want %v", got, want)
		}
		time.Sleep(100 * time.Millisecond)
		if code := invite(laptop, "4"); code != 0 {
			t.Errorf("after waiting: %d", code)
		}
	})
}

func TestAnswersStayOnTheirSocket(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		gate := make(chan struct{})
		w.handler.do = (&gates{gate: map[string]chan struct{}{"Cancel": gate}}).do
		old := w.connect("ana")
		old.send("signaling.cancel", map[string]string{"inviteID": "i"})
		synctest.Wait()
		ana := w.back("ana", old)
		close(gate)
		ana.silent()
		if f := ana.ask("session.time", struct{}{}); f.Error != nil {
			t.Errorf("%+v", f.Error)
		}
	})
}
