package webhook_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/webhook"
)

const secret = "0123456789abcdef0123456789abcdef"

// TestSignIsTRTCs compares with a value made by openssl:
// printf '{"a":1}' | openssl dgst -sha256 -hmac SECRET -binary | base64
func TestSignIsTRTCs(t *testing.T) {
	const want = "8FRiRtqeI0kQDIRahWEhR4jXXZAPPAhqcvz6A7sfQqs="
	if got := webhook.Sign([]byte(secret), []byte(`{"a":1}`)); got != want {
		t.Errorf("signed %s, want %s", got, want)
	}
}

func TestACallbackIsPostedAndSigned(t *testing.T) {
	cb := call.RoomEntered("7", "ana", 1_700_000_000_123)
	cb.Seq = 42
	answered := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		defer close(answered)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		for what, got := range map[string][2]string{
			"method":          {r.Method, http.MethodPost},
			"body":            {string(body), string(cb.Body)},
			"signature":       {r.Header.Get("Sign"), webhook.Sign([]byte(secret), body)},
			"application":     {r.Header.Get("SdkAppId"), "1400000000"},
			"number":          {r.Header.Get("Idempotency-Key"), "42"},
			"type":            {r.Header.Get("Content-Type"), "application/json"},
			"command":         {r.URL.Query().Get("CallbackCommand"), "EVENT_TYPE_ENTER_ROOM"},
			"operator's word": {r.URL.Query().Get("tenant"), "x"},
		} {
			if got[0] != got[1] {
				t.Errorf("%s %q, want %q", what, got[0], got[1])
			}
		}
	}))
	defer server.Close()
	if err := sender(t, server.URL+"/hook?tenant=x").Send(t.Context(), cb); err != nil {
		t.Fatal(err)
	}
	<-answered
}

func TestWhatDoesNotCountAsTaken(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect was followed")
	}))
	defer elsewhere.Close()
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		want   string // part of the error; empty if it is taken
	}{
		{"any success is", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, ""},
		{"a long answer is, and is not read", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
		}, ""},
		{"a server error is not", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "502"},
		{"a client error is not", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, "404"},
		{"a redirect is not", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "307"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.answer)
			defer server.Close()
			err := sender(t, server.URL).Send(t.Context(), call.RoomDismissed("7", 1))
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want one with %s", err, tt.want)
			}
		})
	}
}

func sender(t *testing.T, to string) *webhook.HTTP {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return webhook.NewHTTP(*u, secret, 1_400_000_000)
}

// What went wrong is written into the log and the list of the given up.
func TestAnErrorDoesNotTellTheURL(t *testing.T) {
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	err := sender(t, nobody.URL+"/hook?key=s3cret").Send(t.Context(), call.RoomEntered("7", "ana", 1_700_000_000_123))
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error is %v", err)
	}
}
