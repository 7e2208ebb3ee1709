package session_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

// newServer is a hub behind a real HTTP server on loopback TCP.
func newServer(b *testing.B, opts session.Options) (*session.Hub, *httptest.Server) {
	b.Helper()
	handler := &echo{}
	hub := session.New(opts, handler, ready{}, &tokens{}, slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	mux.Handle("/ws", hub)
	server := httptest.NewServer(mux)
	b.Cleanup(func() {
		if err := hub.Close(context.Background()); err != nil {
			b.Error(err)
		}
		server.Close()
	})
	return hub, server
}

type echo struct{}

func wide() limit.Rate { return limit.Rate{PerSecond: 1e9, Burst: 1e9} }

func (*echo) Handle(context.Context, call.Caller, wire.Request) (any, error) {
	return wire.SessionTimeResult{ServerAt: 1}, nil
}

type ready struct{}

func (ready) SessionOpened(_ call.Caller, ready func([]wire.Event)) { ready(nil) }
func (ready) SessionDetached(call.Caller, call.Millis)              {}
func (ready) SessionResumed(call.Caller, call.Millis)               {}
func (ready) SessionEnded(call.Caller, call.Millis, bool)           {}

func dialServer(b *testing.B, server *httptest.Server, user string) *websocket.Conn {
	b.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http")+"/ws?token="+user, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	if _, _, err := conn.ReadMessage(); err != nil {
		b.Fatal(err)
	}
	return conn
}

func BenchmarkRequestRoundTrip(b *testing.B) {
	_, server := newServer(b, session.Options{Requests: wide(), UserRequests: wide()})
	conn := dialServer(b, server, "ana")
	request := []byte(`{"jsonrpc":"2.0","id":1,"method":"signaling.invite","params":{"invitee":"bo","data":"{}"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := conn.WriteMessage(websocket.TextMessage, request); err != nil {
			b.Fatal(err)
		}
		if _, _, err := conn.ReadMessage(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNotify tells one event to a hundred users and waits until all have
// read it.
func BenchmarkNotify(b *testing.B) {
	const users = 100
	hub, server := newServer(b, session.Options{})
	var ids []call.UserID
	got := make(chan error, users)
	for n := range users {
		user := fmt.Sprintf("user%d", n)
		ids = append(ids, call.UserID(user))
		conn := dialServer(b, server, user)
		go func() {
			for {
				_, r, err := conn.NextReader()
				if err == nil {
					_, err = io.Copy(io.Discard, r)
				}
				got <- err
				if err != nil {
					return
				}
			}
		}()
	}
	ev := wire.ReceiveNewInvitation{InviteID: "i", Inviter: "ana", InviteeList: ids[:2], Data: strings.Repeat("x", 200)}
	b.ReportAllocs()
	for b.Loop() {
		hub.Notify(ids, "", ev)
		for range users {
			if err := <-got; err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*users), "ns/event")
}

// BenchmarkIdleSession reports the memory of an idle session, heap and stacks,
// after its first request. The client's end of the TCP connection lives in
// this process too and is counted.
func BenchmarkIdleSession(b *testing.B) {
	const sessions = 2000
	_, server := newServer(b, session.Options{})
	for range b.N {
		before := inUse()
		conns := make([]net.Conn, sessions)
		for n := range conns {
			conns[n] = idle(b, server, fmt.Sprintf("user%d", n))
		}
		after := inUse()
		b.ReportMetric(float64(after-before)/sessions, "B/session")
		b.ReportMetric(float64(runtime.NumGoroutine())/sessions, "goroutines/session")
		for _, conn := range conns {
			conn.Close()
		}
	}
}

func inUse() uint64 {
	for range 3 { // stacks shrink by half in each collection
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// idle signs in with as little memory as a client can, makes one request, and
// reads the answer.
func idle(b *testing.B, server *httptest.Server, user string) net.Conn {
	b.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	request := `{"jsonrpc":"2.0","id":1,"method":"session.time"}`
	handshake := "GET /ws?token=" + user + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
	if _, err := io.WriteString(conn, handshake); err != nil {
		b.Fatal(err)
	}
	r := bufio.NewReader(conn)
	if _, err := http.ReadResponse(r, nil); err != nil {
		b.Fatal(err)
	}
	// A masked text frame whose mask is zero (RFC 6455 §5.2).
	frame := append([]byte{0x81, 0x80 | byte(len(request)), 0, 0, 0, 0}, request...)
	if _, err := conn.Write(frame); err != nil {
		b.Fatal(err)
	}
	for seen := ""; !strings.Contains(seen, `"result"`); {
		c, err := r.ReadByte()
		if err != nil {
			b.Fatal(err)
		}
		seen += string(rune(c))
	}
	return conn
}
