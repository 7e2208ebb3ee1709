package auth

import (
	"sync"
	"time"

	"callsvc/call"
)

// Revocations know which credentials have been taken back: of each user those
// issued before a moment. Safe for use by many goroutines. One entry for each
// user who was ever revoked is kept for good, as credentials may be good for
// any time.
type Revocations struct {
	mu     sync.RWMutex
	before map[call.UserID]time.Time
}

// NewRevocations makes them from those of before the start.
func NewRevocations(stored []call.Revocation) *Revocations {
	r := &Revocations{before: make(map[call.UserID]time.Time, len(stored))}
	for _, s := range stored {
		r.Revoke(s)
	}
	return r
}

// Revoke takes back the credentials of a user that were issued before a moment.
func (r *Revocations) Revoke(given call.Revocation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := given.At.Time(); at.After(r.before[given.UserID]) {
		r.before[given.UserID] = at
	}
}

// check refuses a credential that was taken back. One that does not say when it
// was issued cannot be shown to be newer.
func (r *Revocations) check(user call.UserID, issuedAt time.Time) error {
	if r == nil {
		return nil
	}
	r.mu.RLock()
	before, revoked := r.before[user]
	r.mu.RUnlock()
	switch {
	case !revoked || !issuedAt.Before(before):
		return nil
	case issuedAt.IsZero():
		return invalid("the credentials of this user were revoked, and this one does not say when it was issued: get one with iat")
	}
	return invalid("the credential was revoked: get a new one")
}
