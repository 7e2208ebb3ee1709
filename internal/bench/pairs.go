package bench

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"callsvc/internal/histogram"
)

// settleTime is how long operations under way may take once no more begin.
const settleTime = 30 * time.Second

// pairs are users two by two: one invites, the other accepts at once. An
// operation is one such round trip. It is done when the inviter has heard of
// the acceptance.
type pairs struct {
	run     *run
	all     []*pair
	conns   crowd
	closed  bool // one operation after the other, instead of when they are due
	padding []byte

	from    atomic.Int64 // what began before this moment does not count; 0: nothing does
	stopped atomic.Bool  // no more begin
	open    atomic.Int64 // begun, and neither done nor refused
	done    atomic.Int64

	answered, told, accepted, trip histogram.Histogram
}

// pair is one who invites, and the one who is invited.
type pair struct {
	*pairs
	inviter *conn
	invitee string
}

// newPairs connects users, whose numbers begin with first.
func newPairs(ctx context.Context, r *run, first, users int, closed bool) (*pairs, error) {
	p := &pairs{run: r, closed: closed, padding: bytes.Repeat([]byte{'.'}, r.DataBytes-minData), all: make([]*pair, users/2)}
	for i := range p.all {
		p.all[i] = &pair{pairs: p, invitee: r.Prefix + strconv.Itoa(first+2*i+1)}
	}
	var err error
	p.conns, err = r.crowd(ctx, r.Prefix, first, 2*len(p.all), func(i int) handler {
		if i%2 == 0 {
			return p.all[i/2].toInviter
		}
		return p.toInvitee
	})
	if err != nil {
		return nil, err
	}
	for i, one := range p.all {
		one.inviter = p.conns[2*i]
	}
	return p, nil
}

// invite begins the operation that is due at that moment.
func (p *pair) invite(due int64) {
	p.open.Add(1)
	p.send(p.inviter, due, "signaling.invite", fmt.Appendf(nil, `{"invitee":%q,"data":"%d %s"`, p.invitee, due, p.padding))
}

// again begins the next operation, if it is this pair's own business.
func (p *pair) again() {
	if p.closed && !p.stopped.Load() {
		p.invite(p.run.clock.now())
	}
}

// toInviter is what the server sends to who invites.
func (p *pair) toInviter(_ *conn, f *frame) {
	switch {
	case f.Method == "onInviteeAccepted":
		p.note(&p.trip, dueOf(f.Params.Data))
		p.open.Add(-1)
		p.done.Add(1)
		p.again()
	case f.Error != nil:
		p.refused("signaling.invite", f.Error)
		time.AfterFunc(f.Error.wait(), p.again)
	case f.Method == "":
		p.note(&p.answered, f.ID)
	}
}

// toInvitee is what the server sends to who is invited.
func (p *pairs) toInvitee(c *conn, f *frame) {
	switch {
	case f.Method == "onReceiveNewInvitation":
		due := dueOf(f.Params.Data)
		p.note(&p.told, due)
		params := fmt.Appendf(nil, `{"inviteID":%q,"data":"%d"`, f.Params.InviteID, due)
		p.send(c, p.run.clock.now(), "signaling.accept", params)
	case f.Error != nil:
		p.refused("signaling.accept", f.Error)
	case f.Method == "":
		p.note(&p.accepted, f.ID)
	}
}

// send closes the params.
func (p *pairs) send(c *conn, id int64, method string, params []byte) {
	if p.run.RequestIDs {
		params = fmt.Appendf(params, `,"requestID":"%d"`, id)
	}
	if err := c.send(id, method, append(params, '}')); err != nil {
		p.run.failed(fmt.Sprintf("%s: %v", method, err))
		p.open.Add(-1)
	}
}

func (p *pairs) refused(method string, e *refusal) {
	p.run.failed(fmt.Sprintf("%s: %s", method, e))
	p.open.Add(-1)
}

// note records how long something has taken since a moment.
func (p *pairs) note(h *histogram.Histogram, since int64) {
	if from := p.from.Load(); from > 0 && since >= from {
		h.Record(p.run.clock.since(since))
	}
}

// measure lets count what begins from now on.
func (p *pairs) measure() { p.from.Store(p.run.clock.now()) }

// work goes on for a time.
func (p *pairs) work(ctx context.Context, rate float64, d time.Duration) error {
	if p.closed || len(p.all) == 0 {
		return sleep(ctx, d)
	}
	return p.pace(ctx, rate, d)
}

// start lets every pair begin, where they go on by themselves.
func (p *pairs) start() {
	for _, one := range p.all {
		one.again()
	}
}

// pace begins operations at their time for a while, pair after pair.
func (p *pairs) pace(ctx context.Context, rate float64, d time.Duration) error {
	first := p.run.clock.now()
	step := float64(time.Second) / rate
	for i := 0; ; i++ {
		due := first + int64(float64(i)*step)
		if due-first >= int64(d) {
			return sleep(ctx, -p.run.clock.since(first+int64(d)))
		}
		if early := -p.run.clock.since(due); early > 0 {
			if err := sleep(ctx, early); err != nil {
				return err
			}
		}
		p.all[i%len(p.all)].invite(due)
	}
}

// finish waits for what is under way, counts what never came, and reports.
func (p *pairs) finish(ctx context.Context) error {
	p.stopped.Store(true)
	for until := time.Now().Add(settleTime); p.open.Load() > 0 && time.Now().Before(until); {
		if err := sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	if n := p.open.Load(); n > 0 {
		p.run.count(fmt.Sprintf("not done within %v", settleTime), n)
	}
	p.run.lost(p.conns)
	p.run.latency("invite → answer", &p.answered)
	p.run.latency("invite → onReceiveNewInvitation", &p.told)
	p.run.latency("accept → answer", &p.accepted)
	p.run.latency("invite → onInviteeAccepted", &p.trip)
	return nil
}

// dueOf reads the moment that begins an invitation's data.
func dueOf(data string) int64 {
	due := int64(0)
	for _, r := range data {
		if r < '0' || r > '9' {
			break
		}
		due = due*10 + int64(r-'0')
	}
	return due
}
