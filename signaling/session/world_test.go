package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"callsvc/call"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

// world is a hub behind an HTTP server on pipes, all in one bubble.
type world struct {
	t        *testing.T
	hub      *session.Hub
	handler  *handler
	observer *observer
	tokens   *tokens
	logs     *logs
	server   *http.Server
	pipes    *pipes
}

// inWorld runs a test in a bubble of its own, which ends only when every
// goroutine has.
func inWorld(t *testing.T, opts session.Options, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, opts)
		defer w.close()
		f(w)
	})
}

func newHub(t *testing.T, opts session.Options) *world {
	w := &world{t: t, handler: &handler{}, observer: &observer{}, tokens: &tokens{}, logs: &logs{}, pipes: newPipes()}
	w.hub = session.New(opts, w.handler, w.observer, w.tokens, slog.New(w.logs))
	w.handler.hub = w.hub
	return w
}

func newWorld(t *testing.T, opts session.Options) *world {
	w := newHub(t, opts)
	mux := http.NewServeMux()
	mux.Handle("/ws", w.hub)
	w.server = &http.Server{Handler: mux}
	go func() {
		if err := w.server.Serve(w.pipes); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	}()
	return w
}

func (w *world) close() {
	if err := w.hub.Close(context.Background()); err != nil {
		w.t.Errorf("close: %v", err)
	}
	if err := w.server.Close(); err != nil {
		w.t.Errorf("close server: %v", err)
	}
	w.pipes.closeAll()
}

// tokens makes the token the user id; ?ttl= is how long it is good.
type tokens struct {
	mu      sync.Mutex
	refused call.UserID
	then    func() // runs once, after a token was found good
}

func (k *tokens) refuse(user call.UserID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refused = user
}

// verdict reports whether the user's token is good, and what is to happen next.
func (k *tokens) verdict(user call.UserID) (good bool, then func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !user.Valid() || user == k.refused {
		return false, nil
	}
	then, k.then = k.then, nil
	return true, then
}

func (k *tokens) Identify(r *http.Request) (call.Caller, time.Time, error) {
	q := r.URL.Query()
	user := call.UserID(q.Get("token"))
	good, then := k.verdict(user)
	if then != nil {
		then()
	}
	if !good {
		return call.Caller{}, time.Time{}, call.Errorf(call.CodeTokenInvalid, "no such token")
	}
	var expires time.Time
	if ttl, err := time.ParseDuration(q.Get("ttl")); err == nil {
		expires = time.Now().Add(ttl)
	}
	return call.Caller{UserID: user, Name: "the " + string(user)}, expires, nil
}

// handler records what it is asked; do, if set, decides.
type handler struct {
	hub *session.Hub
	do  func(ctx context.Context, who call.Caller, req wire.Request) (any, error)

	mu    sync.Mutex
	calls []call.Caller
}

func (h *handler) Handle(ctx context.Context, who call.Caller, req wire.Request) (any, error) {
	h.mu.Lock()
	h.calls = append(h.calls, who)
	h.mu.Unlock()
	if h.do != nil {
		return h.do(ctx, who, req)
	}
	switch req.(type) {
	case *wire.Logout:
		h.hub.EndSession(who.SessionID)
	case *wire.SubscribeStatus:
		h.hub.WatchStatus(who.SessionID)
	}
	return wire.Empty{}, nil
}

func (h *handler) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.calls)
}

// observer writes down what it is told. Sessions are ready at once unless held.
type observer struct {
	mu    sync.Mutex
	story []string
	hold  bool
	ready func([]wire.Event)
}

func (o *observer) note(what string, who call.Caller) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.story = append(o.story, string(who.UserID)+" "+what)
}

func (o *observer) SessionOpened(who call.Caller, ready func([]wire.Event)) {
	o.note("opened", who)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.hold {
		o.ready = ready
		return
	}
	ready(nil)
}
func (o *observer) SessionDetached(who call.Caller, _ call.Millis) { o.note("detached", who) }
func (o *observer) SessionResumed(who call.Caller, _ call.Millis)  { o.note("resumed", who) }
func (o *observer) SessionEnded(who call.Caller, _ call.Millis, kicked bool) {
	if kicked {
		o.note("kicked", who)
		return
	}
	o.note("ended", who)
}

func (o *observer) told() []string {
	synctest.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.story...)
}

// logs keeps what is logged as an error.
type logs struct {
	mu    sync.Mutex
	lines []string
}

func (l *logs) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }
func (l *logs) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l *logs) WithGroup(string) slog.Handler                    { return l }
func (l *logs) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += " " + a.String()
		return true
	})
	l.lines = append(l.lines, line)
	return nil
}

// pipes is a listener whose connections are net.Pipes.
type pipes struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once
	mu     sync.Mutex
	ends   []net.Conn
}

func newPipes() *pipes { return &pipes{accept: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.IPAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.accept <- far:
	case <-p.done:
		return nil, net.ErrClosed
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ends = append(p.ends, near)
	return near, nil
}

func (p *pipes) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.ends {
		c.Close()
	}
}

// client is one connection as a browser would hold it.
type client struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan frame
	nextID int

	onPing atomic.Pointer[func()] // instead of a pong

	session  call.SessionID
	resumed  bool
	userName string
	limits   wire.Limits
	seq      int64 // of the last event seen

	closed chan struct{} // closed after the last frame
	err    error         // why it closed
}

type frame struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *wire.ErrorBody
}

// dial connects without reading anything yet.
func (w *world) dial(query url.Values, header http.Header) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{NetDialContext: w.pipes.dial}
	return d.Dial("ws://calls.example/ws?"+query.Encode(), header)
}

// connect signs in and takes the welcome.
func (w *world) connect(user string, extra ...string) *client {
	w.t.Helper()
	query := url.Values{"token": {user}}
	for i := 0; i < len(extra); i += 2 {
		query.Set(extra[i], extra[i+1])
	}
	conn, _, err := w.dial(query, nil)
	if err != nil {
		w.t.Fatalf("%s connects: %v", user, err)
	}
	c := &client{t: w.t, conn: conn, frames: make(chan frame, 8192), closed: make(chan struct{})}
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		if instead := c.onPing.Load(); instead != nil {
			(*instead)()
			return nil
		}
		return pong(data)
	})
	go c.pump()
	welcome := c.next()
	var params wire.Welcome
	if err := json.Unmarshal(welcome.Params, &params); err != nil || welcome.Method != "session.welcome" {
		w.t.Fatalf("first frame is %q: %s", welcome.Method, welcome.Params)
	}
	if eventSeq(w.t, welcome) != 0 {
		w.t.Errorf("session.welcome has a seq")
	}
	synctest.Wait() // the observer is ready
	c.session, c.resumed, c.userName, c.limits = params.SessionID, params.Resumed, params.UserName, params.Limits
	return c
}

// back comes back to c's session after the last event c saw.
func (w *world) back(user string, c *client) *client {
	w.t.Helper()
	d := w.connect(user, "session", string(c.session), "after", strconv.FormatInt(c.seq, 10))
	if d.resumed {
		d.seq = c.seq
	}
	return d
}

func (c *client) pump() {
	defer close(c.closed)
	for {
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			c.err = err
			return
		}
		var f frame
		if err := json.Unmarshal(data, &f); err != nil {
			c.err = err
			return
		}
		c.frames <- f
	}
}

// next waits for a frame.
func (c *client) next() frame {
	c.t.Helper()
	select {
	case f := <-c.frames:
		return f
	case <-c.closed:
	case <-time.After(time.Hour):
		c.t.Fatal("nothing came for an hour")
	}
	select {
	case f := <-c.frames:
		return f
	default:
		c.t.Fatalf("the connection is closed: %v", c.err)
		return frame{}
	}
}

// event waits for an event, which must be that one and the next in order.
func (c *client) event(name string) frame {
	c.t.Helper()
	f := c.next()
	if f.Method != name {
		c.t.Fatalf("got %q %s (answer to %s), want event %s", f.Method, f.Params, f.ID, name)
	}
	if seq := eventSeq(c.t, f); seq != c.seq+1 {
		c.t.Fatalf("event %s has seq %d, want %d", name, seq, c.seq+1)
	}
	c.seq++
	return f
}

// silent checks that nothing is on its way.
func (c *client) silent() {
	c.t.Helper()
	synctest.Wait()
	select {
	case f := <-c.frames:
		c.t.Errorf("unexpected frame %q %s%s", f.Method, f.Params, f.Result)
	default:
	}
}

// send sends a request and returns its id.
func (c *client) send(method string, params any) string {
	c.t.Helper()
	c.nextID++
	if err := c.conn.WriteJSON(map[string]any{"jsonrpc": "2.0", "id": c.nextID, "method": method, "params": params}); err != nil {
		c.t.Errorf("send %s: %v", method, err) // also from goroutines, where nothing may be fatal
	}
	return strconv.Itoa(c.nextID)
}

// ask sends a request and waits for its answer, which must be the next frame.
func (c *client) ask(method string, params any) frame {
	c.t.Helper()
	id := c.send(method, params)
	f := c.next()
	if string(f.ID) != id {
		c.t.Fatalf("got %q %s id %s, want the answer to %s", f.Method, f.Params, f.ID, method)
	}
	return f
}

// goodbye waits for the connection to end and returns the close code, 0 if it
// ended without one.
func (c *client) goodbye() int {
	c.t.Helper()
	<-c.closed
	var closed *websocket.CloseError
	if errors.As(c.err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
		return closed.Code
	}
	return 0
}

// cut drops the connection without a word.
func (c *client) cut() {
	c.conn.NetConn().Close()
	<-c.closed
	synctest.Wait()
	for { // what had arrived before counts as seen
		select {
		case f := <-c.frames:
			if seq := eventSeq(c.t, f); seq > 0 {
				c.seq = seq
			}
		default:
			return
		}
	}
}

func eventSeq(t *testing.T, f frame) int64 {
	t.Helper()
	if f.Method == "" {
		return 0
	}
	var numbered struct {
		Seq int64 `json:"seq"`
	}
	if err := json.Unmarshal(f.Params, &numbered); err != nil {
		t.Fatalf("params %s: %v", f.Params, err)
	}
	return numbered.Seq
}

// modified is an event that carries a number.
func modified(n int) wire.InvitationModified {
	return wire.InvitationModified{InviteID: call.InviteID(strconv.Itoa(n))}
}

func (w *world) tell(user call.UserID, n int) {
	w.hub.Notify([]call.UserID{user}, "", modified(n))
}
