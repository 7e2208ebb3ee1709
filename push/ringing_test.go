package push_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/internal/testkit"
	"callsvc/push"
)

func at() call.Millis { return call.MillisOf(time.Now()) }

func TestAClosedPageIsRungUntilItIsOver(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		phone, desk, anas := w.subscribe("bo", "en-GB"), w.subscribe("bo", "zh-CN"), w.subscribe("ana", "")
		inv := w.invite(nil)
		m, body := rung(t, phone, "invitation")
		equal(t, "message", body, p{
			"type": "invitation", "inviteID": "i1", "inviter": "ana", "name": "Ana", "callType": "video", "title": "Ana",
			"desc": "You have a call request", "expiresAt": float64(inv.DueAt()), "language": "en",
			"answerToken": "bo may answer i1 for 30s",
		})
		equal(t, "headers", []any{m.TTL, m.Urgency}, []any{30, "high"})
		if _, body := rung(t, desk, "invitation"); body.Str("desc") != "您有一个通话请求" || body.Str("language") != "zh" {
			t.Errorf("in Chinese it is %v", body)
		}
		equal(t, "reached", w.reached, []call.UserID{"bo", "bo"})
		time.Sleep(10 * time.Second)
		w.happens(inv, call.AcceptInvitation{By: "bo", At: at()})
		over, body := rung(t, phone, "over")
		equal(t, "its end", body, p{
			"type": "over", "inviteID": "i1", "outcome": "accepted", "name": "Ana", "callType": "video", "language": "en",
		})
		equal(t, "the end's headers", []any{over.TTL, over.Topic}, []any{60, m.Topic})
		rung(t, desk, "over")
		time.Sleep(time.Hour)
		quiet(t, phone, desk, anas)
		equal(t, "accepted", w.Stats().Accepted, int64(4))
	})
}

func TestWhatIsPushed(t *testing.T) {
	group := func(inv *call.Invitation) { inv.GroupID = "g" }
	tests := []struct {
		name   string
		change func(*call.Invitation)
		want   p // some of the message; nil is none
	}{
		{"a voice call", func(inv *call.Invitation) { inv.Data = testkit.CallData(1, "r") }, p{"callType": "audio"}},
		{"a group's", group, p{"groupID": "g"}},
		{"with title, desc and ext of the inviter's", func(inv *call.Invitation) {
			inv.OfflinePush = `{"title":"T","desc":"D","ext":"{\"e\":1}"}`
		}, p{"title": "T", "desc": "D", "ext": `{"e":1}`}},
		{"with TIM's names of the web", func(inv *call.Invitation) {
			inv.OfflinePush = `{"title":"T","description":"D","extension":"E"}`
		}, p{"title": "T", "desc": "D", "ext": "E", "silent": nil}},
		{"without a sound", func(inv *call.Invitation) { inv.OfflinePush = `{"iOSSound":"push.no_sound"}` }, p{"title": "Ana", "silent": true}},
		{"with a sound of another system's", func(inv *call.Invitation) { inv.OfflinePush = `{"iOSSound":"bell.caf"}` }, p{"title": "Ana", "silent": nil}},
		{"unless push is disabled", func(inv *call.Invitation) { inv.OfflinePush = `{"title":"T","disablePush":true}` }, nil},
		{"unless it is for those online", func(inv *call.Invitation) { inv.OnlineUserOnly = true }, nil},
		{"unless it is a call's end", func(inv *call.Invitation) { inv.CallEnd = true }, nil},
		{"unless it only changes a call", func(inv *call.Invitation) {
			inv.Data, inv.OfflinePush = `{"businessID":"av_call","version":4,"data":{"cmd":"switchToAudio","str_room_id":"r"}}`, `{"title":"T"}`
		}, nil},
		{"one about something else, where the inviter says what to show", func(inv *call.Invitation) {
			inv.Data, inv.OfflinePush = "a game of chess?", `{"desc":"Chess"}`
		}, p{"title": "Ana", "desc": "Chess"}},
		{"not where they do not", func(inv *call.Invitation) { inv.Data = "a game of chess?" }, nil},
		{"a day long without a timeout", func(inv *call.Invitation) { inv.Timeout = 0 }, p{"answerToken": "bo may answer i1 for 24h0m0s"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				phone := w.subscribe("bo", "")
				w.invite(tt.change)
				_, body, ok := gets(t, phone)
				if ok != (tt.want != nil) {
					t.Fatalf("pushed is %v", body)
				}
				for name, want := range tt.want {
					equal(t, name, body[name], want)
				}
			})
		})
	}
}

func TestWhoIsOnlineOrDoesNotWantItIsNotPushedTo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		phone := w.subscribe("bo", "")
		w.setOnline("bo", true)
		inv := w.invite(nil)
		w.happens(inv, call.CancelInvitation{By: "ana", At: at()})
		w.setOnline("bo", false)
		w.silent = true
		inv = w.invite(nil)
		w.happens(inv, call.CancelInvitation{By: "ana", At: at()})
		quiet(t, phone)
	})
}

func TestWhoLosesTheConnectionWhileItRingsIsPushedTo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		phone := w.subscribe("bo", "")
		w.setOnline("bo", true)
		w.invite(nil)
		lose := func(back time.Duration) {
			w.setOnline("bo", false)
			w.SessionGone("bo")
			time.Sleep(back)
		}
		lose(2 * time.Second)
		w.setOnline("bo", true)
		time.Sleep(5 * time.Second)
		quiet(t, phone)
		lose(3 * time.Second)
		if m, _ := rung(t, phone, "invitation"); m.TTL != 20 {
			t.Errorf("kept for %d s, want what is left, 20", m.TTL)
		}
		lose(10 * time.Second)
		quiet(t, phone)
	})
}

func TestWhatRangWhenTheServerStoppedIsPushedAfterItStarts(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		phone, carols := w.subscribe("bo", ""), w.subscribe("carol", "")
		w.store.open = []*call.Invitation{invitation(func(inv *call.Invitation) {
			inv.Invitees = append(inv.Invitees, call.Invitee{UserID: "carol", State: call.InviteeRejected})
		})}
		if err := w.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, phone)
		time.Sleep(5 * time.Second)
		rung(t, phone, "invitation")
		quiet(t, phone, carols)
	})
}

func TestWhatEndsWhenTheServerStartsIsToldToWhoMayHaveHeardOfIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		phone, carols := w.subscribe("bo", ""), w.subscribe("carol", "")
		inv := invitation(func(inv *call.Invitation) {
			inv.Invitees = append(inv.Invitees, call.Invitee{UserID: "carol", State: call.InviteeRejected})
		})
		w.store.open = []*call.Invitation{inv.Clone()}
		if err := w.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.happens(inv, call.ExpireInvitation{At: at()})
		rung(t, phone, "over")
		time.Sleep(time.Minute)
		quiet(t, phone, carols)
	})
}

func TestTheEndIsToldAsItWas(t *testing.T) {
	tests := []struct {
		name string
		ev   func() call.InvitationEvent
		want string
		ttl  int
	}{
		{"declined on another device", func() call.InvitationEvent { return call.RejectInvitation{By: "bo", At: at()} }, "rejected", 60},
		{"missed: it is kept for a day", func() call.InvitationEvent { return call.ExpireInvitation{At: at()} }, "timedOut", 86400},
		{"given up: missed too", func() call.InvitationEvent { return call.CancelInvitation{By: "ana", At: at()} }, "cancelled", 86400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				phone := w.subscribe("bo", "")
				inv := w.invite(nil)
				rung(t, phone, "invitation")
				w.happens(inv, tt.ev())
				m, body := rung(t, phone, "over")
				equal(t, "outcome and TTL", []any{body.Str("outcome"), m.TTL}, []any{tt.want, tt.ttl})
			})
		})
	}
}

func TestOneOfManyWhoAnswersEndsItForThemselves(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		bos, carols := w.subscribe("bo", ""), w.subscribe("carol", "")
		inv := w.invite(func(inv *call.Invitation) {
			inv.GroupID, inv.Invitees = "g", append(inv.Invitees, call.Invitee{UserID: "carol", State: call.InviteePending})
		})
		rung(t, bos, "invitation")
		rung(t, carols, "invitation")
		w.happens(inv, call.AcceptInvitation{By: "bo", At: at()})
		rung(t, bos, "over")
		quiet(t, carols)
		w.happens(inv, call.ExpireInvitation{At: at()})
		rung(t, carols, "over")
		quiet(t, bos)
	})
}

func TestTooManyWaitingAreNotPushedAndNobodyWaits(t *testing.T) {
	stalled(t, func(t *testing.T, w *world) {
		err := w.loop.Do(context.Background(), func(tx *commit.Tx) error {
			for i := range push.MaxQueue + 3 {
				w.Invited(tx, invitation(func(inv *call.Invitation) { inv.InviteID = call.InviteID(fmt.Sprint(i)) }))
			}
			return nil
		})
		equal(t, "error", err, nil)
		equal(t, "dropped", w.Stats().Dropped, int64(3))
	})
}
