package media

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
)

func TestASessionThatIsAgreedWhileTheLinkClosesIsEnded(t *testing.T) {
	for name, closed := range map[string]bool{"in time": false, "too late": true} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			certificate, _, err := newCertificate()
			if err != nil {
				t.Fatal(err)
			}
			session, err := dtls.ServerWithOptions(conn, conn.LocalAddr(), dtls.WithCertificates(certificate))
			if err != nil {
				t.Fatal(err)
			}
			l := &link{peer: &Peer{log: slog.New(slog.DiscardHandler)}}
			l.ctx, l.cancel = context.WithCancel(t.Context())
			defer l.cancel()
			if closed {
				l.cancel() // as close does first
			}
			if adopted := l.adopt(session); adopted == closed {
				t.Errorf("the session was adopted: %t", adopted)
			}
			if err := conn.SetDeadline(time.Time{}); errors.Is(err, net.ErrClosed) != closed {
				t.Errorf("the state of the session's socket: %v", err)
			}
			if l.dtls.Load() != session {
				t.Error("close will not find the session")
			}
			if err := session.Close(); err != nil && !closed {
				t.Error(err)
			}
		})
	}
}
