package sqlstore_test

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/calllog"
	"callsvc/internal/sqlstore"
)

// BenchmarkCommit is what a round trip of invite and accept costs to make
// durable, within group commits of some round trips by different pairs.
func BenchmarkCommit(b *testing.B) {
	backends := []struct {
		name string
		dsn  func(*testing.B) string
	}{
		{"SQLite", func(b *testing.B) string { return "sqlite:" + b.TempDir() + "/bench.db" }},
		{"PostgreSQL", func(b *testing.B) string { return startPostgres(b).dsn("postgres") }},
	}
	for _, backend := range backends {
		b.Run(backend.name, func(b *testing.B) {
			f := &fixture{t: b, dsn: backend.dsn(b)}
			f.open()
			for _, size := range []int{25, 100, 400} {
				b.Run(strconv.Itoa(size), func(b *testing.B) { roundTrips(b, f, size) })
			}
		})
	}
}

// pairs is how many pairs of users a store has in its benchmark.
const pairs = 1000

// roundTrips accepts in each batch what the one before asked.
func roundTrips(b *testing.B, f *fixture, size int) {
	n := 0
	asked := make([]*call.Invitation, size)
	seq := make([]int64, pairs)
	for c := range seq {
		seq[c] = get[int64](b)(f.LastSeq(b.Context(), pair(c)))
	}
	for b.Loop() {
		groups := make([][]call.Change, 0, 2*size)
		for i, accepted := range asked {
			if accepted != nil {
				if _, err := accepted.Apply(call.AcceptInvitation{By: accepted.Invitees[0].UserID, At: 1_763_800_001_000}); err != nil {
					b.Fatal(err)
				}
				groups = append(groups, request(accepted, call.ActionAccept, seq, n))
			}
			n++
			c := pair(n % pairs)
			asked[i] = &call.Invitation{
				InviteID: call.InviteID(fmt.Sprintf("%d-0190c3a2-7000-8000-%012d", time.Now().UnixNano(), n)), Inviter: c.Users[0], Timeout: 30, CreatedAt: 1_763_800_000_000,
				Invitees: []call.Invitee{{UserID: c.Users[1], State: call.InviteePending}}, Data: `{"businessID":"av_call","call_type":2,"room_id":7}`,
			}
			groups = append(groups, request(asked[i], call.ActionInvite, seq, n))
		}
		if err := f.Commit(b.Context(), groups); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*size), "µs/roundtrip")
}

// pair is the conversation of the n-th pair.
func pair(n int) call.Conversation {
	return call.DirectConversation(call.UserID(fmt.Sprintf("ana%d", n)), call.UserID(fmt.Sprintf("bo%d", n)))
}

// request is what one request makes durable: the invitation, its message, and
// the answer that is remembered.
func request(inv *call.Invitation, action call.SignalingAction, seq []int64, n int) []call.Change {
	by, c := inv.Inviter, n%pairs
	if action == call.ActionAccept {
		by = inv.Invitees[0].UserID
		fmt.Sscanf(string(inv.Inviter), "ana%d", &c)
	}
	seq[c]++
	m := inv.Message(call.Signaled{Action: action, By: by, Invitees: inv.InviteeIDs(), Data: inv.Data, At: inv.CreatedAt})
	m.MessageID, m.Seq = call.MessageID(fmt.Sprintf("%s-%d", inv.InviteID, action)), seq[c]
	if inv.MessageID == "" {
		inv.MessageID = m.MessageID
	}
	return []call.Change{
		call.SaveMessage{Message: m, InviteID: inv.InviteID},
		call.SaveInvitation{Invitation: inv.Clone()},
		call.Remember{UserID: by, RequestID: string(m.MessageID), Result: []byte(`{"inviteID":"` + inv.InviteID + `"}`), At: inv.CreatedAt},
	}
}

// BenchmarkHistory asks a store of many calls for what people ask for. How many
// is CALLSVC_BENCH_RECORDS, 20,000 if it is not set; 100 calls are open.
func BenchmarkHistory(b *testing.B) {
	records := 20_000
	if s := os.Getenv("CALLSVC_BENCH_RECORDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		records = n
	}
	f := &fixture{t: b, dsn: "sqlite:" + b.TempDir() + "/bench.db"}
	f.open()
	fill(b, f, records)
	b.Run("start", func(b *testing.B) { startUp(b, f) })
	for _, c := range []struct {
		name string
		q    call.HistoryQuery
	}{
		{"first page", call.HistoryQuery{Of: "user7"}},
		{"missed", call.HistoryQuery{Of: "user7", Missed: true}},
		{"with somebody", call.HistoryQuery{Of: "user7", With: "user8"}},
		{"a rare result", call.HistoryQuery{Of: "user7", Result: call.ResultServerCrash}},
		{"everyone's first page", call.HistoryQuery{}},
		{"a rare result of everyone's", call.HistoryQuery{Result: call.ResultServerCrash}},
		{"a day of everyone's", call.HistoryQuery{From: 1_763_800_000_000, To: 1_763_886_400_000}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := f.History(b.Context(), c.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("export", func(b *testing.B) {
		rows := 0
		for b.Loop() {
			if err := calllog.WriteCSV(io.Discard, f.HistoryAll(b.Context(), call.HistoryQuery{})); err != nil {
				b.Fatal(err)
			}
			rows += records
		}
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	})
}

// startUp does what a server does before it is ready.
func startUp(b *testing.B, f *fixture) {
	for b.Loop() {
		s, err := sqlstore.Open(b.Context(), f.dsn, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		get[[]*call.Invitation](b)(s.OpenInvitations(b.Context()))
		get[[]*call.Call](b)(s.OpenCalls(b.Context()))
		get[[]*call.Call](b)(s.CallsEndedSince(b.Context(), 1_900_000_000_000))
		get[call.Millis](b)(s.LastAlive(b.Context()))
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// fill saves calls between a thousand users, one every 20 seconds.
func fill(b *testing.B, f *fixture, records int) {
	const batch = 500
	changes := make([]call.Change, 0, batch)
	for i := range records + 100 {
		lasting := call.Millis(60_000)
		if i >= records {
			lasting = 0
		}
		c := callOf(fmt.Sprintf("0190c3a2-7a11-7000-8000-%012d", i), 1_763_800_000_000+call.Millis(i)*20_000, lasting)
		c.Inviter = call.UserID("user" + strconv.Itoa(i%1000))
		c.People[0].UserID, c.People[1].UserID = c.Inviter, call.UserID("user"+strconv.Itoa((i*7+1)%1000))
		changes = append(changes, call.SaveCall{Call: c})
		if len(changes) == batch || i == records+99 {
			if err := f.Commit(b.Context(), [][]call.Change{changes}); err != nil {
				b.Fatal(err)
			}
			changes = changes[:0]
		}
	}
}
