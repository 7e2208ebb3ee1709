package im

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
	"callsvc/internal/limit"
	"callsvc/signaling/wire"
)

// Store is what the service reads from the store. Writing goes through the
// decision loop.
type Store interface {
	// LastSeq returns the number of a conversation's last message, 0 if it has none.
	LastSeq(ctx context.Context, c call.Conversation) (int64, error)
	// Messages returns messages of a conversation, newest first: of those after
	// one number and before another (0: no bound) at most limit.
	Messages(ctx context.Context, c call.Conversation, after, before int64, limit int) ([]call.Message, error)
	// Conversations returns a page of a user's conversations.
	Conversations(ctx context.Context, q call.ConversationQuery) ([]call.ConversationSummary, error)
	// GroupIDs returns the ids of groups in order, after one, at most limit.
	GroupIDs(ctx context.Context, after call.GroupID, limit int) ([]call.GroupID, error)
	// Groups returns all groups with their members.
	Groups(ctx context.Context) ([]*call.Group, error)
}

// Notifier tells users' sessions. It never blocks.
type Notifier interface {
	// Notify sends an event to all sessions of those users but one.
	Notify(users []call.UserID, except call.SessionID, ev wire.Event)
}

// Invitations is told, inside the decision, what groups mean for invitations.
type Invitations interface {
	// MemberLeft: the user is, or in a moment will be, no member of the group.
	// [Service.Members] lists those who stay; while a group is dismissed, all.
	MemberLeft(tx *commit.Tx, group call.GroupID, user call.UserID)
}

// BlackLists knows who has blocked whom. It is asked inside decisions.
type BlackLists interface {
	// Blocks reports whether one user has the other on their black list.
	Blocks(by, other call.UserID) bool
}

// Options are the limits that an operator may set.
type Options struct {
	MaxMembers int // of a group; 0 = DefaultMaxMembers
	IdleTails  int // ends of conversations that are kept although nobody needs them; 0 = 65,536

	// What may be sent in a group, and what a user may do in groups, counted by
	// those who are told of it. Signaling spends of both too. nil limits nothing.
	GroupMessages *limit.Keyed[call.GroupID]
	Broadcasts    *limit.Keyed[call.UserID]
	// Changes of one group's attributes; the zero Rate is no limit.
	Attributes limit.Rate
}

// The limits.
const (
	// DefaultMaxMembers is how many members a group may have.
	DefaultMaxMembers = 2000
	// maxGroups is how many groups a user may be in (TIM: 1000).
	maxGroups = 1000
)

// group is a group and who is to be told of what happens in it.
type group struct {
	*call.Group
	ids []call.UserID // everybody; replaced, never changed, when members change
}

// Service is the messaging of one node. Its state is owned by the decision loop.
type Service struct {
	loop        *commit.Loop
	store       Store
	notify      Notifier
	blocked     BlackLists
	invitations Invitations
	log         *slog.Logger
	options     Options
	attributes  *limit.Keyed[call.GroupID]

	groups   map[call.GroupID]*group
	groupsOf map[call.UserID][]call.GroupID
	tails    *tails
}

// New makes the service. Follow must be called before the loop runs.
func New(o Options, loop *commit.Loop, store Store, notify Notifier, blocked BlackLists, log *slog.Logger) *Service {
	o.MaxMembers = cmp.Or(o.MaxMembers, DefaultMaxMembers)
	return &Service{
		loop: loop, store: store, notify: notify, blocked: blocked, log: log, options: o, attributes: limit.NewKeyed[call.GroupID](o.Attributes),
		groups: map[call.GroupID]*group{}, groupsOf: map[call.UserID][]call.GroupID{}, tails: newTails(store, cmp.Or(o.IdleTails, maxIdleTails)),
	}
}

// Follow says who is to learn of members that leave.
func (s *Service) Follow(i Invitations) { s.invitations = i }

// Load takes the groups from the store. Call it before the first request, with
// the loop running, and before signaling loads its invitations.
func (s *Service) Load(ctx context.Context) error {
	groups, err := s.store.Groups(ctx)
	if err != nil {
		return fmt.Errorf("load groups: %w", err)
	}
	return s.loop.Do(ctx, func(*commit.Tx) error {
		for _, g := range groups {
			kept := &group{Group: g, ids: g.MemberIDs()}
			s.groups[g.GroupID] = kept
			s.enlist(g.GroupID, kept.ids)
		}
		return nil
	})
}

// Members lists who is in a group, and reports whether there is one. It must be
// called inside a decision; the list must not be changed.
func (s *Service) Members(id call.GroupID) ([]call.UserID, bool) {
	g := s.groups[id]
	if g == nil {
		return nil, false
	}
	return g.ids, true
}

// enlist notes that users are in a group now.
func (s *Service) enlist(id call.GroupID, users []call.UserID) {
	for _, u := range users {
		s.groupsOf[u] = append(s.groupsOf[u], id)
	}
}

// strike notes that users are in a group no more.
func (s *Service) strike(id call.GroupID, users []call.UserID) {
	for _, u := range users {
		s.groupsOf[u] = slices.DeleteFunc(s.groupsOf[u], func(g call.GroupID) bool { return g == id })
		if len(s.groupsOf[u]) == 0 {
			delete(s.groupsOf, u)
		}
	}
}

// now is the server's clock.
func now() call.Millis { return call.MillisOf(time.Now()) }

// newID makes an identifier that sorts by time and cannot be guessed.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
