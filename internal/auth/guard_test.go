package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/auth"
	"callsvc/internal/limit"
)

func TestAnAddressThatGuessesIsRefusedUnlookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t)
		g := auth.NewGuard(v, limit.Addresses{}.Of, limit.Rate{PerSecond: 1, Burst: 3})
		good, err := v.Issue("ana", "", false, nil, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		old, err := v.Issue("ana", "", false, nil, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		ask := func(from, token string) error {
			r := httptest.NewRequest(http.MethodGet, "/ws?token="+token, nil)
			r.RemoteAddr = from + ":1"
			_, err := g.Authenticate(r)
			return err
		}
		for _, c := range []struct {
			name, from, token string
			after             time.Duration
			code              call.Code
		}{
			{"a good one", "192.0.2.1", good, 0, 0},
			{"one that has expired counts for nothing", "192.0.2.1", old, 0, call.CodeTokenExpired},
			{"the first guess", "192.0.2.1", "a", 0, call.CodeTokenInvalid},
			{"the second", "192.0.2.1", "b", 0, call.CodeTokenInvalid},
			{"a good one between them", "192.0.2.1", good, 0, 0},
			{"the third", "192.0.2.1", "c", 0, call.CodeTokenInvalid},
			{"the fourth is not looked at", "192.0.2.1", "d", 0, call.CodeRateLimited},
			{"nor is a good one", "192.0.2.1", good, 0, call.CodeRateLimited},
			{"another address does not pay", "192.0.2.2", good, 0, 0},
			{"after a wait", "192.0.2.1", good, time.Second, 0},
		} {
			time.Sleep(c.after)
			if err := ask(c.from, c.token); call.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want code %d", c.name, err, c.code)
			}
		}
	})
}
