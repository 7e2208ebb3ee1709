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

// inGroup invites in a group of ana, bo, cy and di.
func (s *server) inGroup(t *testing.T, timeout float64, invitees ...call.UserID) call.InviteID {
	t.Helper()
	r, err := s.InviteInGroup(t.Context(), who("ana"), &wire.InviteInGroup{GroupID: "g", InviteeList: invitees, Timeout: &timeout})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return r.InviteID
}

// serveGroup serves with that group.
func serveGroup(t *testing.T, test func(t *testing.T, s *server)) {
	t.Helper()
	serve(t, func(t *testing.T, s *server) {
		s.members = []call.UserID{"ana", "bo", "cy", "di"}
		test(t, s)
	})
}

// wasTold compares what was told, in any order of people.
func (s *server) wasTold(t *testing.T, want string) {
	t.Helper()
	synctest.Wait()
	got, wanted := strings.Fields(s.told.take()), strings.Fields(want)
	slices.Sort(got)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		t.Errorf("told %q, want %q", got, wanted)
	}
}

func TestEveryMemberIsToldOfEverything(t *testing.T) {
	serveGroup(t, func(t *testing.T, s *server) {
		id := s.inGroup(t, 30, "bo", "cy")
		s.wasTold(t, "bo:onReceiveNewInvitation cy:onReceiveNewInvitation di:onReceiveNewInvitation")
		if err := s.do(t, "bo", "accept", id); err != nil {
			t.Fatal(err)
		}
		s.wasTold(t, "ana:onInviteeAccepted cy:onInviteeAccepted di:onInviteeAccepted")
		if err := s.do(t, "di", "accept", id); call.CodeOf(err) != call.CodeInviteNotAllowed {
			t.Errorf("a bystander's accept: %v", err)
		}
		if err := s.do(t, "ana", "cancel", id); err != nil {
			t.Fatal(err)
		}
		s.wasTold(t, "bo:onInvitationCancelled cy:onInvitationCancelled di:onInvitationCancelled")
		inv := s.store.saved[id]
		if inv.Invitee("bo").State != call.InviteeAccepted || inv.Invitee("cy").State != call.InviteeCancelled {
			t.Errorf("after the cancel: %+v", inv.Invitees)
		}
		if err := s.do(t, "ana", "cancel", id); call.CodeOf(err) != call.CodeInviteUnknown {
			t.Errorf("cancelling when nobody is pending: %v", err)
		}
	})
}

func TestOneTimeoutNamesEverybodyStillPending(t *testing.T) {
	serveGroup(t, func(t *testing.T, s *server) {
		id := s.inGroup(t, 10, "bo", "cy", "di")
		if err := s.do(t, "cy", "reject", id); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s.told.take()
		time.Sleep(11 * time.Second)
		s.wasTold(t, "ana:onInvitationTimeout bo:onInvitationTimeout cy:onInvitationTimeout di:onInvitationTimeout")
		if got := s.messages.lines[len(s.messages.lines)-1]; got != "5 ana [bo di] " {
			t.Errorf("the message of the timeout: %q", got)
		}
	})
}

func TestWhoLeavesTheGroupIsTakenOut(t *testing.T) {
	serveGroup(t, func(t *testing.T, s *server) {
		id := s.inGroup(t, 30, "bo", "cy")
		s.told.take()
		s.members = []call.UserID{"ana", "cy", "di"}
		if err := s.decide(t, func(tx *commit.Tx) { s.MemberLeft(tx, "g", "bo") }); err != nil {
			t.Fatal(err)
		}
		s.wasTold(t, "ana:onInviteeRejected bo:onInviteeRejected cy:onInviteeRejected di:onInviteeRejected")
		inv := s.store.saved[id]
		if inv.Invitee("bo").State != call.InviteeRejected || inv.Invitee("cy").State != call.InviteePending {
			t.Errorf("after leaving: %+v", inv.Invitees)
		}
	})
}

func TestBadGroupInvitationsAreRefusedAndLeaveNoTrace(t *testing.T) {
	tests := []struct {
		name string
		who  call.UserID
		p    wire.InviteInGroup
		want call.Code
	}{
		{"more than any group has", "ana", wire.InviteInGroup{GroupID: "g", InviteeList: make([]call.UserID, 6001)}, call.CodeInvalidParameter},
		{"nobody asked", "ana", wire.InviteInGroup{GroupID: "g"}, call.CodeInvalidParameter},
		{"somebody twice", "ana", wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"bo", "bo"}}, call.CodeInvalidParameter},
		{"the inviter", "ana", wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"bo", "ana"}}, call.CodeInvalidParameter},
		{"a guest of a meeting", "ana", wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"guest-0123456789abcdef0123"}}, call.CodeGroupPermission},
		{"no user id", "ana", wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"b o"}}, call.CodeInvalidParameter},
		{"a non-member", "ana", wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"bo", "ed"}}, call.CodeGroupPermission},
		{"by a non-member", "ed", wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"bo"}}, call.CodeGroupPermission},
		{"no such group", "ana", wire.InviteInGroup{GroupID: "h", InviteeList: []call.UserID{"bo"}}, call.CodeGroupUnknown},
		{"no group id", "ana", wire.InviteInGroup{InviteeList: []call.UserID{"bo"}}, call.CodeGroupIDInvalid},
		{"half a second", "ana", wire.InviteInGroup{GroupID: "g", InviteeList: []call.UserID{"bo"}, Timeout: seconds(0.5)}, call.CodeInvalidParameter},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			serveGroup(t, func(t *testing.T, s *server) {
				if _, err := s.InviteInGroup(t.Context(), who(tt.who), &tt.p); call.CodeOf(err) != tt.want {
					t.Errorf("error %v, want code %d", err, tt.want)
				}
				s.wasTold(t, "")
				if len(s.store.saved) != 0 || s.Stats().Open != 0 {
					t.Error("it left a trace")
				}
			})
		})
	}
}
