package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"callsvc/internal/testkit"
)

// TIM's documents leave thirty questions of signaling open. docs/ambiguities.md
// answers each and names the test that holds the answer; most are in the files
// beside this one.
func TestEveryAmbiguityHasAnAnswerAndATest(t *testing.T) {
	page, err := os.ReadFile("../docs/ambiguities.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOf(t, "*_test.go", "../web/test/*.test.js", "../signaling/*_test.go")
	row := regexp.MustCompile("(?m)^\\| (\\d+) \\|.*\\| `([^`]+)` \\|$")
	rows := row.FindAllStringSubmatch(string(page), -1)
	for i, r := range rows {
		if r[1] != fmt.Sprint(i+1) {
			t.Errorf("row %d is numbered %s", i+1, r[1])
		}
		if !strings.Contains(tests, r[2]) {
			t.Errorf("row %s names a test that there is not: %s", r[1], r[2])
		}
	}
	if len(rows) != 30 {
		t.Errorf("%d rows, want 30", len(rows))
	}
}

// testsOf is the text of test files.
func testsOf(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}

// club signs people in and makes the group "club" of them; the first owns it.
func club(svc *testkit.Service, names ...string) []*testkit.User {
	users := make([]*testkit.User, len(names))
	for i, name := range names {
		users[i] = svc.SignIn(name)
	}
	users[0].Do("group.create", p{"groupID": "club", "name": "club", "type": "Public", "members": names[1:]})
	for _, u := range users[1:] {
		u.Expect("onGroupCreated", p{"groupID": "club"})
	}
	return users
}

// ringClub invites members of the club with any data, and takes that everybody
// else hears of it.
func ringClub(users []*testkit.User, data string, timeout int, invitees ...string) string {
	id := users[0].Do("signaling.inviteInGroup", p{"groupID": "club", "inviteeList": invitees, "data": data, "timeout": timeout}).Str("inviteID")
	for _, u := range users[1:] {
		u.Expect("onReceiveNewInvitation", p{"inviteID": id, "inviter": users[0].ID, "groupID": "club", "inviteeList": invitees})
	}
	return id
}

// quiet proves that nobody is told any more.
func quiet(users ...*testkit.User) {
	for _, u := range users {
		u.Quiet()
	}
}
