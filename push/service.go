package push

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
)

// Store keeps subscriptions.
type Store interface {
	// OpenInvitations returns every invitation somebody is pending for.
	OpenInvitations(ctx context.Context) ([]*call.Invitation, error)
	// SavePushSubscription keeps a subscription and the user's newest, at most keep.
	SavePushSubscription(ctx context.Context, sub call.PushSubscription, keep int) error
	DropPushSubscription(ctx context.Context, user call.UserID, endpoint string) error
	PushSubscriptions(ctx context.Context, user call.UserID) ([]call.PushSubscription, error)
}

// Presence says who is there.
type Presence interface {
	// Online reports whether some session of the user is connected now.
	Online(user call.UserID) bool
}

// People knows users. It is asked by workers and may read the store.
type People interface {
	// Name is what others see of a user; empty if they have given none.
	Name(ctx context.Context, user call.UserID) (string, error)
	// MayDisturb reports whether a call of one may ring the other now.
	MayDisturb(ctx context.Context, from, to call.UserID) (bool, error)
}

// Invitations are told who was reached.
type Invitations interface {
	// PushAccepted says that a push service took the invitation for the user. It
	// does not block.
	PushAccepted(id call.InviteID, user call.UserID)
}

// Tokens makes credentials.
type Tokens interface {
	// IssueAnswer signs a token by which the user can answer that one invitation.
	IssueAnswer(user call.UserID, id call.InviteID, ttl time.Duration) (string, error)
}

// Options are how messages are sent.
type Options struct {
	Keys    call.PushKeys
	Subject string // whom a push service may ask about us: mailto: or https: (RFC 8292 §2.1)
	Dev     bool   // push services on this machine are allowed, without TLS too
}

// The bounds of what is under way.
const (
	maxQueue   = 8192 // deliveries; more are not sent
	maxWorkers = 16   // deliveries worked on at once, each with as many requests as subscriptions
)

// Service pushes the invitations of one node.
type Service struct {
	opts        Options
	loop        *commit.Loop
	store       Store
	presence    Presence
	people      People
	invitations Invitations
	tokens      Tokens
	log         *slog.Logger
	client      *http.Client

	ringing map[call.UserID]map[call.InviteID]*ringing // by who is pending; owned by the decision loop

	queue   chan *delivery
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	workers sync.WaitGroup
	counts  counters
}

// New makes the service. It works from Start to Close.
func New(opts Options, loop *commit.Loop, store Store, presence Presence, people People,
	invitations Invitations, tokens Tokens, log *slog.Logger,
) *Service {
	ctx, cancel := context.WithCancel(context.Background())
	return &Service{
		opts: opts, loop: loop, store: store, presence: presence, people: people,
		invitations: invitations, tokens: tokens, log: log, client: newClient(opts.Dev),
		ringing: map[call.UserID]map[call.InviteID]*ringing{},
		queue:   make(chan *delivery, maxQueue), ctx: ctx, cancel: cancel,
	}
}

// Start starts the workers.
func (s *Service) Start() {
	for range maxWorkers {
		s.workers.Go(s.work)
	}
}

// Close cuts off what is under way and waits for the workers. What was not sent
// by then is not sent.
func (s *Service) Close() {
	s.cancel()
	s.workers.Wait()
	s.client.CloseIdleConnections()
}

func (s *Service) work() {
	for {
		select {
		case d := <-s.queue:
			s.step(d)
			s.rest(d)
		case <-s.ctx.Done():
			return
		}
	}
}

// counters count since the start.
type counters struct {
	accepted, retried, refused, gone, dropped atomic.Int64
}

// Stats are figures since the start, of messages: taken by the push service, to
// be tried again, refused for good, sent to a subscription that is gone; and of
// deliveries not begun because too many were waiting.
type Stats struct {
	Accepted, Retried, Refused, Gone, Dropped int64
}

// Stats returns the figures as they are. Safe from any goroutine.
func (s *Service) Stats() Stats {
	c := &s.counts
	return Stats{c.accepted.Load(), c.retried.Load(), c.refused.Load(), c.gone.Load(), c.dropped.Load()}
}
