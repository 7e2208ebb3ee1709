package conductor

import (
	"sync/atomic"

	"callsvc/call"
)

// maxEnded bounds how many ended calls are remembered.
const maxEnded = 10_000

// endedCalls remembers the calls that ended lately and had begun, so that a
// client's own call-end which comes late finds the one that was sent.
type endedCalls struct {
	byUser map[call.UserID][]*call.Call // oldest first
	order  []*call.Call
}

func newEndedCalls() *endedCalls { return &endedCalls{byUser: map[call.UserID][]*call.Call{}} }

func (e *endedCalls) add(c *call.Call) {
	if c.EndInviteID == "" {
		return // it never began
	}
	for _, u := range c.UserIDs() {
		e.byUser[u] = append(e.byUser[u], c)
	}
	e.order = append(e.order, c)
	for len(e.order) > 0 && (len(e.order) > maxEnded || e.order[0].EndedAt < c.EndedAt.Add(-endMemory)) {
		e.forget(e.order[0])
		e.order = e.order[1:]
	}
}

func (e *endedCalls) forget(c *call.Call) {
	for _, u := range c.UserIDs() {
		if rest := e.byUser[u]; len(rest) > 1 {
			e.byUser[u] = rest[1:]
		} else {
			delete(e.byUser, u)
		}
	}
}

// find returns the final invitation of the newest call that the client's
// call-end can be about, empty if there is none since that moment.
func (e *endedCalls) find(inv *call.Invitation, p call.Payload, since call.Millis) call.InviteID {
	calls := e.byUser[inv.Inviter]
	for i := len(calls) - 1; i >= 0 && calls[i].EndedAt >= since; i-- {
		if ends(calls[i], inv, p) {
			return calls[i].EndInviteID
		}
	}
	return ""
}

// resultCounts counts ended calls by result.
type resultCounts struct{ n map[call.Result]*atomic.Int64 }

func newResultCounts() resultCounts {
	r := resultCounts{map[call.Result]*atomic.Int64{}}
	for _, result := range call.Results() {
		r.n[result] = &atomic.Int64{}
	}
	return r
}

func (r resultCounts) add(result call.Result) {
	if n := r.n[result]; n != nil {
		n.Add(1)
	}
}

// Stats are the conductor's figures: Open now, Ended since the start by result.
type Stats struct {
	Open  int64
	Ended map[call.Result]int64
}

// Stats returns the figures as they are. Safe from any goroutine.
func (k *Conductor) Stats() Stats {
	s := Stats{Open: k.open.Load(), Ended: map[call.Result]int64{}}
	for result, n := range k.results.n {
		s.Ended[result] = n.Load()
	}
	return s
}
