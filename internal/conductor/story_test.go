package conductor_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// story runs one in a bubble of virtual time, with ana and bo connected.
func story(t *testing.T, tell func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer func() { w.stop() }()
		w.connect("ana", "bo")
		tell(t, w)
	})
}

// talking brings ana and bo into a call that began now.
func talking(w *world) wire.InviteResult {
	w.t.Helper()
	w.enter("7", "ana")
	r := w.invite("ana", "bo", videoCall, 30)
	w.accept("bo", r.InviteID)
	w.enter("7", "bo")
	synctest.Wait()
	w.expect("ana: bo accepted", "ana: begin", "bo: invited by ana", "bo: begin")
	return r
}

func TestACallRingsConnectsAndIsRemembered(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		talking(w)
		time.Sleep(12900 * time.Millisecond)
		w.leave("7", "bo", call.LeaveNormal, time.Now())
		synctest.Wait()
		w.expect(
			`ana: end from ana to [bo] "call_end":12`, "ana: call answered by bo after 12 s",
			`bo: end from ana to [bo] "call_end":12`, "bo: call answered by bo after 12 s",
		)
		r := w.record()
		if r.Result != call.ResultAnswered || r.Participants[0].Quality == nil || r.Participants[0].Quality.RTTMs != 7 {
			t.Errorf("record %+v", r)
		}
	})
}

func TestARecordSaysWhatTheRoomWasEnteredAs(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.cond.UserEntered("7", "meeting", "ana", call.MillisOf(time.Now()), func() call.MediaSummary { return call.MediaSummary{} })
		w.invite("ana", "bo", videoCall, 30)
		if r := w.record(); r.Scene != "meeting" {
			t.Errorf("scene %q, want meeting", r.Scene)
		}
	})
}

func TestAClientsOwnCallEndIsTheServers(t *testing.T) {
	const own = `{"version":4,"businessID":"av_call","call_type":2,"call_end":12,"data":{"cmd":"hangup","inviter":"ana"}}`
	story(t, func(t *testing.T, w *world) {
		talking(w)
		time.Sleep(5 * time.Second)
		before := w.invite("ana", "bo", own, 0)
		synctest.Wait()
		w.expect(
			`ana: end from ana to [bo] "call_end":5`, "ana: call answered by ana after 5 s",
			`bo: end from ana to [bo] "call_end":5`, "bo: call answered by ana after 5 s",
		)
		w.leave("7", "bo", call.LeaveNormal, time.Now())
		after := w.invite("bo", "ana", own, 0)
		synctest.Wait()
		w.expect()
		if before.InviteID == "" || before.InviteID != after.InviteID {
			t.Errorf("ends %q and %q, want one", before.InviteID, after.InviteID)
		}
		w.stop()
		w.start() // a restart does not forget it
		if again := w.invite("bo", "ana", own, 0); again.InviteID != after.InviteID {
			t.Errorf("after a restart the end is %q, want %q", again.InviteID, after.InviteID)
		}
	})
}

func TestACallEndOfNoCallIsDeliveredAndRingsNobody(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		r := w.invite("ana", "bo", `{"version":4,"businessID":"av_call","call_type":2,"call_end":3,"data":{"cmd":"hangup"}}`, 30)
		synctest.Wait()
		w.expect(`bo: end from ana to [bo] "call_end":3`)
		if _, err := w.sig.Accept(t.Context(), who("bo"), &wire.Accept{InviteID: r.InviteID}); call.CodeOf(err) != call.CodeInviteUnknown {
			t.Errorf("accepting an end: %v", err)
		}
	})
}

func TestTwoWhoDialEachOtherMeetInOneCall(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.enter("7", "ana")
		first := w.invite("ana", "bo", videoCall, 30)
		w.enter("8", "bo")
		second := w.invite("bo", "ana", `{"version":4,"businessID":"av_call","call_type":2,"room_id":8,"data":{"cmd":"videoCall"}}`, 30)
		synctest.Wait()
		if second.InviteID != first.InviteID || !second.Merged || second.RoomID != "7" {
			t.Errorf("the second dial got %+v, want to be merged into %+v in room 7", second, first)
		}
		w.expect("ana: bo accepted", "bo: invited by ana")
		w.leave("8", "bo", call.LeaveNormal, time.Now())
		w.enter("7", "bo")
		synctest.Wait()
		w.expect("ana: begin", "bo: begin")
		if r := w.record(); r.RoomID != "7" || len(r.Participants) != 2 {
			t.Errorf("record %+v", r)
		}
	})
}

func TestEveryWayNotToConnect(t *testing.T) {
	const busy = `{"version":4,"businessID":"av_call","call_type":2,"line_busy":"line_busy","data":{"cmd":"videoCall","message":"lineBusy"}}`
	tests := []struct {
		name string
		play func(w *world, id call.InviteID)
		want []string
	}{
		{"declined", func(w *world, id call.InviteID) {
			_, _ = w.sig.Reject(w.t.Context(), who("bo"), &wire.Reject{InviteID: id})
		}, []string{"ana: bo rejected", "ana: call declined by bo after 0 s", "bo: invited by ana", "bo: call declined by bo after 0 s"}},
		{"busy", func(w *world, id call.InviteID) {
			_, _ = w.sig.Reject(w.t.Context(), who("bo"), &wire.Reject{InviteID: id, Data: busy})
		}, []string{"ana: bo rejected", "ana: call busy by bo after 0 s", "bo: invited by ana", "bo: call busy by bo after 0 s"}},
		{"cancelled", func(w *world, id call.InviteID) {
			_, _ = w.sig.Cancel(w.t.Context(), who("ana"), &wire.Cancel{InviteID: id})
		}, []string{"ana: call cancelled by ana after 0 s", "bo: invited by ana", "bo: cancelled for [bo]", "bo: call cancelled by ana after 0 s"}},
		{
			"no answer", func(*world, call.InviteID) { time.Sleep(31 * time.Second) },
			[]string{"ana: timeout of [bo]", "ana: call noAnswer by server after 0 s", "bo: invited by ana", "bo: timeout of [bo]", "bo: call noAnswer by server after 0 s"},
		},
		{
			"the caller crashes", func(w *world, _ call.InviteID) { w.leave("7", "ana", call.LeaveLost, time.Now()) },
			[]string{"ana: cancelled for [bo]", "ana: call cancelled by server after 0 s", "bo: invited by ana", "bo: cancelled for [bo]", "bo: call cancelled by server after 0 s"},
		},
		{
			"media fails", func(w *world, id call.InviteID) { w.accept("bo", id); time.Sleep(31 * time.Second) },
			[]string{"ana: bo accepted", "ana: call mediaFailed by server after 0 s", "bo: invited by ana", "bo: call mediaFailed by server after 0 s"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(_ *testing.T, w *world) {
				w.enter("7", "ana")
				r := w.invite("ana", "bo", videoCall, 30)
				tt.play(w, r.InviteID)
				synctest.Wait()
				w.expect(tt.want...)
			})
		})
	}
}

func TestNobodyThereIsUnreachableSomebodyThereIsNoAnswer(t *testing.T) {
	for name, want := range map[string]call.Result{"never": call.ResultUnreachable, "late": call.ResultNoAnswer} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.invite("ana", "cy", videoCall, 30)
				time.Sleep(10 * time.Second)
				if name == "late" {
					w.connect("cy")
					synctest.Wait()
					w.expect("cy: first invited by ana")
				}
				time.Sleep(21 * time.Second)
				if r := w.record(); r.Result != want {
					t.Errorf("result %s, want %s", r.Result, want)
				}
			})
		})
	}
}

func TestACallerWithNoSessionAndNoMediaRingsForTwentySeconds(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.invite("ana", "bo", videoCall, 60)
		w.disconnect("ana")
		time.Sleep(19 * time.Second)
		synctest.Wait()
		w.expect("bo: invited by ana")
		time.Sleep(2 * time.Second)
		w.expect("bo: cancelled for [bo]", "bo: call cancelled by server after 0 s")
	})
}

func TestACallerWhoComesBackHasTwentySecondsAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.connect("ana")
		w.invite("ana", "bo", videoCall, 60)
		w.disconnect("ana")
		time.Sleep(15 * time.Second)
		w.connect("ana")
		w.cond.SessionBack("ana")
		time.Sleep(3 * time.Second)
		w.disconnect("ana")
		time.Sleep(19 * time.Second)
		synctest.Wait()
		w.expect("bo: invited by ana")
		time.Sleep(2 * time.Second)
		w.expect("bo: cancelled for [bo]", "bo: call cancelled by server after 0 s")
	})
}

func TestCallersWhoAreGoneAfterACrashEndTheirRingingInTheOrderItBegan(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for i, to := range [][]call.UserID{{"bo", "di"}, {"cy", "di"}, {"di"}} {
			timeout, room := 60.0, strings.ReplaceAll(videoCall, `"room_id":7`, fmt.Sprintf(`"room_id":%d`, i+1))
			from := call.UserID([]string{"ana", "bo", "cy"}[i])
			if _, err := w.sig.InviteInGroup(t.Context(), who(from), &wire.InviteInGroup{GroupID: "g", InviteeList: to, Data: room, Timeout: &timeout}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		w.disconnect("ana")
		w.disconnect("bo")
		w.connect("di")
		w.crash(time.Second)
		w.forget()
		time.Sleep(21 * time.Second)
		w.expect(
			"di: cancelled for [bo di]", "di: call cancelled by server after 0 s",
			"di: cancelled for [cy di]", "di: call cancelled by server after 0 s",
			"di: cancelled for [di]", "di: call cancelled by server after 0 s",
		)
	})
}

func TestAServerThatDiesInMidCall(t *testing.T) {
	t.Run("resumes the call when both come back", func(t *testing.T) {
		story(t, func(t *testing.T, w *world) {
			talking(w)
			time.Sleep(10 * time.Second)
			w.crash(5 * time.Second)
			w.enter("7", "ana")
			w.enter("7", "bo")
			time.Sleep(30 * time.Second)
			w.leave("7", "ana", call.LeaveNormal, time.Now())
			synctest.Wait()
			w.expect(
				"ana: begin", `ana: end from bo to [ana] "call_end":45`, "ana: call answered by ana after 45 s",
				"bo: begin", `bo: end from bo to [ana] "call_end":45`, "bo: call answered by ana after 45 s",
			)
		})
	})
	t.Run("ends it at the last moment it knows when they do not", func(t *testing.T) {
		story(t, func(t *testing.T, w *world) {
			talking(w)
			time.Sleep(10 * time.Second)
			w.crash(5 * time.Second)
			time.Sleep(21 * time.Second)
			w.expect(
				`ana: end from ana to [bo] "call_end":10`, "ana: call serverCrash by server after 10 s",
				`bo: end from ana to [bo] "call_end":10`, "bo: call serverCrash by server after 10 s",
			)
		})
	})
	t.Run("times out at start what fell due meanwhile", func(t *testing.T) {
		story(t, func(_ *testing.T, w *world) {
			w.enter("7", "ana")
			w.invite("ana", "bo", videoCall, 30)
			synctest.Wait()
			w.expect("bo: invited by ana")
			w.crash(60 * time.Second)
			synctest.Wait()
			w.expect("ana: timeout of [bo]", "ana: call noAnswer by server after 0 s", "bo: timeout of [bo]", "bo: call noAnswer by server after 0 s")
		})
	})
}

// crash takes the server down for a while. Its people reconnect at once.
func (w *world) crash(down time.Duration) {
	synctest.Wait()
	w.stop()
	w.inside = map[call.RoomID][]call.UserID{}
	time.Sleep(down)
	w.start()
}

func TestWhoMayEnterARoom(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.enter("7", "ana")
		w.invite("ana", "bo", videoCall, 30)
		w.enter("9", "cy")
		tests := []struct {
			name string
			who  call.Caller
			room call.RoomID
			open bool
			want bool
		}{
			{"the caller", who("ana"), "7", true, true},
			{"who was invited with it", who("bo"), "7", true, true},
			{"a stranger", who("di"), "7", true, false},
			{"a stranger while nobody is in the call's room yet", who("di"), "7", false, false},
			{"anybody, a free room", who("di"), "8", false, true},
			{"a stranger, somebody's room without a call", who("di"), "9", true, false},
			{"the holder of a token that names it", call.Caller{UserID: "di", Rooms: []call.RoomID{"9"}}, "9", true, true},
			{"an operator", call.Caller{UserID: "di", Admin: true}, "9", true, true},
		}
		for _, tt := range tests {
			if got := w.mayEnter(tt.who, tt.room, tt.open); got != tt.want {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
		w.invite("di", "ed", `{"businessID":"av_call","call_type":2,"room_id":9}`, 30)
		if w.mayEnter(who("ed"), "9", true) {
			t.Error("a stranger's invitation opened somebody else's room")
		}
	})
}

// Not to know is not to refuse: the client would be told that it has no right.
func TestWhetherSomebodyMayEnterIsNotKnownOnceTheirTimeIsOver(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.loop.Post(func(*commit.Tx) { time.Sleep(time.Minute) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.cond.MayEnter(ctx, who("ana"), "7", false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("MayEnter: %v, want deadline exceeded", err)
		}
	})
}

func TestABusyCalleeIsReachedAndTheRecordSaysBusy(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		talking(w)
		w.connect("cy")
		w.invite("cy", "bo", `{"businessID":"av_call","call_type":2,"room_id":8}`, 5)
		time.Sleep(6 * time.Second)
		w.expect(
			"bo: invited by cy", "bo: timeout of [bo]", "bo: call busy by server after 0 s",
			"cy: timeout of [bo]", "cy: call busy by server after 0 s",
		)
	})
}

func TestADrainingServerBeginsNoCalls(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		talking(w)
		w.cond.Drain()
		_, err := w.sig.Invite(t.Context(), who("cy"), &wire.Invite{Invitee: "di", Data: `{"businessID":"av_call","call_type":2,"room_id":8}`})
		if call.CodeOf(err) != call.CodeDraining {
			t.Errorf("a new call: %v, want code %d", err, call.CodeDraining)
		}
		if _, err := w.sig.Invite(t.Context(), who("cy"), &wire.Invite{Invitee: "di", Data: "hello"}); err != nil {
			t.Errorf("an invitation that is no call: %v", err)
		}
		w.cond.RoomClosed("7", call.ResultServerDrain, call.MillisOf(time.Now()))
		synctest.Wait()
		if r := w.store.callsWhere(func(c *call.Call) bool { return c.RoomID == "7" })[0]; r.Result != call.ResultServerDrain {
			t.Errorf("result %s", r.Result)
		}
	})
}
