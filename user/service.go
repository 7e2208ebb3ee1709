package user

import (
	"context"
	"fmt"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// Store is what the service reads from the store at start. Writing goes through
// the decision loop.
type Store interface {
	// Users returns everybody of whom something is kept.
	Users(ctx context.Context) ([]*call.User, error)
	// BlackLists returns whom each user has blocked.
	BlackLists(ctx context.Context) (map[call.UserID][]call.UserID, error)
}

// Notifier tells users' sessions. It never blocks.
type Notifier interface {
	// Notify sends an event to all sessions of those users but one.
	Notify(users []call.UserID, except call.SessionID, ev wire.Event)
	// Rename gives the user's sessions another name, by which others see them.
	Rename(user call.UserID, name string)
}

// The limits.
const (
	// maxUserIDs is how many users one request may name.
	maxUserIDs = 100
	// maxStrangers is for how many users who never signed in missed calls are
	// counted: anybody can be called under any name. Those of more are not.
	maxStrangers = 100_000
)

// Service is what the users of one node have set. Its state is owned by the
// decision loop.
type Service struct {
	loop   *commit.Loop
	store  Store
	notify Notifier

	users      map[call.UserID]*call.User
	strangers  int                           // of users
	blackLists map[call.UserID][]call.UserID // in order; replaced, never changed
}

// New makes the service.
func New(loop *commit.Loop, store Store, notify Notifier) *Service {
	return &Service{
		loop: loop, store: store, notify: notify,
		users: map[call.UserID]*call.User{}, blackLists: map[call.UserID][]call.UserID{},
	}
}

// Load takes up what the store has. Call it before the first request and before
// calls are loaded, with the loop running.
func (s *Service) Load(ctx context.Context) error {
	users, err := s.store.Users(ctx)
	if err != nil {
		return fmt.Errorf("load users: %w", err)
	}
	lists, err := s.store.BlackLists(ctx)
	if err != nil {
		return fmt.Errorf("load black lists: %w", err)
	}
	return s.loop.Do(ctx, func(*commit.Tx) error {
		for _, u := range users {
			s.users[u.UserID] = u
			if !u.Known {
				s.strangers++
			}
		}
		for by, list := range lists {
			slices.Sort(list)
			s.blackLists[by] = list
		}
		return nil
	})
}

// get returns a copy of what is kept of a user.
func (s *Service) get(id call.UserID) call.User {
	if u := s.users[id]; u != nil {
		return *u
	}
	return call.User{UserID: id}
}

// put keeps a user as they are now.
func (s *Service) put(tx *commit.Tx, u call.User) {
	before := s.users[u.UserID]
	if before != nil && !before.Known {
		s.strangers--
	}
	if !u.Known {
		s.strangers++
	}
	s.users[u.UserID] = &u
	tx.Save(call.SaveUser{User: u})
}

// tell sends an event to the user's sessions but one, once the decision is stored.
func (s *Service) tell(tx *commit.Tx, id call.UserID, except call.SessionID, ev wire.Event) {
	tx.After(func() { s.notify.Notify([]call.UserID{id}, except, ev) })
}

// checkUserIDs refuses a list of users that is empty, too long, or names one who
// cannot be.
func checkUserIDs(list []call.UserID) error {
	if len(list) == 0 || len(list) > maxUserIDs {
		return call.Errorf(call.CodeInvalidParameter, "userIDList: names %d users, must be 1 to %d", len(list), maxUserIDs)
	}
	for i, id := range list {
		if !id.Valid() {
			return call.Errorf(call.CodeInvalidParameter, "userIDList: its entry %d is no user id (1 to 32 of A-Z a-z 0-9 _ -)", i)
		}
	}
	return nil
}

// now is the server's clock.
func now() call.Millis { return call.MillisOf(time.Now()) }
