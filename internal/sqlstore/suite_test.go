package sqlstore_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/internal/sqlstore"

	"github.com/google/go-cmp/cmp"
)

// suite is what a store must do, whichever database it is on. newDSN makes an
// empty database.
func suite(t *testing.T, newDSN func(*testing.T) string) {
	stories := append(slices.Concat(imStories(), userStories(), pushStories(), callbackStories(), answerStories()), []story{
		{"a revocation stands for good and never moves back", revocations},
		{"a meeting link is kept, revoked and forgotten", meetingLinks},
		{"an invitation is found whole, after a restart too", invitationIsFound},
		{"an invitation is open until nobody is pending", invitationIsOpen},
		{"a message that brought no invitation has none", messageWithoutInvitation},
		{"a call is open until it ends", callIsOpen},
		{"calls that ended lately are found in the order they ended", callsEndedSince},
		{"of several versions in one commit the last counts", lastVersionCounts},
		{"hundreds of groups go in one commit", manyGroups},
		{"a commit that fails leaves nothing", failedCommit},
		{"an empty commit is nothing", emptyCommit},
		{"one server at a time works on a database, and anybody reads", oneServer},
		{"strings no database likes are kept as they are", awkwardStrings},
		{"the last known moment never moves back", lastAlive},
		{"history shows ended calls only, newest first", historyOrder},
		{"history goes on where the page before ended", historyPages},
		{"missed calls are those nobody answered, to who was asked", historyMissed},
		{"a broken cursor is refused", brokenCursor},
		{"any filter finds what a plain search finds", historyModel},
		{"a stream brings everything, in order, and stops when told", stream},
	}...)
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			f := &fixture{t: t, dsn: newDSN(t)}
			f.open()
			story.run(t, f)
		})
	}
}

// story is a sentence about a store, and its proof.
type story struct {
	name string
	run  func(*testing.T, *fixture)
}

// fixture is an open store and what every test does with it.
type fixture struct {
	t   testing.TB
	dsn string
	*sqlstore.Store
}

// open begins as a server does.
func (f *fixture) open() {
	f.t.Helper()
	f.openToRead()
	if err := f.Claim(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) openToRead() {
	f.t.Helper()
	s, err := sqlstore.Open(f.t.Context(), f.dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		f.t.Fatal(err)
	}
	f.Store = s
	f.t.Cleanup(func() { f.close(s) })
}

func (f *fixture) close(s *sqlstore.Store) {
	if err := s.Close(); err != nil {
		f.t.Errorf("close: %v", err)
	}
}

// restart closes the store and opens what it left.
func (f *fixture) restart() {
	f.t.Helper()
	f.close(f.Store)
	f.open()
}

// commit makes changes durable, one group each.
func (f *fixture) commit(changes ...call.Change) {
	f.t.Helper()
	groups := make([][]call.Change, len(changes))
	for i, ch := range changes {
		groups[i] = []call.Change{ch}
	}
	if err := f.Commit(f.t.Context(), groups); err != nil {
		f.t.Fatal(err)
	}
}

// get is for the many methods that return a value and an error.
func get[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func invitation(id string, at call.Millis) *call.Invitation {
	return &call.Invitation{
		InviteID: call.InviteID(id), MessageID: call.MessageID("m-" + id), Inviter: "ana", GroupID: "g",
		Invitees: []call.Invitee{{UserID: "bo", State: call.InviteePending}, {UserID: "cy", State: call.InviteePending}},
		Data:     `{"businessID":"av_call"}`, Timeout: 30, CreatedAt: at,
	}
}

func invitationIsFound(t *testing.T, f *fixture) {
	want := invitation("i1", 1000)
	m := want.Message(call.Signaled{Action: call.ActionInvite, By: want.Inviter, Invitees: want.InviteeIDs(), Data: want.Data, At: want.CreatedAt})
	m.MessageID, m.Seq = want.MessageID, 1
	f.commit(call.SaveInvitation{Invitation: want}, call.SaveMessage{Message: m, InviteID: want.InviteID})
	f.restart()
	equal(t, "by id", get[*call.Invitation](t)(f.Invitation(t.Context(), "i1")), want)
	equal(t, "by message", get[*call.Invitation](t)(f.InvitationByMessage(t.Context(), "m-i1")), want)
	equal(t, "unknown", get[*call.Invitation](t)(f.Invitation(t.Context(), "i2")), (*call.Invitation)(nil))
}

func invitationIsOpen(t *testing.T, f *fixture) {
	late, early, end := invitation("late", 2000), invitation("early", 1000), invitation("end", 3000)
	end.CallEnd = true
	f.commit(call.SaveInvitation{Invitation: late}, call.SaveInvitation{Invitation: early}, call.SaveInvitation{Invitation: end})
	if _, err := early.Apply(call.AcceptInvitation{By: "bo", At: 1500}); err != nil {
		t.Fatal(err)
	}
	f.commit(call.SaveInvitation{Invitation: early})
	f.restart()
	equal(t, "one is still pending", get[[]*call.Invitation](t)(f.OpenInvitations(t.Context())), []*call.Invitation{early, late})
	if _, err := early.Apply(call.ExpireInvitation{At: 31000}); err != nil {
		t.Fatal(err)
	}
	f.commit(call.SaveInvitation{Invitation: early})
	f.restart()
	equal(t, "all have answered", get[[]*call.Invitation](t)(f.OpenInvitations(t.Context())), []*call.Invitation{late})
}

func messageWithoutInvitation(t *testing.T, f *fixture) {
	onlineOnly := invitation("i1", 1000)
	onlineOnly.MessageID = ""
	f.commit(call.SaveInvitation{Invitation: onlineOnly})
	for _, id := range []call.MessageID{"", "m-unknown"} {
		equal(t, "message "+string(id), get[*call.Invitation](t)(f.InvitationByMessage(t.Context(), id)), (*call.Invitation)(nil))
	}
}

// callOf is a call from ana to bo that bo accepts a second later, and that is
// over after the given time, unless that is 0.
func callOf(id string, at, lasting call.Millis) *call.Call {
	c := &call.Call{}
	for _, ev := range []call.Event{
		call.Invited{
			InviteID: call.InviteID("i-" + id), CallID: call.ID(id), RoomID: "r", Type: call.MediaVideo, Scene: "call",
			Inviter: "ana", Invitees: []call.UserID{"bo"}, At: at,
		},
		call.Accepted{By: "bo", At: at + 1000},
		call.Entered{User: "ana", At: at + 1000},
		call.Entered{User: "bo", At: at + 1000},
	} {
		c.Apply(ev)
	}
	if lasting > 0 {
		c.Apply(call.Measured{User: "bo", Summary: call.MediaSummary{RTTMs: 30, LossSent: 0.25, Worst: call.QualityBad}})
		c.Apply(call.Left{User: "bo", At: at + 1000 + lasting})
	}
	return c
}

func callIsOpen(t *testing.T, f *fixture) {
	open, ended := callOf("c1", 1000, 0), callOf("c2", 2000, 5000)
	f.commit(call.SaveCall{Call: open}, call.SaveCall{Call: ended})
	f.restart()
	equal(t, "open calls", get[[]*call.Call](t)(f.OpenCalls(t.Context())), []*call.Call{open})
	equal(t, "the open one", get[*call.Call](t)(f.Call(t.Context(), "c1")), open)
	equal(t, "the ended one", get[*call.Call](t)(f.Call(t.Context(), "c2")), ended)
	equal(t, "an unknown one", get[*call.Call](t)(f.Call(t.Context(), "c3")), (*call.Call)(nil))
	open.Apply(call.Left{User: "ana", At: 9000})
	f.commit(call.SaveCall{Call: open})
	equal(t, "open calls after the end", len(get[[]*call.Call](t)(f.OpenCalls(t.Context()))), 0)
}

func callsEndedSince(t *testing.T, f *fixture) {
	long, short, old := callOf("long", 1000, 50_000), callOf("short", 2000, 5000), callOf("old", 100, 10)
	f.commit(call.SaveCall{Call: long}, call.SaveCall{Call: short}, call.SaveCall{Call: old}, call.SaveCall{Call: callOf("open", 1, 0)})
	equal(t, "since the short one's end",
		get[[]*call.Call](t)(f.CallsEndedSince(t.Context(), short.EndedAt)), []*call.Call{short, long})
}

func lastVersionCounts(t *testing.T, f *fixture) {
	first := invitation("i1", 1000)
	last := first.Clone()
	last.Data = "modified"
	open, ended := callOf("c1", 1000, 0), callOf("c1", 1000, 5000)
	f.commit(call.SaveInvitation{Invitation: first}, call.SaveCall{Call: open}, call.Alive{At: 9}, call.Alive{At: 7},
		call.Remember{UserID: "ana", RequestID: "q", Result: json.RawMessage(`1`), At: 1},
		call.SaveInvitation{Invitation: last}, call.SaveCall{Call: ended},
		call.Remember{UserID: "ana", RequestID: "q", Result: json.RawMessage(`2`), At: 2})
	equal(t, "invitation", get[*call.Invitation](t)(f.Invitation(t.Context(), "i1")), last)
	equal(t, "call", get[*call.Call](t)(f.Call(t.Context(), "c1")), ended)
	equal(t, "alive", get[call.Millis](t)(f.LastAlive(t.Context())), call.Millis(9))
	raw, _, err := f.Remembered(t.Context(), "ana", "q", 0)
	if err != nil || string(raw) != `2` {
		t.Errorf("remembered %s, %v; want the last answer", raw, err)
	}
}

func manyGroups(t *testing.T, f *fixture) {
	const n = 333 // not a multiple of the rows of a statement
	var groups [][]call.Change
	for i := range n {
		id := "x" + strings.Repeat("y", i%7) + string(rune('a'+i%26)) + strings.Repeat("z", i/26)
		groups = append(groups, []call.Change{
			call.SaveInvitation{Invitation: invitation(id, call.Millis(i))}, call.SaveCall{Call: callOf(id, call.Millis(1000+i), 0)},
		})
	}
	if err := f.Commit(t.Context(), groups); err != nil {
		t.Fatal(err)
	}
	equal(t, "invitations", len(get[[]*call.Invitation](t)(f.OpenInvitations(t.Context()))), n)
	equal(t, "calls", len(get[[]*call.Call](t)(f.OpenCalls(t.Context()))), n)
}

func failedCommit(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	groups := [][]call.Change{{call.SaveInvitation{Invitation: invitation("i1", 1)}}, {call.SaveCall{Call: callOf("c1", 1, 0)}}}
	if err := f.Commit(ctx, groups); err == nil {
		t.Error("a commit whose time was up succeeded")
	}
	if err := f.Commit(t.Context(), [][]call.Change{groups[0], {nil}}); err == nil {
		t.Error("a change of no kind was committed")
	}
	equal(t, "invitations", len(get[[]*call.Invitation](t)(f.OpenInvitations(t.Context()))), 0)
	if err := f.Commit(t.Context(), groups); err != nil {
		t.Errorf("the next commit: %v", err)
	}
	equal(t, "invitations", len(get[[]*call.Invitation](t)(f.OpenInvitations(t.Context()))), 1)
}

func emptyCommit(t *testing.T, f *fixture) {
	for _, groups := range [][][]call.Change{nil, {}, {{}, {}}} {
		if err := f.Commit(t.Context(), groups); err != nil {
			t.Error(err)
		}
	}
}

func awkwardStrings(t *testing.T, f *fixture) {
	awkward := "nul \x00 quote ' \" back \\ newline \n $1 ; DROP TABLE calls; 通话 " + strings.Repeat("x", 12<<10)
	inv := invitation("i1", 1)
	inv.Data, inv.OfflinePush, inv.Invitees[0].Data = awkward, awkward, awkward
	c := callOf("c1", 1, 10)
	c.Scene = awkward
	f.commit(call.SaveInvitation{Invitation: inv}, call.SaveCall{Call: c},
		call.Remember{UserID: "ana", RequestID: awkward, Result: json.RawMessage(`true`), At: 1})
	equal(t, "invitation", get[*call.Invitation](t)(f.Invitation(t.Context(), "i1")), inv)
	equal(t, "call", get[*call.Call](t)(f.Call(t.Context(), "c1")), c)
	if raw, ok, err := f.Remembered(t.Context(), "ana", awkward, 0); err != nil || !ok || string(raw) != "true" {
		t.Errorf("remembered %s, %v, %v", raw, ok, err)
	}
	if _, ok, err := f.Remembered(t.Context(), "ana", awkward+"x", 0); err != nil || ok {
		t.Errorf("another request of the same beginning: %v, %v", ok, err)
	}
}

func lastAlive(t *testing.T, f *fixture) {
	equal(t, "an empty store", get[call.Millis](t)(f.LastAlive(t.Context())), call.Millis(0))
	f.commit(call.Alive{At: 5000})
	f.commit(call.Alive{At: 4000})
	f.restart()
	equal(t, "after a restart", get[call.Millis](t)(f.LastAlive(t.Context())), call.Millis(5000))
}
