package user_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
	"callsvc/user"
)

// memory is a store that lives as long as a test and survives restarts.
type memory struct {
	mu      sync.Mutex
	users   map[call.UserID]call.User
	blocked map[call.UserID][]call.UserID
	writes  int
}

func (m *memory) Commit(_ context.Context, groups [][]call.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range slices.Concat(groups...) {
		m.writes++
		switch c := c.(type) {
		case call.SaveUser:
			m.users[c.User.UserID] = c.User
		case call.SaveBlocked:
			m.blocked[c.By] = append(m.blocked[c.By], c.Users...)
		case call.DropBlocked:
			m.blocked[c.By] = slices.DeleteFunc(m.blocked[c.By], func(u call.UserID) bool { return slices.Contains(c.Users, u) })
		case call.Remember:
		default:
			return fmt.Errorf("cannot store a %T", c)
		}
	}
	return nil
}

func (m *memory) Users(context.Context) ([]*call.User, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var users []*call.User
	for _, u := range m.users {
		users = append(users, &u)
	}
	slices.SortFunc(users, func(a, b *call.User) int { return cmp.Compare(a.UserID, b.UserID) })
	return users, nil
}

func (m *memory) BlackLists(context.Context) (map[call.UserID][]call.UserID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	lists := map[call.UserID][]call.UserID{}
	for by, list := range m.blocked {
		lists[by] = slices.Clone(list)
	}
	return lists, nil
}

// world is a server's users over a store; every user has the session of their
// name and another.
type world struct {
	*user.Service
	t     *testing.T
	store *memory
	loop  *commit.Loop
	stop  func()

	mu   sync.Mutex
	told []string                         // what was told, as lines
	hear func(call.SessionID, wire.Event) // hears every event, if set
}

func story(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, store: &memory{users: map[call.UserID]call.User{}, blocked: map[call.UserID][]call.UserID{}}}
		w.start()
		test(t, w)
		w.stop()
	})
}

func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.loop = commit.New(w.store)
	w.Service = user.New(w.loop, w.store, w)
	done := make(chan error, 1)
	go func() { done <- w.loop.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
	if err := w.Load(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) restart() {
	w.stop()
	w.start()
}

// Notify implements the sessions.
func (w *world) Notify(users []call.UserID, except call.SessionID, ev wire.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, u := range users {
		for _, session := range []call.SessionID{call.SessionID(u), call.SessionID(u + "-phone")} {
			if session != except {
				w.told = append(w.told, fmt.Sprintf("%s: %s", session, line(ev)))
				if w.hear != nil {
					w.hear(session, ev)
				}
			}
		}
	}
}

// Rename implements the sessions.
func (w *world) Rename(u call.UserID, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, fmt.Sprintf("%s is called %q", u, name))
}

// line renders an event as a line a person can compare.
func line(ev wire.Event) string {
	switch e := ev.(type) {
	case wire.SelfInfoUpdated:
		return fmt.Sprintf("info %q %q", e.UserInfo.Name, e.AvatarURL)
	case wire.BlackListChanged:
		return fmt.Sprintf("black list %v", e.UserIDList)
	case wire.AllReceiveMessageOptChanged:
		return fmt.Sprintf("opt %d from %d for %d", e.Opt, e.StartAt, e.Duration)
	case wire.MissedCallsChanged:
		return fmt.Sprintf("missed %d", e.Count)
	}
	return ev.Name()
}

// expect compares all that was told since the last time, in order.
func (w *world) expect(want ...string) {
	w.t.Helper()
	w.decide(func(*commit.Tx) {}) // what was posted before is told
	w.mu.Lock()
	got := w.told
	w.told = nil
	w.mu.Unlock()
	if !slices.Equal(got, want) {
		w.t.Errorf("told:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// decide runs something inside a decision.
func (w *world) decide(f func(*commit.Tx)) {
	w.t.Helper()
	if err := w.loop.Do(w.t.Context(), func(tx *commit.Tx) error { f(tx); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

func who(u call.UserID) call.Caller { return call.Caller{UserID: u, SessionID: call.SessionID(u)} }

// signIn presents a credential with that name and returns what others see.
func (w *world) signIn(u call.UserID, name string) string {
	w.t.Helper()
	c := who(u)
	c.Name = name
	seen, err := w.SignedIn(w.t.Context(), c)
	if err != nil {
		w.t.Fatal(err)
	}
	return seen
}

// get is for the many methods that return a value and an error.
func get[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// refused proves that something was refused with that code.
func refused(t *testing.T, what string, err error, code call.Code) {
	t.Helper()
	if call.CodeOf(err) != code {
		t.Errorf("%s: %v, want code %d", what, err, code)
	}
}
