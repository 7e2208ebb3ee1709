package calllog_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/calllog"

	"github.com/google/go-cmp/cmp"
)

// store is a calllog.Store that notes what it is asked.
type store struct {
	asked call.HistoryQuery
	calls []*call.Call
	err   error
}

func (s *store) History(_ context.Context, q call.HistoryQuery) ([]call.Record, string, error) {
	s.asked = q
	var records []call.Record
	for _, c := range s.calls {
		records = append(records, c.Record())
	}
	return records, "next", s.err
}

func (s *store) HistoryAll(ctx context.Context, q call.HistoryQuery) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		records, _, _ := s.History(ctx, q)
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
		if s.err != nil {
			yield(call.Record{}, s.err)
		}
	}
}

func (s *store) Call(_ context.Context, id call.ID) (*call.Call, error) {
	i := slices.IndexFunc(s.calls, func(c *call.Call) bool { return c.CallID == id })
	if i < 0 {
		return nil, s.err
	}
	return s.calls[i], s.err
}

// talk is a finished call from ana to bo.
func talk() *call.Call {
	c := &call.Call{}
	for _, ev := range []call.Event{
		call.Invited{
			InviteID: "i", CallID: "c1", RoomID: "r", Type: call.MediaVideo, Scene: "call",
			Inviter: "ana", Invitees: []call.UserID{"bo"}, At: 1_000,
		},
		call.Accepted{By: "bo", At: 2_000},
		call.Entered{User: "ana", At: 2_500},
		call.Entered{User: "bo", At: 3_000},
		call.Left{User: "bo", At: 15_999},
	} {
		c.Apply(ev)
	}
	return c
}

func TestQueryAsksTheStoreForWhatTheCallerMaySee(t *testing.T) {
	ana, op := call.Caller{UserID: "ana"}, call.Caller{UserID: "op", Admin: true}
	filters := calllog.Query{
		With: "bo", GroupID: "g", Result: "answered", Direction: "incoming", Missed: true, Type: "video",
		From: 1, To: 2, Cursor: "c", Limit: 3,
	}
	for _, c := range []struct {
		name   string
		caller call.Caller
		q      calllog.Query
		want   call.HistoryQuery
	}{
		{"a user asks for everything they may see", ana, calllog.Query{}, call.HistoryQuery{Of: "ana"}},
		{"an operator's own calls", op, calllog.Query{}, call.HistoryQuery{Of: "op"}},
		{"an operator asks for everyone's", op, calllog.Query{All: true, Missed: true}, call.HistoryQuery{Missed: true}},
		{"a service without a user of its own", call.Caller{Admin: true}, calllog.Query{All: true}, call.HistoryQuery{}},
		{"every filter", ana, filters, call.HistoryQuery{
			Of: "ana", With: "bo", GroupID: "g", Result: call.ResultAnswered, Direction: call.Incoming, Missed: true,
			Type: call.MediaVideo, From: 1, To: 2, Cursor: "c", Limit: 3,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &store{}
			if _, err := calllog.New(s).Query(t.Context(), c.caller, c.q); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, s.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			s.asked = call.HistoryQuery{}
			records, err := calllog.New(s).Export(t.Context(), c.caller, c.q)
			if err != nil {
				t.Fatal(err)
			}
			for range records {
			}
			if diff := cmp.Diff(c.want, s.asked); diff != "" {
				t.Errorf("an export asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQueryRefusesAndNamesWhatIsWrong(t *testing.T) {
	ana, op := call.Caller{UserID: "ana"}, call.Caller{UserID: "op", Admin: true}
	for _, c := range []struct {
		name   string
		caller call.Caller
		q      calllog.Query
		code   call.Code
		says   string
	}{
		{"everyone's calls for a user", ana, calllog.Query{All: true}, call.CodeGroupPermission, "all"},
		{"nobody asks", call.Caller{}, calllog.Query{}, call.CodeNotLoggedIn, "sign in"},
		{"a service asks for its own", call.Caller{Admin: true}, calllog.Query{}, call.CodeNotLoggedIn, "sign in"},
		{"a user id with a space", ana, calllog.Query{With: "b o"}, call.CodeInvalidParameter, "with"},
		{"a group id that is too long", ana, calllog.Query{GroupID: strings.Repeat("g", 49)}, call.CodeInvalidParameter, "groupID"},
		{"a result nobody knows", ana, calllog.Query{Result: "won"}, call.CodeInvalidParameter, "result"},
		{"a type nobody knows", ana, calllog.Query{Type: "fax"}, call.CodeInvalidParameter, "type"},
		{"a direction nobody knows", ana, calllog.Query{Direction: "up"}, call.CodeInvalidParameter, "direction"},
		{"a direction of everyone's", op, calllog.Query{Direction: "incoming", All: true}, call.CodeInvalidParameter, "direction"},
		{"before time began", ana, calllog.Query{From: -1}, call.CodeInvalidParameter, "from"},
		{"until before time began", ana, calllog.Query{To: -1}, call.CodeInvalidParameter, "to "},
		{"from after to", ana, calllog.Query{From: 2, To: 2}, call.CodeInvalidParameter, "from must be before to"},
		{"a negative page", ana, calllog.Query{Limit: -1}, call.CodeInvalidParameter, "limit"},
		{"a huge page", ana, calllog.Query{Limit: 501}, call.CodeInvalidParameter, "limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &store{err: errors.New("the store must not be asked")}
			_, err := calllog.New(s).Query(t.Context(), c.caller, c.q)
			if call.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v; want %d saying %q", err, c.code, c.says)
			}
			if _, err := calllog.New(s).Export(t.Context(), c.caller, c.q); call.CodeOf(err) != c.code {
				t.Errorf("an export got %v; want %d", err, c.code)
			}
		})
	}
}

func TestQueryReturnsAPage(t *testing.T) {
	page, err := calllog.New(&store{calls: []*call.Call{talk()}}).Query(t.Context(), call.Caller{UserID: "ana"}, calllog.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(calllog.Page{Calls: []call.Record{talk().Record()}, Cursor: "next"}, page); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	page, err = calllog.New(&store{}).Query(t.Context(), call.Caller{UserID: "ana"}, calllog.Query{})
	if err != nil || page.Calls == nil {
		t.Errorf("an empty history is %v, %v; want an empty list", page.Calls, err)
	}
	broken := errors.New("disk")
	if _, err := calllog.New(&store{err: broken}).Query(t.Context(), call.Caller{UserID: "ana"}, calllog.Query{}); !errors.Is(err, broken) {
		t.Errorf("got %v; want the store's error", err)
	}
}

func TestGetShowsACallToThoseWhoTookPart(t *testing.T) {
	log := calllog.New(&store{calls: []*call.Call{talk()}})
	for _, c := range []struct {
		name   string
		caller call.Caller
		id     call.ID
		code   call.Code
	}{
		{"the caller", call.Caller{UserID: "ana"}, "c1", 0},
		{"the callee", call.Caller{UserID: "bo"}, "c1", 0},
		{"an operator", call.Caller{UserID: "op", Admin: true}, "c1", 0},
		{"a stranger", call.Caller{UserID: "cy"}, "c1", call.CodeCallUnknown},
		{"nobody", call.Caller{}, "c1", call.CodeNotLoggedIn},
		{"a call that never was", call.Caller{UserID: "ana"}, "c2", call.CodeCallUnknown},
		{"an id no call can have", call.Caller{UserID: "ana"}, "c1\x00", call.CodeCallUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := log.Get(t.Context(), c.caller, c.id)
			if call.CodeOf(err) != c.code {
				t.Fatalf("got %v; want code %d", err, c.code)
			}
			if diff := cmp.Diff(talk().Record(), r); err == nil && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
