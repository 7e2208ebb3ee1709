package im_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/im"
	"callsvc/signaling/wire"
)

func TestAMutedMemberReadsAndDoesNotWrite(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Public","members":["bo","cy"]}`)
		w.forget()
		w.must("ana", "group.muteMember", `{"groupID":"g","userID":"bo","seconds":60}`)
		w.expect("bo: ana muted bo for 60 s", "cy: ana muted bo for 60 s")
		says := func(u call.UserID, code call.Code) {
			t.Helper()
			_, err := w.do(u, "message.send", textToG)
			if call.CodeOf(err) != code {
				t.Errorf("%s writes: %v, want code %d", u, err, code)
			}
		}
		time.Sleep(20 * time.Second)
		_, err := w.do("bo", "message.send", textToG)
		var refused *call.Error
		if !errors.As(err, &refused) || refused.Code != call.CodeGroupMuted || refused.RetryAfter != 40*time.Second {
			t.Errorf("bo writes: %v, want code %d for 40 s", err, call.CodeGroupMuted)
		}
		says("cy", 0)
		if got := w.texts("bo", `{"groupID":"g"}`); got != "1 x" {
			t.Errorf("bo reads %s", got)
		}
		w.must("bo", "message.send", `{"to":"cy","type":"text","text":"x"}`)
		if got := w.must("cy", "group.members", `{"groupID":"g"}`); strings.Count(got, "muteEndsAt") != 1 {
			t.Errorf("the members are %s", got)
		}
		w.restart()
		says("bo", call.CodeGroupMuted)
		if _, err := w.Send(t.Context(), call.Caller{UserID: "bo", Admin: true}, &wire.SendMessage{GroupID: "g", Type: "text", Text: "x"}); err != nil {
			t.Errorf("an operator writes in his name: %v", err)
		}
		time.Sleep(41 * time.Second)
		says("bo", 0)
		if got := w.must("cy", "group.members", `{"groupID":"g"}`); strings.Contains(got, "muteEndsAt") {
			t.Errorf("the members are %s", got)
		}
		w.must("ana", "group.muteMember", `{"groupID":"g","userID":"bo","seconds":3600}`)
		says("bo", call.CodeGroupMuted)
		w.must("ana", "group.muteMember", `{"groupID":"g","userID":"bo","seconds":0}`)
		says("bo", 0)
		for _, seconds := range []string{"-1", "2592001"} {
			if _, err := w.do("ana", "group.muteMember", `{"groupID":"g","userID":"bo","seconds":`+seconds+`}`); call.CodeOf(err) != call.CodeInvalidParameter {
				t.Errorf("for %s s: %v", seconds, err)
			}
		}
	})
}

func TestWhileAllAreMutedOnlyOwnerAndAdminsWrite(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Public","members":["bo","cy"]}`)
		w.must("ana", "group.setRole", `{"groupID":"g","userID":"bo","role":"admin"}`)
		w.forget()
		writes := func(want string) {
			t.Helper()
			got := ""
			for _, u := range []call.UserID{"ana", "bo", "cy", "di"} {
				if _, err := w.do(u, "message.send", textToG); err == nil {
					got += string(u) + " "
				} else if u != "di" && call.CodeOf(err) != call.CodeGroupMuted {
					t.Errorf("%s writes: %v", u, err)
				}
			}
			if got != want {
				t.Errorf("%swrote, want %s", got, want)
			}
		}
		w.must("bo", "group.setInfo", `{"groupID":"g","allMuted":true}`)
		w.expect("ana: bo changed g of ana", "cy: bo changed g of ana", "ana: bo muted all", "cy: bo muted all")
		writes("ana bo ")
		if got := w.must("cy", "group.getInfo", `{"groupID":"g"}`); !strings.Contains(got, `"allMuted":true`) {
			t.Errorf("the group says %s", got)
		}
		w.restart()
		w.forget()
		writes("ana bo ")
		w.forget()
		w.must("bo", "group.setInfo", `{"groupID":"g","allMuted":true,"name":"h"}`)
		w.expect("ana: bo changed h of ana", "cy: bo changed h of ana") // and nothing else is new
		w.must("ana", "group.setInfo", `{"groupID":"g","allMuted":false}`)
		w.expect("bo: ana changed h of ana", "cy: ana changed h of ana", "bo: ana let all write", "cy: ana let all write")
		writes("ana bo cy ")
	})
}
