package session

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const (
	// closeWait is how long a peer has to answer a close frame.
	closeWait = 2 * time.Second
	// maxSeqBytes is what a frame has besides its event: the seq, and braces.
	maxSeqBytes = 32
	// lingerBytes is what is read and thrown away after a broken frame, so that
	// the close frame is not lost to a TCP reset.
	lingerBytes = 4 << 20
)

// socket is one WebSocket: a bounded queue of what is to be written, a writer
// that lives while the queue does, and a ping timer.
type socket struct {
	conn    *websocket.Conn
	opts    *Options
	buffers *sync.Pool    // of *bytes.Buffer, for frames being read or written
	slow    *atomic.Int64 // counts those cut off
	group   *group
	done    chan struct{} // closed when closing begins

	mu    sync.Mutex
	queue []outgoing
	bytes int // of the queue
	// Of these, what a resumed session missed; known to be written only once
	// the queue is empty.
	replayed, replayedBytes int

	writing bool
	closing bool
	closeBy time.Time
	beat    *time.Timer
}

// outgoing is one thing to write: an event with the receiver's seq, a ready
// frame, a ping, or the close frame that is always the last.
type outgoing struct {
	event *event
	seq   int64
	frame []byte
	kind  int // of WebSocket message; 0 is text
}

func (o outgoing) size() int {
	if o.event != nil {
		return o.event.body.Len()
	}
	return len(o.frame)
}

func newSocket(conn *websocket.Conn, h *Hub) *socket {
	opts := &h.opts
	k := &socket{
		conn: conn, opts: opts, group: &h.group, buffers: &h.buffers, slow: &h.counts.slow,
		done: make(chan struct{}),
	}
	conn.SetReadLimit(int64(opts.MaxFrameBytes))
	conn.SetPongHandler(func(string) error { return k.heard() })
	conn.SetPingHandler(func(data string) error {
		if err := k.heard(); err != nil {
			return err
		}
		err := conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(closeWait))
		if errors.Is(err, websocket.ErrCloseSent) {
			return nil // we are waiting for the peer's close frame
		}
		return err
	})
	k.mu.Lock()
	k.beat = time.AfterFunc(opts.Heartbeat, k.ping)
	k.mu.Unlock()
	return k
}

// send queues something to write and does not wait. A peer that lets the queue
// run over is cut off. After close it does nothing.
func (k *socket) send(o outgoing) {
	k.mu.Lock()
	frames, bytes := len(k.queue)-k.replayed, k.bytes-k.replayedBytes
	over := !k.closing && frames > 0 && (frames >= k.opts.QueueFrames || bytes+o.size() > k.opts.QueueBytes)
	if !over {
		k.enqueue(o)
	}
	k.mu.Unlock()
	if over {
		k.slow.Add(1)
		k.close(CloseSlow, "too slow to read: come back and resume", false)
	}
}

// replay queues what a resumed session missed. The log it comes from is
// bounded; until it is written it does not count against the queue.
func (k *socket) replay(missed []*event, firstSeq int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, ev := range missed {
		o := outgoing{event: ev, seq: firstSeq + int64(i)}
		k.enqueue(o)
		k.replayed++
		k.replayedBytes += o.size()
	}
}

// enqueue wants k.mu held.
func (k *socket) enqueue(o outgoing) {
	if k.closing {
		return
	}
	k.queue = append(k.queue, o)
	k.bytes += o.size()
	k.startWriter()
}

func (k *socket) startWriter() {
	if !k.writing {
		k.writing = k.group.start(k.write)
	}
}

func (k *socket) ping() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing {
		return
	}
	k.enqueue(outgoing{kind: websocket.PingMessage})
	k.beat.Reset(k.opts.Heartbeat)
}

// close says goodbye with a code, after what is queued if flush, else instead
// of it, and does not wait. The reader ends when the peer has answered, at the
// latest after closeWait.
func (k *socket) close(code int, text string, flush bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing {
		return
	}
	if !flush {
		k.queue, k.bytes = nil, 0
	}
	k.enqueue(outgoing{kind: websocket.CloseMessage, frame: websocket.FormatCloseMessage(code, text)})
	k.stop()
	// A write or read already at work does not know yet. If the deadline cannot
	// be set the connection is dead, and the reader learns that by itself.
	_ = k.conn.NetConn().SetDeadline(k.closeBy)
}

// stop wants k.mu held.
func (k *socket) stop() {
	k.closing, k.closeBy = true, time.Now().Add(closeWait)
	k.beat.Stop()
	close(k.done)
}

// abort drops the connection without a word.
func (k *socket) abort() {
	k.mu.Lock()
	if !k.closing {
		k.stop()
	}
	k.queue, k.bytes = nil, 0
	k.mu.Unlock()
	// Its error would say that it is closed already.
	_ = k.conn.Close()
}

// write is the writer. It ends when there is nothing to write.
func (k *socket) write() {
	for {
		o, deadline, ok := k.next()
		if !ok {
			return
		}
		if err := k.writeOne(o, deadline); err != nil {
			k.abort() // the reader ends by this and detaches the session
			return
		}
	}
}

func (k *socket) next() (o outgoing, deadline time.Time, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.queue) == 0 {
		k.queue, k.writing = nil, false
		k.replayed, k.replayedBytes = 0, 0
		return o, deadline, false
	}
	o = k.queue[0]
	k.queue[0] = outgoing{}
	k.queue = k.queue[1:]
	k.bytes -= o.size()
	deadline = time.Now().Add(2 * k.opts.Heartbeat)
	if k.closing {
		deadline = k.closeBy
	}
	return o, deadline, true
}

func (k *socket) writeOne(o outgoing, deadline time.Time) error {
	if o.kind != 0 {
		return k.conn.WriteControl(o.kind, o.frame, deadline)
	}
	if err := k.conn.SetWriteDeadline(deadline); err != nil {
		return err
	}
	if o.event == nil {
		return k.conn.WriteMessage(websocket.TextMessage, o.frame)
	}
	frame := k.buffers.Get().(*bytes.Buffer)
	defer k.recycle(frame)
	frame.Grow(o.size() + maxSeqBytes)
	frame.Write(o.event.body.AppendFrame(frame.AvailableBuffer(), o.seq))
	return k.conn.WriteMessage(websocket.TextMessage, frame.Bytes())
}

// heard gives the peer two heartbeats until it must be heard again.
func (k *socket) heard() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closing {
		return nil // the deadline is closeBy
	}
	return k.conn.SetReadDeadline(time.Now().Add(2 * k.opts.Heartbeat))
}

// read waits for the next text frame. The buffer goes back with recycle. An
// error means that the connection is over.
func (k *socket) read() (*bytes.Buffer, error) {
	for {
		if err := k.heard(); err != nil {
			return nil, err
		}
		kind, r, err := k.conn.NextReader()
		if err != nil {
			return nil, err
		}
		select {
		case <-k.done:
			continue // waiting for the peer's close frame
		default:
		}
		if kind != websocket.TextMessage {
			k.close(CloseViolation, "only text frames are understood", false)
			continue
		}
		frame := k.buffers.Get().(*bytes.Buffer)
		if _, err := frame.ReadFrom(r); err != nil {
			k.recycle(frame)
			return nil, err
		}
		if !utf8.Valid(frame.Bytes()) {
			k.recycle(frame)
			k.close(closeNotUTF8, "a text frame must be UTF-8", false)
			continue
		}
		return frame, nil
	}
}

func (k *socket) recycle(frame *bytes.Buffer) {
	if frame.Cap() <= 64<<10 {
		frame.Reset()
		k.buffers.Put(frame)
	}
}

// finish ends the connection after read failed with err.
func (k *socket) finish(err error) {
	var closed *websocket.CloseError
	var network net.Error
	if !errors.As(err, &closed) && !errors.As(err, &network) {
		k.linger() // the frame was at fault, and the library has said so
	}
	k.abort()
}

// linger lets the close frame that answered a broken frame arrive.
func (k *socket) linger() {
	raw := k.conn.NetConn()
	if raw.SetReadDeadline(time.Now().Add(closeWait/2)) == nil {
		_, _ = io.CopyN(io.Discard, raw, lingerBytes) // any outcome is an end
	}
}
