package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// conn is one client. It has one goroutine, which reads.
type conn struct {
	user    string
	session string // of the server's session.welcome
	resumed bool   // likewise
	ws      *websocket.Conn
	seq     atomic.Int64 // of the last event
	handle  handler      // of what the server sends; not for answers to ask
	over    chan struct{}

	writing sync.Mutex // guards writing to ws and out
	out     []byte

	mu      sync.Mutex // guards what follows
	lastAsk int64
	asked   map[int64]chan *frame
	cause   error // why it is over
}

// handler is called by the reading goroutine. The frame is good until it returns.
type handler func(c *conn, f *frame)

// frame is what matters here of anything the server sends.
type frame struct {
	ID     int64  `json:"id"`
	Method string `json:"method"`
	Params struct {
		Seq       int64  `json:"seq"`
		InviteID  string `json:"inviteID"`
		Data      string `json:"data"`
		SessionID string `json:"sessionID"`
		Resumed   bool   `json:"resumed"`
	} `json:"params"`
	Result struct {
		InviteID string `json:"inviteID"`
		GroupID  string `json:"groupID"`
	} `json:"result"`
	Error *refusal `json:"error"`
}

// refusal is the error member of an answer, and of an HTTP answer.
type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    struct {
		RetryAfterMs int64 `json:"retryAfterMs"`
	} `json:"data"`
}

// Error returns code and message.
func (r *refusal) Error() string { return fmt.Sprintf("%d: %s", r.Code, r.Message) }

// wait is how long a client holds back after a refusal.
func (r *refusal) wait() time.Duration {
	return max(time.Duration(r.Data.RetryAfterMs)*time.Millisecond, 100*time.Millisecond)
}

// welcome reads the first frame.
func (c *conn) welcome() error {
	_, text, err := c.ws.ReadMessage()
	if err != nil {
		return fmt.Errorf("read session.welcome: %w", err)
	}
	var f frame
	if err := json.Unmarshal(text, &f); err != nil || f.Method != "session.welcome" {
		return fmt.Errorf("the first frame is no session.welcome: %.200s", text)
	}
	c.session, c.resumed = f.Params.SessionID, f.Params.Resumed
	return nil
}

// read is the goroutine.
func (c *conn) read() {
	defer close(c.over)
	var text bytes.Buffer
	for {
		_, r, err := c.ws.NextReader()
		if err == nil {
			text.Reset()
			_, err = text.ReadFrom(r)
		}
		if err == nil {
			err = c.receive(text.Bytes())
		}
		if err != nil {
			c.mu.Lock()
			c.cause = err
			c.mu.Unlock()
			_ = c.ws.Close() // it is over; its error would say no more
			return
		}
	}
}

func (c *conn) receive(text []byte) error {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("the server sent %.200q: %w", text, err)
	}
	if f.Params.Seq > 0 {
		c.seq.Store(f.Params.Seq)
	}
	if f.ID >= 0 {
		c.handle(c, &f)
		return nil
	}
	c.mu.Lock()
	answer := c.asked[f.ID]
	delete(c.asked, f.ID)
	c.mu.Unlock()
	if answer != nil {
		answer <- &f
	}
	return nil
}

// send writes a request whose params are given as JSON. The handler gets the
// answer, with that id, which is positive.
func (c *conn) send(id int64, method string, params []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.out = fmt.Appendf(c.out[:0], `{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, method, params)
	return c.ws.WriteMessage(websocket.TextMessage, c.out)
}

// ask makes a request and waits for its answer.
func (c *conn) ask(ctx context.Context, method string, params any) (*frame, error) {
	text, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	answer := make(chan *frame, 1)
	c.mu.Lock()
	c.lastAsk--
	id := c.lastAsk
	if c.asked == nil {
		c.asked = map[int64]chan *frame{}
	}
	c.asked[id] = answer
	c.mu.Unlock()
	if err := c.send(id, method, text); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	select {
	case f := <-answer:
		if f.Error != nil {
			return nil, fmt.Errorf("%s: %w", method, f.Error)
		}
		return f, nil
	case <-c.over:
		return nil, fmt.Errorf("%s: %w", method, c.why())
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// why is the reason that the connection is over.
func (c *conn) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause == nil {
		return errors.New("the connection is open")
	}
	return c.cause
}
