package e2e_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/sqlstore"
)

// Measures from starting the real program to a /readyz that says yes, on an
// empty store and on one with records (CALLSVC_RECORDS, 10,000 if not set):
//
//	CALLSVC_RECORDS=1000000 go test ./e2e -run '^$' -bench Start -benchtime 20x
func BenchmarkStart(b *testing.B) {
	bin := build(b)
	records := 10_000
	if text := os.Getenv("CALLSVC_RECORDS"); text != "" {
		var err error
		if records, err = strconv.Atoi(text); err != nil {
			b.Fatalf("CALLSVC_RECORDS: %v", err)
		}
	}
	for _, c := range []struct {
		name    string
		records int
	}{{"new store", 0}, {fmt.Sprintf("%d records", records), records}} {
		b.Run(c.name, func(b *testing.B) {
			data := b.TempDir()
			if c.records > 0 {
				fill(b, filepath.Join(data, "callsvc.db"), c.records)
			}
			var slowest, sum time.Duration
			for i := 0; b.Loop(); i++ {
				folder := data
				if c.records == 0 { // with its schema to be made
					folder = filepath.Join(data, strconv.Itoa(i))
				}
				s := run(b, bin, folder)
				s.kill(b)
				sum += s.ready
				slowest = max(slowest, s.ready)
			}
			b.ReportMetric(float64(sum.Milliseconds())/float64(b.N), "ms/ready")
			b.ReportMetric(float64(slowest.Milliseconds()), "ms/slowest")
			b.ReportMetric(0, "ns/op") // includes the killing
		})
	}
}

// fill puts ended calls into a store, the last of them a moment ago.
func fill(b *testing.B, path string, records int) {
	b.Helper()
	ctx := context.Background()
	store, err := sqlstore.Open(ctx, "sqlite:"+path, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	now := call.MillisOf(time.Now())
	for done := 0; done < records; {
		var group []call.Change
		for ; len(group) < 5000 && done < records; done++ {
			group = append(group, call.SaveCall{Call: endedCall(done, now-call.Millis(records-done)*1000)})
		}
		if err := store.Commit(ctx, [][]call.Change{group}); err != nil {
			b.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
}

// endedCall is the n-th call, which ended at that moment.
func endedCall(n int, end call.Millis) *call.Call {
	c := &call.Call{}
	a, b := call.UserID(fmt.Sprintf("a%d", n%1000)), call.UserID(fmt.Sprintf("b%d", n%997))
	for _, ev := range []call.Event{
		call.Invited{
			CallID: call.ID(fmt.Sprintf("c%09d", n)), InviteID: call.InviteID(fmt.Sprintf("i%09d", n)), RoomID: call.RoomID(strconv.Itoa(n + 1)),
			Type: call.MediaVideo, Scene: "call", Inviter: a, Invitees: []call.UserID{b}, At: end - 60_000,
		},
		call.Entered{User: a, At: end - 60_000},
		call.Accepted{By: b, At: end - 50_000},
		call.Entered{User: b, At: end - 49_000},
		call.Left{User: b, At: end},
	} {
		c.Apply(ev)
	}
	c.EndInviteID = call.InviteID(fmt.Sprintf("e%09d", n))
	return c
}
