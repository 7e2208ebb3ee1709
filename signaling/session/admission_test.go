package session_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

// from takes the address that a test's client claims.
func from(r *http.Request) netip.Addr {
	a, err := netip.ParseAddr(r.URL.Query().Get("from"))
	if err != nil {
		return netip.Addr{}
	}
	return a
}

// comesIn connects a user and returns the answer to the handshake.
func (w *world) comesIn(user, address string) *http.Response {
	conn, response, err := w.dial(url.Values{"token": {user}, "from": {address}}, nil)
	if err == nil {
		conn.Close()
	}
	return response
}

func TestConnectionsAreLimitedByAddress(t *testing.T) {
	inWorld(t, session.Options{AddressOf: from, Connects: limit.Rate{PerSecond: 1, Burst: 2}}, func(w *world) {
		for _, c := range []struct {
			user, address string
			after         time.Duration
			status        int
		}{
			{"ana", "192.0.2.1", 0, http.StatusSwitchingProtocols},
			{"bo", "192.0.2.1", 0, http.StatusSwitchingProtocols},
			{"cy", "192.0.2.1", 0, http.StatusTooManyRequests},
			{"cy", "192.0.2.2", 0, http.StatusSwitchingProtocols},
			{"cy", "192.0.2.1", time.Second, http.StatusSwitchingProtocols},
		} {
			time.Sleep(c.after)
			response := w.comesIn(c.user, c.address)
			if response.StatusCode != c.status {
				t.Errorf("%s from %s: %s, want %d", c.user, c.address, response.Status, c.status)
			}
			if after := response.Header.Get("Retry-After"); c.status == http.StatusTooManyRequests && after != "1" {
				t.Errorf("%s from %s: Retry-After %q, want 1", c.user, c.address, after)
			}
		}
		if n := w.hub.Stats().Refused[http.StatusTooManyRequests]; n != 1 {
			t.Errorf("%d refusals are counted", n)
		}
	})
}

func TestSessionsAreLimitedByAddress(t *testing.T) {
	inWorld(t, session.Options{AddressOf: from, MaxSessionsPerAddress: 2}, func(w *world) {
		ana := w.connect("ana", "from", "192.0.2.1")
		bo := w.connect("bo", "from", "192.0.2.1")
		want := func(status int, user, address string) {
			t.Helper()
			if response := w.comesIn(user, address); response.StatusCode != status {
				t.Errorf("%s from %s: %s, want %d", user, address, response.Status, status)
			}
		}
		want(http.StatusTooManyRequests, "cy", "192.0.2.1")
		ana.cut()
		want(http.StatusTooManyRequests, "cy", "192.0.2.1") // ana's session is still there
		ana = w.connect("ana", "from", "192.0.2.9", "session", string(ana.session), "after", "0")
		if !ana.resumed {
			t.Fatal("ana's session is not resumed")
		}
		want(http.StatusSwitchingProtocols, "cy", "192.0.2.1") // for ana is elsewhere now
		time.Sleep(61 * time.Second)
		want(http.StatusSwitchingProtocols, "di", "192.0.2.1") // and cy's has ended
		bo.silent()
	})
}

func TestRequestsOfAllSessionsOfAUserCount(t *testing.T) {
	inWorld(t, session.Options{UserRequests: limit.Rate{PerSecond: 10, Burst: 3}}, func(w *world) {
		phone, laptop, bo := w.connect("ana"), w.connect("ana"), w.connect("bo")
		for _, c := range []struct {
			name string
			who  *client
			code call.Code
		}{{"one", phone, 0}, {"two", laptop, 0}, {"three", phone, 0}, {"four", laptop, call.CodeRateLimited}, {"bo's", bo, 0}} {
			code := call.Code(0)
			if f := c.who.ask("session.time", struct{}{}); f.Error != nil {
				code = f.Error.Code
			}
			if code != c.code {
				t.Errorf("request %s: code %d, want %d", c.name, code, c.code)
			}
		}
		time.Sleep(100 * time.Millisecond)
		if f := laptop.ask("session.time", struct{}{}); f.Error != nil {
			t.Errorf("after a wait: %+v", f.Error)
		}
	})
}

func TestWhoWaitsTooLongToComeInIsToldWhen(t *testing.T) {
	inWorld(t, session.Options{SignInRate: 1, MaxWaiting: 1}, func(w *world) {
		gate := make(chan struct{})
		w.tokens.then = func() { <-gate } // the first to come in takes its time
		statuses := make(chan int, 3)
		for _, user := range []string{"ana", "bo", "cy"} {
			go func() {
				response := w.comesIn(user, "")
				if user != "ana" {
					checkComeBack(t, response)
				}
				statuses <- response.StatusCode
			}()
			synctest.Wait()
		}
		if status := <-statuses; status != http.StatusServiceUnavailable {
			t.Errorf("cy, for whom there is no room to wait: %d", status)
		}
		began := time.Now()
		if status := <-statuses; status != http.StatusServiceUnavailable || time.Since(began) != 10*time.Second {
			t.Errorf("bo, who waited %v: %d", time.Since(began), status)
		}
		close(gate)
		if status := <-statuses; status != http.StatusSwitchingProtocols {
			t.Errorf("ana: %d", status)
		}
		if response := w.comesIn("bo", ""); response.StatusCode != http.StatusSwitchingProtocols {
			t.Errorf("bo again: %s", response.Status)
		}
	})
}

func checkComeBack(t *testing.T, response *http.Response) {
	t.Helper()
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds < 1 || seconds > 10 {
		t.Errorf("to come back after %q seconds, want 1 to 10", response.Header.Get("Retry-After"))
	}
}

func TestWhoGoesAwayWaitsNoMore(t *testing.T) {
	inWorld(t, session.Options{SignInRate: 1}, func(w *world) {
		gate := make(chan struct{})
		w.tokens.then = func() { <-gate }
		go w.comesIn("ana", "")
		synctest.Wait()
		ctx, cancel := context.WithCancel(w.t.Context())
		gone := make(chan error, 1)
		go func() {
			client := http.Client{Transport: &http.Transport{DialContext: w.pipes.dial, DisableKeepAlives: true}}
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://calls.example/ws?token=bo", http.NoBody)
			if err == nil {
				_, err = client.Do(request)
			}
			gone <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-gone; err == nil {
			t.Error("bo was answered")
		}
		close(gate)
		synctest.Wait()
		wantStory(t, w, "ana opened", "ana detached")
	})
}

// A server restarts and two thousand clients come back at once. Each signs in
// within 30 seconds, trying again when told; whoever is connected is answered
// as if nothing happened.
func TestAStormOfClientsIsServedBesideTheOthers(t *testing.T) {
	const (
		clients = 2000
		rate    = 150 // a quarter of them would wait longer than they may
	)
	inWorld(t, session.Options{SignInRate: rate}, func(w *world) {
		calm := w.connect("calm")
		began := time.Now()
		var all sync.WaitGroup
		var mu sync.Mutex
		var last time.Duration
		refused := 0
		for i := range clients {
			all.Go(func() {
				times := w.comesBack(t, fmt.Sprintf("u%d", i))
				mu.Lock()
				defer mu.Unlock()
				last, refused = max(last, time.Since(began)), refused+times
			})
		}
		for second := range 5 {
			asked := time.Now()
			if f := calm.ask("session.time", struct{}{}); f.Error != nil || time.Since(asked) > 0 {
				t.Errorf("a connected client waits %v for %+v", time.Since(asked), f.Error)
			}
			if in := w.hub.Stats().Users; in > 50+rate*second {
				t.Errorf("after %d s %d are in", second, in)
			}
			time.Sleep(time.Second)
		}
		all.Wait()
		if last > 30*time.Second || refused == 0 {
			t.Errorf("the last of %d was served after %v, %d were told to come back", clients, last, refused)
		}
	})
}

// comesBack connects as often as it takes, waiting as told, and returns how
// often it was refused.
func (w *world) comesBack(t *testing.T, user string) (refused int) {
	for {
		response := w.comesIn(user, "")
		if response.StatusCode == http.StatusSwitchingProtocols {
			return refused
		}
		checkComeBack(t, response)
		seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
		if err != nil {
			return refused
		}
		time.Sleep(time.Duration(seconds) * time.Second)
		refused++
	}
}

func TestTheWelcomeSaysHowToComeBack(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		for i := range 100 {
			w.connect(fmt.Sprintf("u%d", i))
		}
		if got := w.connect("last").limits; got != (wire.Limits{MaxFrameBytes: 256 << 10, ReconnectSpreadMs: 101}) {
			t.Errorf("limits %+v", got)
		}
	})
}
