package signaling_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

func TestWhatStandsInTheConversation(t *testing.T) {
	tests := []struct {
		name string
		end  func(t *testing.T, s *server, id call.InviteID)
		want string // after the invitation
	}{
		{"accepted", func(t *testing.T, s *server, id call.InviteID) { s.must(t, "bo", "accept", id) }, "3 bo [bo] x"},
		{"rejected", func(t *testing.T, s *server, id call.InviteID) { s.must(t, "bo", "reject", id) }, "4 bo [bo] x"},
		{"cancelled", func(t *testing.T, s *server, id call.InviteID) { s.must(t, "ana", "cancel", id) }, "2 ana [bo] x"},
		{"not answered", func(*testing.T, *server, call.InviteID) { time.Sleep(31 * time.Second) }, "5 ana [bo] hi"},
		{"modified and left pending", func(t *testing.T, s *server, id call.InviteID) {
			if _, err := s.Modify(t.Context(), who("ana"), &wire.ModifyInvitation{InviteID: id, Data: "y"}); err != nil {
				t.Error(err)
			}
		}, "1 revised y"},
		{"answered by who may not", func(t *testing.T, s *server, id call.InviteID) {
			if err := s.do(t, "cy", "accept", id); call.CodeOf(err) != call.CodeInviteNotAllowed {
				t.Error(err)
			}
		}, ""},
		{"over with its call", func(t *testing.T, s *server, id call.InviteID) {
			if err := s.decide(t, func(tx *commit.Tx) { s.CancelRinging(tx, []call.InviteID{id}, 7) }); err != nil {
				t.Error(err)
			}
		}, "2 ana [bo] "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			serve(t, func(t *testing.T, s *server) {
				id := s.invite(t, 30)
				if inv, err := s.store.InvitationByMessage(t.Context(), call.MessageID("m1-"+id)); err != nil || inv == nil || inv.InviteID != id {
					t.Errorf("the first message brought %+v, %v", inv, err)
				}
				tt.end(t, s, id)
				synctest.Wait()
				want := []string{"1 ana [bo] hi"}
				if tt.want != "" {
					want = append(want, tt.want)
				}
				if !slices.Equal(s.messages.lines, want) {
					t.Errorf("the conversation says\n\t%s\nwant\n\t%s", strings.Join(s.messages.lines, "\n\t"), strings.Join(want, "\n\t"))
				}
			})
		})
	}
}

// must is do for what is not refused.
func (s *server) must(t *testing.T, user call.UserID, what string, id call.InviteID) {
	t.Helper()
	if err := s.do(t, user, what, id); err != nil {
		t.Errorf("%s by %s: %v", what, user, err)
	}
}

func TestAnOnlineOnlyInvitationLeavesNoMessage(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		r, err := s.Invite(t.Context(), who("ana"), &wire.Invite{Invitee: "bo", OnlineUserOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		s.must(t, "bo", "accept", r.InviteID)
		if r.MessageID != "" || len(s.messages.lines) != 0 {
			t.Errorf("message %q, conversation %v", r.MessageID, s.messages.lines)
		}
	})
}
