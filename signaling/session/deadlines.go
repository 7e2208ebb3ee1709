package session

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// deadlineSlack is how much later than asked a deadline may fall. To move one
// costs a lock that all connections share, and every frame moves one.
const deadlineSlack = time.Second

// slackConn moves its deadlines about once a second, however often it is asked.
type slackConn struct {
	net.Conn
	readBy, writeBy atomic.Int64 // what is set, in Unix nanoseconds; 0 is unknown
}

func (c *slackConn) SetReadDeadline(t time.Time) error {
	return move(&c.readBy, t, c.Conn.SetReadDeadline)
}

func (c *slackConn) SetWriteDeadline(t time.Time) error {
	return move(&c.writeBy, t, c.Conn.SetWriteDeadline)
}

// SetDeadline sets both exactly.
func (c *slackConn) SetDeadline(t time.Time) error {
	c.readBy.Store(0)
	c.writeBy.Store(0)
	return c.Conn.SetDeadline(t)
}

// move sets a deadline that is t or up to deadlineSlack later, unless such a one
// is set. Of a moment that is near the exact one is meant, of none none.
func move(is *atomic.Int64, t time.Time, set func(time.Time) error) error {
	if t.IsZero() || time.Until(t) <= closeWait {
		is.Store(0)
		return set(t)
	}
	if ahead := is.Load() - t.UnixNano(); ahead >= 0 && ahead <= int64(deadlineSlack) {
		return nil
	}
	late := t.Add(deadlineSlack)
	is.Store(late.UnixNano())
	return set(late)
}

// slackWriter gives whoever upgrades a connection one with slack.
type slackWriter struct{ http.ResponseWriter }

// Hijack implements http.Hijacker.
func (w slackWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &slackConn{Conn: conn}, buffered, nil
}
