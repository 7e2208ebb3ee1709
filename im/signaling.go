package im

import (
	"context"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
)

// storePatience is how long the loop waits for the store for the end of a
// conversation that nobody has asked for in a while.
const storePatience = 5 * time.Second

// Prepare makes sure that AppendSignaling need not wait for the store. Call it
// before the decision by which an invitation comes to be.
func (s *Service) Prepare(ctx context.Context, inv *call.Invitation) error {
	t, err := s.tails.held(ctx, inv.Conversation())
	if err != nil {
		return err
	}
	s.tails.release(t)
	return nil
}

// AppendSignaling puts what happened to an invitation into its conversation, as
// a message of type signaling, and returns the message. It must be called inside
// the decision. If the end of the conversation cannot be read, the message is
// left out, which the log says, and it has no id.
func (s *Service) AppendSignaling(tx *commit.Tx, inv *call.Invitation, did call.Signaled) call.Message {
	ctx, cancel := context.WithTimeout(context.Background(), storePatience)
	defer cancel()
	t, err := s.tails.held(ctx, inv.Conversation())
	if err != nil {
		s.log.Error("an invitation's message is missing in its conversation: its end could not be read",
			"inviteID", inv.InviteID, "actionType", int(did.Action), "error", err)
		return call.Message{}
	}
	defer s.tails.release(t)
	m := inv.Message(did)
	s.append(tx, t, &m, inv.InviteID)
	return m
}

// ReviseSignaling lets an invitation's message say what the invitation says now
// (TIM: modifyInvitation changes the message). It must be called inside the
// decision.
func (s *Service) ReviseSignaling(tx *commit.Tx, inv *call.Invitation) {
	if inv.MessageSeq == 0 {
		return // online-only, or its message was left out
	}
	m := inv.Message(call.Signaled{
		Action: call.ActionInvite, By: inv.Inviter, Invitees: inv.InviteeIDs(), Data: inv.Data, At: inv.CreatedAt,
	})
	m.MessageID, m.Seq = inv.MessageID, inv.MessageSeq
	tx.Save(call.ReviseMessage{Message: m})
}
