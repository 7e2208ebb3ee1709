package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// Measures invitations that are made, received, accepted and known to be
// accepted, all durable, by so many pairs at once; service and clients share
// the machine and this process:
//
//	go test ./e2e -run '^$' -bench RoundTrip -benchtime 20000x -cpuprofile cpu.out
func BenchmarkRoundTrip(b *testing.B) {
	for _, pairs := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("%d pairs", pairs), func(b *testing.B) {
			svc := testkit.Start(b, "--request-rate=1000000", "--request-burst=1000000", "--invite-rate=1000000", "--invite-burst=1000000")
			var list []*pair
			for i := range pairs {
				list = append(list, newPair(b, svc, i))
			}
			var left atomic.Int64
			left.Store(int64(b.N))
			took := make([][]time.Duration, pairs)
			var all sync.WaitGroup
			b.ResetTimer()
			for i, pr := range list {
				all.Go(func() {
					for left.Add(-1) >= 0 {
						took[i] = append(took[i], pr.roundTrip(b))
					}
				})
			}
			all.Wait()
			b.StopTimer()
			rung := slices.Concat(took...)
			slices.Sort(rung)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "roundtrips/s")
			b.ReportMetric(float64(rung[len(rung)/2].Microseconds())/1000, "ms/rung-p50")
			b.ReportMetric(float64(rung[len(rung)*99/100].Microseconds())/1000, "ms/rung-p99")
		})
	}
}

// pair are two who do nothing but invite and accept.
type pair struct {
	ana, bo        *testkit.Client
	callee         string
	rung, accepted chan event
}

func newPair(b *testing.B, svc *testkit.Service, i int) *pair {
	b.Helper()
	pr := &pair{callee: fmt.Sprintf("bo%d", i), rung: make(chan event, 1), accepted: make(chan event, 1)}
	for _, side := range []struct {
		user   string
		client **testkit.Client
		events chan event
	}{{fmt.Sprintf("ana%d", i), &pr.ana, pr.accepted}, {pr.callee, &pr.bo, pr.rung}} {
		c, err := testkit.Dial(b.Context(), svc.Socket("token="+token(side.user)), nil, func(e event) { side.events <- e })
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(c.Drop)
		*side.client = c
	}
	return pr
}

// roundTrip returns how long it took to ring.
func (pr *pair) roundTrip(b *testing.B) time.Duration {
	began := time.Now()
	go func() {
		if _, err := pr.ana.Do(context.Background(), "signaling.invite", p{"invitee": pr.callee, "data": "load"}); err != nil {
			b.Errorf("invite: %v", err)
		}
	}()
	e := <-pr.rung
	rung := time.Since(began)
	if _, err := pr.bo.Do(context.Background(), "signaling.accept", p{"inviteID": e.Str("inviteID")}); err != nil {
		b.Errorf("accept: %v", err)
	}
	<-pr.accepted
	return rung
}
