package im_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/im"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

func TestTwoPeopleTalk(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("ana", "message.send", `{"to":"bo","type":"text","text":"hi"}`)
		time.Sleep(time.Second)
		w.must("bo", "message.send", `{"to":"ana","type":"custom","data":"{}"}`)
		w.must("ana", "message.send", `{"to":"bo","type":"text","text":"ho"}`)
		w.expect("bo: 1 ana: hi", "ana: 2 bo: {}", "bo: 3 ana: ho")
		for u, want := range map[call.UserID]string{"ana": "bo 0/3 unread 1", "bo": "ana 0/3 unread 2", "cy": ""} {
			if got := w.conversations(u); got != want {
				t.Errorf("%s's conversations: %s, want %s", u, got, want)
			}
		}
		if got := w.texts("bo", `{"peer":"ana"}`); got != "3 ho, 2 {}, 1 hi" {
			t.Errorf("bo reads %s", got)
		}
		if got := w.texts("cy", `{"peer":"ana"}`); got != "" {
			t.Errorf("a third reads %s", got)
		}
	})
}

func TestReadMarksAreToldToOnesOtherSessions(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		for range 3 {
			w.must("ana", "message.send", `{"to":"bo","type":"text","text":"hi"}`)
		}
		w.forget()
		bo := call.Caller{UserID: "bo", SessionID: "bo's phone"}
		for _, seq := range []int64{2, 1} {
			if _, err := w.MarkRead(t.Context(), bo, &wire.MarkRead{Peer: "ana", MessageSeq: seq}); err != nil {
				t.Fatal(err)
			}
		}
		w.expect("bo: read ana up to 2", "bo: read ana up to 1")
		if got := w.conversations("bo"); got != "ana 2/3 unread 1" {
			t.Errorf("bo's conversations: %s", got)
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	long := strings.Repeat("x", im.MaxMessageBytes+1)
	tests := []struct {
		name, method, params string
		code                 call.Code
	}{
		{"a message to nobody", "message.send", `{"type":"text","text":"x"}`, call.CodeInvalidParameter},
		{"a message to a user and a group", "message.send", `{"to":"bo","groupID":"g","type":"text","text":"x"}`, call.CodeInvalidParameter},
		{"a message to oneself", "message.send", `{"to":"ana","type":"text","text":"x"}`, call.CodeInvalidParameter},
		{"a message to a guest of a meeting", "message.send", `{"to":"guest-0123456789abcdef0123","type":"text","text":"x"}`, call.CodeInvalidParameter},
		{"a group of a guest", "group.create", `{"name":"g","type":"Work","members":["guest-0123456789abcdef0123"]}`, call.CodeInvalidParameter},
		{"an introduction too long", "group.setInfo", `{"groupID":"ours","introduction":"` + long[:241] + `"}`, call.CodeInvalidParameter},
		{"a notification too long", "group.setInfo", `{"groupID":"ours","notification":"` + long[:301] + `"}`, call.CodeInvalidParameter},
		{"a picture's address too long", "group.setInfo", `{"groupID":"ours","faceURL":"` + long[:501] + `"}`, call.CodeInvalidParameter},
		{"muting all of a Work group", "group.setInfo", `{"groupID":"ours","allMuted":true}`, call.CodeInvalidParameter},
		{"a message to no user id", "message.send", `{"to":"b o","type":"text","text":"x"}`, call.CodeInvalidParameter},
		{"a message of signaling's type", "message.send", `{"to":"bo","type":"signaling","data":"x"}`, call.CodeInvalidParameter},
		{"a text message without text", "message.send", `{"to":"bo","type":"text"}`, call.CodeInvalidParameter},
		{"a text message with data", "message.send", `{"to":"bo","type":"text","text":"x","data":"x"}`, call.CodeInvalidParameter},
		{"a custom message without data", "message.send", `{"to":"bo","type":"custom","text":"x"}`, call.CodeInvalidParameter},
		{"a text too long", "message.send", `{"to":"bo","type":"text","text":"` + long + `"}`, call.CodeMessageTooLarge},
		{"a message to no group id", "message.send", `{"groupID":"g g","type":"text","text":"x"}`, call.CodeGroupIDInvalid},
		{"a message to no group", "message.send", `{"groupID":"nix","type":"text","text":"x"}`, call.CodeGroupUnknown},
		{"a message to others' group", "message.send", `{"groupID":"theirs","type":"text","text":"x"}`, call.CodeGroupPermission},
		{"others' group's messages", "message.list", `{"groupID":"theirs"}`, call.CodeGroupPermission},
		{"a page of too many", "message.list", `{"peer":"bo","limit":201}`, call.CodeInvalidParameter},
		{"a page of fewer than none", "conversation.list", `{"limit":-1}`, call.CodeInvalidParameter},
		{"a page before the first", "message.list", `{"peer":"bo","beforeSeq":-1}`, call.CodeInvalidParameter},
		{"a broken cursor", "conversation.list", `{"cursor":"x"}`, call.CodeInvalidParameter},
		{"reading what was not said", "conversation.markRead", `{"peer":"bo","messageSeq":2}`, call.CodeInvalidParameter},
		{"reading nothing", "conversation.markRead", `{"peer":"bo","messageSeq":0}`, call.CodeInvalidParameter},
		{"reading others' group", "conversation.markRead", `{"groupID":"theirs","messageSeq":1}`, call.CodeGroupPermission},
		{"a group of no type", "group.create", `{"name":"g","type":"Party"}`, call.CodeInvalidParameter},
		{"a group without a name", "group.create", `{"name":"","type":"Work"}`, call.CodeInvalidParameter},
		{"a group of a long name", "group.create", `{"name":"` + strings.Repeat("n", 101) + `","type":"Work"}`, call.CodeInvalidParameter},
		{"a group of no group id", "group.create", `{"groupID":"g g","name":"g","type":"Work"}`, call.CodeGroupIDInvalid},
		{"a group with the server's prefix", "group.create", `{"groupID":"@TGS#1","name":"g","type":"Work"}`, call.CodeGroupIDInvalid},
		{"a second group of one id", "group.create", `{"groupID":"theirs","name":"g","type":"Work"}`, call.CodeAlreadyExists},
		{"a group of somebody who cannot be", "group.create", `{"name":"g","type":"Work","members":["b o"]}`, call.CodeInvalidParameter},
		{"a group of too many", "group.create", `{"name":"g","type":"Work","members":["b","c","d","e"]}`, call.CodeGroupFull},
		{"joining a full group", "group.join", `{"groupID":"full"}`, call.CodeGroupFull},
		{"joining a Work group", "group.join", `{"groupID":"theirs"}`, call.CodeGroupPermission},
		{"joining no group", "group.join", `{"groupID":"nix"}`, call.CodeGroupUnknown},
		{"joining no group id", "group.join", `{"groupID":"g g"}`, call.CodeGroupIDInvalid},
		{"others' group's members", "group.members", `{"groupID":"theirs"}`, call.CodeGroupPermission},
		{"others' Work group's name", "group.getInfo", `{"groupID":"theirs"}`, call.CodeGroupPermission},
		{"others' group's attributes", "group.getAttributes", `{"groupID":"full"}`, call.CodeGroupPermission},
	}
	story(t, im.Options{MaxMembers: 4}, func(t *testing.T, w *world) {
		w.must("bo", "group.create", `{"groupID":"theirs","name":"theirs","type":"Work"}`)
		w.must("bo", "group.create", `{"groupID":"full","name":"full","type":"Public","members":["c","d","e"]}`)
		w.must("ana", "group.create", `{"groupID":"ours","name":"ours","type":"Work"}`)
		w.must("ana", "message.send", `{"to":"bo","type":"text","text":"hi"}`)
		w.forget()
		for _, tt := range tests {
			if _, err := w.do("ana", tt.method, tt.params); call.CodeOf(err) != tt.code {
				t.Errorf("%s: %v, want code %d", tt.name, err, tt.code)
			}
		}
		w.expect()
		if got := w.texts("bo", `{"peer":"ana"}`); got != "1 hi" {
			t.Errorf("a refusal left something: %s", got)
		}
	})
}

func TestPagesAreBoundedInBytesToo(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		large := strings.Repeat("x", im.MaxMessageBytes)
		for i := range 60 {
			w.must("ana", "message.send", `{"to":"bo","type":"text","text":"`+large+`"}`)
			w.must("ana", "message.send", fmt.Sprintf(`{"to":"peer%d","type":"text","text":"%s"}`, i, large))
		}
		seen, before := 0, 0
		for {
			var r wire.ListMessagesResult
			page := w.must("bo", "message.list", fmt.Sprintf(`{"peer":"ana","limit":200,"beforeSeq":%d}`, before))
			if err := json.Unmarshal([]byte(page), &r); err != nil {
				t.Fatal(err)
			}
			if seen += len(r.Messages); !r.More {
				break
			}
			if len(page) > 600<<10 || len(r.Messages) == 0 {
				t.Fatalf("a page of %d messages and %d bytes", len(r.Messages), len(page))
			}
			before = int(r.Messages[len(r.Messages)-1].Seq)
		}
		if seen != 60 || before == 0 {
			t.Errorf("%d messages in all, want 60 on several pages", seen)
		}
		seen, cursor := 0, ""
		for {
			var r wire.ListConversationsResult
			if err := json.Unmarshal([]byte(w.must("ana", "conversation.list", `{"cursor":"`+cursor+`"}`)), &r); err != nil {
				t.Fatal(err)
			}
			seen += len(r.Conversations)
			if cursor = r.Cursor; cursor == "" {
				break
			}
		}
		if seen != 61 {
			t.Errorf("%d conversations in all, want 61", seen)
		}
	})
}

func TestARememberedRequestHasItsAnswerStored(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		answers := []string{
			w.must("ana", "message.send", `{"to":"bo","type":"text","text":"hi","requestID":"q"}`),
			w.must("ana", "group.create", `{"name":"g","type":"Work","requestID":"q"}`),
			w.must("ana", "conversation.markRead", `{"peer":"bo","messageSeq":1,"requestID":"q"}`),
			w.must("ana", "group.create", `{"groupID":"g","name":"g","type":"Public","requestID":"q"}`),
			w.must("ana", "group.invite", `{"groupID":"g","members":["bo"],"requestID":"q"}`),
			w.must("ana", "group.kick", `{"groupID":"g","members":["bo"],"requestID":"q"}`),
		}
		if len(w.store.remembered) != len(answers) {
			t.Fatalf("%d answers stored, want %d", len(w.store.remembered), len(answers))
		}
		for i, want := range answers {
			if got := string(w.store.remembered[i].Result); got != want {
				t.Errorf("stored %s, want %s", got, want)
			}
		}
	})
}

func TestAStoreThatCannotBeReadRefusesTheRequest(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.store.broken = errors.New("disk on fire")
		if _, err := w.do("ana", "message.send", `{"to":"bo","type":"text","text":"hi"}`); call.CodeOf(err) != call.CodeInternal {
			t.Errorf("sending: %v", err)
		}
		w.append(t, invitation(), call.Signaled{Action: call.ActionInvite, By: "ana"}, "")
		w.store.broken = nil
		w.must("ana", "message.send", `{"to":"bo","type":"text","text":"hi"}`)
		w.expect("bo: 1 ana: hi")
	})
}

func invitation() *call.Invitation {
	return &call.Invitation{
		InviteID: "i1", Inviter: "ana", Invitees: []call.Invitee{{UserID: "bo", State: call.InviteePending}}, Data: "dance?", Timeout: 30,
	}
}

// append puts a signaling message into a conversation; want begins its id.
func (w *world) append(t *testing.T, inv *call.Invitation, did call.Signaled, want string) call.Message {
	t.Helper()
	var m call.Message
	err := w.loop.Do(t.Context(), func(tx *commit.Tx) error {
		did.At = call.MillisOf(time.Now())
		m = w.AppendSignaling(tx, inv, did)
		return nil
	})
	if err != nil || (m.MessageID == "") != (want == "") {
		t.Errorf("appended %+v, %v", m, err)
	}
	return m
}

func TestInvitationsStandInTheConversation(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.must("bo", "message.send", `{"to":"ana","type":"text","text":"hi"}`)
		inv := invitation()
		if err := w.Prepare(t.Context(), inv); err != nil {
			t.Fatal(err)
		}
		bo := []call.UserID{"bo"}
		w.append(t, inv, call.Signaled{Action: call.ActionInvite, By: "ana", Invitees: bo, Data: inv.Data}, "id")
		w.append(t, inv, call.Signaled{Action: call.ActionAccept, By: "bo", Invitees: bo, Data: "excludeFromHistoryMessage"}, "id")
		w.append(t, inv, call.Signaled{Action: call.ActionTimeout, By: "ana", Invitees: bo, Data: "excludeFromHistoryMessage"}, "id")
		synctest.Wait()
		w.expect("ana: 1 bo: hi")
		want := []struct {
			from, to call.UserID
			data     string
			excluded bool
		}{
			{"bo", "ana", "", false},
			{"ana", "bo", `{"businessID":1,"inviteID":"i1","inviter":"ana","actionType":1,"inviteeList":["bo"],"groupID":"","data":"dance?","timeout":30,"onlineUserOnly":false}`, false},
			{"bo", "ana", `{"businessID":1,"inviteID":"i1","inviter":"ana","actionType":3,"inviteeList":["bo"],"groupID":"","data":"excludeFromHistoryMessage","timeout":0,"onlineUserOnly":false}`, true},
			{"ana", "bo", `{"businessID":1,"inviteID":"i1","inviter":"ana","actionType":5,"inviteeList":["bo"],"groupID":"","data":"excludeFromHistoryMessage","timeout":0,"onlineUserOnly":false}`, false},
		}
		for i, s := range w.store.messages[call.DirectConversation("ana", "bo")] {
			m := s.Message
			if m.From != want[i].from || m.To != want[i].to || m.Data != want[i].data || m.Excluded != want[i].excluded || (s.InviteID != "") != (i > 0) {
				t.Errorf("message %d: %+v, want %+v", i+1, s, want[i])
			}
		}
		if got := w.conversations("ana") + "; " + w.conversations("bo"); got != "bo 0/4 unread 1; ana 0/4 unread 2" {
			t.Errorf("conversations: %s", got)
		}
	})
}

func TestAModifiedInvitationsMessageSaysSo(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		inv := invitation()
		m := w.append(t, inv, call.Signaled{Action: call.ActionInvite, By: "ana", Invitees: inv.InviteeIDs(), Data: inv.Data}, "id")
		inv.MessageID, inv.MessageSeq = m.MessageID, m.Seq
		inv.Data = "excludeFromHistoryMessage"
		onlineOnly := invitation()
		if err := w.loop.Do(t.Context(), func(tx *commit.Tx) error {
			w.ReviseSignaling(tx, inv)
			w.ReviseSignaling(tx, onlineOnly)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		kept := w.store.messages[inv.Conversation()]
		if len(kept) != 1 || kept[0].InviteID != "i1" || kept[0].Message.MessageID != m.MessageID || !kept[0].Message.Excluded ||
			!strings.Contains(kept[0].Message.Data, `"actionType":1,"inviteeList":["bo"],"groupID":"","data":"excludeFromHistoryMessage","timeout":30`) {
			t.Errorf("the conversation has %+v", kept)
		}
	})
}

func TestNumbersGoOnAfterARestart(t *testing.T) {
	story(t, im.Options{}, func(_ *testing.T, w *world) {
		w.must("ana", "message.send", `{"to":"bo","type":"text","text":"before"}`)
		w.restart()
		w.must("bo", "message.send", `{"to":"ana","type":"text","text":"after"}`)
		w.expect("bo: 1 ana: before", "ana: 2 bo: after")
	})
}

func TestWhoGivesUpWaitingToSendHasSentNothing(t *testing.T) {
	story(t, im.Options{}, func(t *testing.T, w *world) {
		w.loop.Post(func(*commit.Tx) { time.Sleep(time.Minute) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := w.Send(ctx, who("ana"), &wire.SendMessage{To: "bo", Type: "text", Text: "first"})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Send: %v, want deadline exceeded", err)
		}
		w.must("ana", "message.send", `{"to":"bo","type":"text","text":"second"}`)
		if got := w.texts("bo", `{"peer":"ana"}`); got != "1 second" {
			t.Errorf("bo reads %q, want only what was not given up", got)
		}
	})
}
