package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"callsvc/internal/testkit"
)

// An operator revokes what bo signed in with while he is in a call: his
// sessions end, his media ends, the others are told, the call is over.
func TestRevokingEndsSessionsAndMedia(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	tablet := svc.SignIn("bo")
	meet(t, ana, bo, "4711", sends{})
	bo.Watch("ana")
	slot := bo.Media.Video(0)
	bo.Media.Gets(slot, "ana", 5)

	done := svc.Operate(http.MethodPost, "/v1/users/bo/revoke", nil)
	for _, device := range []*testkit.User{bo, tablet} {
		device.Sees("session.kicked", func(e event) bool { return e.Str("reason") == "revoked" })
		<-device.Client.Closed()
		if code := device.Client.CloseCode(); code != 4001 {
			t.Errorf("closed with %d, want 4001", code)
		}
	}
	left := ana.Expect("onRemoteUserLeaveRoom", p{"roomID": "4711", "userID": "bo", "reason": 2})
	end := ana.Sees("onCallEnd", func(e event) bool { return e.Str("result") == "kicked" })
	record := svc.Operate(http.MethodGet, "/v1/calls/"+end.Str("callID"), nil)
	stays := record.List("participants")[1].List("intervals")
	if len(stays) != 1 || stays[0].Int("leftAt") != left.Int("at") || stays[0].Int("reason") != 2 {
		t.Errorf("bo's stays %v, want one until %d for reason 2", stays, left.Int("at"))
	}

	// The room lets him in again only when nothing of his old connection is left.
	again := svc.SignInWith("bo", svc.Token("bo", "&room=4711"))
	again.Enter("4711", sends{})
	ana.Media.UntilSent("camera", ana.Media.Sent("camera")+25)
	before := bo.Media.In(slot).Packets
	ana.Media.UntilSent("camera", ana.Media.Sent("camera")+25)
	if after := bo.Media.In(slot).Packets; after != before {
		t.Errorf("%d packets came to who was revoked", after-before)
	}
	if done.Str("userID") != "bo" || done.Int("at")%1000 != 0 {
		t.Errorf("revoked: %v", done)
	}
}

func TestRevokedCredentialsAreRefusedForGood(t *testing.T) {
	svc := testkit.Start(t)
	old, others := svc.Token("bo", ""), svc.Token("ana", "")
	undated := testkit.JWT(testkit.DevSecret, testkit.Claims("bo")) // has no iat
	svc.Operate(http.MethodPost, "/v1/users/bo/revoke", nil)
	newer := svc.Token("bo", "")
	check := func(when string) {
		t.Helper()
		for _, c := range []struct {
			name, token string
			code        int
		}{
			{"an old one", old, 70003},
			{"one without a date", undated, 70003},
			{"a newer one", newer, 0},
			{"another user's", others, 0},
		} {
			client, err := tryDial(t, svc.Socket("token="+c.token), nil)
			if testkit.CodeOf(err) != c.code {
				t.Errorf("%s: %s connects: %v, want code %d", when, c.name, err, c.code)
			}
			if err == nil {
				client.Drop()
			}
			status, body := svc.Get(c.token, "/v1/calls")
			if refused := status == http.StatusUnauthorized && strings.Contains(body, "70003"); refused != (c.code != 0) {
				t.Errorf("%s: %s asks: %d %s", when, c.name, status, body)
			}
		}
	}
	check("at once")
	svc.Operate(http.MethodPost, "/v1/users/bo/revoke", p{"at": 1000})
	check("after an earlier moment was given")
	svc.Restart()
	check("after a restart")
}

func TestWhoMayRevoke(t *testing.T) {
	svc := testkit.Start(t)
	operator := svc.Token("operator", "&admin=true")
	for _, c := range []struct {
		name, token, path string
		body              p
		status            int
		code              string
	}{
		{"nobody", "", "/v1/users/bo/revoke", nil, 401, "6014"},
		{"not oneself", svc.Token("bo", ""), "/v1/users/bo/revoke", nil, 403, "10007"},
		{"nobody who cannot be", operator, "/v1/users/b%20o/revoke", nil, 400, "6017"},
		{"not for the future", operator, "/v1/users/bo/revoke", p{"at": int64(1) << 52}, 400, "6017"},
		{"not for before the epoch", operator, "/v1/users/bo/revoke", p{"at": -1}, 400, "6017"},
		{"not with a misspelt member", operator, "/v1/users/bo/revoke", p{"ta": 5}, 400, "6017"},
		{"not with a wrong type", operator, "/v1/users/bo/revoke", p{"at": "now"}, 400, "6017"},
		{"not with a novel", operator, "/v1/users/bo/revoke", p{"at": strings.Repeat("x", 300<<10)}, 413, "8001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := svc.For(t).Send(http.MethodPost, c.token, c.path, c.body)
			if status != c.status || !strings.Contains(body, `"code":`+c.code) {
				t.Errorf("%d %s, want %d with %s", status, body, c.status, c.code)
			}
		})
	}
	svc.SignIn("bo").Quiet()
}

func TestWhoIsRevokedIsPushedToNoMore(t *testing.T) {
	svc, all := testkit.Start(t), newBrowsers(t)
	ana := svc.SignIn("ana")
	all.closed(svc.SignIn("bo"))
	svc.Operate(http.MethodPost, "/v1/users/bo/revoke", nil)
	ana.Invite("bo", "room", p{"timeout": 1})
	ana.Expect("onInvitationTimeout", nil)
	ana.Expect("onCallEnd", p{"result": "unreachable"})
	if n := svc.Figure(`callsvc_push_messages_total{result="accepted"}`); n != 0 {
		t.Errorf("%v messages are pushed", n)
	}
}
