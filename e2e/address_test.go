package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// Behind a proxy that the operator has named, each of its clients is held to
// the limits of an address; what a stranger writes into the header is not
// believed, and this machine itself is not limited.
func TestAnAddressBehindAProxyHasItsLimits(t *testing.T) {
	svc := testkit.Start(t, "--trusted-proxy=127.0.0.0/8", "--max-sessions-per-address=2", "--failed-sign-in-rate=1")
	connect := func(from, token string) *testkit.Error {
		t.Helper()
		c, err := tryDial(t, svc.Socket("token="+token), http.Header{"X-Forwarded-For": {from}})
		if err == nil {
			t.Cleanup(c.Drop)
			return &testkit.Error{Status: http.StatusSwitchingProtocols}
		}
		refused, ok := err.(*testkit.Error)
		if !ok {
			t.Fatal(err)
		}
		return refused
	}
	for i, c := range []struct {
		from   string
		status int
	}{
		{"192.0.2.1", 101},
		{"192.0.2.1", 101},
		{"192.0.2.1", 429},
		{"192.0.2.2", 101},
		{"192.0.2.1, 192.0.2.3", 101},
		{"127.0.0.1", 101},
		{"127.0.0.1", 101},
		{"127.0.0.1", 101},
	} {
		if got := connect(c.from, svc.Token(fmt.Sprintf("u%d", i), "")); got.Status != c.status {
			t.Errorf("connection %d, from %s: %d %v, want %d", i, c.from, got.Status, got, c.status)
		}
	}
	for range 60 {
		if got := connect("192.0.2.9", "guess"); got.Code != 70003 {
			t.Fatalf("a guess: %v", got)
		}
	}
	// Sixty are forgiven, and one a second: soon comes one too many.
	last := &testkit.Error{}
	for deadline := time.Now().Add(testkit.Patience); last.Code != 9005 && time.Now().Before(deadline); {
		last = connect("192.0.2.9", "guess")
	}
	if last.Status != http.StatusTooManyRequests || last.Data.Int("retryAfterMs") <= 0 {
		t.Errorf("after many guesses: %v %v", last, last.Data)
	}
	if got := connect("192.0.2.8", svc.Token("ana", "")); got.Status != http.StatusSwitchingProtocols {
		t.Errorf("another address pays: %v", got)
	}
}
