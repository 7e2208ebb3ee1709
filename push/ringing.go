package push

import (
	"context"
	"fmt"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
)

// How long a user may be without a session before what rings for them is
// pushed: a network that changes is no closed page.
const (
	dropGrace  = 3 * time.Second // after a connection was lost
	startGrace = 5 * time.Second // after the server started
)

// ringing is an invitation that somebody is pending for. Its facts never
// change; its map belongs to the decision loop.
type ringing struct {
	inviteID        call.InviteID
	inviter         call.UserID
	groupID         call.GroupID
	data            string      // as it was sent
	offlinePushInfo string      // as it is kept
	expiresAt       call.Millis // 0 = never

	loaded     bool                      // it began in an earlier run of the server
	deliveries map[call.UserID]*delivery // those of the pending whom it was pushed to
}

// Load takes up the invitations that rang when the server stopped. Call it with
// the loop running, before signaling loads them.
func (s *Service) Load(ctx context.Context) error {
	open, err := s.store.OpenInvitations(ctx)
	if err != nil {
		return fmt.Errorf("load open invitations: %w", err)
	}
	return s.loop.Do(ctx, func(*commit.Tx) error {
		for _, inv := range open {
			if r := s.watch(inv); r != nil {
				r.loaded = true
			}
		}
		for user := range s.ringing {
			s.pushAfter(startGrace, user)
		}
		return nil
	})
}

// Invited implements signaling.Follower.
func (s *Service) Invited(tx *commit.Tx, inv *call.Invitation) {
	if r := s.watch(inv); r != nil {
		for _, user := range inv.InviteeIDs(call.InviteePending) {
			if !s.presence.Online(user) {
				s.begin(tx, r, user)
			}
		}
	}
}

// Follow implements signaling.Follower.
func (s *Service) Follow(tx *commit.Tx, inv *call.Invitation, _ call.InvitationEvent, concerned []call.UserID) {
	for _, user := range concerned {
		r := s.ringing[user][inv.InviteID]
		if r == nil {
			continue
		}
		delete(s.ringing[user], inv.InviteID)
		if len(s.ringing[user]) == 0 {
			delete(s.ringing, user)
		}
		d := r.deliveries[user]
		if d == nil && r.loaded {
			d = s.newDelivery(r, user)
			d.heard = true
		}
		if d != nil {
			delete(r.deliveries, user)
			outcome := inv.Invitee(user).State
			tx.After(func() { s.end(d, outcome) })
		}
	}
}

// SessionGone says that a session of the user is no longer connected. It does
// not block.
func (s *Service) SessionGone(user call.UserID) {
	s.loop.Post(func(*commit.Tx) { s.pushAfter(dropGrace, user) })
}

// watch takes an invitation into the set of those that ring. nil: nothing may
// be said of it to who is not online (TIM onlineUserOnly), or it rings nobody.
func (s *Service) watch(inv *call.Invitation) *ringing {
	if inv.CallEnd || inv.OnlineUserOnly {
		return nil
	}
	r := &ringing{
		inviteID: inv.InviteID, inviter: inv.Inviter, groupID: inv.GroupID, data: inv.Data,
		offlinePushInfo: inv.OfflinePush, expiresAt: inv.DueAt(), deliveries: map[call.UserID]*delivery{},
	}
	for _, user := range inv.InviteeIDs(call.InviteePending) {
		if s.ringing[user] == nil {
			s.ringing[user] = map[call.InviteID]*ringing{}
		}
		s.ringing[user][inv.InviteID] = r
	}
	return r
}

// pushAfter pushes what rings for a user, if they are still away by then.
func (s *Service) pushAfter(grace time.Duration, user call.UserID) {
	if len(s.ringing[user]) == 0 {
		return
	}
	time.AfterFunc(grace, func() {
		s.loop.Post(func(tx *commit.Tx) {
			if s.presence.Online(user) {
				return
			}
			for _, r := range s.ringing[user] {
				if r.deliveries[user] == nil {
					s.begin(tx, r, user)
				}
			}
		})
	})
}

// begin sends an invitation on its way to a user.
func (s *Service) begin(tx *commit.Tx, r *ringing, user call.UserID) {
	d := s.newDelivery(r, user)
	tx.After(func() { s.wake(d) })
}

func (s *Service) newDelivery(r *ringing, user call.UserID) *delivery {
	ctx, cancel := context.WithCancel(s.ctx)
	d := &delivery{ringing: r, user: user, ctx: ctx, cancel: cancel}
	r.deliveries[user] = d
	return d
}
