package conductor_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// ring invites people of the group into room 7.
func (w *world) ring(from call.UserID, to ...call.UserID) call.InviteID {
	w.t.Helper()
	timeout := 30.0
	r, err := w.sig.InviteInGroup(w.t.Context(), who(from), &wire.InviteInGroup{GroupID: "g", InviteeList: to, Data: videoCall, Timeout: &timeout})
	if err != nil {
		w.t.Fatalf("%s rings %v: %v", from, to, err)
	}
	return r.InviteID
}

// forget drops what was told so far.
func (w *world) forget() {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = nil
}

func TestAGroupCallEndsForAllWhenFewerThanTwoAreLeft(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.connect("cy", "di")
		w.enter("7", "ana")
		id := w.ring("ana", "bo", "cy")
		w.accept("bo", id)
		w.enter("7", "bo")
		time.Sleep(5 * time.Second)
		w.accept("cy", id)
		w.enter("7", "cy")
		time.Sleep(5 * time.Second)
		w.forget()
		w.leave("7", "ana", call.LeaveNormal, time.Now())
		synctest.Wait()
		w.expect() // one person's hang-up never ends it for the rest
		time.Sleep(10 * time.Second)
		w.leave("7", "bo", call.LeaveNormal, time.Now())
		synctest.Wait()
		w.expect(
			`ana: end from cy to [ana bo] "call_end":20`, "ana: call answered by bo after 20 s",
			`bo: end from cy to [ana bo] "call_end":20`, "bo: call answered by bo after 20 s",
			`cy: end from cy to [ana bo] "call_end":20`, "cy: call answered by bo after 20 s",
			`di: end from cy to [ana bo] "call_end":20`,
		)
		r := w.record()
		for i, want := range []int64{10, 20, 15} {
			if r.GroupID != "g" || r.Participants[i].Seconds != want {
				t.Errorf("%s was in for %d s, want %d", r.Participants[i].UserID, r.Participants[i].Seconds, want)
			}
		}
	})
}

func TestInAGroupCallEachHasAnOutcomeOfTheirOwn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.connect("cy")
		w.enter("7", "ana")
		id := w.ring("ana", "bo", "cy", "di")
		if _, err := w.sig.Reject(t.Context(), who("bo"), &wire.Reject{InviteID: id}); err != nil {
			t.Fatal(err)
		}
		w.accept("cy", id)
		w.enter("7", "cy")
		time.Sleep(31 * time.Second) // di never comes
		w.leave("7", "cy", call.LeaveNormal, time.Now())
		synctest.Wait()
		r := w.record()
		want := map[call.UserID]call.ParticipantState{
			"ana": call.ParticipantCaller, "bo": call.ParticipantRejected, "cy": call.ParticipantAccepted, "di": call.ParticipantTimedOut,
		}
		for _, p := range r.Participants {
			if p.State != want[p.UserID] {
				t.Errorf("%s: %s, want %s", p.UserID, p.State, want[p.UserID])
			}
		}
		if r.Result != call.ResultAnswered || r.Duration != 31 {
			t.Errorf("record %+v", r)
		}
	})
}

func TestOneMoreIsRungIntoARunningCallAndAMemberJoinsLate(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.connect("cy", "di")
		w.enter("7", "ana")
		w.accept("bo", w.ring("ana", "bo"))
		w.enter("7", "bo")
		time.Sleep(time.Second)
		second := w.ring("bo", "cy")
		if !w.mayEnter(who("di"), "7", true) {
			t.Error("a member of the group may not join its call")
		}
		if w.mayEnter(who("ed"), "7", true) {
			t.Error("a stranger may join the group's call")
		}
		w.enter("7", "di")
		w.accept("cy", second)
		w.enter("7", "cy")
		synctest.Wait()
		if r := w.record(); len(r.Participants) != 4 {
			t.Errorf("%d participants, want 4: %+v", len(r.Participants), r)
		}
	})
}

func TestTheGroupIsToldOfItsCall(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		told := func(want string) {
			t.Helper()
			synctest.Wait()
			if got := w.kitInfo["g"]; got != want {
				t.Errorf("the group is told %s, want %s", got, want)
			}
		}
		id := w.ring("ana", "bo")
		told("")
		w.enter("7", "ana")
		info := func(users string) string {
			return `{"business_type":"callkit","call_id":"` + string(w.record().CallID) + `","group_id":"g","room_id":7,"room_id_type":1,` +
				`"call_media_type":"video","user_list":[` + users + `]}`
		}
		told(info(`{"userid":"ana"}`))
		w.accept("bo", id)
		w.enter("7", "bo")
		told(info(`{"userid":"ana"},{"userid":"bo"}`))
		w.stop()
		w.start()
		told("")
		w.enter("7", "ana")
		w.enter("7", "bo")
		told(info(`{"userid":"ana"},{"userid":"bo"}`))
		w.leave("7", "bo", call.LeaveNormal, time.Now())
		told("")
	})
}

func TestWhoDeclinedJoinsAfterAll(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.enter("7", "ana")
		id := w.ring("ana", "bo", "cy")
		if _, err := w.sig.Reject(t.Context(), who("bo"), &wire.Reject{InviteID: id}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.enter("7", "bo") // from the banner in the group
		time.Sleep(9 * time.Second)
		w.leave("7", "bo", call.LeaveNormal, time.Now())
		time.Sleep(31 * time.Second) // cy does not answer
		synctest.Wait()
		r := w.record()
		bo := r.Participants[1]
		if r.Result != call.ResultAnswered || bo.State != call.ParticipantAccepted || bo.Seconds != 9 {
			t.Errorf("record %+v", r)
		}
	})
}
