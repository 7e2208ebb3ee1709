package im_test

import (
	"testing"

	"callsvc/call"
	"callsvc/im"
)

// Lea has blocked leo.
func TestABlockedSenderIsRefusedAndTakesNoNumber(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		_, err := w.do("leo", "message.send", `{"to":"lea","type":"text","text":"hi","requestID":"once"}`)
		if call.CodeOf(err) != call.CodeBlackListed {
			t.Errorf("error %v, want code 20007", err)
		}
		w.expect()
		if got := w.conversations("leo"); got != "" || len(w.store.remembered) != 0 {
			t.Errorf("leo has %q", got)
		}
		w.must("lea", "message.send", `{"to":"leo","type":"text","text":"I can write to you"}`)
		w.expect("leo: 1 lea: I can write to you")
	})
}

func TestInAGroupABlockChangesNothing(t *testing.T) {
	story(t, im.Options{}, func(_ *testing.T, w *world) {
		w.must("lea", "group.create", `{"groupID":"g","name":"g","type":"Work","members":["leo"]}`)
		w.forget()
		w.must("leo", "message.send", `{"groupID":"g","type":"text","text":"all of you"}`)
		w.expect("lea: 1 leo: all of you")
	})
}
