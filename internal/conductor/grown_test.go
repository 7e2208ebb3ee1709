package conductor_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
)

func TestADirectCallThatGrewEndsOnceInEachConversation(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.connect("ana", "bo", "cy", "di")
		w.enter("7", "ana")
		w.accept("bo", w.invite("ana", "bo", videoCall, 30).InviteID)
		w.enter("7", "bo")
		w.accept("cy", w.invite("bo", "cy", videoCall, 30).InviteID)
		w.enter("7", "cy")
		time.Sleep(5 * time.Second)
		w.forget()
		w.leave("7", "ana", call.LeaveNormal, time.Now())
		time.Sleep(5 * time.Second)
		w.leave("7", "cy", call.LeaveNormal, time.Now())
		synctest.Wait()
		w.expect(
			`ana: end from bo to [ana cy] "call_end":10`, "ana: call answered by cy after 10 s",
			`bo: end from bo to [ana cy] "call_end":10`, "bo: call answered by cy after 10 s",
			`cy: end from bo to [ana cy] "call_end":10`, "cy: call answered by cy after 10 s",
		)
		w.stands("bo ended it with ana", "bo ended it with cy")
	})
}

func TestTheEndOfAGrownCallStandsWithWhoAskedWhom(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.connect("ana", "bo", "cy")
		w.enter("7", "ana")
		w.accept("bo", w.invite("ana", "bo", videoCall, 30).InviteID)
		w.enter("7", "bo")
		w.accept("cy", w.invite("ana", "cy", videoCall, 30).InviteID)
		w.enter("7", "cy")
		time.Sleep(5 * time.Second)
		w.leave("7", "ana", call.LeaveNormal, time.Now())
		w.leave("7", "bo", call.LeaveNormal, time.Now())
		synctest.Wait()
		w.stands("ana ended it with bo", "cy ended it with ana") // cy is the one left behind
	})
}
