package push_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/internal/testkit"
	"callsvc/push"
)

// over the network, in a world that sends to real addresses.
func network(t *testing.T, dev bool) *world {
	t.Helper()
	keys, err := push.StoredKeys(t.Context(), keyless{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: &memory{}, service: testkit.NewPushService(), online: map[call.UserID]bool{}}
	w.loop = commit.New(w.store)
	w.Service = push.New(push.Options{Keys: keys, Subject: "https://example.org", Dev: dev}, w.loop, w.store, w, w, w, w, slog.New(slog.DiscardHandler))
	w.Start()
	t.Cleanup(w.Close)
	return w
}

// rings invites bo and waits for a figure to move.
func (w *world) rings(moved func(push.Stats) int64) {
	w.t.Helper()
	go func() {
		if err := w.loop.Run(w.t.Context()); err != nil {
			w.t.Error(err)
		}
	}()
	inv := invitation(nil)
	if err := w.loop.Do(w.t.Context(), func(tx *commit.Tx) error { w.Invited(tx, inv); return nil }); err != nil {
		w.t.Fatal(err)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(testkit.Patience); moved(w.Stats()) == 0; <-tick.C {
		if time.Now().After(deadline) {
			w.t.Fatalf("nothing happens: %+v", w.Stats())
		}
	}
}

func TestANameThatLeadsInsideIsNotFollowed(t *testing.T) {
	var asked atomic.Int64
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(inside.Close)
	w := network(t, false)
	u, err := url.Parse(inside.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Subscribe(t.Context(), call.Caller{UserID: "bo"}, subscription(t, endpoint("https://localhost:"+u.Port()+"/1")))
	if err != nil {
		t.Fatal(err)
	}
	w.rings(func(s push.Stats) int64 { return s.Refused })
	if asked.Load() != 0 {
		t.Error("it was called")
	}
}

func TestARedirectionIsNotFollowed(t *testing.T) {
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(elsewhere.Close)
	service := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(service.Close)
	w := network(t, true)
	if _, err := w.Subscribe(t.Context(), call.Caller{UserID: "bo"}, subscription(t, endpoint(service.URL))); err != nil {
		t.Fatal(err)
	}
	w.rings(func(s push.Stats) int64 { return s.Refused })
	if asked.Load() != 0 {
		t.Error("it was followed")
	}
}

func TestAPushServiceOnThisMachineIsForDevelopment(t *testing.T) {
	w := network(t, true)
	service := httptest.NewServer(w.service)
	t.Cleanup(service.Close)
	b, err := w.service.Subscribe(service.URL, w.Key().ApplicationServerKey)
	if err != nil {
		t.Fatal(err)
	}
	sub := subscription(t, endpoint(b.Endpoint))
	sub.Keys.P256dh, sub.Keys.Auth = b.P256dh, b.Auth
	if _, err := w.Subscribe(t.Context(), call.Caller{UserID: "bo"}, sub); err != nil {
		t.Fatal(err)
	}
	w.rings(func(s push.Stats) int64 { return s.Accepted })
	equal(t, "refusals", len(b.Refusals()), 0)
}

func FuzzSubscribe(f *testing.F) {
	for _, u := range []string{"https://push.example/1", "https://[::1]:1/", "https:push", "http://127.0.0.1/", "https://a@b/#c", "%"} {
		f.Add(u, "BP4z", "BTBZ")
	}
	w := &world{store: &memory{}, service: testkit.NewPushService()}
	w.Service = push.New(push.Options{}, commit.New(w.store), w.store, w, w, w, w, slog.New(slog.DiscardHandler))
	valid := subscription(f, nil)
	f.Fuzz(func(t *testing.T, url, p256dh, auth string) {
		sub := *valid
		sub.Endpoint = url
		_, err := w.Subscribe(t.Context(), call.Caller{UserID: "bo"}, &sub)
		if err == nil && (!strings.HasPrefix(strings.ToLower(url), "https://") || len(url) > push.MaxEndpointBytes) {
			t.Errorf("%q is taken", url)
		}
		sub = *valid
		sub.Keys.P256dh, sub.Keys.Auth = p256dh, auth
		if _, err = w.Subscribe(t.Context(), call.Caller{UserID: "bo"}, &sub); err != nil && call.CodeOf(err) != call.CodeInvalidParameter {
			t.Errorf("%q and %q: %v", p256dh, auth, err)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, header := range []string{"", "120", "-1", "1e9", "99999999999999999999", "Wed, 21 Oct 2015 07:28:00 GMT"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if wait := push.RetryAfter(header); wait < 0 {
			t.Errorf("%q: %v", header, wait)
		}
	})
}
