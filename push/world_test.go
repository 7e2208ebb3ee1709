package push_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/internal/testkit"
	"callsvc/push"
	"callsvc/signaling/wire"

	"github.com/google/go-cmp/cmp"
)

type p = testkit.P

const origin = "https://push.example"

// memory is a store of subscriptions.
type memory struct {
	mu   sync.Mutex
	open []*call.Invitation
	subs []call.PushSubscription
}

func (m *memory) Commit(context.Context, [][]call.Change) error { return nil }

func (m *memory) OpenInvitations(context.Context) ([]*call.Invitation, error) { return m.open, nil }

func (m *memory) SavePushSubscription(_ context.Context, sub call.PushSubscription, keep int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subs = append(m.subs, sub)
	m.subs = m.subs[max(0, len(m.subs)-keep):]
	return nil
}

func (m *memory) DropPushSubscription(_ context.Context, user call.UserID, endpoint string) error {
	if strings.Contains(endpoint, "\x00") {
		return errors.New("no text of PostgreSQL's")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.subs = slices.DeleteFunc(m.subs, func(s call.PushSubscription) bool { return s.UserID == user && s.Endpoint == endpoint })
	return nil
}

func (m *memory) PushSubscriptions(_ context.Context, user call.UserID) ([]call.PushSubscription, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.subs), func(s call.PushSubscription) bool { return s.UserID != user }), nil
}

// world is the service among users of whom bo is not online, and a push service
// reached without a network.
type world struct {
	*push.Service
	t       *testing.T
	store   *memory
	loop    *commit.Loop
	service *testkit.PushService

	mu      sync.Mutex
	online  map[call.UserID]bool
	silent  bool // nobody may be disturbed
	reached []call.UserID
}

func (w *world) Online(user call.UserID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.online[user]
}

func (w *world) setOnline(user call.UserID, online bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.online[user] = online
}

func (w *world) Name(_ context.Context, user call.UserID) (string, error) {
	if user == "ana" {
		return "Ana", nil
	}
	return "", nil
}

func (w *world) MayDisturb(context.Context, call.UserID, call.UserID) (bool, error) {
	return !w.silent, nil
}

func (w *world) PushAccepted(_ call.InviteID, user call.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reached = append(w.reached, user)
}

func (w *world) IssueAnswer(user call.UserID, id call.InviteID, ttl time.Duration) (string, error) {
	return string(user) + " may answer " + string(id) + " for " + ttl.String(), nil
}

// RoundTrip implements http.RoundTripper.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	arrived := r.Clone(r.Context())
	arrived.Host = r.URL.Host
	rec := httptest.NewRecorder()
	w.service.ServeHTTP(rec, arrived)
	return rec.Result(), r.Context().Err()
}

// story runs a test with the workers at work.
func story(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	stalled(t, func(t *testing.T, w *world) {
		w.Start()
		test(t, w)
	})
}

// stalled runs a test in which no worker works.
func stalled(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, store: &memory{}, service: testkit.NewPushService(), online: map[call.UserID]bool{"ana": true}}
		keys, err := push.StoredKeys(t.Context(), keyless{})
		if err != nil {
			t.Fatal(err)
		}
		w.loop = commit.New(w.store)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.loop.Run(ctx) }()
		w.Service = push.New(push.Options{Keys: keys, Subject: "mailto:us@example.org"}, w.loop, w.store, w, w, w, w, slog.New(slog.DiscardHandler))
		w.SendThrough(w)
		test(t, w)
		w.Close()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// keyless is a store that has no keys yet and keeps what it is given.
type keyless struct{}

func (keyless) PushKeys(_ context.Context, fresh call.PushKeys) (call.PushKeys, error) {
	return fresh, nil
}

// subscribe gives a user a browser.
func (w *world) subscribe(user call.UserID, language string) *testkit.Browser {
	w.t.Helper()
	b, err := w.service.Subscribe(origin, w.Key().ApplicationServerKey)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = w.Subscribe(w.t.Context(), call.Caller{UserID: user},
		&wire.SubscribePush{Endpoint: b.Endpoint, Keys: wire.PushKeys{P256dh: b.P256dh, Auth: b.Auth}, Language: language})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if r := b.Refusals(); len(r) > 0 {
			w.t.Errorf("not the protocol: %v", r)
		}
	})
	return b
}

// invitation is ana's to bo, into a video call that rings for 30 s.
func invitation(change func(*call.Invitation)) *call.Invitation {
	inv := &call.Invitation{
		InviteID: "i1", Inviter: "ana", Data: testkit.CallData(2, "r"), Timeout: 30, CreatedAt: call.MillisOf(time.Now()),
		Invitees: []call.Invitee{{UserID: "bo", State: call.InviteePending}},
	}
	if change != nil {
		change(inv)
	}
	return inv
}

// invite lets an invitation begin.
func (w *world) invite(change func(*call.Invitation)) *call.Invitation {
	w.t.Helper()
	inv := invitation(change)
	w.decide(func(tx *commit.Tx) { w.Invited(tx, inv) })
	return inv
}

// happens lets something happen to an invitation.
func (w *world) happens(inv *call.Invitation, ev call.InvitationEvent) {
	w.t.Helper()
	w.decide(func(tx *commit.Tx) {
		concerned, err := inv.Apply(ev)
		if err != nil {
			w.t.Error(err)
		}
		w.Follow(tx, inv, ev, concerned)
	})
}

func (w *world) decide(f func(*commit.Tx)) {
	w.t.Helper()
	if err := w.loop.Do(w.t.Context(), func(tx *commit.Tx) error { f(tx); return nil }); err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
}

// gets takes the next message a browser was sent; ok is false if there is none.
func gets(t *testing.T, b *testkit.Browser) (m testkit.PushMessage, body p, ok bool) {
	t.Helper()
	synctest.Wait()
	select {
	case m = <-b.Messages:
	default:
		return m, nil, false
	}
	if err := json.Unmarshal(m.Body, &body); err != nil {
		t.Fatalf("%s: %v", m.Body, err)
	}
	return m, body, true
}

// rung takes the next message, which must be of that type.
func rung(t *testing.T, b *testkit.Browser, kind string) (testkit.PushMessage, p) {
	t.Helper()
	m, body, ok := gets(t, b)
	if !ok || body.Str("type") != kind {
		t.Fatalf("the message is %v, want one of type %s", body, kind)
	}
	return m, body
}

func quiet(t *testing.T, browsers ...*testkit.Browser) {
	t.Helper()
	for _, b := range browsers {
		if _, body, ok := gets(t, b); ok {
			t.Errorf("a browser is sent %v", body)
		}
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
