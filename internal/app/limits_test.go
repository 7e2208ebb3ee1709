package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/app"
	"callsvc/internal/auth"
	"callsvc/internal/limit"
)

func TestRequestsOverRESTAreLimitedByUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		verifier, err := auth.New(auth.Config{APIKey: "key", APISecret: "0123456789abcdef0123456789abcdef"})
		if err != nil {
			t.Fatal(err)
		}
		nowhere := func(*http.Request) netip.Addr { return netip.Addr{} }
		guard := app.NewThrottledGuard(auth.NewGuard(verifier, nowhere, limit.Rate{}), 10)
		tokens := map[call.UserID]string{"": "none"}
		for _, u := range []call.UserID{"ana", "bo", "op"} {
			if tokens[u], err = verifier.Issue(u, "", u == "op", nil, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []struct {
			after   time.Duration
			user    call.UserID
			path    string
			times   int // that it is let through
			refused call.Code
			wait    time.Duration
		}{
			{user: "ana", path: "/v1/calls", times: 30, refused: call.CodeRateLimited, wait: 100 * time.Millisecond},
			{user: "bo", path: "/v1/calls/export", times: 1, refused: call.CodeRateLimited, wait: time.Second},
			{user: "bo", path: "/v1/calls", times: 10, refused: call.CodeRateLimited, wait: 100 * time.Millisecond},
			{after: time.Second, user: "ana", path: "/v1/calls", times: 10, refused: call.CodeRateLimited, wait: 100 * time.Millisecond},
			{user: "op", path: "/v1/calls/export", times: 100},
			{user: "", path: "/v1/calls", refused: call.CodeTokenInvalid},
		} {
			time.Sleep(step.after)
			ask := func() error {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, step.path, nil)
				r.Header.Set("Authorization", "Bearer "+tokens[step.user])
				_, err := guard.Authenticate(r)
				return err
			}
			for range step.times {
				if err := ask(); err != nil {
					t.Fatalf("%s asks for %s: %v", step.user, step.path, err)
				}
			}
			if step.refused == 0 {
				continue
			}
			err := ask()
			if refused, ok := err.(*call.Error); !ok || refused.Code != step.refused || refused.RetryAfter != step.wait {
				t.Errorf("%s asks for %s once more: %v, want code %d and to wait %v", step.user, step.path, err, step.refused, step.wait)
			}
		}
	})
}
