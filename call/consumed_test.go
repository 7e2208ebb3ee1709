package call_test

import (
	"testing"

	"callsvc/call"
)

func TestAnInviteeMaySayConsumedAndNothingElse(t *testing.T) {
	const before = `{"businessID":"av_call","room_id":12345678901234567890,"data":{"cmd":"videoCall"}}`
	for _, tt := range []struct {
		name, before, after string
		by                  call.UserID
		group               call.GroupID
		want                call.Code
	}{
		{"says consumed", before, `{"data":{"consumed":true,"cmd":"videoCall"},"businessID":"av_call","room_id":12345678901234567890}`, "bo", "", 0},
		{"says it again", `{"businessID":"av_call","data":{"consumed":true}}`, `{"businessID":"av_call","data":{"consumed":true}}`, "bo", "", 0},
		{"says it is not", before, `{"businessID":"av_call","room_id":12345678901234567890,"data":{"cmd":"videoCall","consumed":false}}`, "bo", "", call.CodeInviteNotAllowed},
		{"says nothing", before, before, "bo", "", call.CodeInviteNotAllowed},
		{"changes the room by one", before, `{"businessID":"av_call","room_id":12345678901234567891,"data":{"cmd":"videoCall","consumed":true}}`, "bo", "", call.CodeInviteNotAllowed},
		{"adds a member", before, `{"businessID":"av_call","room_id":12345678901234567890,"call_end":1,"data":{"cmd":"videoCall","consumed":true}}`, "bo", "", call.CodeInviteNotAllowed},
		{"is a stranger", before, `{"businessID":"av_call","room_id":12345678901234567890,"data":{"cmd":"videoCall","consumed":true}}`, "eve", "", call.CodeInviteNotAllowed},
		{"speaks for a group", before, `{"businessID":"av_call","room_id":12345678901234567890,"data":{"cmd":"videoCall","consumed":true}}`, "bo", "g", call.CodeInviteNotAllowed},
		{"is about no call", `{"data":{}}`, `{"data":{"consumed":true}}`, "bo", "", call.CodeInviteNotAllowed},
		{"is no JSON", "x", `{"businessID":"av_call","data":{"consumed":true}}`, "bo", "", call.CodeInviteNotAllowed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := &call.Invitation{InviteID: "i", Inviter: "ana", GroupID: tt.group, Data: tt.before, Invitees: []call.Invitee{{UserID: "bo", State: call.InviteePending}}}
			_, err := inv.Apply(call.ModifyInvitation{By: tt.by, Data: tt.after})
			if err == nil != (tt.want == 0) || err != nil && call.CodeOf(err) != tt.want {
				t.Errorf("%v, want code %d", err, tt.want)
			}
			if want := map[bool]string{true: tt.after, false: tt.before}[err == nil]; inv.Data != want {
				t.Errorf("data is %s, want %s", inv.Data, want)
			}
		})
	}
}
