package signaling

import (
	"callsvc/call"
	"callsvc/internal/commit"
)

// appendInvite puts a new invitation into its conversation, and notes which
// message is its. An online-only invitation leaves no trace.
func (s *Service) appendInvite(tx *commit.Tx, inv *call.Invitation) {
	if inv.OnlineUserOnly {
		return
	}
	m := s.messages.AppendSignaling(tx, inv, call.Signaled{
		Action: call.ActionInvite, By: inv.Inviter, Invitees: inv.InviteeIDs(), Data: inv.Data, At: inv.CreatedAt,
	})
	inv.MessageID, inv.MessageSeq = m.MessageID, m.Seq
}

// appendOutcome puts what became of an invitation, and of whom, into its
// conversation; that it was modified into its own message.
func (s *Service) appendOutcome(tx *commit.Tx, inv *call.Invitation, ev call.InvitationEvent, concerned []call.UserID) {
	if inv.OnlineUserOnly {
		return
	}
	did := call.Signaled{Invitees: concerned}
	switch ev := ev.(type) {
	case call.AcceptInvitation:
		did.Action, did.By, did.Data, did.At = call.ActionAccept, ev.By, ev.Data, ev.At
	case call.RejectInvitation:
		did.Action, did.By, did.Data, did.At = call.ActionReject, ev.By, ev.Data, ev.At
	case call.CancelInvitation:
		did.Action, did.By, did.Data, did.At = call.ActionCancel, ev.By, ev.Data, ev.At
	case call.ExpireInvitation:
		did.Action, did.By, did.Data, did.At = call.ActionTimeout, inv.Inviter, inv.Data, ev.At
	case call.ModifyInvitation:
		s.messages.ReviseSignaling(tx, inv)
		return
	}
	s.messages.AppendSignaling(tx, inv, did)
}
