package e2e_test

import (
	"fmt"
	"testing"

	"callsvc/internal/testkit"
)

// oldClient is how a client of one of TUICalling's generations writes.
type oldClient struct {
	name                string
	invite, accept, end string // with room 7, and whole seconds
}

// oldClients are the generations that compute their own duration. The first
// knows neither the nested part nor a businessID, the second says the duration
// twice, the third also who called.
func oldClients() []oldClient {
	return []oldClient{
		{"0", `{"version":1,"call_id":"c","invited_list":["bo"],"room_id":7,"call_action":1,"call_type":2}`, `{"version":1,"call_id":"c","room_id":7,"call_action":7,"call_type":2}`, `{"version":1,"call_id":"c","room_id":7,"call_action":5,"call_type":2,"duration":%d}`},
		{"1", `{"version":1,"call_type":2,"room_id":7}`, `{"version":1,"call_type":2}`, `{"version":1,"call_type":2,"call_end":%d}`},
		{"2", `{"version":4,"businessID":"av_call","platform":"iOS","call_type":2,"room_id":7,"data":{"cmd":"videoCall","room_id":7}}`, `{"version":4,"businessID":"av_call","call_type":2,"data":{"cmd":"videoCall"}}`, `{"version":4,"businessID":"av_call","call_type":2,"call_end":%d,"data":{"cmd":"hangup","cmdInfo":"%[1]d","message":""}}`},
		{"3", `{"version":4,"businessID":"av_call","platform":"Web","userData":"","call_type":2,"room_id":7,"data":{"cmd":"videoCall","room_id":7,"str_room_id":"","inviter":"ana","message":"","userIDs":["bo"]}}`, `{"version":4,"businessID":"av_call","call_type":2,"data":{"cmd":"videoCall","inviter":"ana","message":""}}`, `{"version":4,"businessID":"av_call","call_type":2,"call_end":%d,"data":{"cmd":"hangup","cmdInfo":"%[1]d","inviter":"ana","message":""}}`},
	}
}

// A client of any generation calls, is called, and says itself that it is over
// and for how long it thinks it was: before the server does and after it,
// beside one that leaves all of that to the server.
func TestOldClientsWorkBesideNewOnes(t *testing.T) {
	for _, old := range oldClients() {
		for _, order := range []string{"the old one says first that it is over", "the server says first that it is over"} {
			for _, calls := range []string{"the old one calls", "the new one calls"} {
				t.Run("generation "+old.name+", "+calls+", "+order, func(t *testing.T) {
					besideEachOther(t, old, calls[4] == 'o', order[4] == 'o')
				})
			}
		}
	}
}

func besideEachOther(t *testing.T, old oldClient, oldCalls, oldFirst bool) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo") // ana calls
	one, other := ana, bo                          // one is the old client's user
	invite, accept := old.invite, testkit.CallData(2, "")
	if !oldCalls {
		one, other = bo, ana
		invite, accept = testkit.CallData(2, "7"), old.accept
	}
	id := ana.Do("signaling.invite", p{"invitee": "bo", "data": invite}).Str("inviteID")
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id, "data": invite})
	ana.EnterBare("7")
	bo.Do("signaling.accept", p{"inviteID": id, "data": accept})
	ana.Expect("onInviteeAccepted", nil)
	bo.EnterBare("7")
	ana.Expect("onRemoteUserEnterRoom", nil)
	begun := map[*testkit.User]string{}
	for _, u := range []*testkit.User{ana, bo} {
		begun[u] = u.Expect("onCallBegin", nil).Str("callID")
	}
	if begun[ana] != begun[bo] || begun[ana] == "" {
		t.Fatalf("two calls: %v", begun)
	}
	own := p{"invitee": other.ID, "timeout": 0, "data": fmt.Sprintf(old.end, 99)} // its own clock is wrong
	said, told := "", map[*testkit.User]event{}
	if oldFirst {
		said = one.Do("signaling.invite", own).Str("inviteID")
	} else {
		other.Exit("7")
		one.Expect("onRemoteUserLeaveRoom", nil)
	}
	for _, u := range []*testkit.User{ana, bo} {
		end := u.Expect("onReceiveNewInvitation", p{"timeout": 0, "inviter": one.ID})
		if said == "" {
			said = end.Str("inviteID")
		}
		if end.Str("inviteID") != said {
			t.Errorf("%s is told of end %s, want %s", u.ID, end.Str("inviteID"), said)
		}
		told[u] = u.Expect("onCallEnd", p{"result": "answered"})
		if lasted := (told[u].Int("endedAt") - told[u].Int("startedAt")) / 1000; told[u].Int("duration") != lasted {
			t.Errorf("%s is told that it lasted %d s, want %d", u.ID, told[u].Int("duration"), lasted)
		}
	}
	if again := one.Do("signaling.invite", own).Str("inviteID"); again != said {
		t.Errorf("said again, the end is %s, want %s", again, said)
	}
	for _, u := range []*testkit.User{ana, bo} {
		if calls := u.History(nil); len(calls) != 1 || calls[0].Str("result") != "answered" || calls[0].Int("duration") != told[u].Int("duration") {
			t.Errorf("%s's history: %v", u.ID, calls)
		}
		u.Quiet()
	}
}

// The clients of a group say themselves that the group's call is over, to a list
// that may name nobody real; it is over only when the server says so too.
func TestAGroupsOwnCallEndEndsItOnce(t *testing.T) {
	ends := map[string]string{
		"with a duration of 0":   `{"version":4,"businessID":"av_call","call_type":2,"call_end":0,"data":{"cmd":"hangup","inviter":"ana"}}`,
		"by the room it lacks":   `{"version":1,"call_type":2}`,
		"with the room it is in": `{"version":3,"call_type":2,"room_id":7,"call_end":0}`,
	}
	for name, data := range ends {
		t.Run(name, func(t *testing.T) {
			svc := testkit.Start(t)
			ana, bo, cy := svc.SignIn("ana"), svc.SignIn("bo"), svc.SignIn("cy")
			all := []*testkit.User{ana, bo, cy}
			ana.Do("group.create", p{"groupID": "g", "name": "g", "type": "Work", "members": []string{"bo", "cy"}})
			id := ana.Do("signaling.inviteInGroup", p{"groupID": "g", "inviteeList": []string{"bo", "cy"}, "data": testkit.CallData(2, "7")}).Str("inviteID")
			for _, u := range all[1:] {
				u.Accept(id)
			}
			for _, u := range all {
				u.EnterBare("7")
			}
			own := p{"groupID": "g", "inviteeList": []string{"inviteeList"}, "timeout": 0, "data": data}
			ana.Exit("7")
			first := bo.Do("signaling.inviteInGroup", own).Str("inviteID") // one of two who are still talking
			second := ana.Do("signaling.inviteInGroup", own).Str("inviteID")
			for _, u := range all {
				e := u.Sees("onReceiveNewInvitation", func(e event) bool { return e.Str("inviteID") != id })
				u.Sees("onCallEnd", func(e event) bool { return e.Str("result") == "answered" })
				if e.Str("inviteID") != first || first != second {
					t.Errorf("%s is told of end %s; bo's is %s, ana's %s", u.ID, e.Str("inviteID"), first, second)
				}
				if calls := u.History(nil); len(calls) != 1 {
					t.Errorf("%s's history: %v", u.ID, calls)
				}
			}
			if open := svc.Figure("callsvc_invitations_open"); open != 0 {
				t.Errorf("%v invitations are open", open)
			}
		})
	}
}
