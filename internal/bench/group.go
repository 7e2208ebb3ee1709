package bench

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"callsvc/internal/histogram"
)

// roundTimeout is how long a group may take to be told something.
const roundTimeout = 30 * time.Second

// group lets one member of a group invite in it, again and again, and takes
// the time until each of the others is told. Between two invitations the first
// is cancelled, and all have heard of it.
func group(ctx context.Context, r *run) error {
	g := &assembly{run: r, heard: make(chan struct{}, 1)}
	conns, err := r.crowd(ctx, r.Prefix, 0, r.Users, func(int) handler { return g.receive })
	if err != nil {
		return err
	}
	defer conns.drop()
	g.owner = conns[0]
	for _, c := range conns[1:] {
		g.others = append(g.others, c.user)
	}
	answer, err := g.owner.ask(ctx, "group.create", map[string]any{"name": "bench", "type": "Work", "members": g.others})
	if err != nil {
		return err
	}
	g.id = answer.Result.GroupID
	if err := g.repeat(ctx, r.Warmup); err != nil {
		return err
	}
	g.measured.Store(true)
	if err := r.window(ctx, g.whole.Count, func() error { return g.repeat(ctx, r.Duration) }); err != nil {
		return err
	}
	r.lost(conns)
	r.latency("invite → onReceiveNewInvitation, each", &g.each)
	r.latency("invite → onReceiveNewInvitation, the last", &g.whole)
	_, err = g.owner.ask(ctx, "group.dismiss", map[string]any{"groupID": g.id})
	return err
}

// assembly is the members of a group, all online.
type assembly struct {
	run    *run
	owner  *conn
	others []string
	id     string

	measured atomic.Bool
	missing  atomic.Int64  // how many have not heard yet
	heard    chan struct{} // all have

	each, whole histogram.Histogram
}

// receive is what a member does with what it gets.
func (g *assembly) receive(_ *conn, f *frame) {
	switch f.Method {
	case "onReceiveNewInvitation":
		if g.measured.Load() {
			g.each.Record(g.run.clock.since(dueOf(f.Params.Data)))
		}
	case "onInvitationCancelled":
	default:
		return
	}
	if g.missing.Add(-1) == 0 {
		g.heard <- struct{}{}
	}
}

// repeat invites for a time, at the rate that was asked for if that is less
// than the group can take.
func (g *assembly) repeat(ctx context.Context, d time.Duration) error {
	for until := time.Now().Add(d); time.Now().Before(until); {
		began := time.Now()
		if err := g.round(ctx); err != nil {
			return err
		}
		if g.run.Rate > 0 {
			if err := sleep(ctx, time.Duration(float64(time.Second)/g.run.Rate)-time.Since(began)); err != nil {
				return err
			}
		}
	}
	return nil
}

// round is one invitation and its cancellation.
func (g *assembly) round(ctx context.Context) error {
	due := g.run.clock.now()
	params := map[string]any{"groupID": g.id, "inviteeList": g.invitees(), "data": g.data(due)}
	answer, err := g.tell(ctx, "signaling.inviteInGroup", params)
	if err != nil {
		return err
	}
	if g.measured.Load() {
		g.whole.Record(g.run.clock.since(due))
	}
	_, err = g.tell(ctx, "signaling.cancel", map[string]any{"inviteID": answer.Result.InviteID})
	return err
}

// tell makes a request that all others hear of, and waits until they have.
func (g *assembly) tell(ctx context.Context, method string, params any) (*frame, error) {
	ctx, cancel := context.WithTimeout(ctx, roundTimeout)
	defer cancel()
	g.missing.Store(int64(len(g.others)))
	answer, err := g.owner.ask(ctx, method, params)
	if err != nil {
		return nil, err
	}
	select {
	case <-g.heard:
		return answer, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %d of %d members have not heard of it: %w", method, g.missing.Load(), len(g.others), ctx.Err())
	}
}

func (g *assembly) invitees() []string { return g.others[:min(max(1, g.run.Invitees), len(g.others))] }

func (g *assembly) data(due int64) string {
	return fmt.Sprintf("%-*s", g.run.DataBytes, strconv.FormatInt(due, 10))
}
