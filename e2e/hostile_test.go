package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"callsvc/internal/testkit"

	"github.com/gorilla/websocket"
)

// hostileFrame is a frame nobody should send, the id its answer has, and the code.
type hostileFrame struct {
	name, id, text string
	code           int
}

func hostileFrames() []hostileFrame {
	request := func(method, params string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params)
	}
	long := strings.Repeat("x", 1000)
	return []hostileFrame{
		{"nothing", "null", ``, -32700},
		{"half an object", "null", `{"jsonrpc":`, -32700},
		{"two objects", "null", `{} {}`, -32700},
		{"a hundred thousand brackets", "null", strings.Repeat("[", 100_000), -32700},
		{"a hundred thousand brackets that close", "null", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), -32700},
		{"a number", "null", `7`, -32600},
		{"null", "null", `null`, -32600},
		{"a batch", "null", `[{"jsonrpc":"2.0","id":1,"method":"session.time"}]`, -32600},
		{"an empty object", "null", `{}`, -32600},
		{"a notification", "null", `{"jsonrpc":"2.0","method":"session.time"}`, -32600},
		{"an id that is null", "null", `{"jsonrpc":"2.0","id":null,"method":"session.time"}`, -32600},
		{"an id that is an object", "null", `{"jsonrpc":"2.0","id":{"a":1},"method":"session.time"}`, -32600},
		{"an id of a thousand letters", "null", `{"jsonrpc":"2.0","id":"` + long + `","method":"session.time"}`, -32600},
		{"an id of a thousand digits", "null", `{"jsonrpc":"2.0","id":1` + strings.Repeat("0", 1000) + `,"method":"session.time"}`, -32600},
		{"another JSON-RPC", "1", `{"jsonrpc":"1.0","id":1,"method":"session.time"}`, -32600},
		{"no JSON-RPC", "1", `{"id":1,"method":"session.time"}`, -32600},
		{"a method that is a number", "1", `{"jsonrpc":"2.0","id":1,"method":7}`, -32600},
		{"no method", "1", `{"jsonrpc":"2.0","id":1}`, -32600},
		{"a method that is none", "1", request("signaling.destroy", `{}`), -32601},
		{"a method of a thousand letters", "1", request(long, `{}`), -32601},
		{"a method in capitals", "1", request("SESSION.TIME", `{}`), -32601},
		{"params that are a list", "1", request("session.time", `[]`), -32602},
		{"params that are text", "1", request("session.time", `"x"`), -32602},
		{"a list for a user", "1", request("signaling.invite", `{"invitee":["bo"]}`), -32602},
		{"null for a user", "1", request("signaling.invite", `{"invitee":null}`), -32602},
		{"an object for data", "1", request("signaling.invite", `{"invitee":"bo","data":{}}`), -32602},
		{"a number beyond all numbers", "1", request("signaling.invite", `{"invitee":"bo","timeout":1e999}`), 6017},
		{"a requestID that is a number", "1", request("session.time", `{"requestID":7}`), -32602},
		{"a requestID of a thousand letters", "1", request("session.time", `{"requestID":"`+long+`"}`), -32602},
		{"deep data nobody asked for", "1", request("session.time", `{"x":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+`}`), 0},
		{"a user of 200 kB", "1", request("signaling.invite", `{"invitee":"`+strings.Repeat("b", 200_000)+`"}`), 6017},
		{"a room of 200 kB", "1", request("room.enter", `{"roomID":"`+strings.Repeat("r", 200_000)+`"}`), 6017},
		{"an invitation of 200 kB", "1", request("signaling.accept", `{"inviteID":"`+strings.Repeat("i", 200_000)+`"}`), 8010},
		{"a line break in a room", "1", request("room.enter", `{"roomID":"a\nb"}`), 6017},
		{"a filter that is none", "1", request("history.query", `{"result":"lost"}`), 6017},
		{"a cursor that is none", "1", request("history.query", `{"cursor":"';DROP TABLE calls;--"}`), 6017},
		{"a limit below zero", "1", request("history.query", `{"limit":-1}`), 6017},
		{"a hundred and one users", "1", request("user.getUsersInfo", `{"userIDList":["a"`+strings.Repeat(`,"a"`, 100)+`]}`), 6017},
		{"users of 200 kB", "1", request("user.addToBlackList", `{"userIDList":["`+strings.Repeat("u", 200_000)+`"]}`), 6017},
		{"a list of numbers for users", "1", request("user.addToBlackList", `{"userIDList":[1,2]}`), -32602},
		{"text for an option", "1", request("user.setAllReceiveMessageOpt", `{"opt":"2"}`), -32602},
		{"half an option", "1", request("user.setAllReceiveMessageOpt", `{"opt":0.5}`), 6017},
		{"an option beyond all options", "1", request("user.setAllReceiveMessageOpt", `{"opt":2,"duration":9223372036854775807}`), 6017},
		{"a name of 200 kB", "1", request("user.setSelfInfo", `{"name":"`+strings.Repeat("n", 200_000)+`"}`), 6017},
		{"a picture that is a script", "1", request("user.setSelfInfo", `{"avatarURL":"javascript:alert(1)"}`), 6017},
		{"everyone's calls", "1", request("history.query", `{"all":true}`), 10007},
	}
}

// hostileOffers are offers that cannot be answered.
func hostileOffers() map[string]string {
	session := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	transport := "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=fingerprint:sha-256 " +
		strings.TrimSuffix(strings.Repeat("AB:", 32), ":") + "\r\n"
	line := func(mid string) string {
		return "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:" + mid + "\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n"
	}
	return map[string]string{
		"no SDP":                  "hello",
		"a NUL":                   "v=0\x00",
		"a session without media": session + transport,
		"no fingerprint":          session + "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" + line("0"),
		"no ICE":                  session + "a=setup:actpass\r\n" + line("0"),
		"one mid twice":           session + transport + line("0") + line("0"),
		"no mid":                  session + transport + strings.Replace(line("0"), "a=mid:0\r\n", "", 1),
		"a hundred slots":         session + transport + manyLines(line, 100),
		"a thousand slots":        session + transport + manyLines(line, 1000),
		"200 kB of attributes":    session + transport + line("0") + strings.Repeat("a=x:y\r\n", 28_000),
		"only application data":   session + transport + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n",
	}
}

func manyLines(line func(string) string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(fmt.Sprint(i)))
	}
	return b.String()
}

func TestHostileFramesGetTheirCode(t *testing.T) {
	svc := testkit.Start(t)
	bo := svc.SignIn("bo")
	ana := svc.SignIn("ana")
	for _, f := range hostileFrames() {
		t.Run(f.name, func(t *testing.T) { sendHostile(t, ana.Client, f) })
	}
	for name, offer := range hostileOffers() {
		t.Run(name, func(t *testing.T) { ana.Refused(9004, "room.enter", p{"roomID": "room", "offer": offer}) })
	}
	ana.Quiet()
	bo.Quiet()
	for _, figure := range []string{"callsvc_rooms", "callsvc_participants", "callsvc_media_peers", "callsvc_calls_open", "callsvc_invitations_open"} {
		svc.FigureBecomes(figure, 0) // no trace is left
	}
	connect(t, ana, bo, "room") // and all is well
}

func sendHostile(t *testing.T, c *testkit.Client, f hostileFrame) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	if _, err := c.Frame(ctx, f.id, f.text); testkit.CodeOf(err) != f.code {
		t.Errorf("%v, want code %d", err, f.code)
	}
}

// hostileMessages are those that no answer is worth: the connection ends.
func hostileMessages() []struct {
	name string
	kind int
	text string
	code int
} {
	return []struct {
		name string
		kind int
		text string
		code int
	}{
		{"a megabyte", websocket.TextMessage, strings.Repeat("x", 1<<20), 1009},
		{"binary data", websocket.BinaryMessage, "\x00\x01", 4008},
		{"text that is no UTF-8", websocket.TextMessage, "{\"\xff\xfe\"}", 1007},
	}
}

func TestHostileMessagesEndTheConnection(t *testing.T) {
	svc := testkit.Start(t)
	for _, m := range hostileMessages() {
		t.Run(m.name, func(t *testing.T) {
			ana := svc.For(t).SignIn("ana")
			if err := ana.Client.Write(m.kind, []byte(m.text)); err != nil {
				t.Logf("the server did not read to the end: %v", err)
			}
			<-ana.Client.Closed()
			if code := ana.Client.CloseCode(); code != m.code {
				t.Errorf("closes with %d (%v), want %d", code, ana.Client.Cause(), m.code)
			}
			if !ana.Resume() {
				t.Error("the session is gone: one bad frame must not end a call")
			}
		})
	}
}

// Strangers who only do harm, one after another, leave nothing behind.
func TestHostilityCostsNothing(t *testing.T) {
	svc := testkit.Start(t)
	harm := func(rounds int) {
		for range rounds {
			eve := dial(t, svc.Socket("token="+svc.Token("eve", "")), nil)
			for _, f := range hostileFrames() {
				sendHostile(t, eve, f)
			}
			ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
			for name, offer := range hostileOffers() {
				if _, err := eve.Do(ctx, "room.enter", p{"roomID": "room", "offer": offer}); testkit.CodeOf(err) != 9004 {
					t.Errorf("%s: %v", name, err)
				}
			}
			_, err := eve.Do(ctx, "user.logout", p{})
			cancel()
			if err != nil {
				t.Error(err)
			}
			<-eve.Closed()
			for _, m := range hostileMessages() {
				mal := dial(t, svc.Socket("token="+svc.Token("mal", "")), nil)
				_ = mal.Write(m.kind, []byte(m.text)) // the server may not read to the end
				<-mal.Closed()
			}
		}
	}
	harm(5)
	goroutines, heap := costs(t, func(int, uint64) bool { return svc.Figure(`callsvc_sessions{state="attached"}`) == 0 })
	harm(20)
	costs(t, func(g int, h uint64) bool {
		return svc.Figure(`callsvc_sessions{state="attached"}`) == 0 && g <= goroutines+5 && h < heap+4<<20
	})
}

// costs waits until goroutines and heap are as they should be and returns them.
func costs(t *testing.T, fine func(goroutines int, heap uint64) bool) (goroutines int, heap uint64) {
	t.Helper()
	deadline := time.After(testkit.Patience)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		goroutines, heap = runtime.NumGoroutine(), m.HeapAlloc
		if fine(goroutines, heap) {
			return goroutines, heap
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("still %d goroutines and %d bytes", goroutines, heap)
		}
	}
}

// tooMany makes requests as fast as it can: so many may be made at once and one
// a second more, so that soon comes one too many.
func tooMany(t *testing.T, u *testkit.User, atOnce int, method string, params p) {
	t.Helper()
	for n, began := 0, time.Now(); ; n++ {
		_, err := u.Try(method, params)
		switch {
		case testkit.CodeOf(err) == 9005 && n >= atOnce-1 && refusal(err).Data.Int("retryAfterMs") > 0: // signing in took one
			return
		case err != nil:
			t.Fatalf("%s, request %d: %v", method, n, err)
		case time.Since(began) > testkit.Patience:
			t.Fatalf("%s: %d requests in %v, none refused", method, n, time.Since(began))
		}
	}
}

func TestTooManyRequestsAreRefusedAndThenTheConnection(t *testing.T) {
	svc := testkit.Start(t, "--request-rate=1", "--request-burst=50", "--invite-rate=1", "--invite-burst=5")
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	invite := p{"invitee": "cy", "timeout": 0}
	tooMany(t, ana, 50, "session.time", nil)
	tooMany(t, bo, 5, "signaling.invite", invite)
	bo.Do("session.time", nil) // requests of other kinds are not meant
	flood, err := json.Marshal(p{"jsonrpc": "2.0", "id": 1, "method": "session.time"})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		err = ana.Client.Write(websocket.TextMessage, flood)
	}
	<-ana.Client.Closed()
	if code := ana.Client.CloseCode(); code != 4008 && code != 0 { // 0: our own writes reset the connection first
		t.Errorf("a flood ends with %d, want 4008", code)
	}
}
