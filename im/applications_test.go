package im_test

import (
	"fmt"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/im"
)

func TestWhoAppliesIsInWhenSomebodyAgrees(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Public","members":["bo","cy"],"joinOption":"NeedPermission"}`)
		w.must("ana", "group.setRole", `{"groupID":"g","userID":"bo","role":"admin"}`)
		w.forget()
		if got := w.must("di", "group.join", `{"groupID":"g","message":"me too"}`); got != `{"waiting":true}` {
			t.Errorf("di joins: %s", got)
		}
		w.expect("ana: di applies: me too", "bo: di applies: me too")
		w.must("ed", "group.join", `{"groupID":"g"}`)
		w.must("di", "group.join", `{"groupID":"g","message":"please"}`) // again: the last counts
		w.forget()
		if got := w.members("ana", "g"); got != "ana owner, bo admin, cy" {
			t.Errorf("members: %s", got)
		}
		w.restart()
		waiting := func(u call.UserID, want ...string) {
			t.Helper()
			got := w.must(u, "group.getApplicationList", `{}`)
			for _, applicant := range want {
				if !strings.Contains(got, applicant) {
					t.Errorf("%s sees %s, want %s", u, got, applicant)
				}
			}
			if n := strings.Count(got, "userID"); n != len(want) {
				t.Errorf("%s sees %d applications, want %d", u, n, len(want))
			}
		}
		waiting("bo", `"userID":"ed","message":""`, `"userID":"di","message":"please"`)
		waiting("cy")
		waiting("di")
		w.must("bo", "group.acceptApplication", `{"groupID":"g","userID":"di"}`)
		w.expect("ana: bo joined di", "cy: bo joined di", "di: bo joined di", "ana: bo lets di in: true", "di: bo lets di in: true")
		w.must("ana", "group.refuseApplication", `{"groupID":"g","userID":"ed","reason":"full"}`)
		w.expect("bo: ana lets ed in: false full", "ed: ana lets ed in: false full")
		waiting("ana")
		if got := w.members("ana", "g"); got != "ana owner, bo admin, cy, di" {
			t.Errorf("members: %s", got)
		}
		w.must("fi", "group.join", `{"groupID":"g"}`)
		w.forget()
		w.must("cy", "group.invite", `{"groupID":"g","members":["fi"]}`) // which decides it too
		w.expect("ana: cy invited fi", "bo: cy invited fi", "di: cy invited fi", "fi: cy invited fi",
			"ana: cy lets fi in: true", "bo: cy lets fi in: true", "fi: cy lets fi in: true")
		w.restart()
		waiting("ana")
	})
}

func TestWhatIsRefusedAboutApplications(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "group.create", `{"groupID":"asks","name":"g","type":"Public","members":["bo"],"joinOption":"NeedPermission"}`)
		w.must("ana", "group.create", `{"groupID":"shut","name":"g","type":"Meeting","joinOption":"DisableApply"}`)
		w.must("ana", "group.create", `{"groupID":"work","name":"g","type":"Work"}`)
		w.must("di", "group.join", `{"groupID":"asks"}`)
		for _, c := range []struct {
			name           string
			user           call.UserID
			method, params string
			code           call.Code
		}{
			{"joining a group that is shut", "di", "group.join", `{"groupID":"shut"}`, call.CodeGroupPermission},
			{"a long message", "ed", "group.join", `{"groupID":"asks","message":"` + strings.Repeat("x", 301) + `"}`, call.CodeInvalidParameter},
			{"deciding as a plain member", "bo", "group.acceptApplication", `{"groupID":"asks","userID":"di"}`, call.CodeGroupPermission},
			{"deciding for oneself", "di", "group.acceptApplication", `{"groupID":"asks","userID":"di"}`, call.CodeGroupPermission},
			{"letting in who did not apply", "ana", "group.acceptApplication", `{"groupID":"asks","userID":"ed"}`, call.CodeInvalidParameter},
			{"refusing who did not apply", "ana", "group.refuseApplication", `{"groupID":"asks","userID":"ed"}`, call.CodeInvalidParameter},
			{"a long reason", "ana", "group.refuseApplication", `{"groupID":"asks","userID":"di","reason":"` + strings.Repeat("x", 301) + `"}`, call.CodeInvalidParameter},
			{"opening a Work group", "ana", "group.setInfo", `{"groupID":"work","joinOption":"FreeAccess"}`, call.CodeInvalidParameter},
			{"no such option", "ana", "group.setInfo", `{"groupID":"asks","joinOption":"Perhaps"}`, call.CodeInvalidParameter},
			{"an option set by a plain member", "bo", "group.setInfo", `{"groupID":"asks","joinOption":"FreeAccess"}`, call.CodeGroupPermission},
			{"a Work group that asks", "ana", "group.create", `{"name":"g","type":"Work","joinOption":"NeedPermission"}`, call.CodeInvalidParameter},
		} {
			if _, err := w.do(c.user, c.method, c.params); call.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want code %d", c.name, err, c.code)
			}
		}
		for i := range 99 {
			w.must(call.UserID(fmt.Sprintf("u%d", i)), "group.join", `{"groupID":"asks"}`)
		}
		if _, err := w.do("one-too-many", "group.join", `{"groupID":"asks"}`); call.CodeOf(err) != call.CodeRateLimited {
			t.Errorf("a hundred and first application: %v", err)
		}
		w.must("u5", "group.join", `{"groupID":"asks"}`) // again
		w.must("ana", "group.setInfo", `{"groupID":"asks","joinOption":"FreeAccess"}`)
		if got := w.must("one-too-many", "group.join", `{"groupID":"asks"}`); got != `{}` {
			t.Errorf("joining a group that is open now: %s", got)
		}
	})
}
