package conductor

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// Store is what the conductor reads from the store at start.
type Store interface {
	// OpenCalls returns every call that has not ended.
	OpenCalls(ctx context.Context) ([]*call.Call, error)
	// CallsEndedSince returns the calls that ended at or after a moment.
	CallsEndedSince(ctx context.Context, since call.Millis) ([]*call.Call, error)
	// LastAlive is the last moment the server is known to have lived with calls open.
	LastAlive(ctx context.Context) (call.Millis, error)
}

// Inviter is signaling, as calls need it. Its methods run inside a decision.
type Inviter interface {
	CancelRinging(tx *commit.Tx, ids []call.InviteID, at call.Millis)
	SendFinal(tx *commit.Tx, inv *call.Invitation, in []call.Conversation)
}

// Notifier tells users' sessions. It never blocks.
type Notifier interface {
	Notify(users []call.UserID, except call.SessionID, ev wire.Event)
	Online(user call.UserID) bool
}

// Rooms answers who belongs to a room. It never blocks.
type Rooms interface {
	// Belongs reports whether a room is open, and whether the user is in it or
	// opened it.
	Belongs(room call.RoomID, user call.UserID) (open, inside bool)
}

// Groups knows who is in a group, and tells them of its call. Its methods run
// inside decisions.
type Groups interface {
	Members(id call.GroupID) ([]call.UserID, bool)
	// SetKitInfo tells the members of the call that runs in their group, as
	// call.KitInfo has it; empty: none does.
	SetKitInfo(tx *commit.Tx, id call.GroupID, value string)
}

// Watcher is told of calls, inside the decision that is about them.
type Watcher interface {
	// CallEnded is told of a record that is final.
	CallEnded(tx *commit.Tx, r call.Record)
}

// How long the conductor waits and remembers.
const (
	// inviterGrace is how long an inviter may be without a session, and not in
	// the room, before their ringing ends.
	inviterGrace = 20 * time.Second
	// endMemory is how long a client's own call-end finds its call.
	endMemory = 10 * time.Minute
	// alivePeriod is how often the store is told that the server lives while
	// calls are open: half a second keeps durations right to within one.
	alivePeriod = 500 * time.Millisecond
)

// live is an open call and what is kept beside it.
type live struct {
	*call.Call
	deadline *time.Timer
	armed    call.Millis // what deadline is set to
	measure  map[call.UserID]func() call.MediaSummary
}

// presence is somebody in a room, whether or not the room has a call.
type presence struct {
	at      call.Millis
	scene   string
	measure func() call.MediaSummary
}

// Parts are what a conductor works with. All but Callbacks are required.
type Parts struct {
	Loop      *commit.Loop
	Store     Store
	Inviter   Inviter
	Notify    Notifier
	Rooms     Rooms
	Groups    Groups
	Callbacks Callbacks
	Log       *slog.Logger
}

// Conductor keeps the calls of one node. Its state is owned by the decision loop.
type Conductor struct {
	loop      *commit.Loop
	store     Store
	inviter   Inviter
	notify    Notifier
	rooms     Rooms
	groups    Groups
	callbacks Callbacks
	log       *slog.Logger

	watchers []Watcher

	calls    map[call.ID]*live
	byRoom   map[call.RoomID]*live
	byInvite map[call.InviteID]*live
	byUser   map[call.UserID]map[call.ID]*live
	byGroup  map[call.GroupID]map[call.ID]*live
	present  map[call.RoomID]map[call.UserID]presence
	absent   absences
	ended    *endedCalls
	draining bool
	open     atomic.Int64
	results  resultCounts
}

// New makes the conductor. Load must be called before the first request.
func New(p Parts) *Conductor {
	return &Conductor{
		loop: p.Loop, store: p.Store, inviter: p.Inviter, notify: p.Notify, rooms: p.Rooms, groups: p.Groups,
		callbacks: p.Callbacks, log: p.Log,
		calls: map[call.ID]*live{}, byRoom: map[call.RoomID]*live{}, byInvite: map[call.InviteID]*live{},
		byUser: map[call.UserID]map[call.ID]*live{}, byGroup: map[call.GroupID]map[call.ID]*live{}, present: map[call.RoomID]map[call.UserID]presence{},
		absent: absences{}, ended: newEndedCalls(), results: newResultCounts(),
	}
}

// Watch lets one more be told of calls, after the people in them are. Call it
// before the loop runs.
func (k *Conductor) Watch(w Watcher) { k.watchers = append(k.watchers, w) }

// Load takes up the calls that were open when the server stopped: their people
// get a grace period to come back. Call it with the loop running, before
// signaling loads its invitations.
func (k *Conductor) Load(ctx context.Context) error {
	at := now()
	open, err := k.store.OpenCalls(ctx)
	if err != nil {
		return fmt.Errorf("load open calls: %w", err)
	}
	recent, err := k.store.CallsEndedSince(ctx, at.Add(-endMemory))
	if err != nil {
		return fmt.Errorf("load recent calls: %w", err)
	}
	last, err := k.store.LastAlive(ctx)
	if err != nil {
		return fmt.Errorf("load the last known moment: %w", err)
	}
	return k.loop.Do(ctx, func(tx *commit.Tx) error {
		for _, c := range recent {
			k.ended.add(c)
		}
		for _, c := range open {
			l := k.keep(c)
			inside := l.Inside()
			k.apply(tx, l, call.Restarted{LastAlive: last, At: at})
			k.tellCrashed(tx, l, inside)
			k.watchInviter(l)
		}
		return nil
	})
}

// Run notes that the server lives while calls are open. It returns when ctx is done.
func (k *Conductor) Run(ctx context.Context) {
	tick := time.NewTicker(alivePeriod)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if k.open.Load() > 0 {
				k.loop.Post(func(tx *commit.Tx) { tx.Save(call.Alive{At: now()}) })
			}
		case <-ctx.Done():
			return
		}
	}
}

// Drain refuses new calls from now on.
func (k *Conductor) Drain() { k.loop.Post(func(*commit.Tx) { k.draining = true }) }

// keep takes a call into the set of open ones.
func (k *Conductor) keep(c *call.Call) *live {
	l := &live{Call: c, measure: map[call.UserID]func() call.MediaSummary{}}
	k.calls[c.CallID], k.byRoom[c.RoomID] = l, l
	k.index(l)
	k.open.Store(int64(len(k.calls)))
	return l
}

// index makes the call found by its people and invitations.
func (k *Conductor) index(l *live) {
	for _, p := range l.People {
		if p.InviteID != "" {
			k.byInvite[p.InviteID] = l
		}
		put(k.byUser, p.UserID, l)
	}
	if l.GroupID != "" {
		put(k.byGroup, l.GroupID, l)
	}
}

func put[K comparable](index map[K]map[call.ID]*live, key K, l *live) {
	if index[key] == nil {
		index[key] = map[call.ID]*live{}
	}
	index[key][l.CallID] = l
}

func remove[K comparable](index map[K]map[call.ID]*live, key K, l *live) {
	delete(index[key], l.CallID)
	if len(index[key]) == 0 {
		delete(index, key)
	}
}

// drop takes an ended call out of the set of open ones.
func (k *Conductor) drop(l *live) {
	if l.deadline != nil {
		l.deadline.Stop()
	}
	delete(k.calls, l.CallID)
	if k.byRoom[l.RoomID] == l {
		delete(k.byRoom, l.RoomID)
	}
	for _, p := range l.People {
		if k.byInvite[p.InviteID] == l {
			delete(k.byInvite, p.InviteID)
		}
		remove(k.byUser, p.UserID, l)
	}
	remove(k.byGroup, l.GroupID, l)
	k.open.Store(int64(len(k.calls)))
	k.ended.add(l.Call)
	k.results.add(l.Result)
}

// now is the server's clock.
func now() call.Millis { return call.MillisOf(time.Now()) }

// newID makes an identifier that sorts by time and cannot be guessed.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
