package signaling

import (
	"cmp"

	"callsvc/call"
	"callsvc/internal/commit"
)

// CancelRinging takes back, in the inviter's name, the invitations that are
// pending for a call that is over. Everyone is told, the inviter's sessions too.
func (s *Service) CancelRinging(tx *commit.Tx, ids []call.InviteID, at call.Millis) {
	for _, id := range ids {
		l := s.open[id]
		if l == nil {
			continue // it ended in the same decision
		}
		if err := s.apply(tx, id, "", call.CancelInvitation{By: l.Inviter, At: at}); err != nil {
			s.log.Error("an open invitation could not be cancelled", "inviteID", id, "error", err)
		}
	}
}

// SendFinal sends a call's final call-end invitation, one to all sides, and puts
// it into the conversations it ends a call of. It rings nobody and is pending
// for nobody.
func (s *Service) SendFinal(tx *commit.Tx, inv *call.Invitation, in []call.Conversation) {
	inv.CallEnd, inv.Timeout = true, 0
	for i := range inv.Invitees {
		e := &inv.Invitees[i]
		e.State, e.At, e.Reached = call.InviteeTold, inv.CreatedAt, s.notify.Online(e.UserID)
	}
	for _, c := range in {
		one := inv.In(c)
		s.appendInvite(tx, one)
		inv.MessageID = cmp.Or(inv.MessageID, one.MessageID)
	}
	tx.Save(call.SaveInvitation{Invitation: inv.Clone()})
	s.tellNew(tx, inv, s.audience(inv), "")
}
