package im_test

import (
	"fmt"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/im"
	"callsvc/signaling/wire"
)

func operator() call.Caller { return call.Caller{UserID: "root", Admin: true} }

func TestAnOperatorMakesGroupsForOthers(t *testing.T) {
	story(t, im.Options{MaxMembers: 4}, func(t *testing.T, w *world) {
		create := func(who call.Caller, owner call.UserID, members ...call.UserID) call.Code {
			_, err := w.CreateFor(t.Context(), who, owner, &wire.CreateGroup{GroupID: "g", Name: "class", Type: "Public", Members: members})
			return call.CodeOf(err)
		}
		for _, c := range []struct {
			name string
			got  call.Code
			want call.Code
		}{
			{"a user may not", create(call.Caller{UserID: "ana"}, "ana"), call.CodeGroupPermission},
			{"not for nobody", create(operator(), ""), call.CodeInvalidParameter},
			{"not for too many", create(operator(), "ana", "b", "c", "d", "e"), call.CodeGroupFull},
			{"for ana and bo", create(operator(), "ana", "bo"), 0},
			{"not twice", create(operator(), "ana", "bo"), call.CodeAlreadyExists},
		} {
			if c.got != c.want {
				t.Errorf("%s: code %d, want %d", c.name, c.got, c.want)
			}
		}
		w.expect("ana: root created Public ana bo", "bo: root created Public ana bo")
		if got := w.members("ana", "g"); got != "ana owner, bo" {
			t.Errorf("members %s", got)
		}
	})
}

func TestAllGroupsByPages(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		for i := range 7 {
			w.must("ana", "group.create", fmt.Sprintf(`{"groupID":"g%d","name":"n","type":"Work"}`, i))
		}
		var pages []string
		for cursor, more := "", true; more; more = cursor != "" {
			page, next, err := w.ListAll(t.Context(), operator(), cursor, 3)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, g := range page {
				ids = append(ids, string(g.GroupID))
			}
			pages = append(pages, strings.Join(ids, " "))
			cursor = next
		}
		if got := strings.Join(pages, ", "); got != "g0 g1 g2, g3 g4 g5, g6" {
			t.Errorf("pages: %s", got)
		}
		for _, c := range []struct {
			who    call.Caller
			cursor string
			limit  int
			want   call.Code
		}{
			{call.Caller{UserID: "ana"}, "", 0, call.CodeGroupPermission},
			{operator(), "g g", 0, call.CodeInvalidParameter},
			{operator(), "", -1, call.CodeInvalidParameter},
			{operator(), "", 501, call.CodeInvalidParameter},
		} {
			if _, _, err := w.ListAll(t.Context(), c.who, c.cursor, c.limit); call.CodeOf(err) != c.want {
				t.Errorf("%q, %d: %v, want code %d", c.cursor, c.limit, err, c.want)
			}
		}
	})
}

func TestMembersByPages(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("m00", "group.create", `{"groupID":"g","name":"n","type":"Public"}`)
		for i := 1; i < 10; i++ {
			w.must("m00", "group.invite", fmt.Sprintf(`{"groupID":"g","members":["m%02d"]}`, i))
		}
		page := func(cursor string) wire.ListMembersResult {
			result, err := w.ListMembers(t.Context(), call.Caller{UserID: "m00"}, &wire.ListMembers{GroupID: "g", Cursor: cursor, Limit: 4})
			if err != nil {
				t.Fatal(err)
			}
			return result
		}
		seen := []string{}
		for cursor, first := "", true; first || cursor != ""; first = false {
			result := page(cursor)
			for _, m := range result.Members {
				seen = append(seen, string(m.UserID))
			}
			if cursor = result.Cursor; first { // who leaves between two pages moves nobody
				w.must("m00", "group.kick", `{"groupID":"g","members":["m01","m03"]}`)
			}
		}
		if got := strings.Join(seen, " "); got != "m00 m01 m02 m03 m04 m05 m06 m07 m08 m09" {
			t.Errorf("the pages show %s", got)
		}
		for _, params := range []string{`{"groupID":"g","limit":1001}`, `{"groupID":"g","limit":-1}`, `{"groupID":"g","cursor":"x"}`, `{"groupID":"g","cursor":"MSBhIGI"}`} {
			if _, err := w.do("m00", "group.members", params); call.CodeOf(err) != call.CodeInvalidParameter {
				t.Errorf("%s: %v", params, err)
			}
		}
	})
}
