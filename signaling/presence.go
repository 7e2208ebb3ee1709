package signaling

import (
	"cmp"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// SessionOpened says that a new session of the user wants to know what is still
// true for it. ready is called, once everything decided before has been told to
// older sessions, with the invitations the user is pending for; from then on
// the session must get what its user is told.
func (s *Service) SessionOpened(user call.UserID, ready func([]wire.Event)) {
	s.loop.Post(func(tx *commit.Tx) {
		s.reached(tx, user)
		var invitations []*call.Invitation
		for _, l := range s.pending[user] {
			if !l.OnlineUserOnly {
				invitations = append(invitations, l.Clone())
			}
		}
		slices.SortFunc(invitations, func(a, b *call.Invitation) int { return cmp.Compare(a.InviteID, b.InviteID) })
		tx.After(func() {
			events := make([]wire.Event, len(invitations))
			for i, inv := range invitations {
				events[i] = newInvitationEvent(inv)
			}
			ready(events)
		})
	})
}

// SessionResumed says that a session of the user is connected again.
func (s *Service) SessionResumed(user call.UserID) {
	s.loop.Post(func(tx *commit.Tx) { s.reached(tx, user) })
}

// reached notes that the user was there while these invitations were pending.
func (s *Service) reached(tx *commit.Tx, user call.UserID) {
	for _, l := range s.pending[user] {
		if e := l.Invitee(user); !e.Reached {
			e.Reached = true
			tx.Save(call.SaveInvitation{Invitation: l.Clone()})
		}
	}
}
