package signaling

import (
	"cmp"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// SessionOpened says that a new session of the user wants to know what is still
// true for it. It must be called inside the decision from which on the session
// is told what its user is told. pending, to be called once that is stored,
// makes the events of the invitations the user is pending for, with the time
// that is left then.
func (s *Service) SessionOpened(tx *commit.Tx, user call.UserID) (pending func() []wire.Event) {
	s.reached(tx, user)
	var invitations []*call.Invitation
	for _, l := range s.pending[user] {
		if !l.OnlineUserOnly {
			invitations = append(invitations, l.Clone())
		}
	}
	slices.SortFunc(invitations, func(a, b *call.Invitation) int { return cmp.Compare(a.InviteID, b.InviteID) })
	return func() []wire.Event {
		events := make([]wire.Event, len(invitations))
		for i, inv := range invitations {
			events[i] = newInvitationEvent(inv)
		}
		return events
	}
}

// SessionResumed says that a session of the user is connected again.
func (s *Service) SessionResumed(user call.UserID) {
	s.loop.Post(func(tx *commit.Tx) { s.reached(tx, user) })
}

// PushAccepted says that a push service has taken the invitation for the user:
// they are reached, though none of their sessions is connected. It does not
// block.
func (s *Service) PushAccepted(id call.InviteID, user call.UserID) {
	s.loop.Post(func(tx *commit.Tx) {
		if l := s.pending[user][id]; l != nil {
			l.reach(tx, user)
		}
	})
}

// reached notes that the user was there while these invitations were pending.
func (s *Service) reached(tx *commit.Tx, user call.UserID) {
	for _, l := range s.pending[user] {
		l.reach(tx, user)
	}
}

// reach notes that an invitee has been reached.
func (l *live) reach(tx *commit.Tx, user call.UserID) {
	if e := l.Invitee(user); !e.Reached {
		e.Reached = true
		tx.Save(call.SaveInvitation{Invitation: l.Clone()})
	}
}
