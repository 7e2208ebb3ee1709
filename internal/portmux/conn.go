package portmux

import (
	"encoding/binary"
	"io"
	"net"
)

// kind is what a connection is.
type kind int

const (
	kindHTTP kind = iota
	kindTLS
	kindTURN
	kindICE
)

const (
	stunCookie = 0x2112a442
	turnCookie = 4         // where it is in STUN (RFC 8489 section 5)
	iceCookie  = 2 + 4     // behind the length of a frame (RFC 4571)
	peekBytes  = 2 + 4 + 4 // all that has to be seen
	tlsRecord  = 0x16      // of a handshake (RFC 8446 section 5.1)
	textual    = 0x20      // HTTP begins with a letter; STUN with less than this
)

// Conn is a connection of whose beginning something was read before its user
// came.
type Conn struct {
	net.Conn
	seen [peekBytes]byte
	n    int // bytes in seen
	read int // of these, by the user
}

// NetConn is the connection underneath.
func (c *Conn) NetConn() net.Conn { return c.Conn }

// Read is net.Conn's.
func (c *Conn) Read(b []byte) (int, error) {
	if c.read < c.n {
		n := copy(b, c.seen[c.read:c.n])
		c.read += n
		return n, nil
	}
	return c.Conn.Read(b)
}

// peek reads as far as is needed to know a connection's kind.
func (c *Conn) peek(kindOf func([]byte) (kind, bool)) (kind, error) {
	for {
		n, err := c.Conn.Read(c.seen[c.n:])
		c.n += n
		if k, sure := kindOf(c.seen[:c.n]); sure {
			return k, nil
		}
		switch {
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.ErrNoProgress
		}
	}
}

// plain tells the kind of a connection from its first bytes; false if it takes
// more of them.
func plain(b []byte) (k kind, sure bool) {
	switch {
	case len(b) == 0:
		return 0, false
	case b[0] == tlsRecord:
		return kindTLS, true
	case b[0] >= textual:
		return kindHTTP, true
	case hasCookie(b, turnCookie):
		return kindTURN, true
	case hasCookie(b, iceCookie):
		return kindICE, true
	}
	return kindHTTP, len(b) >= peekBytes // which refuses it
}

// insideTLS is plain of what TLS carries.
func insideTLS(b []byte) (k kind, sure bool) {
	switch {
	case len(b) == 0:
		return 0, false
	case b[0] >= textual:
		return kindHTTP, true
	}
	return kindTURN, true
}

func hasCookie(b []byte, at int) bool {
	return len(b) >= at+4 && binary.BigEndian.Uint32(b[at:]) == stunCookie
}
