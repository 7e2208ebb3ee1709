package auth

import (
	"slices"
	"sync"
	"time"

	"callsvc/call"
)

// The most meeting links there may be.
const (
	maxLinksOfRoom = 100  // that are good
	maxLinksOfUser = 1000 // that are remembered; operators have no such limit
)

// Links are the meeting links that were made. A link is remembered for as long
// as its guests' tokens may be good. Safe for use by many goroutines.
type Links struct {
	lingers time.Duration

	mu     sync.RWMutex // guards the following
	byID   map[call.LinkID]call.MeetingLink
	byRoom map[call.RoomID][]call.LinkID // as they were made
	byUser map[call.UserID]int
}

// NewLinks makes them from those of before the start. lingers is how long after
// its end a link may matter.
func NewLinks(stored []call.MeetingLink, lingers time.Duration) *Links {
	l := &Links{
		lingers: lingers, byID: make(map[call.LinkID]call.MeetingLink, len(stored)),
		byRoom: map[call.RoomID][]call.LinkID{}, byUser: map[call.UserID]int{},
	}
	for _, s := range stored {
		l.add(s)
	}
	return l
}

func (l *Links) add(link call.MeetingLink) {
	l.byID[link.LinkID] = link
	l.byRoom[link.RoomID] = append(l.byRoom[link.RoomID], link.LinkID)
	l.byUser[link.UserID]++
}

// Add takes in a new link, or refuses it when there are as many as may be
// (CodeRateLimited). Operators are not limited in what they make themselves.
func (l *Links) Add(link call.MeetingLink, limited bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case limited && l.byUser[link.UserID] >= maxLinksOfUser:
		return call.Errorf(call.CodeRateLimited, "you have made %d meeting links lately, which is the limit; use those there are", maxLinksOfUser)
	case len(l.good(link.RoomID, link.CreatedAt)) >= maxLinksOfRoom:
		return call.Errorf(call.CodeRateLimited, "%d links lead into room %s, which is the limit; revoke one first", maxLinksOfRoom, link.RoomID)
	}
	l.add(link)
	return nil
}

// Of lists the links into a room that are good, as they were made.
func (l *Links) Of(room call.RoomID, at call.Millis) []call.MeetingLink {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.good(room, at)
}

func (l *Links) good(room call.RoomID, at call.Millis) (good []call.MeetingLink) {
	for _, id := range l.byRoom[room] {
		if link := l.byID[id]; link.RevokedAt == 0 && at < link.ExpiresAt {
			good = append(good, link)
		}
	}
	return good
}

// Get returns a link that is remembered.
func (l *Links) Get(id call.LinkID) (call.MeetingLink, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	link, known := l.byID[id]
	return link, known
}

// Revoke notes that a link is good no more, and returns it as it is then.
func (l *Links) Revoke(link call.MeetingLink, at call.Millis) call.MeetingLink {
	l.mu.Lock()
	defer l.mu.Unlock()
	if link.RevokedAt == 0 {
		link.RevokedAt = at
	}
	l.byID[link.LinkID] = link
	return link
}

// Check refuses what comes by a link that was revoked (CodeTokenInvalid).
func (l *Links) Check(id call.LinkID) error {
	if l == nil {
		return nil
	}
	l.mu.RLock()
	revoked := l.byID[id].RevokedAt != 0
	l.mu.RUnlock()
	if revoked {
		return invalid("the meeting link was taken back: ask for another")
	}
	return nil
}

// Forget drops the links that ended so long ago that they do not matter.
func (l *Links) Forget(at call.Millis) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, link := range l.byID {
		if at < link.ExpiresAt.Add(l.lingers) {
			continue
		}
		delete(l.byID, id)
		l.byRoom[link.RoomID] = slices.DeleteFunc(l.byRoom[link.RoomID], func(other call.LinkID) bool { return other == id })
		if len(l.byRoom[link.RoomID]) == 0 {
			delete(l.byRoom, link.RoomID)
		}
		if l.byUser[link.UserID]--; l.byUser[link.UserID] == 0 {
			delete(l.byUser, link.UserID)
		}
	}
}
