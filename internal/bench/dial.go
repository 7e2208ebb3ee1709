package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

const (
	// handshakeTimeout is how long a connection may take, with 20,000 others
	// ahead of it.
	handshakeTimeout = time.Minute
	// dialling is how many connections are made at once where nothing is measured.
	dialling = 64
	// clientBuffer is gorilla's buffer for reading, of each connection. Writing
	// takes one from a pool.
	clientBuffer = 1024
)

// dialer makes connections. Each has an address of its own where the machine
// has them, as real clients do: a server on the loopback interface sees
// 127.1.0.0 and those after it.
type dialer struct {
	url     url.URL
	token   func(user string) (string, error)
	writing sync.Pool
	local   bool
}

func newDialer(base string, token func(string) (string, error)) (*dialer, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address of a server, write it like http://127.0.0.1:8080", base)
	}
	d := &dialer{url: *u, token: token}
	d.url.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	d.url.Path += "/ws"
	ip, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && ip.Is4() && ip.IsLoopback()
	d.local = loopback && runtime.GOOS == "linux" // elsewhere 127.0.0.1 is the only one
	return d, nil
}

// ticket is who connects, and what they had.
type ticket struct {
	index   int // of the client: says which address is its own
	user    string
	token   string
	session string // to be resumed, after that event; empty for a new one
	after   int64
}

func (d *dialer) ticket(index int, user string) (ticket, error) {
	token, err := d.token(user)
	if err != nil {
		return ticket{}, fmt.Errorf("a token for %s: %w", user, err)
	}
	return ticket{index: index, user: user, token: token}, nil
}

// dial connects and waits for session.welcome. A refusal by HTTP is an *refused.
func (d *dialer) dial(ctx context.Context, t ticket, handle handler) (*conn, error) {
	ws, res, err := d.websocket(t.index).DialContext(ctx, d.address(t), http.Header{"Authorization": {"Bearer " + t.token}})
	if err != nil {
		return nil, refusedBy(res, err)
	}
	c := &conn{user: t.user, ws: ws, handle: handle, over: make(chan struct{})}
	if err := c.welcome(); err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	c.seq.Store(t.after)
	if !c.resumed {
		c.seq.Store(0)
	}
	go c.read()
	return c, nil
}

func (d *dialer) websocket(index int) *websocket.Dialer {
	from := &net.Dialer{}
	if d.local {
		from.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, byte(1+index>>16), byte(index>>8), byte(index))}
	}
	return &websocket.Dialer{
		NetDialContext: from.DialContext, HandshakeTimeout: handshakeTimeout,
		ReadBufferSize: clientBuffer, WriteBufferSize: clientBuffer, WriteBufferPool: &d.writing,
		Subprotocols: []string{"callsvc.v1"},
	}
}

func (d *dialer) address(t ticket) string {
	u := d.url
	if t.session != "" {
		u.RawQuery = url.Values{"session": {t.session}, "after": {strconv.FormatInt(t.after, 10)}}.Encode()
	}
	return u.String()
}

// refused is a connection that the server answered with an HTTP error.
type refused struct {
	status int
	after  time.Duration // of Retry-After; 0 if it said nothing
	why    error
}

func (r *refused) Error() string { return fmt.Sprintf("HTTP %d: %v", r.status, r.why) }

func (r *refused) Unwrap() error { return r.why }

func refusedBy(res *http.Response, cause error) error {
	if res == nil {
		return cause
	}
	r := &refused{status: res.StatusCode, why: cause}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		r.after = time.Duration(seconds) * time.Second
	}
	var body struct {
		Error *refusal `json:"error"`
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err == nil && body.Error != nil {
		r.why = body.Error
	}
	return r
}

// crowd connects n users, whose numbers begin with first, a few at a time.
// handle says what the i-th of them does.
func (d *dialer) crowd(ctx context.Context, prefix string, first, n int, handle func(i int) handler) (crowd, error) {
	conns := make(crowd, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(dialling)
	for i := range conns {
		group.Go(func() error {
			user := prefix + strconv.Itoa(first+i)
			t, err := d.ticket(first+i, user)
			if err == nil {
				conns[i], err = d.dial(ctx, t, handle(i))
			}
			if err != nil {
				return fmt.Errorf("connect %s: %w", user, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		conns.drop()
		return nil, err
	}
	return conns, nil
}

// crowd is many clients.
type crowd []*conn

// drop cuts all connections, at once as far as one process can.
func (c crowd) drop() {
	for _, one := range c {
		if one != nil {
			_ = one.ws.NetConn().Close() // it may be closed already
		}
	}
	for _, one := range c {
		if one != nil {
			<-one.over
		}
	}
}

// lost counts the connections that are over.
func (c crowd) lost() (n int64, cause error) {
	for _, one := range c {
		if one == nil {
			continue // it never came back, which was counted then
		}
		select {
		case <-one.over:
			n, cause = n+1, one.why()
		default:
		}
	}
	return n, cause
}
