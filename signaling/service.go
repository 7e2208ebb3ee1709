package signaling

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// Store is what the service reads from the store. Writing goes through the
// decision loop.
type Store interface {
	// OpenInvitations returns every invitation somebody is pending for.
	OpenInvitations(ctx context.Context) ([]*call.Invitation, error)
	// InvitationByMessage returns nil for a message that is about none.
	InvitationByMessage(ctx context.Context, id call.MessageID) (*call.Invitation, error)
}

// Notifier tells users' sessions. It never blocks.
type Notifier interface {
	// Notify sends an event to all sessions of those users but one.
	Notify(users []call.UserID, except call.SessionID, ev wire.Event)
	// Online reports whether some session of the user is connected now.
	Online(user call.UserID) bool
}

// Follower is told of invitations. Its methods run inside the decision they are
// about.
type Follower interface {
	// Invited is told of a new invitation.
	Invited(tx *commit.Tx, inv *call.Invitation)
	// Follow is told what happened to an invitation, and to whom by it.
	Follow(tx *commit.Tx, inv *call.Invitation, ev call.InvitationEvent, concerned []call.UserID)
}

// Calls is asked and told what signaling cannot know: what an invitation means
// for a call.
type Calls interface {
	Follower
	// Consider is asked before an invitation comes to be. An error refuses it.
	Consider(tx *commit.Tx, inv *call.Invitation) (call.Verdict, error)
}

// Groups knows who is in a group. It is asked inside decisions.
type Groups interface {
	// Members lists a group's members and reports whether there is such a
	// group. The list must not be changed.
	Members(id call.GroupID) ([]call.UserID, bool)
	// CheckMuted refuses who may not write in the group.
	CheckMuted(id call.GroupID, user call.UserID) error
}

// BlackLists knows who has blocked whom. It is asked inside decisions.
type BlackLists interface {
	// Blocks reports whether one user has the other on their black list.
	Blocks(by, other call.UserID) bool
}

// Messages puts invitations and what becomes of them into conversations.
type Messages interface {
	// Prepare makes sure that AppendSignaling need not wait for the store. It is
	// called before the decision by which the invitation comes to be.
	Prepare(ctx context.Context, inv *call.Invitation) error
	// AppendSignaling adds a message about the invitation to its conversation and
	// returns the message. It runs inside the decision.
	AppendSignaling(tx *commit.Tx, inv *call.Invitation, did call.Signaled) call.Message
	// ReviseSignaling lets the invitation's own message say what the invitation
	// says now. It runs inside the decision.
	ReviseSignaling(tx *commit.Tx, inv *call.Invitation)
}

// live is an invitation somebody is pending for, and its timer.
type live struct {
	*call.Invitation
	timer *time.Timer // nil if it never times out
}

// Service is the signaling of one node. Its state is owned by the decision loop.
type Service struct {
	loop     *commit.Loop
	store    Store
	notify   Notifier
	messages Messages
	groups   Groups
	blocked  BlackLists
	calls    Calls
	watchers []Follower
	log      *slog.Logger
	floods   floods

	open    map[call.InviteID]*live
	pending map[call.UserID]map[call.InviteID]*live // by invitee
	sent    map[call.UserID]int                     // open invitations by inviter
	counts  counters
}

// New makes the service. Follow must be called before the loop runs.
func New(o Options, loop *commit.Loop, store Store, notify Notifier, messages Messages, groups Groups, blocked BlackLists, log *slog.Logger) *Service {
	return &Service{
		loop: loop, store: store, notify: notify, messages: messages, groups: groups, blocked: blocked, log: log, floods: newFloods(o),
		open:    map[call.InviteID]*live{},
		pending: map[call.UserID]map[call.InviteID]*live{},
		sent:    map[call.UserID]int{},
	}
}

// Follow says who knows calls.
func (s *Service) Follow(c Calls) { s.calls = c }

// Watch lets one more be told of invitations, before those who know calls.
// Call it before the loop runs.
func (s *Service) Watch(w Follower) { s.watchers = append(s.watchers, w) }

// Load rebuilds the open invitations and their timers from the store. What fell
// due while the server was down times out at once. Call it before the first
// request, with the loop running.
func (s *Service) Load(ctx context.Context) error {
	open, err := s.store.OpenInvitations(ctx)
	if err != nil {
		return fmt.Errorf("load open invitations: %w", err)
	}
	return s.loop.Do(ctx, func(tx *commit.Tx) error {
		at := now()
		slices.SortStableFunc(open, func(a, b *call.Invitation) int { return cmp.Compare(s.dueAt(a), s.dueAt(b)) })
		for _, inv := range open {
			s.keep(tx, inv)
			if due := s.dueAt(inv); due != 0 && due <= at {
				s.expire(tx, inv.InviteID)
			}
		}
		return nil
	})
}

// keep takes an invitation into the set of open ones; its timer starts once it
// is stored.
func (s *Service) keep(tx *commit.Tx, inv *call.Invitation) {
	l := &live{Invitation: inv}
	s.open[inv.InviteID] = l
	s.sent[inv.Inviter]++
	for _, u := range inv.InviteeIDs(call.InviteePending) {
		if s.pending[u] == nil {
			s.pending[u] = map[call.InviteID]*live{}
		}
		s.pending[u][inv.InviteID] = l
	}
	if due := s.dueAt(inv); due != 0 {
		l.timer = time.AfterFunc(time.Until(due.Time()), func() {
			s.loop.Post(func(tx *commit.Tx) { s.expire(tx, inv.InviteID) })
		})
	}
	s.counts.open.Store(int64(len(s.open)))
}

// dueAt is when an invitation times out or, if it never does, is kept no more;
// 0 = never.
func (s *Service) dueAt(inv *call.Invitation) call.Millis {
	if inv.Timeout == 0 && s.floods.Retention > 0 {
		return inv.CreatedAt.Add(s.floods.Retention)
	}
	return inv.DueAt()
}

// settle drops those who are no longer pending from the set of open ones.
func (s *Service) settle(l *live, concerned []call.UserID) {
	for _, u := range concerned {
		delete(s.pending[u], l.InviteID)
		if len(s.pending[u]) == 0 {
			delete(s.pending, u)
		}
	}
	if !l.Over() {
		return
	}
	if l.timer != nil {
		l.timer.Stop()
	}
	delete(s.open, l.InviteID)
	if s.sent[l.Inviter]--; s.sent[l.Inviter] <= 0 {
		delete(s.sent, l.Inviter)
	}
	s.counts.open.Store(int64(len(s.open)))
}

// audience is who is told what happens to an invitation: the two, or in a group
// all members, and with them whoever takes part and has left the group.
func (s *Service) audience(inv *call.Invitation) []call.UserID {
	parties := append([]call.UserID{inv.Inviter}, inv.InviteeIDs()...)
	if inv.GroupID == "" {
		return parties
	}
	known := s.membersOf(inv.GroupID)
	members, _ := s.groups.Members(inv.GroupID)
	users := slices.Clone(members)
	for _, u := range parties {
		if !known[u] {
			known[u] = true
			users = append(users, u)
		}
	}
	return users
}

// now is the server's clock.
func now() call.Millis { return call.MillisOf(time.Now()) }

// newID makes an identifier that sorts by time and cannot be guessed.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
