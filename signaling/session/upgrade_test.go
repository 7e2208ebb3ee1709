package session_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"callsvc/call"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

func wantRefusal(t *testing.T, w *world, user string, status int, code call.Code) {
	t.Helper()
	conn, response, err := w.dial(url.Values{"token": {user}}, nil)
	if err == nil {
		conn.Close()
		t.Errorf("%s got in", user)
		return
	}
	wantError(t, response, status, code)
}

func wantError(t *testing.T, response *http.Response, status int, code call.Code) {
	t.Helper()
	if response == nil {
		t.Error("no HTTP answer")
		return
	}
	defer response.Body.Close()
	var body struct {
		Error wire.ErrorBody `json:"error"`
	}
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Errorf("status %d, body: %v", response.StatusCode, err)
	}
	if response.StatusCode != status || body.Error.Code != code || body.Error.Message == "" {
		t.Errorf("refused with %d %+v, want %d and code %d", response.StatusCode, body.Error, status, code)
	}
}

func TestWhoGetsIn(t *testing.T) {
	tests := []struct {
		name   string
		user   string
		origin []string
		status int // 0: gets in
	}{
		{name: "a program sends no origin", user: "ana"},
		{name: "a page of this server", user: "ana", origin: []string{"https://calls.example"}},
		{name: "a page of this server, in capitals", user: "ana", origin: []string{"https://CALLS.example"}},
		{name: "a page that is allowed", user: "ana", origin: []string{"https://app.example:8443"}},
		{name: "a page of another site", user: "ana", origin: []string{"https://evil.example"}, status: 403},
		{name: "an allowed name over plain HTTP", user: "ana", origin: []string{"http://app.example:8443"}, status: 403},
		{name: "a site whose name ends like ours", user: "ana", origin: []string{"https://notcalls.example"}, status: 403},
		{name: "a sandboxed page", user: "ana", origin: []string{"null"}, status: 403},
		{name: "rubbish for an origin", user: "ana", origin: []string{"::"}, status: 403},
		{name: "an empty origin", user: "ana", origin: []string{""}, status: 403},
		{name: "two origins", user: "ana", origin: []string{"https://calls.example", "https://evil.example"}, status: 403},
		{name: "a bad token", user: "a b", status: 401},
		{name: "a foreign page does not learn whether its token is good", user: "a b", origin: []string{"https://evil.example"}, status: 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, session.Options{AllowedOrigins: []string{"https://app.example:8443"}}, func(w *world) {
				conn, response, err := w.dial(url.Values{"token": {tt.user}}, http.Header{"Origin": tt.origin})
				if tt.status != 0 {
					wantError(t, response, tt.status, call.CodeTokenInvalid)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				conn.Close()
			})
		})
	}
}

func TestSubprotocols(t *testing.T) {
	for offered, want := range map[string]string{"": "", "callsvc.v1": "callsvc.v1", "soap, callsvc.v1": "callsvc.v1", "soap": ""} {
		inWorld(t, session.Options{}, func(w *world) {
			header := http.Header{}
			if offered != "" {
				header.Set("Sec-WebSocket-Protocol", offered)
			}
			conn, _, err := w.dial(url.Values{"token": {"ana"}}, header)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if got := conn.Subprotocol(); got != want {
				t.Errorf("offered %q, got %q, want %q", offered, got, want)
			}
		})
	}
}

func TestWhatIsNoHandshake(t *testing.T) {
	w := newHub(t, session.Options{})
	tests := []struct {
		name   string
		method string
		header map[string]string
		status int
	}{
		{"a plain GET", "GET", nil, 400},
		{"a POST", "POST", nil, 405},
		{"an old WebSocket", "GET", map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "8"}, 400},
		{"a WebSocket without a key", "GET", map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/ws?token=ana", nil)
			for k, v := range tt.header {
				r.Header.Set(k, v)
			}
			recorder := httptest.NewRecorder()
			w.hub.ServeHTTP(recorder, r)
			wantError(t, recorder.Result(), tt.status, wire.CodeInvalidRequest)
		})
	}
	if st := w.hub.Stats(); st.Users != 0 {
		t.Errorf("sessions came to be: %+v", st)
	}
}

func TestBrokenFramesEndTheConnection(t *testing.T) {
	tests := []struct {
		name string
		kind int
		data string
		code int
	}{
		{"binary", websocket.BinaryMessage, "{}", session.CloseViolation},
		{"a megabyte", websocket.TextMessage, strings.Repeat(" ", 1<<20), websocket.CloseMessageTooBig},
		{"not UTF-8", websocket.TextMessage, "\"\xff\"", websocket.CloseInvalidFramePayloadData},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, session.Options{}, func(w *world) {
				ana := w.connect("ana")
				// A write that fails half way is fine: the server may have closed.
				_ = ana.conn.WriteMessage(tt.kind, []byte(tt.data))
				if code := ana.goodbye(); code != tt.code {
					t.Errorf("closed with %d, want %d", code, tt.code)
				}
				if back := w.back("ana", ana); !back.resumed {
					t.Error("the session did not survive its connection")
				}
			})
		})
	}
}

func TestALargeOfferFits(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		if f := ana.ask("room.enter", map[string]string{"roomID": "r", "offer": strings.Repeat("a", 200<<10)}); f.Error != nil {
			t.Errorf("refused: %+v", f.Error)
		}
	})
}

// Whatever is in the address and the headers of a handshake, the answer is a
// refusal that says why, and no session.
func FuzzHandshake(f *testing.F) {
	f.Add("token=ana&session=x&after=1", "https://calls.example", "dGhlIHNhbXBsZSBub25jZQ==")
	f.Add("session=%zz&after=-9223372036854775809", "null", "")
	f.Add("token=ana&after=1e3", "https://[::1", "short")
	f.Fuzz(func(t *testing.T, query, origin, key string) {
		w := newHub(t, session.Options{})
		defer func() {
			if err := w.hub.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ws", http.NoBody)
		r.URL.RawQuery = query
		r.Header = http.Header{
			"Origin": {origin}, "Sec-Websocket-Key": {key}, "Connection": {"upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		}
		rec := httptest.NewRecorder() // it cannot be hijacked, so nobody gets in
		w.hub.ServeHTTP(rec, r)
		var body struct {
			Error wire.ErrorBody `json:"error"`
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil || body.Error.Code == 0 || rec.Code < 400 {
			t.Errorf("%q from %q: %d %s", query, origin, rec.Code, rec.Body)
		}
		if n := w.hub.Stats().Attached; n != 0 {
			t.Errorf("%d sessions", n)
		}
	})
}
