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

func TestNobodyIsBroughtIntoGroupsByWhomTheyBlocked(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Public","members":["leo"]}`)
		w.forget()
		for method, params := range map[string]string{
			"group.create": `{"name":"trap","type":"Work","members":["bo","lea"]}`,
			"group.invite": `{"groupID":"g","members":["bo","lea"]}`,
		} {
			if _, err := w.do("leo", method, params); call.CodeOf(err) != call.CodeBlackListed {
				t.Errorf("leo: %s %s: %v", method, params, err)
			}
		}
		w.expect()
		w.must("ana", "group.invite", `{"groupID":"g","members":["lea"]}`)
		w.must("leo", "group.invite", `{"groupID":"g","members":["bo","lea"]}`) // she is in it already
		if got := w.members("ana", "g"); got != "ana owner, leo, lea, bo" && got != "ana owner, lea, leo, bo" && got != "ana owner, bo, lea, leo" {
			t.Errorf("members %s", got)
		}
	})
}
