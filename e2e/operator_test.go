package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"callsvc/internal/testkit"
)

// An operator's back end keeps a class: it makes the group, brings people in,
// writes to them, changes who is who, and ends it. Members are told everything
// as if one of them had done it.
func TestAnOperatorKeepsAGroup(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	made := svc.Operate(http.MethodPost, "/v1/groups", p{"groupID": "@class#1", "owner": "ana", "name": "class", "type": "Public"})
	if made.Str("groupID") != "@class#1" {
		t.Fatalf("made %v", made)
	}
	ana.Expect("onGroupCreated", p{"groupID": "@class#1", "opUser": "operator", "members": []string{"ana"}})
	const group = "/v1/groups/@class%231"
	if in := svc.Operate(http.MethodPost, group+"/members", p{"members": []string{"bo", "ana", "cy"}}).Strs("members"); len(in) != 2 {
		t.Errorf("%v came in, want bo and cy", in)
	}
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onMemberInvited", p{"opUser": "operator", "members": []string{"bo", "cy"}})
	}
	sent := svc.Operate(http.MethodPost, "/v1/messages", p{"groupID": "@class#1", "type": "text", "text": "welcome", "from": "school"})
	for _, u := range []*testkit.User{ana, bo} {
		e := u.Expect("onRecvNewMessage", nil)
		if m, ok := e.P["message"].(map[string]any); !ok || p(m).Lacks(p{"messageID": sent.Str("messageID"), "from": "school", "text": "welcome"}) != "" {
			t.Errorf("%s gets %v", u.ID, e)
		}
	}
	svc.Operate(http.MethodPost, group+"/notifications", p{"data": "fire drill"})
	svc.Operate(http.MethodPost, group+"/notifications", p{"data": "to the head's", "members": []string{"bo"}})
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onReceiveRESTCustomData", p{"groupID": "@class#1", "customData": "fire drill"})
	}
	bo.Expect("onReceiveRESTCustomData", p{"customData": "to the head's"})
	svc.Operate(http.MethodPatch, group, p{"name": "form"})
	svc.Operate(http.MethodPut, group+"/members/bo", p{"role": "admin"})
	svc.Operate(http.MethodPut, group+"/members/bo", p{"role": "owner"})
	svc.Operate(http.MethodPatch, group+"/attributes", p{"attributes": p{"a": "1", "b": "2"}})
	svc.Operate(http.MethodDelete, group+"/attributes/a", nil)
	svc.Operate(http.MethodPut, group+"/members/cy/mute", p{"seconds": 60})
	svc.Operate(http.MethodDelete, group+"/members/cy", nil)
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onGroupInfoChanged", p{"opUser": "operator"})
		u.Expect("onGrantAdministrator", p{"members": []string{"bo"}})
		u.Expect("onGroupInfoChanged", p{"members": []string{"bo", "ana"}})
		u.Expect("onGroupAttributeChanged", p{"attributes": p{"a": "1", "b": "2"}})
		u.Expect("onGroupAttributeChanged", p{"attributes": p{"b": "2"}})
		u.Expect("onMemberInfoChanged", p{"memberChangeInfoList": []p{{"userID": "cy", "muteTime": 60}}})
		u.Expect("onMemberKicked", p{"members": []string{"cy"}})
	}
	if got := svc.Operate(http.MethodGet, group, nil); got.Lacks(p{"name": "form", "owner": "bo", "memberCount": 2}) != "" {
		t.Errorf("the group is %v", got)
	}
	if got := svc.Operate(http.MethodGet, group+"/attributes", nil); got.Lacks(p{"attributes": p{"b": "2"}}) != "" {
		t.Errorf("its attributes are %v", got)
	}
	if got := svc.Operate(http.MethodGet, "/v1/groups?member=ana", nil).List("groups"); len(got) != 1 || got[0].Str("role") != "member" {
		t.Errorf("ana is in %v", got)
	}
	svc.Operate(http.MethodDelete, group, nil)
	for _, u := range []*testkit.User{ana, bo} {
		u.Expect("onGroupDismissed", p{"groupID": "@class#1"})
		u.Quiet()
	}
	if got := svc.Operate(http.MethodGet, "/v1/groups", nil); got.Lacks(p{"groups": []p{}, "cursor": ""}) != "" {
		t.Errorf("groups left: %v", got)
	}
}

func TestALargeGroupIsReadByPages(t *testing.T) {
	svc := testkit.Start(t, "--max-group-members=2500")
	const size = 2400
	members := make([]string, size)
	for i := range members {
		members[i] = fmt.Sprintf("student-%04d", i)
	}
	svc.Operate(http.MethodPost, "/v1/groups", p{"groupID": "school", "owner": members[0], "name": "school", "type": "Meeting", "members": members})
	svc.Restart()
	seen, cursor := map[string]bool{}, ""
	for first := true; first || cursor != ""; first = false {
		page := svc.Operate(http.MethodGet, "/v1/groups/school/members?limit=1000&cursor="+cursor, nil)
		for _, m := range page.List("members") {
			seen[m.Str("userID")] = true
		}
		cursor = page.Str("cursor")
	}
	if len(seen) != size {
		t.Errorf("%d members on the pages, want %d", len(seen), size)
	}
}

func TestWhatAnOperatorIsRefused(t *testing.T) {
	svc := testkit.Start(t)
	svc.Operate(http.MethodPost, "/v1/groups", p{"groupID": "g", "owner": "ana", "name": "g", "type": "Work"})
	operator, ana := svc.Token("operator", "&admin=true"), svc.Token("ana", "")
	for _, c := range []struct {
		name, method, token, path string
		body                      p
		status                    int
		code                      string
	}{
		{"a member is no operator", http.MethodGet, ana, "/v1/groups/g", nil, 403, "10007"},
		{"a member lists no groups", http.MethodGet, ana, "/v1/groups", nil, 403, "10007"},
		{"nobody sends messages", http.MethodPost, "", "/v1/messages", p{"to": "bo", "type": "text", "text": "x"}, 401, "6014"},
		{"no such group", http.MethodGet, operator, "/v1/groups/nix", nil, 404, "10010"},
		{"no group id", http.MethodDelete, operator, "/v1/groups/g%20g", nil, 400, "10015"},
		{"a group without an owner", http.MethodPost, operator, "/v1/groups", p{"name": "x", "type": "Work"}, 400, "6017"},
		{"a second one of that id", http.MethodPost, operator, "/v1/groups", p{"groupID": "g", "owner": "bo", "name": "x", "type": "Work"}, 409, "8012"},
		{"a misspelt member", http.MethodPost, operator, "/v1/groups", p{"owner": "bo", "nmae": "x", "type": "Work"}, 400, "6017"},
		{"another group in the body than in the path", http.MethodPatch, operator, "/v1/groups/g", p{"groupID": "h", "name": "x"}, 400, "6017"},
		{"a Work group in which all are muted", http.MethodPatch, operator, "/v1/groups/g", p{"allMuted": true}, 400, "6017"},
		{"the groups of no user id", http.MethodGet, operator, "/v1/groups?member=b%20o", nil, 400, "6017"},
		{"a message to a guest of a meeting", http.MethodPost, operator, "/v1/messages", p{"to": "guest-0123456789abcdef0123", "type": "text", "text": "x"}, 400, "6017"},
		{"a guest to bring in", http.MethodPost, operator, "/v1/groups/g/members", p{"members": []string{"guest-0123456789abcdef0123"}}, 400, "6017"},
		{"nobody to bring in", http.MethodPost, operator, "/v1/groups/g/members", nil, 400, "6017"},
		{"nobody new to bring in", http.MethodPost, operator, "/v1/groups/g/members", p{"members": []string{"ana"}}, 409, "8012"},
		{"the owner is not put out", http.MethodDelete, operator, "/v1/groups/g/members/ana", nil, 403, "10007"},
		{"no such role", http.MethodPut, operator, "/v1/groups/g/members/ana", p{"role": "king"}, 400, "6017"},
		{"nobody is muted for no time", http.MethodPut, operator, "/v1/groups/g/members/ana/mute", p{}, 400, "6017"},
		{"the server's own attribute", http.MethodPatch, operator, "/v1/groups/g/attributes", p{"attributes": p{"inner_attr_kit_info": "x"}}, 403, "10007"},
		{"a page of none", http.MethodGet, operator, "/v1/groups?limit=0", nil, 400, "6017"},
		{"a misspelt parameter", http.MethodGet, operator, "/v1/groups?limt=5", nil, 400, "6017"},
		{"a message from no user id", http.MethodPost, operator, "/v1/messages", p{"from": "b o", "to": "ana", "type": "text", "text": "x"}, 400, "6017"},
		{"an announcement of nothing", http.MethodPost, operator, "/v1/groups/g/notifications", p{}, 400, "6017"},
		{"an announcement to a stranger", http.MethodPost, operator, "/v1/groups/g/notifications", p{"data": "x", "members": []string{"eve"}}, 400, "6017"},
		{"an announcement too long", http.MethodPost, operator, "/v1/groups/g/notifications", p{"data": strings.Repeat("x", 13<<10)}, 413, "8001"},
		{"an announcement in no group", http.MethodPost, operator, "/v1/groups/h/notifications", p{"data": "x"}, 404, "10010"},
		{"a member announces nothing", http.MethodPost, ana, "/v1/groups/g/notifications", p{"data": "x"}, 403, "10007"},
		{"a message too long", http.MethodPost, operator, "/v1/messages", p{"to": "ana", "type": "text", "text": strings.Repeat("x", 13<<10)}, 413, "8001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := svc.For(t).Send(c.method, c.token, c.path, c.body)
			if status != c.status || !strings.Contains(body, `"code":`+c.code+",") {
				t.Errorf("%d %s, want %d with %s", status, body, c.status, c.code)
			}
		})
	}
}
