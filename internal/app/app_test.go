package app_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/app"
	"callsvc/internal/config"
	"callsvc/signaling/wire"
)

// start runs a whole server on free ports and returns its address and a
// function that stops it as SIGTERM does.
func start(t testing.TB, more ...string) (a *app.App, stop func() error) {
	t.Helper()
	cfg, err := config.Parse(append([]string{
		"--dev", "--listen=127.0.0.1:0", "--udp-port=0", "--data=" + t.TempDir(), "--drain-timeout=0s",
	}, more...))
	if err != nil {
		t.Fatal(err)
	}
	a, err = app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stopped := false
	stop = func() error { stopped = true; cancel(); return <-done }
	t.Cleanup(func() {
		if !stopped {
			if err := stop(); err != nil {
				t.Error(err)
			}
		}
	})
	return a, stop
}

func get(t testing.TB, a *app.App, path string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addr().String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// tokenOf is one of /dev/token, with more parameters.
func tokenOf(t testing.TB, a *app.App, user, more string) string {
	t.Helper()
	_, body := get(t, a, "/dev/token?userID="+user+more)
	var dev struct{ Token string }
	if err := json.Unmarshal([]byte(body), &dev); err != nil {
		t.Fatal(err)
	}
	return dev.Token
}

func TestEveryMethodOfTheContractIsServed(t *testing.T) {
	a, _ := start(t)
	for _, m := range wire.Methods() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := a.Handle(ctx, call.Caller{UserID: "ana", SessionID: "s"}, m.New())
		cancel()
		if call.CodeOf(err) == wire.CodeMethodUnknown || call.CodeOf(err) == call.CodeInternal {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}

func TestWhatIsServedOverHTTP(t *testing.T) {
	a, _ := start(t)
	tests := []struct {
		name, path string
		status     int
		contains   string
	}{
		{"liveness", "/healthz", 200, "ok"},
		{"readiness", "/readyz", 200, "ready"},
		{"metrics", "/metrics", 200, "callsvc_calls_open 0"},
		{"the page", "/", 200, "<!doctype html>"},
		{"no such file", "/nothing.js", 404, ""},
		{"a path that climbs", "/../../go.mod", 404, ""},
		{"a token for development", "/dev/token?userID=ana", 200, `{"token":"`},
		{"a token for nobody", "/dev/token?userID=a%20b", 400, `"code":6017`},
		{"history needs a credential", "/v1/calls", 401, `"code":6014`},
		{"the API's description", "/openapi.yaml", 200, "openapi: 3.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := get(t, a, tt.path)
			if resp.StatusCode != tt.status || !strings.Contains(strings.ToLower(body), strings.ToLower(tt.contains)) {
				t.Errorf("%d %.200s, want %d with %q", resp.StatusCode, body, tt.status, tt.contains)
			}
			if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the answer may be sniffed")
			}
		})
	}
}

func TestThePageRunsOnlyWhatWeServe(t *testing.T) {
	a, _ := start(t)
	resp, body := get(t, a, "/")
	csp := resp.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	if strings.Contains(body, "<style") || strings.Contains(body, "onclick") || strings.Contains(body, "<script>") {
		t.Error("something is inline, which the policy would block")
	}
	again, _ := get(t, a, "/", "If-None-Match", resp.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d, want 304", again.StatusCode)
	}
}

func TestWithoutDevNobodyGetsAToken(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	cfg, err := config.Parse([]string{
		"--listen=127.0.0.1:0", "--udp-port=0", "--data=" + t.TempDir(), "--api-key=k", "--api-secret=" + secret,
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	resp, _ := get(t, a, "/dev/token?userID=ana")
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("status %d, want 404", resp.StatusCode)
	}
	_, err = a.Handle(t.Context(), call.Caller{UserID: "ana"}, &wire.ListOnline{})
	if call.CodeOf(err) != call.CodeGroupPermission {
		t.Errorf("who is online: %v, want code %d", err, call.CodeGroupPermission)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAPortInUseIsSaidByItsFlag(t *testing.T) {
	a, _ := start(t)
	cfg, err := config.Parse([]string{"--dev", "--listen=" + a.Addr().String(), "--udp-port=0", "--data=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = app.New(t.Context(), cfg, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("error %v, want one that names --listen", err)
	}
}

func TestHistoryIsEmptyJSONNotNull(t *testing.T) {
	a, _ := start(t)
	token := tokenOf(t, a, "ana", "")
	if _, body := get(t, a, "/v1/calls", "Authorization", "Bearer "+token); !strings.Contains(body, `"calls":[]`) {
		t.Errorf("history %s", body)
	}
}

func TestAStoreThatFailsEndsTheDrain(t *testing.T) {
	a, stop := start(t, "--drain-timeout=1h")
	ana := call.Caller{UserID: "ana", SessionID: "s"}
	if _, err := a.Handle(t.Context(), ana, &wire.EnterRoom{RoomID: "r", Scene: "meeting"}); err != nil {
		t.Fatal(err)
	}
	for status := 0; status != http.StatusOK; {
		resp, _ := get(t, a, "/readyz")
		status = resp.StatusCode
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for status := 0; status != http.StatusServiceUnavailable; {
		resp, _ := get(t, a, "/readyz")
		status = resp.StatusCode
	}
	if err := a.BreakStore(); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Handle(t.Context(), ana, &wire.SetSelfInfo{}); err == nil {
		t.Error("something was decided that cannot be kept")
	}
	if err := <-stopped; err == nil {
		t.Error("it ended as if all were well")
	}
}
