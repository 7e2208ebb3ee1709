package session

import (
	"net/http"
	"sync/atomic"

	"callsvc/signaling/wire"
)

// Stats is what the hub has counted since it was made.
type Stats struct {
	Attached int // sessions with a socket now
	Detached int // sessions waiting to be resumed now
	Users    int // who have a session now

	Requests map[string]int64 // answered, by method
	Failures map[string]int64 // of these with an error, by method; "" are those malformed beyond knowing

	Events      int64 // told to sessions, each counted
	Resumed     int64 // sockets that got an existing session
	SlowReaders int64 // cut off with 4002
	RateLimited int64 // requests answered with 9005

	Refused map[int]int64 // connections, by HTTP status
}

// Stats returns a snapshot.
func (h *Hub) Stats() Stats {
	st := Stats{
		Requests: map[string]int64{}, Failures: map[string]int64{},
		Events: h.counts.events.Load(), Resumed: h.counts.resumed.Load(),
		SlowReaders: h.counts.slow.Load(), RateLimited: h.counts.limited.Load(),
		Refused: map[int]int64{},
	}
	for status, n := range h.counts.refused {
		st.Refused[status] = n.Load()
	}
	for name, m := range h.counts.methods {
		st.Requests[name], st.Failures[name] = m.answered.Load(), m.failed.Load()
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	st.Attached, st.Detached, st.Users = h.attached, len(h.sessions)-h.attached, len(h.users)
	return st
}

// counts are the counters behind Stats.
type counts struct {
	methods map[string]*methodCounts // one per known method and one for the rest; never changes

	events, resumed, slow, limited atomic.Int64

	refused map[int]*atomic.Int64 // one per status a handshake is refused with; never changes
}

type methodCounts struct{ answered, failed atomic.Int64 }

func newCounts() *counts {
	c := &counts{methods: map[string]*methodCounts{"": {}}, refused: map[int]*atomic.Int64{}}
	for _, status := range refusals() {
		c.refused[status] = &atomic.Int64{}
	}
	for _, m := range wire.Methods() {
		c.methods[m.Name] = &methodCounts{}
	}
	return c
}

// refusals are the statuses a handshake is refused with (Hub.ServeHTTP).
func refusals() []int {
	return []int{
		http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusUnauthorized, http.StatusForbidden,
		http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInternalServerError,
	}
}

func (c *counts) answered(method string, err error) {
	m := c.methods[method]
	if m == nil {
		m = c.methods[""] // whatever strangers call a method
	}
	m.answered.Add(1)
	if err != nil {
		m.failed.Add(1)
	}
}
