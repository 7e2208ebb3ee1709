package e2e_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// Strangers who begin something and never finish it are cut off. How long each
// may take is the server's to say; that it ends is what counts here.
func TestWhoSendsDropByDropIsCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 seconds of real time")
	}
	t.Parallel()
	svc := testkit.Start(t, "--heartbeat=1s")
	operator := svc.Token("operator", "&admin=true")
	upgrade := "GET /ws?token=" + operator + " HTTP/1.1\r\nHost: calls\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
	var all sync.WaitGroup
	for _, c := range []struct{ name, sends string }{
		{"half a request line", "GET / HT"},
		{"half a header", "GET / HTTP/1.1\r\nHost: calls\r\nX-Slow: "},
		{"half a handshake", strings.TrimSuffix(upgrade, "\r\n\r\n")},
		{"half a body", "POST /v1/groups HTTP/1.1\r\nHost: calls\r\nAuthorization: Bearer " + operator + "\r\nContent-Length: 100\r\n\r\n{"},
		{"half a frame", upgrade + "\x81\xfe\x10\x00mask{"},
	} {
		all.Go(func() {
			t.Run(c.name, func(t *testing.T) { cutOff(t, svc.URL(""), c.sends) })
		})
	}
	all.Wait()
}

// cutOff sends that and nothing more, and reads until the server ends the connection.
func cutOff(t *testing.T, base, sends string) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(testkit.Patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, sends); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, err := io.Copy(io.Discard, bufio.NewReader(conn)); errors.As(err, &timeout) && timeout.Timeout() {
		t.Errorf("after %v the connection still stands", testkit.Patience)
	}
}
