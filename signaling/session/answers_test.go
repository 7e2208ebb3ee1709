package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

func TestARequestIDIsDoneOnce(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		n := 0
		var fail error
		w.handler.do = func(_ context.Context, who call.Caller, _ wire.Request) (any, error) {
			if who.RequestID != "k" {
				t.Errorf("the handler got requestID %q", who.RequestID)
			}
			n++
			return wire.InviteResult{InviteID: call.InviteID(fmt.Sprint(n))}, fail
		}
		ask := func(c *client) string {
			f := c.ask("signaling.invite", map[string]string{"invitee": "bo", "requestID": "k"})
			if f.Error != nil {
				return fmt.Sprint(f.Error.Code)
			}
			var result wire.InviteResult
			if err := json.Unmarshal(f.Result, &result); err != nil {
				t.Fatal(err)
			}
			return string(result.InviteID)
		}
		ana, phone, bo := w.connect("ana"), w.connect("ana"), w.connect("bo")
		fail = call.Errorf(call.CodeDraining, "not now")
		if got := ask(ana); got != "9006" {
			t.Errorf("got %s", got)
		}
		fail = nil
		for range 3 { // the failure is not remembered, the success is
			if got := ask(ana); got != "2" {
				t.Errorf("got %s, want 2", got)
			}
		}
		if got := ask(phone); got != "2" {
			t.Errorf("another device got %s, want 2", got)
		}
		if got := ask(bo); got != "3" {
			t.Errorf("another user got %s, want 3", got)
		}
		time.Sleep(10*time.Minute - time.Millisecond)
		if got := ask(ana); got != "2" {
			t.Errorf("within 10 minutes got %s, want 2", got)
		}
		time.Sleep(time.Millisecond)
		if got := ask(ana); got != "4" {
			t.Errorf("after 10 minutes got %s, want 4", got)
		}
	})
}

func TestTheSameRequestAtOnce(t *testing.T) {
	tests := []struct {
		name  string
		fails int // the first so many
		want  int // times the handler is called
	}{
		{"the others get the first one's answer", 0, 1},
		{"if the first fails the second tries", 1, 2},
		{"if all fail all fail", 5, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, session.Options{}, func(w *world) {
				var mu sync.Mutex
				calls, atOnce := 0, 0
				w.handler.do = func(context.Context, call.Caller, wire.Request) (any, error) {
					mu.Lock()
					calls++
					atOnce++
					n, many := calls, atOnce
					mu.Unlock()
					if many > 1 {
						t.Error("two at once")
					}
					time.Sleep(time.Second)
					mu.Lock()
					atOnce--
					mu.Unlock()
					if n <= tt.fails {
						return nil, call.Errorf(call.CodeDraining, "not now")
					}
					return wire.InviteResult{InviteID: "1"}, nil
				}
				var devices []*client
				for range 5 {
					devices = append(devices, w.connect("ana"))
				}
				for _, c := range devices {
					c.send("signaling.invite", map[string]string{"invitee": "bo", "requestID": "k"})
				}
				failed := 0
				for _, c := range devices {
					if f := c.next(); f.Error != nil {
						failed++
					}
				}
				if calls != tt.want || failed != tt.fails {
					t.Errorf("%d calls and %d failures, want %d and %d", calls, failed, tt.want, tt.fails)
				}
			})
		})
	}
}

// slowDisk takes longer to store than a request may take.
type slowDisk struct{}

func (slowDisk) Commit(context.Context, [][]call.Change) error {
	time.Sleep(45 * time.Second)
	return nil
}

func TestARequestThatIsDecidedButNotStoredIsNotDecidedAgain(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		loop, stopped := commit.New(slowDisk{}), make(chan error, 1)
		ctx, stop := context.WithCancel(context.Background())
		go func() { stopped <- loop.Run(ctx) }()
		decided := 0
		w.handler.do = func(ctx context.Context, _ call.Caller, _ wire.Request) (any, error) {
			return wire.InviteResult{InviteID: "1"}, loop.Do(ctx, func(tx *commit.Tx) error {
				decided++
				tx.Save(call.Alive{At: 1})
				return nil
			})
		}
		ask := func(c *client) { c.send("signaling.invite", map[string]string{"invitee": "bo", "requestID": "k"}) }
		first, hasty, late := w.connect("ana"), w.connect("ana"), w.connect("ana")
		ask(first)
		time.Sleep(10 * time.Second)
		ask(hasty)
		time.Sleep(25 * time.Second) // the first one's time is over, and its outcome not known
		ask(late)
		if f := hasty.next(); f.Error == nil { // 30 seconds after it asked
			t.Errorf("told %s before it is stored", f.Result)
		}
		ask(hasty)
		for name, c := range map[string]*client{"the first": first, "who asked again": hasty, "who asked late": late} {
			if f := c.next(); string(f.Result) != `{"inviteID":"1"}` {
				t.Errorf("%s is told %s, %v", name, f.Result, f.Error)
			}
		}
		stop()
		if err := <-stopped; err != nil || decided != 1 {
			t.Errorf("decided %d times, %v", decided, err)
		}
	})
}

// memory is what a store remembers.
type memory struct {
	result json.RawMessage
	err    error
}

func (m *memory) Remembered(_ context.Context, user call.UserID, id string) (json.RawMessage, bool, error) {
	if user != "ana" || id != "k" {
		return nil, false, m.err
	}
	return m.result, m.result != nil, m.err
}

func TestRequestsOfBeforeARestart(t *testing.T) {
	tests := []struct {
		name      string
		memory    memory
		requestID string
		want      string
		calls     int
	}{
		{"one that was done", memory{result: json.RawMessage(`{"inviteID":"old"}`)}, "k", `{"inviteID":"old"}`, 0},
		{"one that was not", memory{}, "k", `{}`, 1},
		{"another", memory{result: json.RawMessage(`{}`)}, "l", `{}`, 1},
		{"one without requestID", memory{result: json.RawMessage(`{"inviteID":"old"}`)}, "", `{}`, 1},
		{"one nobody can know about is not done", memory{err: errors.New("disk on fire")}, "k", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, session.Options{Memory: &tt.memory}, func(w *world) {
				ana := w.connect("ana")
				f := ana.ask("signaling.invite", map[string]string{"invitee": "bo", "requestID": tt.requestID})
				if string(f.Result) != tt.want || w.handler.count() != tt.calls {
					t.Errorf("answered %s %+v after %d calls; want %s after %d", f.Result, f.Error, w.handler.count(), tt.want, tt.calls)
				}
			})
		})
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	tests := []struct {
		name string
		opts session.Options
		user string // who fills the memory
	}{
		{"by user", session.Options{RememberUserBytes: 10_000}, "ana"},
		{"in all", session.Options{RememberBytes: 10_000}, "bo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.Requests, tt.opts.UserRequests = wide(), wide()
			inWorld(t, tt.opts, func(w *world) {
				ana, other := w.connect("ana"), w.connect(tt.user)
				ask := func(c *client, id string) { c.ask("session.time", map[string]string{"requestID": id}) }
				ask(ana, "k")
				ask(ana, "k")
				if got := w.handler.count(); got != 1 {
					t.Fatalf("%d calls, want 1", got)
				}
				for n := range 100 {
					ask(other, fmt.Sprint(n))
				}
				ask(other, "99")
				if got := w.handler.count(); got != 101 {
					t.Errorf("%d calls, want 101: the newest is remembered", got)
				}
				ask(ana, "k")
				if got := w.handler.count(); got != 102 {
					t.Errorf("%d calls, want 102: the oldest is forgotten", got)
				}
			})
		})
	}
}

func TestTheStoreIsAskedForWhatTheHubDoesNotKnow(t *testing.T) {
	const old, again = `{"inviteID":"old"}`, `{"inviteID":"again"}`
	tests := []struct {
		name    string
		opts    session.Options
		stored  string // by the first request
		outcome error  // of it
		want    string // the answer to the second
	}{
		{"a refusal left nothing behind", session.Options{}, "", call.Errorf(call.CodeDraining, "not now"), again},
		{"nobody knew what became of it, and nothing did", session.Options{}, "", errors.New("timed out"), again},
		{"nobody knew what became of it, but it was done", session.Options{}, old, errors.New("timed out"), old},
		{"it was dropped for want of room", session.Options{RememberBytes: 1}, old, nil, old},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := &memory{}
			tt.opts.Memory = store
			inWorld(t, tt.opts, func(w *world) {
				inviteID, outcome := call.InviteID("old"), tt.outcome
				w.handler.do = func(context.Context, call.Caller, wire.Request) (any, error) {
					if tt.stored != "" {
						store.result = json.RawMessage(tt.stored)
					}
					return wire.InviteResult{InviteID: inviteID}, outcome
				}
				ana := w.connect("ana")
				params := map[string]string{"invitee": "bo", "requestID": "k"}
				ana.ask("signaling.invite", params)
				inviteID, outcome = "again", nil
				if f := ana.ask("signaling.invite", params); string(f.Result) != tt.want {
					t.Errorf("answered %s %+v, want %s", f.Result, f.Error, tt.want)
				}
			})
		})
	}
}
