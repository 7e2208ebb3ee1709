package im_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/im"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

func TestTheLifeOfAGroup(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"class","type":"Public","members":["bo","ana"]}`)
		w.expect("bo: ana created Public ana bo")
		time.Sleep(time.Second)
		w.must("cy", "group.join", `{"groupID":"g"}`)
		w.expect("ana: cy joined cy", "bo: cy joined cy")
		if got := w.must("bo", "group.invite", `{"groupID":"g","members":["di","cy"]}`); got != `{"members":["di"]}` {
			t.Errorf("invited %s", got)
		}
		w.expect("ana: bo invited di", "cy: bo invited di", "di: bo invited di")
		w.must("ana", "group.setRole", `{"groupID":"g","userID":"bo","role":"admin"}`)
		w.expect("bo: ana promoted bo", "cy: ana promoted bo", "di: ana promoted bo")
		w.must("bo", "group.kick", `{"groupID":"g","members":["di"]}`)
		w.expect("ana: bo kicked di", "cy: bo kicked di", "di: bo kicked di", "invitations: di left g to [ana bo cy]")
		w.must("bo", "group.setInfo", `{"groupID":"g","name":"form"}`)
		w.expect("ana: bo changed form of ana", "cy: bo changed form of ana")
		w.must("cy", "group.setAttributes", `{"groupID":"g","attributes":{"a":"1","b":"2"}}`)
		w.must("cy", "group.deleteAttributes", `{"groupID":"g","keys":["a"]}`)
		w.expect("ana: cy set map[a:1 b:2]", "bo: cy set map[a:1 b:2]", "ana: cy set map[b:2]", "bo: cy set map[b:2]")
		w.must("ana", "group.transfer", `{"groupID":"g","userID":"cy"}`)
		w.expect("bo: ana changed form of cy cy ana", "cy: ana changed form of cy cy ana")
		w.must("cy", "group.setRole", `{"groupID":"g","userID":"bo","role":"member"}`)
		w.expect("ana: cy demoted bo", "bo: cy demoted bo")
		w.must("ana", "group.quit", `{"groupID":"g"}`)
		w.expect("bo: ana quit ana", "cy: ana quit ana", "invitations: ana left g to [bo cy]")
		w.restart()
		if got := w.members("bo", "g"); got != "bo, cy owner" {
			t.Errorf("members after a restart: %s", got)
		}
		if got := w.must("bo", "group.getAttributes", `{"groupID":"g"}`); got != `{"attributes":{"b":"2"}}` {
			t.Errorf("attributes: %s", got)
		}
		if got := w.must("bo", "group.list", `{}`); !strings.Contains(got, `"name":"form"`) || !strings.Contains(got, `"memberCount":2`) {
			t.Errorf("bo's groups: %s", got)
		}
		w.must("cy", "group.dismiss", `{"groupID":"g"}`)
		w.expect("bo: cy dismissed", "invitations: bo left g to [bo cy]", "invitations: cy left g to [bo cy]")
		if _, err := w.do("bo", "group.members", `{"groupID":"g"}`); call.CodeOf(err) != call.CodeGroupUnknown {
			t.Errorf("a dismissed group's members: %v", err)
		}
		if got := w.must("bo", "group.list", `{}`); got != `{"groups":[]}` {
			t.Errorf("bo's groups: %s", got)
		}
	})
}

func TestOnesOtherDevicesLearnThatOneQuit(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Public","members":["bo"]}`)
		w.forget()
		if _, err := w.Quit(t.Context(), call.Caller{UserID: "bo", SessionID: "phone"}, &wire.QuitGroup{GroupID: "g"}); err != nil {
			t.Fatal(err)
		}
		w.expect("ana: bo quit bo", "bo: bo quit bo", "bo: onQuitFromGroup", "invitations: bo left g to [ana]")
	})
}

func TestAWorkGroupWithoutItsOwner(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("zoe", "group.create", `{"groupID":"g","name":"work","type":"Work","members":["cy"]}`)
		time.Sleep(time.Second)
		w.must("cy", "group.invite", `{"groupID":"g","members":["ana"]}`)
		w.forget()
		w.must("zoe", "group.quit", `{"groupID":"g"}`)
		w.expect("ana: zoe quit zoe", "cy: zoe quit zoe", "ana: zoe changed work of cy cy zoe", "cy: zoe changed work of cy cy zoe",
			"invitations: zoe left g to [ana cy]")
		w.restart()
		if got := w.members("ana", "g"); got != "cy owner, ana" {
			t.Errorf("members: %s", got)
		}
		w.must("ana", "group.quit", `{"groupID":"g"}`)
		w.must("cy", "group.quit", `{"groupID":"g"}`)
		if len(w.store.groups) != 0 {
			t.Error("a group of nobody is left")
		}
	})
}

func TestAnOperatorActsOnAnyGroup(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"work","type":"Work","members":["bo","cy"]}`)
		w.forget()
		w.must("operator", "group.invite", `{"groupID":"g","members":["di"]}`)
		w.must("operator", "group.kick", `{"groupID":"g","members":["bo"]}`)
		w.must("operator", "group.transfer", `{"groupID":"g","userID":"cy"}`)
		if got := w.members("operator", "g"); got != "ana, cy owner, di" {
			t.Errorf("members: %s", got)
		}
		w.must("operator", "group.dismiss", `{"groupID":"g"}`)
	})
}

func TestTheServersAttributeIsTheServersAlone(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"work","type":"Work","members":["bo"]}`)
		w.forget()
		tell := func(g call.GroupID, value string) {
			t.Helper()
			if err := w.loop.Do(t.Context(), func(tx *commit.Tx) error { w.SetKitInfo(tx, g, value); return nil }); err != nil {
				t.Error(err)
			}
		}
		tell("g", "a call")
		tell("g", "a call") // is no news
		tell("gone", "a call")
		for _, params := range []string{
			`{"groupID":"g","attributes":{"inner_attr_kit_info":"mine"}}`, `{"groupID":"g","keys":["inner_attr_kit_info"]}`,
		} {
			method := "group.setAttributes"
			if strings.Contains(params, "keys") {
				method = "group.deleteAttributes"
			}
			if _, err := w.do("ana", method, params); call.CodeOf(err) != call.CodeGroupPermission {
				t.Errorf("%s %s: %v", method, params, err)
			}
		}
		w.must("bo", "group.setAttributes", `{"groupID":"g","attributes":{"topic":"x"}}`)
		w.must("bo", "group.deleteAttributes", `{"groupID":"g"}`)
		w.restart()
		tell("g", "")
		synctest.Wait()
		w.expect("ana: set map[inner_attr_kit_info:a call]", "bo: set map[inner_attr_kit_info:a call]",
			"ana: bo set map[inner_attr_kit_info:a call topic:x]", "ana: bo set map[inner_attr_kit_info:a call]",
			"ana: set map[]", "bo: set map[]")
	})
}

func TestWhatANewcomerSees(t *testing.T) {
	for _, tt := range []struct{ kind, come, want string }{
		{"Work", "", "2 after"},
		{"Public", "group.join", "2 after"},
		{"Meeting", "group.join", "2 after, 1 before"},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			story(t, im.Options{}, func(t *testing.T, w *world) {
				w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"`+tt.kind+`"}`)
				w.must("ana", "message.send", `{"groupID":"g","type":"text","text":"before"}`)
				if tt.come == "" {
					w.must("ana", "group.invite", `{"groupID":"g","members":["bo"]}`)
				} else {
					w.must("bo", tt.come, `{"groupID":"g"}`)
				}
				if got := w.conversations("bo"); got != "g 1/1 unread 0" {
					t.Errorf("at first: %s", got)
				}
				time.Sleep(time.Second)
				w.must("ana", "message.send", `{"groupID":"g","type":"text","text":"after"}`)
				if got := w.texts("bo", `{"groupID":"g"}`); got != tt.want {
					t.Errorf("bo reads %s, want %s", got, tt.want)
				}
				if got := w.conversations("bo"); got != "g 1/2 unread 1" {
					t.Errorf("bo's conversations: %s", got)
				}
			})
		})
	}
}

func TestTheSecondGroupOfAnIdHidesTheFirst(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Meeting"}`)
		w.must("ana", "message.send", `{"groupID":"g","type":"text","text":"secret"}`)
		w.must("ana", "group.dismiss", `{"groupID":"g"}`)
		w.restart()
		w.must("bo", "group.create", `{"groupID":"g","name":"g","type":"Meeting"}`)
		w.must("cy", "group.join", `{"groupID":"g"}`)
		w.must("cy", "message.send", `{"groupID":"g","type":"text","text":"hello"}`)
		for _, u := range []call.UserID{"bo", "cy", "operator"} {
			if got := w.texts(u, `{"groupID":"g"}`); got != "2 hello" {
				t.Errorf("%s reads %s", u, got)
			}
		}
	})
}

func TestNobodyIsInMoreGroupsThanTheyMayBe(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		for range 1000 {
			w.must("ana", "group.create", `{"name":"g","type":"Public"}`)
		}
		w.must("bo", "group.create", `{"groupID":"more","name":"g","type":"Public"}`)
		for _, tt := range []struct {
			u              call.UserID
			method, params string
		}{
			{"ana", "group.create", `{"name":"g","type":"Public"}`},
			{"ana", "group.join", `{"groupID":"more"}`},
			{"bo", "group.invite", `{"groupID":"more","members":["cy","ana"]}`},
			{"bo", "group.create", `{"name":"g","type":"Public","members":["ana"]}`},
		} {
			if _, err := w.do(tt.u, tt.method, tt.params); call.CodeOf(err) != call.CodeGroupFull {
				t.Errorf("%s %s: %v", tt.u, tt.method, err)
			}
		}
		if got := w.members("bo", "more"); got != "bo owner" {
			t.Errorf("a refusal left %s", got)
		}
	})
}
