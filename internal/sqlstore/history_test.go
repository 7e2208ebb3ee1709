package sqlstore_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"callsvc/call"

	"pgregory.net/rapid"
)

func historyOrder(t *testing.T, f *fixture) {
	f.commit(call.SaveCall{Call: callOf("b", 2000, 10)}, call.SaveCall{Call: callOf("a", 2000, 10)},
		call.SaveCall{Call: callOf("c", 1000, 99_000)}, call.SaveCall{Call: callOf("open", 3000, 0)})
	f.restart()
	want := []call.Record{callOf("b", 2000, 10).Record(), callOf("a", 2000, 10).Record(), callOf("c", 1000, 99_000).Record()}
	for _, of := range []call.UserID{"ana", "bo", ""} {
		records, cursor, err := f.History(t.Context(), call.HistoryQuery{Of: of})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "history of "+string(of), records, want)
		equal(t, "cursor", cursor, "")
	}
	equal(t, "history of a stranger", ids(f.all(t, call.HistoryQuery{Of: "cy"})), []call.ID{})
}

func historyPages(t *testing.T, f *fixture) {
	var changes []call.Change
	for i := range 120 { // three of the same moment each
		changes = append(changes, call.SaveCall{Call: callOf(fmt.Sprintf("c%03d", i), call.Millis(1000+i/3), 10)})
	}
	f.commit(changes...)
	for _, page := range []struct{ limit, want int }{{0, 50}, {1, 1}, {7, 7}, {119, 119}, {120, 120}, {9999, 120}} {
		records, _, err := f.History(t.Context(), call.HistoryQuery{Of: "ana", Limit: page.limit})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, fmt.Sprintf("records of a page of %d", page.limit), len(records), page.want)
		got := f.all(t, call.HistoryQuery{Of: "ana", Limit: page.limit})
		if len(got) != 120 || !slices.IsSortedFunc(got, newestFirst) {
			t.Errorf("pages of %d bring %v", page.limit, ids(got))
		}
	}
}

// missedCall is a call from ana to three: one accepts, one is busy, one never answers.
func missedCall() *call.Call {
	c := &call.Call{}
	for _, ev := range []call.Event{
		call.Invited{
			InviteID: "i", CallID: "c", RoomID: "r", GroupID: "g", Type: call.MediaAudio, Inviter: "ana",
			Invitees: []call.UserID{"bo", "cy", "di", "ed"}, At: 1000,
		},
		call.Accepted{By: "bo", At: 2000},
		call.Rejected{By: "cy", Busy: true, At: 2000},
		call.Rejected{By: "ed", At: 2000},
		call.Entered{User: "ana", At: 2000},
		call.Entered{User: "bo", At: 2000},
		call.TimedOut{Users: []call.UserID{"di"}, At: 31_000},
		call.Left{User: "bo", At: 40_000},
	} {
		c.Apply(ev)
	}
	return c
}

func historyMissed(t *testing.T, f *fixture) {
	f.commit(call.SaveCall{Call: missedCall()})
	for user, want := range map[call.UserID]int{"ana": 0, "bo": 0, "cy": 1, "di": 1, "ed": 0, "": 1} {
		equal(t, "missed by "+string(user), len(f.all(t, call.HistoryQuery{Of: user, Missed: true})), want)
	}
}

func brokenCursor(t *testing.T, f *fixture) {
	f.commit(call.SaveCall{Call: callOf("a", 1000, 10)}, call.SaveCall{Call: callOf("b", 1000, 10)})
	_, good, err := f.History(t.Context(), call.HistoryQuery{Limit: 1})
	if err != nil || good == "" {
		t.Fatalf("cursor %q, %v", good, err)
	}
	for _, broken := range []string{"x", "!", good + "!", good[:2], "MQ", "MSA", "eCB4", "LTEgYQ", "MSAA"} {
		_, _, err := f.History(t.Context(), call.HistoryQuery{Cursor: broken})
		equal(t, "code for cursor "+broken, call.CodeOf(err), call.CodeInvalidParameter)
		for _, err := range f.HistoryAll(t.Context(), call.HistoryQuery{Cursor: broken}) {
			equal(t, "code of a stream from "+broken, call.CodeOf(err), call.CodeInvalidParameter)
		}
	}
}

func FuzzCursor(f *testing.F) {
	store := &fixture{t: f, dsn: "sqlite:" + f.TempDir() + "/fuzz.db"}
	store.open()
	store.commit(call.SaveCall{Call: callOf("a", 1000, 10)}, call.SaveCall{Call: callOf("b", 1000, 10)})
	_, good, err := store.History(f.Context(), call.HistoryQuery{Limit: 1})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, "", "x", "MSAA", "OTIyMzM3MjAzNjg1NDc3NTgwNyBh"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		_, _, err := store.History(t.Context(), call.HistoryQuery{Cursor: cursor})
		if code := call.CodeOf(err); code != 0 && code != call.CodeInvalidParameter {
			t.Errorf("%q: %v", cursor, err)
		}
	})
}

// historyModel compares the store with a plain search through the same calls.
func historyModel(t *testing.T, f *fixture) {
	users := []call.UserID{"ana", "bo", "cy", "di"}
	var changes []call.Change
	var model []call.Record
	gen := rapid.Custom(func(t *rapid.T) *call.Call { return anyCall(t, users) })
	for i := range 200 {
		c := gen.Example(i)
		c.CallID = call.ID(fmt.Sprintf("c%03d", i))
		changes = append(changes, call.SaveCall{Call: c})
		if c.State == call.StateEnded {
			model = append(model, c.Record())
		}
	}
	f.commit(changes...)
	slices.SortFunc(model, newestFirst)
	rapid.Check(t, func(t *rapid.T) {
		q := call.HistoryQuery{
			Of:      rapid.SampledFrom(append(users, "")).Draw(t, "of"),
			With:    rapid.SampledFrom([]call.UserID{"", "", "", "ana", "bo"}).Draw(t, "with"),
			GroupID: rapid.SampledFrom([]call.GroupID{"", "", "g"}).Draw(t, "group"),
			Result:  rapid.SampledFrom([]call.Result{"", "", "answered", "noAnswer", "declined"}).Draw(t, "result"),
			Type:    rapid.SampledFrom([]call.Media{"", "audio", "video"}).Draw(t, "type"),
			Missed:  rapid.Bool().Draw(t, "missed"),
			From:    call.Millis(rapid.IntRange(0, 60).Draw(t, "from")),
			To:      call.Millis(rapid.IntRange(0, 60).Draw(t, "to")),
			Limit:   rapid.IntRange(1, 60).Draw(t, "limit"),
		}
		if q.Of != "" {
			q.Direction = rapid.SampledFrom([]call.Direction{"", call.Incoming, call.Outgoing}).Draw(t, "direction")
		}
		want := []call.ID{}
		for _, r := range model {
			if matches(r, q) {
				want = append(want, r.CallID)
			}
		}
		if got := ids(f.all(t, q)); !slices.Equal(got, want) {
			t.Fatalf("%+v\n got %v\nwant %v", q, got, want)
		}
	})
}

func anyCall(t *rapid.T, users []call.UserID) *call.Call {
	people := rapid.Permutation(users).Draw(t, "people")
	at := call.Millis(rapid.IntRange(1, 50).Draw(t, "at"))
	c := &call.Call{}
	c.Apply(call.Invited{
		InviteID: "i", CallID: "c", RoomID: "r", Inviter: people[0],
		GroupID:  rapid.SampledFrom([]call.GroupID{"", "g", "h"}).Draw(t, "group"),
		Type:     rapid.SampledFrom([]call.Media{call.MediaAudio, call.MediaVideo}).Draw(t, "type"),
		Invitees: people[1:rapid.IntRange(2, len(people)).Draw(t, "invitees")], At: at,
	})
	for _, u := range c.UserIDs()[1:] {
		c.Apply(rapid.SampledFrom([]call.Event{
			call.Accepted{By: u, At: at},
			call.Rejected{By: u, At: at},
			call.Rejected{By: u, Busy: true, At: at},
			call.TimedOut{Users: []call.UserID{u}, At: at},
			call.InviterGone{At: at},
			call.Measured{User: u},
		}).Draw(t, "answer"))
	}
	for _, u := range c.UserIDs() {
		c.Apply(call.Entered{User: u, At: at})
		c.Apply(rapid.SampledFrom([]call.Event{
			call.Left{User: u, At: at}, call.Left{User: u, Reason: call.LeaveLost, At: at}, call.Measured{User: u},
		}).Draw(t, "leave"))
	}
	return c
}

// matches is the meaning of a query, said plainly.
func matches(r call.Record, q call.HistoryQuery) bool {
	part := func(u call.UserID) *call.Participant {
		for i := range r.Participants {
			if r.Participants[i].UserID == u {
				return &r.Participants[i]
			}
		}
		return nil
	}
	of := part(q.Of)
	missed := of != nil && of.Missed() || q.Of == "" && slices.ContainsFunc(r.Participants, call.Participant.Missed)
	incoming := of != nil && of.Role == call.RoleCallee
	switch {
	case q.Of != "" && of == nil,
		q.With != "" && part(q.With) == nil,
		q.GroupID != "" && r.GroupID != q.GroupID,
		q.Result != "" && r.Result != q.Result,
		q.Type != "" && r.Type != q.Type,
		q.Missed && !missed,
		q.Direction != "" && incoming != (q.Direction == call.Incoming),
		q.From != 0 && r.CreatedAt < q.From,
		q.To != 0 && r.CreatedAt >= q.To:
		return false
	}
	return true
}

func stream(t *testing.T, f *fixture) {
	const n = 1203 // more than two pages of a stream
	var changes []call.Change
	for i := range n {
		changes = append(changes, call.SaveCall{Call: callOf(fmt.Sprintf("c%04d", i), call.Millis(1000+i/3), 10)})
	}
	f.commit(changes...)
	read := func(q call.HistoryQuery, stop int) []call.Record {
		var got []call.Record
		for r, err := range f.HistoryAll(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, r); len(got) == stop {
				break
			}
		}
		return got
	}
	everything := read(call.HistoryQuery{Of: "bo"}, 0)
	if len(everything) != n || !slices.IsSortedFunc(everything, newestFirst) {
		t.Errorf("a stream of %d brings %d", n, len(everything))
	}
	equal(t, "a stream that is broken off", ids(read(call.HistoryQuery{}, 3)), ids(everything[:3]))
	equal(t, "a stream with a limit", ids(read(call.HistoryQuery{Limit: 501}, 0)), ids(everything[:501]))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	brought, failure := 0, error(nil)
	for _, err := range f.HistoryAll(ctx, call.HistoryQuery{}) {
		cancel()
		if failure = err; err == nil {
			brought++
		}
	}
	if brought == n || !errors.Is(failure, context.Canceled) {
		t.Errorf("a stream that is cancelled brings %d of %d and ends with %v", brought, n, failure)
	}
	equal(t, "a stream of nothing", len(read(call.HistoryQuery{Of: "cy"}, 0)), 0)
}

type fataler interface {
	Fatal(...any)
	Helper()
}

// all follows the cursor to the end.
func (f *fixture) all(t fataler, q call.HistoryQuery) []call.Record {
	t.Helper()
	var found []call.Record
	for {
		records, cursor, err := f.History(f.t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, records...)
		if q.Cursor = cursor; cursor == "" {
			return found
		}
	}
}

func ids(records []call.Record) []call.ID {
	found := make([]call.ID, len(records))
	for i, r := range records {
		found[i] = r.CallID
	}
	return found
}

func newestFirst(a, b call.Record) int {
	return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.CallID, a.CallID))
}
