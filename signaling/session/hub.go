package session

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/wire"
)

// Hub keeps all sessions of one server. Its methods may be called from any
// goroutine, also from the Handler and the Observer, except Close, which waits
// for both.
type Hub struct {
	opts     Options
	handler  Handler
	observer Observer
	auth     Authenticator
	log      *slog.Logger
	codec    *wire.Codec
	answers  *answers
	invites  *limit.Keyed[call.UserID]
	connects *limit.Keyed[netip.Addr]
	signIns  *admission
	counts   *counts
	group    group
	buffers  sync.Pool
	writes   sync.Pool // gorilla's write buffers
	kicks    atomic.Int64

	// The hub's own lifetime: a request on a socket outlives the HTTP request
	// that opened it.
	ctx    context.Context
	cancel context.CancelFunc

	mu        sync.RWMutex
	sessions  map[call.SessionID]*session
	users     map[call.UserID]*user
	addresses map[netip.Addr]int // sessions of each
	watchers  map[call.SessionID]*session
	attached  int
	draining  bool
	closing   bool
}

// user is what the hub knows of somebody who has a session.
type user struct {
	sessions []*session // replaced, never changed: Notify reads it without a lock
	attached int
	name     string // of the newest credential
	guest    bool   // unseen by others
	requests *rate.Limiter
}

// New makes a hub. It runs until Close.
func New(opts Options, handler Handler, observer Observer, auth Authenticator, log *slog.Logger) *Hub {
	opts = opts.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	codec := wire.NewCodec()
	h := &Hub{
		opts: opts, handler: handler, observer: observer, auth: auth, log: log, codec: codec,
		answers:   newAnswers(opts),
		invites:   limit.NewKeyed[call.UserID](opts.Invites),
		connects:  limit.NewKeyed[netip.Addr](opts.Connects),
		signIns:   newAdmission(opts),
		counts:    newCounts(),
		ctx:       ctx,
		cancel:    cancel,
		sessions:  map[call.SessionID]*session{},
		users:     map[call.UserID]*user{},
		addresses: map[netip.Addr]int{},
		watchers:  map[call.SessionID]*session{},
	}
	h.buffers.New = func() any { return new(bytes.Buffer) }
	return h
}

// Drain refuses new sessions and tells every session that rooms close at the
// deadline. Sessions may still be resumed.
func (h *Hub) Drain(deadline call.Millis) {
	h.mu.Lock()
	h.draining = true
	h.mu.Unlock()
	h.tellAll(wire.Draining{DeadlineAt: deadline})
}

func (h *Hub) tellAll(message wire.Event) {
	ev, ok := h.encode(message)
	if !ok {
		return
	}
	sessions := h.all()
	for _, s := range sessions {
		s.tell(ev)
	}
	h.counts.events.Add(int64(len(sessions)))
}

func (h *Hub) all() []*session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]*session, 0, len(h.sessions))
	for _, s := range h.sessions {
		list = append(list, s)
	}
	return list
}

// Close ends every connection with session.kicked and close code 1001, after
// which clients come back, and waits until the
// requests in progress are finished and all goroutines are over. When ctx ends
// first, it cancels them and returns ctx's error. The Observer is not told: it
// is the server that goes, not the users.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	sessions := h.all()
	last, ok := h.encode(wire.Kicked{Reason: KickShutdown})
	for _, s := range sessions {
		if ok {
			s.tell(last)
		}
		s.goingAway()
	}
	err := h.group.close(ctx)
	h.cancel()
	if err == nil {
		return nil
	}
	for _, s := range sessions {
		s.abort()
	}
	return errors.Join(errors.New("session: requests were still at work"), err)
}
