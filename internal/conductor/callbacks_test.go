package conductor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// callbacks compares what other systems were told since the last time.
func (w *world) callbacks(want ...string) {
	w.t.Helper()
	synctest.Wait()
	w.store.mu.Lock()
	stored := w.store.callbacks
	w.store.callbacks = nil
	w.store.mu.Unlock()
	var got []string
	for _, cb := range stored {
		got = append(got, summary(w.t, cb))
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("callbacks:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// summary is a callback in a line.
func summary(t *testing.T, cb call.Callback) string {
	t.Helper()
	var body struct {
		EventType int
		EventInfo struct {
			UserID string `json:"UserId"`
			Reason int
		}
		UserList []struct {
			UserID string `json:"User_Account"`
			Status string
			InRoom bool
		}
		CallRecord struct {
			CallResult, CallType           string
			StartTime, AcceptTime, EndTime int64
			Record                         call.Record
		}
	}
	if err := json.Unmarshal(cb.Body, &body); err != nil {
		t.Fatal(err)
	}
	if body.EventType != 0 {
		return strings.TrimSpace(fmt.Sprintf("%d %s %d", body.EventType, body.EventInfo.UserID, body.EventInfo.Reason))
	}
	parts := []string{strings.TrimPrefix(cb.Event, "Call.CallbackAfter")}
	for _, u := range body.UserList {
		in := ""
		if u.InRoom {
			in = "+"
		}
		parts = append(parts, u.UserID+in+" "+u.Status)
	}
	if r := body.CallRecord; r.CallResult != "" {
		talked := int64(0)
		if r.AcceptTime > 0 {
			talked = r.EndTime - r.AcceptTime
		}
		parts = append(parts, r.CallType, r.CallResult, fmt.Sprintf("%d s", talked), fmt.Sprintf("record %d s", r.Record.Duration))
	}
	return strings.Join(parts, ", ")
}

func TestOtherSystemsAreToldOfAWholeCall(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.connect("ana", "bo")
		w.enter("7", "ana")
		id := w.invite("ana", "bo", videoCall, 30).InviteID
		w.callbacks("101 ana 0", "103 ana 1", "StartCall, ana Calling, bo Waiting", "MemberChanged, ana+ Calling, bo Waiting")
		w.accept("bo", id)
		w.callbacks("MemberChanged, ana+ Calling, bo Calling")
		w.enter("7", "bo")
		w.callbacks("103 bo 1", "MemberChanged, ana+ Calling, bo+ Calling")
		time.Sleep(12 * time.Second)
		w.leave("7", "bo", call.LeaveNormal, time.Now())
		w.callbacks("104 bo 1", "MemberChanged, ana Left, bo Left", "EndCall, SingleCall, NormalEnd, 12 s, record 12 s")
		w.leave("7", "ana", call.LeaveLost, time.Now())
		w.callbacks("104 ana 2", "102  0")
	})
}

func TestOtherSystemsAreToldHowACallCameToNothing(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(w *world, id call.InviteID)
		want []string
	}{
		{
			"nobody answers", func(*world, call.InviteID) { time.Sleep(31 * time.Second) },
			[]string{"MemberChanged, ana Calling, bo NotAnswer", "EndCall, SingleCall, NotAnswer, 0 s, record 0 s"},
		},
		{
			"the caller gives up", func(w *world, id call.InviteID) { w.cancel("ana", id) },
			[]string{"MemberChanged, ana Calling, bo Cancel", "EndCall, SingleCall, Cancel, 0 s, record 0 s"},
		},
		{
			"the callee says no", func(w *world, id call.InviteID) { w.reject("bo", id) },
			[]string{"MemberChanged, ana Calling, bo Reject", "EndCall, SingleCall, Reject, 0 s, record 0 s"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(_ *testing.T, w *world) {
				w.connect("ana", "bo")
				id := w.invite("ana", "bo", videoCall, 30).InviteID
				w.callbacks("StartCall, ana Calling, bo Waiting")
				tt.do(w, id)
				w.callbacks(tt.want...)
			})
		})
	}
}

func TestOtherSystemsAreToldThatACrashEmptiedARoom(t *testing.T) {
	story(t, func(_ *testing.T, w *world) {
		w.connect("ana", "bo")
		w.enter("7", "ana")
		w.accept("bo", w.invite("ana", "bo", videoCall, 30).InviteID)
		w.enter("7", "bo")
		time.Sleep(5 * time.Second)
		w.callbacks(
			"101 ana 0", "103 ana 1", "StartCall, ana Calling, bo Waiting", "MemberChanged, ana+ Calling, bo Waiting",
			"MemberChanged, ana+ Calling, bo Calling", "103 bo 1", "MemberChanged, ana+ Calling, bo+ Calling",
		)
		w.stop()
		w.start()
		w.callbacks("MemberChanged, ana Left, bo Left", "104 ana 2", "104 bo 2", "102  0")
	})
}

func (w *world) cancel(u call.UserID, id call.InviteID) {
	w.t.Helper()
	if _, err := w.sig.Cancel(w.t.Context(), who(u), &wire.Cancel{InviteID: id}); err != nil {
		w.t.Fatalf("%s cancels: %v", u, err)
	}
}

func (w *world) reject(u call.UserID, id call.InviteID) {
	w.t.Helper()
	if _, err := w.sig.Reject(w.t.Context(), who(u), &wire.Reject{InviteID: id}); err != nil {
		w.t.Fatalf("%s rejects: %v", u, err)
	}
}
