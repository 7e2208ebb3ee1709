package signaling

import (
	"context"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// Cancel takes an invitation back from those still pending. Errors:
// CodeInviteUnknown, CodeInviteNotAllowed, CodeMessageTooLarge.
func (s *Service) Cancel(ctx context.Context, who call.Caller, p *wire.Cancel) (wire.Empty, error) {
	return s.change(ctx, who, p.InviteID, p.Data, func(at call.Millis) call.InvitationEvent {
		return call.CancelInvitation{By: who.UserID, Data: p.Data, At: at}
	})
}

// Accept is a pending invitee's yes. Errors as Cancel.
func (s *Service) Accept(ctx context.Context, who call.Caller, p *wire.Accept) (wire.Empty, error) {
	return s.change(ctx, who, p.InviteID, p.Data, func(at call.Millis) call.InvitationEvent {
		return call.AcceptInvitation{By: who.UserID, Data: p.Data, At: at}
	})
}

// Reject is a pending invitee's no. Errors as Cancel.
func (s *Service) Reject(ctx context.Context, who call.Caller, p *wire.Reject) (wire.Empty, error) {
	return s.change(ctx, who, p.InviteID, p.Data, func(at call.Millis) call.InvitationEvent {
		return call.RejectInvitation{By: who.UserID, Data: p.Data, At: at}
	})
}

// Modify replaces the data of an invitation still pending. Errors as Cancel.
func (s *Service) Modify(ctx context.Context, who call.Caller, p *wire.ModifyInvitation) (wire.Empty, error) {
	return s.change(ctx, who, p.InviteID, p.Data, func(call.Millis) call.InvitationEvent {
		return call.ModifyInvitation{By: who.UserID, Data: p.Data}
	})
}

// change decides one request about an open invitation.
func (s *Service) change(ctx context.Context, who call.Caller, id call.InviteID, data string,
	event func(call.Millis) call.InvitationEvent,
) (wire.Empty, error) {
	if err := checkData(data); err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, s.loop.Do(ctx, func(tx *commit.Tx) error {
		at := now()
		if err := s.apply(tx, id, who.SessionID, event(at)); err != nil {
			return err
		}
		return tx.Remember(who, at, wire.Empty{})
	})
}

// apply moves an open invitation by one event, stores it, lets calls follow and
// tells everyone but the session that made the change.
func (s *Service) apply(tx *commit.Tx, id call.InviteID, except call.SessionID, ev call.InvitationEvent) error {
	l := s.open[id]
	if l == nil {
		return call.Errorf(call.CodeInviteUnknown, "there is no such invitation, or it has ended")
	}
	if m, again := ev.(call.ModifyInvitation); again && l.GroupID != "" {
		if err := s.groups.CheckMuted(l.GroupID, m.By); err != nil {
			return err
		}
		if err := s.floods.tell(m.By, s.membersIn(l.GroupID), time.Now()); err != nil {
			return err
		}
	}
	concerned, err := l.Apply(ev)
	if err != nil {
		return err
	}
	s.settle(l, concerned)
	tx.Save(call.SaveInvitation{Invitation: l.Clone()})
	s.appendOutcome(tx, l.Invitation, ev, concerned)
	s.tell(tx, l.Invitation, except, ev, concerned)
	for _, w := range s.watchers {
		w.Follow(tx, l.Invitation, ev, concerned)
	}
	s.calls.Follow(tx, l.Invitation, ev, concerned)
	return nil
}

// tell sends what happened to an invitation to everyone it concerns.
func (s *Service) tell(tx *commit.Tx, inv *call.Invitation, except call.SessionID, ev call.InvitationEvent, concerned []call.UserID) {
	users, event := s.audience(inv), eventOf(inv, ev, concerned)
	s.counts.of(ev).Add(1)
	tx.After(func() { s.notify.Notify(users, except, event) })
}

// eventOf is the event on the wire for an invitation's event.
func eventOf(inv *call.Invitation, ev call.InvitationEvent, concerned []call.UserID) wire.Event {
	switch ev := ev.(type) {
	case call.AcceptInvitation:
		return wire.InviteeAccepted{InviteID: inv.InviteID, Inviter: inv.Inviter, GroupID: inv.GroupID, Invitee: ev.By, Data: ev.Data}
	case call.RejectInvitation:
		return wire.InviteeRejected{InviteID: inv.InviteID, Inviter: inv.Inviter, GroupID: inv.GroupID, Invitee: ev.By, Data: ev.Data}
	case call.CancelInvitation:
		return wire.InvitationCancelled{InviteID: inv.InviteID, Inviter: inv.Inviter, GroupID: inv.GroupID, InviteeList: concerned, Data: ev.Data}
	case call.ExpireInvitation:
		return wire.InvitationTimeout{InviteID: inv.InviteID, Inviter: inv.Inviter, GroupID: inv.GroupID, InviteeList: concerned}
	case call.ModifyInvitation:
		return wire.InvitationModified{InviteID: inv.InviteID, Data: ev.Data}
	}
	panic("an invitation event without an event on the wire") // the set is sealed
}

// expire times an invitation out.
func (s *Service) expire(tx *commit.Tx, id call.InviteID) {
	l := s.open[id]
	if l == nil {
		return // answered in the same instant, and first
	}
	if l.Timeout == 0 {
		s.log.Info("an invitation without a timeout was kept as long as can be and times out", "inviteID", id, "kept", s.floods.Retention)
	}
	if err := s.apply(tx, id, "", call.ExpireInvitation{At: now()}); err != nil {
		s.log.Error("an open invitation could not time out", "inviteID", id, "error", err)
	}
}

// Info returns the invitation a message is about, nil if it is about none or
// the caller is no party to it (TIM getSignalingInfo).
func (s *Service) Info(ctx context.Context, who call.Caller, p *wire.GetSignalingInfo) (*wire.SignalingInfo, error) {
	if !p.MessageID.Valid() {
		return nil, nil
	}
	inv, err := s.store.InvitationByMessage(ctx, p.MessageID)
	if err != nil || inv == nil {
		return nil, err
	}
	if inv.Inviter != who.UserID && inv.Invitee(who.UserID) == nil {
		return nil, nil
	}
	return &wire.SignalingInfo{
		InviteID: inv.InviteID, Inviter: inv.Inviter, GroupID: inv.GroupID,
		InviteeList: inv.InviteeIDs(call.InviteePending), Data: inv.Data, Timeout: inv.Timeout,
		ActionType: actionType(inv), Invitees: inv.Invitees, CreatedAt: inv.CreatedAt,
	}, nil
}

// actionType is TIM's number of what happened to the invitation last.
func actionType(inv *call.Invitation) int {
	action, last := 1, call.Millis(-1)
	for _, e := range inv.Invitees {
		n := map[call.InviteeState]int{
			call.InviteeCancelled: 2, call.InviteeAccepted: 3, call.InviteeRejected: 4, call.InviteeTimedOut: 5,
		}[e.State]
		if n != 0 && e.At > last {
			action, last = n, e.At
		}
	}
	return action
}
