package im_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"

	"callsvc/call"
	"callsvc/im"
	"callsvc/internal/commit"
	"callsvc/internal/sqlstore"
	"callsvc/signaling/wire"
)

// nobody is online.
type nobody struct{}

func (nobody) Notify([]call.UserID, call.SessionID, wire.Event) {}
func (nobody) Blocks(call.UserID, call.UserID) bool             { return false }
func (nobody) MemberLeft(*commit.Tx, call.GroupID, call.UserID) {}

// BenchmarkSend is a durable message.send on SQLite, a thousand senders at once.
func BenchmarkSend(b *testing.B) {
	for _, kind := range []string{"to a user", "to a group of 2,000"} {
		b.Run(kind, func(b *testing.B) { benchmarkSend(b, kind != "to a user") })
	}
}

func benchmarkSend(b *testing.B, inGroup bool) {
	log := slog.New(slog.DiscardHandler)
	store, err := sqlstore.Open(b.Context(), "sqlite:"+b.TempDir()+"/bench.db", log)
	if err != nil {
		b.Fatal(err)
	}
	loop := commit.New(store)
	s := im.New(im.Options{}, loop, store, nobody{}, nobody{}, log)
	s.Follow(nobody{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- loop.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	}()
	everybody := &wire.CreateGroup{GroupID: "g", Name: "g", Type: "Public"}
	for i := range 1999 {
		everybody.Members = append(everybody.Members, call.UserID(fmt.Sprintf("user%d", i)))
	}
	if _, err := s.Create(ctx, call.Caller{UserID: "owner"}, everybody); err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	b.SetParallelism(500)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		me := n.Add(1)
		p := &wire.SendMessage{To: call.UserID(fmt.Sprintf("peer%d", me)), Type: "text", Text: "hello, how are you today?"}
		if inGroup {
			p.To, p.GroupID = "", "g"
		}
		from := call.Caller{UserID: call.UserID(fmt.Sprintf("user%d", me))}
		for pb.Next() {
			if _, err := s.Send(ctx, from, p); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
