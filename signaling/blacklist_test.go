package signaling_test

import (
	"testing"
	"testing/synctest"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Lea has blocked leo.
func TestABlockedInviterIsRefusedAndLeavesNoTrace(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		leo := who("leo")
		leo.RequestID = "once"
		_, err := s.Invite(t.Context(), leo, &wire.Invite{Invitee: "lea", Data: "hi"})
		if call.CodeOf(err) != call.CodeBlackListed {
			t.Errorf("error %v, want code 20007", err)
		}
		synctest.Wait()
		if s.told.take() != "" || len(s.store.saved)+len(s.store.remember)+len(s.messages.lines) != 0 || s.Stats().Open != 0 {
			t.Error("it left a trace")
		}
	})
}

func TestABlackListGoesOneWayAndHoldsForOneToOneOnly(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		s.members = []call.UserID{"lea", "leo"}
		if _, err := s.Invite(t.Context(), who("lea"), &wire.Invite{Invitee: "leo"}); err != nil {
			t.Errorf("who blocks invites: %v", err)
		}
		if _, err := s.Invite(t.Context(), who("leo"), &wire.Invite{Invitee: "bo"}); err != nil {
			t.Errorf("who is blocked invites another: %v", err)
		}
		if _, err := s.InviteInGroup(t.Context(), who("leo"), &wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"lea"}}); err != nil {
			t.Errorf("who is blocked invites in a group: %v", err)
		}
		s.wasTold(t, "leo:onReceiveNewInvitation bo:onReceiveNewInvitation lea:onReceiveNewInvitation")
	})
}
