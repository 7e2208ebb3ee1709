package app_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/internal/app"
)

// Nobody has asked for the body, and whoever sends it has shown no credential.
func TestABodyThatComesDropByDropEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &http.Server{Handler: app.BoundBodies(http.NotFoundHandler()), ReadHeaderTimeout: time.Second}
		client, l := pipe()
		go func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		}()
		defer server.Close()
		began := time.Now()
		go io.Copy(io.Discard, client) // the answer is of no interest, and the end shows below
		_, err := io.WriteString(client, "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3600\r\n\r\n")
		for err == nil && time.Since(began) < time.Hour {
			time.Sleep(time.Second)
			_, err = client.Write([]byte{' '})
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("the connection was kept for %v", took)
		}
	})
}

// pipe is a connection in memory, and the listener that accepts it.
func pipe() (net.Conn, net.Listener) {
	client, server := net.Pipe()
	l := &oneConn{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
	l.conns <- server
	return client, l
}

// oneConn is a net.Listener.
type oneConn struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *oneConn) Close() error {
	close(l.closed)
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// Whatever an operator's system sends as a body, the answer is not that the
// server is at fault, and the server goes on.
func FuzzBodies(f *testing.F) {
	requests := []struct{ method, path, body string }{
		{http.MethodPost, "/v1/groups", `{"groupID":"g","name":"g","type":"Work","owner":"ana","members":["bo"]}`},
		{http.MethodPatch, "/v1/groups/g", `{"name":"h"}`},
		{http.MethodPost, "/v1/groups/g/members", `{"members":["cy"]}`},
		{http.MethodPut, "/v1/groups/g/attributes", `{"attributes":{"a":"b"}}`},
		{http.MethodPost, "/v1/messages", `{"from":"ana","to":"bo","type":"text","text":"hello"}`},
		{http.MethodPost, "/v1/users/bo/revoke", `{"at":1}`},
		{http.MethodPost, "/v1/webhooks/replay", `{"from":1,"to":2,"all":true}`},
		{http.MethodPost, "/v1/invitations/i/reject", `{"data":"no"}`},
		{http.MethodPatch, "/v1/users/bo", `{"name":"Bo","avatarURL":"https://a.example/b"}`},
	}
	for i, r := range requests {
		f.Add(uint8(i), r.body)
		f.Add(uint8(i), `[`+r.body+`]`)
	}
	a, _ := start(f)
	token := tokenOf(f, a, "operator", "&admin=true")
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		r := requests[int(which)%len(requests)]
		req := httptest.NewRequestWithContext(t.Context(), r.method, r.path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		req.RequestURI, req.URL.Scheme, req.URL.Host = "", "http", a.Addr().String()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 500 {
			t.Errorf("%s %s %q: %d %s %v", r.method, r.path, body, res.StatusCode, text, err)
		}
	})
}
