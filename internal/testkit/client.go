package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// Error is a refusal: of a request, or of a connection (with its HTTP Status).
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    P      `json:"data"`
	Status  int    `json:"-"`
}

// Error returns code and message.
func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

// CodeOf returns the code of a refusal, 0 for nil, -1 for any other error.
func CodeOf(err error) int {
	var e *Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.Code
	}
	return -1
}

// ErrClosed is returned for requests on a connection that is over.
var ErrClosed = errors.New("the connection is closed")

// Client is one connection to the service. Its methods may be called from any
// goroutine.
type Client struct {
	// Welcome is the first frame's params.
	Welcome P

	conn *websocket.Conn
	sink func(Event)
	done chan struct{}

	writing sync.Mutex // guards writing to conn
	mu      sync.Mutex // guards what follows
	lastID  int64
	waiting map[string]chan reply
	closed  error
}

type reply struct {
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
}

// frame is anything the server sends.
type frame struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params P               `json:"params"`
	reply
}

// Dial opens a connection and waits for session.welcome. Events go to sink, in
// order, from a goroutine of the client's.
func Dial(ctx context.Context, url string, header http.Header, sink func(Event)) (*Client, error) {
	return DialOver(ctx, websocket.DefaultDialer, url, header, sink, func(P) {})
}

// DialOver is Dial by a dialer of the caller's. welcomed is called before the
// first event.
func DialOver(ctx context.Context, by *websocket.Dialer, url string, header http.Header, sink func(Event), welcomed func(P)) (*Client, error) {
	conn, res, err := by.DialContext(ctx, url, header)
	if err != nil {
		return nil, refusal(res, err)
	}
	c := &Client{conn: conn, sink: sink, done: make(chan struct{}), waiting: map[string]chan reply{}}
	if err := c.welcome(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	welcomed(c.Welcome)
	go c.read()
	return c, nil
}

// welcome reads the first frame.
func (c *Client) welcome(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok {
		if err := c.conn.SetReadDeadline(deadline); err != nil {
			return err
		}
	}
	var f frame
	if err := c.conn.ReadJSON(&f); err != nil {
		return fmt.Errorf("read session.welcome: %w", err)
	}
	if f.Method != "session.welcome" {
		return fmt.Errorf("the first frame is %q, not session.welcome", f.Method)
	}
	c.Welcome = f.Params
	return c.conn.SetReadDeadline(noDeadline())
}

// refusal reads why there was no upgrade.
func refusal(res *http.Response, cause error) error {
	if res == nil {
		return cause
	}
	var body struct {
		Error *Error `json:"error"`
	}
	text, err := io.ReadAll(res.Body)
	if err != nil || json.Unmarshal(text, &body) != nil || body.Error == nil {
		return fmt.Errorf("%s %q: %w", res.Status, text, cause)
	}
	body.Error.Status = res.StatusCode
	return body.Error
}

func (c *Client) read() {
	defer close(c.done)
	for {
		_, text, err := c.conn.ReadMessage()
		if err != nil {
			c.end(err)
			return
		}
		var f frame
		if err := json.Unmarshal(text, &f); err != nil {
			c.end(fmt.Errorf("the server sent %q: %w", text, err))
			return
		}
		if f.Method != "" {
			c.sink(Event{Name: f.Method, P: f.Params})
			continue
		}
		c.mu.Lock()
		answer := c.waiting[string(f.ID)]
		delete(c.waiting, string(f.ID))
		c.mu.Unlock()
		if answer != nil {
			answer <- f.reply
		}
	}
}

func (c *Client) end(cause error) {
	c.mu.Lock()
	c.closed = cause
	c.mu.Unlock()
}

// Do makes a request and returns its result. A refusal is an *Error.
func (c *Client) Do(ctx context.Context, method string, params any) (P, error) {
	raw, err := c.Raw(ctx, method, params)
	if err != nil {
		return nil, err
	}
	var result P
	if err := json.Unmarshal(raw, &result); err != nil {
		return nil, fmt.Errorf("the result of %s is %s: %w", method, raw, err)
	}
	return result, nil
}

// Raw is Do for whom the JSON itself matters.
func (c *Client) Raw(ctx context.Context, method string, params any) (json.RawMessage, error) {
	c.mu.Lock()
	c.lastID++
	id := c.lastID
	c.mu.Unlock()
	text, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		return nil, err
	}
	r, err := c.exchange(ctx, fmt.Sprint(id), text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", method, err)
	case r.Error != nil:
		return nil, r.Error
	}
	return r.Result, nil
}

// Frame sends any text and waits for the answer with that id, as JSON ("null"
// where the server cannot know it).
func (c *Client) Frame(ctx context.Context, id, text string) (json.RawMessage, error) {
	r, err := c.exchange(ctx, id, []byte(text))
	if err != nil {
		return nil, err
	}
	if r.Error != nil {
		return nil, r.Error
	}
	return r.Result, nil
}

func (c *Client) exchange(ctx context.Context, id string, text []byte) (reply, error) {
	answer := make(chan reply, 1)
	c.mu.Lock()
	c.waiting[id] = answer
	c.mu.Unlock()
	if err := c.Write(websocket.TextMessage, text); err != nil {
		return reply{}, err
	}
	select {
	case r := <-answer:
		return r, nil
	case <-c.done:
		select { // the answer may have been the last frame
		case r := <-answer:
			return r, nil
		default:
			return reply{}, errors.Join(ErrClosed, c.Cause())
		}
	case <-ctx.Done():
		return reply{}, fmt.Errorf("no answer: %w", ctx.Err())
	}
}

// Write sends one message of that WebSocket type.
func (c *Client) Write(kind int, text []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.conn.WriteMessage(kind, text)
}

// Drop cuts the connection without a word and waits until that is so.
func (c *Client) Drop() {
	_ = c.conn.NetConn().Close() // it may be closed already
	<-c.done
}

// Closed is closed when the connection is over.
func (c *Client) Closed() <-chan struct{} { return c.done }

// Cause is why the connection is over, nil while it is not.
func (c *Client) Cause() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// CloseCode is the code of the server's close frame, 0 if there was none.
func (c *Client) CloseCode() int {
	var closed *websocket.CloseError
	if errors.As(c.Cause(), &closed) && closed.Code != websocket.CloseAbnormalClosure {
		return closed.Code
	}
	return 0
}
