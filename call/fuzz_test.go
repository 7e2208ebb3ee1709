package call_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"callsvc/call"
)

// An invitee may add that it is consumed, and nothing else, whatever the data
// looks like.
func FuzzConsume(f *testing.F) {
	const before = `{"businessID":"av_call","call_type":2,"data":{"cmd":"videoCall"}}`
	f.Add(before, `{"businessID":"av_call","call_type":2,"data":{"cmd":"videoCall","consumed":true}}`)
	f.Add(before, `{"businessID":"av_call","call_type":1,"data":{"cmd":"videoCall","consumed":true}}`)
	f.Add(`{"businessID":"av_call"}`, `{"businessID":"av_call","data":{"consumed":true}}`)
	f.Add(`[]`, `{}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		inv := &call.Invitation{InviteID: "i", Inviter: "ana", Data: before, Invitees: []call.Invitee{{UserID: "bo", State: call.InviteePending}}}
		if _, err := inv.Apply(call.ModifyInvitation{By: "bo", Data: after}); err != nil {
			if inv.Data != before {
				t.Errorf("refused, and yet %q", inv.Data)
			}
			return
		}
		if !json.Valid([]byte(before)) || !json.Valid([]byte(after)) || !strings.Contains(after, "consumed") {
			t.Errorf("%q became %q", before, after)
		}
		was, _ := call.ParsePayload(before)
		if is, ok := call.ParsePayload(after); ok && is != was {
			t.Errorf("%+v became %+v", was, is)
		}
	})
}

func FuzzProfile(f *testing.F) {
	f.Add("Ana", "https://a.example/ana.png")
	f.Add("", "javascript:alert(1)")
	f.Add("\xff", "//a")
	f.Fuzz(func(t *testing.T, name, avatar string) {
		u := &call.User{}
		if err := u.SetProfile(&name, &avatar); err != nil {
			if call.CodeOf(err) != call.CodeInvalidParameter || u.Name != "" || u.AvatarURL != "" {
				t.Errorf("refused with %v, and yet %+v", err, u)
			}
			return
		}
		scheme, _, _ := strings.Cut(strings.ToLower(avatar), ":")
		if !utf8.ValidString(name) || avatar != "" && scheme != "http" && scheme != "https" {
			t.Errorf("%q and %q are taken", name, avatar)
		}
	})
}

// The envelope that stands in a conversation is JSON that says what happened,
// whatever the data in it.
func FuzzEnvelope(f *testing.F) {
	f.Add("hello", 1)
	f.Add(`{"data":{"excludeFromHistoryMessage":true}}`, 3)
	f.Add("\xff\u2028</script>", 5)
	f.Fuzz(func(t *testing.T, data string, action int) {
		inv := &call.Invitation{InviteID: "i", Inviter: "ana", Data: data, Timeout: 30, Invitees: []call.Invitee{{UserID: "bo"}}}
		m := inv.Message(call.Signaled{Action: call.SignalingAction(action), By: "ana", Invitees: inv.InviteeIDs(), Data: data})
		var envelope struct {
			ActionType  int
			InviteeList []string
			Data        string
		}
		if err := json.Unmarshal([]byte(m.Data), &envelope); err != nil {
			t.Fatalf("%q: %v", m.Data, err)
		}
		if envelope.ActionType != action || len(envelope.InviteeList) != 1 || utf8.ValidString(data) && envelope.Data != data {
			t.Errorf("%+v, of %q", envelope, data)
		}
	})
}
