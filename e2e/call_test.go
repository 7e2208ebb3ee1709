// Stories of whole calls: the real service, real sockets, real media, and
// clients that know nothing but the contract. Files are by theme.
package e2e_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"callsvc/internal/testkit"
)

type (
	p     = testkit.P
	sends = testkit.Sends
	event = testkit.Event
)

// A call, step by step: A enters, invites B, B accepts and enters,
// both see and hear each other, B hangs up, A's side says so for both, and the
// record is everywhere the same.
func TestACallFromDiallingToHistory(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")

	// 1. A enters the room and calls.
	if found := ana.Enter("4711", sends{}); len(found.List("users")) != 0 || found.Str("role") != "anchor" || found.Str("callID") != "" {
		t.Errorf("ana finds %v in a free room", found)
	}
	ana.Sees("onSlots", func(event) bool { return true }) // her media transport is up
	id := ana.Invite("bo", "4711", nil)
	ringing := bo.Expect("onReceiveNewInvitation", p{
		"seq": 1, "inviteID": id, "inviter": "ana", "groupID": "", "inviteeList": []string{"bo"}, "timeout": 30,
		"data": testkit.CallData(2, "4711"),
	})
	if left := ringing.Int("expiresInMs"); left <= 0 || left > 30_000 {
		t.Errorf("the invitation expires in %d ms, want at most 30,000", left)
	}

	// 2. B accepts and enters; the clock starts for both at the same instant.
	bo.Accept(id)
	ana.Expect("onInviteeAccepted", p{"inviteID": id, "inviter": "ana", "groupID": "", "invitee": "bo"})
	found := bo.Enter("4711", sends{})
	there := found.List("users")
	if len(there) != 1 || there[0].Str("userID") != "ana" || found.Str("callID") == "" || found.Int("startedAt") != 0 {
		t.Errorf("bo finds %v", found)
	}
	entered := ana.Expect("onRemoteUserEnterRoom", p{"roomID": "4711", "userID": "bo", "role": "anchor"})
	news := ana.ExpectAll("onCallBegin", "onUserVideoAvailable", "onUserAudioAvailable")
	begin := bo.ExpectAll(append(notYet(there[0]), "onCallBegin")...)["onCallBegin"]
	if lacks := begin.Lacks(p{"roomID": "4711", "type": "video", "callID": found.Str("callID")}); lacks != "" {
		t.Errorf("bo's onCallBegin: %s", lacks)
	}
	if at := entered.Int("at"); begin.Int("startedAt") != at || news["onCallBegin"].Int("startedAt") != at {
		t.Errorf("the call began at %d for ana and %d for bo, bo entered at %d", news["onCallBegin"].Int("startedAt"), begin.Int("startedAt"), at)
	}

	// 3. Pictures and voices, both ways.
	ana.Watch("bo")
	bo.Watch("ana")
	for _, pair := range []struct {
		viewer *testkit.User
		other  string
	}{{ana, "bo"}, {bo, "ana"}} {
		m := pair.viewer.Media
		m.Gets(m.Video(0), pair.other, 25)
		m.Gets(m.Audio(0), pair.other, 25)
		if got := m.In(m.Video(0)); got.Keyframes == 0 || got.Back != 0 {
			t.Errorf("%s's picture: %+v, want a keyframe and no counter going back", pair.viewer.ID, got)
		}
	}

	// 4. B hangs up: A is told, both get the one call-end, in A's name.
	bo.Exit("4711")
	ana.Expect("onRemoteUserLeaveRoom", p{"roomID": "4711", "userID": "bo", "reason": 0})
	end := expectEnd(t, ana, bo, "ana", []string{"bo"}, "answered")
	ana.Exit("4711")
	for _, u := range []*testkit.User{ana, bo} {
		u.Quiet("4711")
	}
	if end.Str("endedBy") != "bo" || end.Int("startedAt") != begin.Int("startedAt") {
		t.Errorf("the call ended as %v", end)
	}
	checkRecord(t, svc, end, ana, bo)
}

// notYet names the events that tell a newcomer of what somebody who was there
// was about to send but did not by then.
func notYet(there p) (events []string) {
	if !there.Bool("video") {
		events = append(events, "onUserVideoAvailable")
	}
	if !there.Bool("audio") {
		events = append(events, "onUserAudioAvailable")
	}
	return events
}

// expectEnd takes the final call-end invitation and onCallEnd of a call that
// had begun, for everyone alike, and returns onCallEnd. The second one, if put
// out of the room by it, gets first what before names.
func expectEnd(t *testing.T, a, b *testkit.User, from string, to []string, result string, before ...string) event {
	t.Helper()
	ends := []event{}
	for _, u := range []*testkit.User{a, b} {
		if u == b && len(before) > 0 {
			u.ExpectAll(before...)
		}
		final := u.Expect("onReceiveNewInvitation", p{"inviter": from, "inviteeList": to, "timeout": 0})
		if _, rings := final.P["expiresInMs"]; rings {
			t.Errorf("%s's call-end expires: %v", u.ID, final)
		}
		end := u.Expect("onCallEnd", p{"result": result})
		checkEndData(t, final.Str("data"), end)
		ends = append(ends, final, end)
	}
	if a, b := ends[0].Str("inviteID"), ends[2].Str("inviteID"); a != b {
		t.Errorf("one end has two invitations, %s and %s", a, b)
	}
	for _, member := range []string{"callID", "roomID", "startedAt", "endedAt", "duration", "result", "endedBy", "inviter", "type"} {
		if a, b := ends[1].P[member], ends[3].P[member]; a != b {
			t.Errorf("%s is %v for one and %v for the other", member, a, b)
		}
	}
	return ends[1]
}

// checkEndData holds the data of a call-end to the contract (§6.3).
func checkEndData(t *testing.T, text string, end event) {
	t.Helper()
	var data p
	if err := json.Unmarshal([]byte(text), &data); err != nil {
		t.Fatal(err)
	}
	inner, _ := data["data"].(map[string]any)
	seconds := (end.Int("endedAt") - end.Int("startedAt")) / 1000
	want := p{"version": 4, "businessID": "av_call", "call_end": seconds, "call_type": 2}
	if end.Str("roomID") == "4711" {
		want["room_id"] = 4711
	}
	if lacks := data.Lacks(want); lacks != "" {
		t.Errorf("call-end data %s: %s", text, lacks)
	}
	wantInner := p{"cmd": "hangup", "cmdInfo": fmt.Sprint(seconds), "inviter": end.Str("inviter"), "callID": end.Str("callID"), "message": ""}
	if lacks := p(inner).Lacks(wantInner); lacks != "" {
		t.Errorf("call-end data.data %s: %s", text, lacks)
	}
}

// checkRecord reads the record everywhere it is served.
func checkRecord(t *testing.T, svc *testkit.Service, end event, caller, callee *testkit.User) {
	t.Helper()
	want := p{
		"callID": end.Str("callID"), "roomID": end.Str("roomID"), "groupID": "", "type": "video", "scene": "call",
		"inviter": caller.ID, "startedAt": end.Int("startedAt"), "endedAt": end.Int("endedAt"),
		"duration": end.Int("duration"), "result": end.Str("result"), "endedBy": end.Str("endedBy"),
	}
	id := end.Str("callID")
	for _, u := range []*testkit.User{caller, callee} {
		token := svc.Token(u.ID, "")
		listed := svc.JSON(token, "/v1/calls?limit=1").List("calls")
		queried := u.History(p{"limit": 1})
		if len(listed) != 1 || len(queried) != 1 {
			t.Fatalf("%s has %d calls by REST and %d by WebSocket", u.ID, len(listed), len(queried))
		}
		for where, r := range map[string]p{"history.query": queried[0], "/v1/calls": listed[0], "/v1/calls/{callID}": svc.JSON(token, "/v1/calls/"+id)} {
			if lacks := r.Lacks(want); lacks != "" {
				t.Errorf("%s of %s: %s", where, u.ID, lacks)
			}
			checkParticipants(t, r, caller.ID, callee.ID)
		}
		checkExports(t, svc, token, want)
	}
	if status, _ := svc.Get(svc.Token("eve", ""), "/v1/calls/"+id); status != 404 {
		t.Errorf("a stranger asks for the record and gets %d, want 404", status)
	}
	if status, _ := svc.Get("", "/v1/calls/"+id); status != 401 {
		t.Errorf("nobody asks for the record and gets %d, want 401", status)
	}
}

func checkParticipants(t *testing.T, record p, caller, callee string) {
	t.Helper()
	people := record.List("participants")
	if len(people) != 2 {
		t.Fatalf("%d participants: %v", len(people), record)
	}
	for i, want := range []p{
		{"userID": caller, "role": "caller", "state": "caller"}, {"userID": callee, "role": "callee", "state": "accepted"},
	} {
		who := people[i]
		if lacks := who.Lacks(want); lacks != "" {
			t.Errorf("participant %v: %s", who, lacks)
		}
		stays := who.List("intervals")
		if len(stays) != 1 || stays[0].Int("enteredAt") == 0 || stays[0].Int("leftAt") < stays[0].Int("enteredAt") {
			t.Errorf("%s's stays: %v", who.Str("userID"), stays)
		}
		quality, _ := who["quality"].(map[string]any)
		if p(quality).Int("packetsSent") == 0 || p(quality).Int("packetsReceived") == 0 {
			t.Errorf("%s's quality: %v, want packets both ways", who.Str("userID"), quality)
		}
	}
}

// checkExports reads the call's line from both kinds of export.
func checkExports(t *testing.T, svc *testkit.Service, token string, want p) {
	t.Helper()
	_, text := svc.Get(token, "/v1/calls/export?format=csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("CSV %q: %v", text, err)
	}
	row := map[string]string{}
	for i, column := range rows[0] {
		row[column] = rows[1][i]
	}
	for _, column := range []string{"callID", "result", "duration", "inviter"} {
		if row[column] != fmt.Sprint(want[column]) {
			t.Errorf("CSV %s is %q, want %v", column, row[column], want[column])
		}
	}
	_, text = svc.Get(token, "/v1/calls/export?format=jsonl")
	lines := bufio.NewScanner(strings.NewReader(text))
	if !lines.Scan() {
		t.Fatalf("JSONL is empty: %q", text)
	}
	var record p
	if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
		t.Fatal(err)
	}
	if lacks := record.Lacks(want); lacks != "" {
		t.Errorf("JSONL: %s", lacks)
	}
}

// connect brings two users into an active call without media and takes the
// events up to there.
func connect(t *testing.T, a, b *testkit.User, room string) (inviteID string, begin event) {
	t.Helper()
	a.EnterBare(room)
	inviteID = a.Invite(b.ID, room, nil)
	b.Expect("onReceiveNewInvitation", p{"inviteID": inviteID})
	b.Accept(inviteID)
	a.Expect("onInviteeAccepted", p{"inviteID": inviteID})
	b.EnterBare(room)
	a.Expect("onRemoteUserEnterRoom", p{"userID": b.ID})
	begin = a.Expect("onCallBegin", p{"roomID": room})
	b.Expect("onCallBegin", p{"startedAt": begin.Int("startedAt")})
	return inviteID, begin
}
