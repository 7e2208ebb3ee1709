package session

import (
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"callsvc/call"
)

// answerOverhead is about what remembering an answer costs besides its bytes.
const answerOverhead = 384

// answers remembers what requests with a requestID were answered, so that none
// is done twice.
type answers struct {
	memory    Memory
	keep      time.Duration
	userBytes int
	allBytes  int

	mu    sync.Mutex
	byKey map[answerKey]*answer
	all   *list.List // of *answer, oldest first
	users map[call.UserID]*userAnswers
	bytes int
}

type answerKey struct {
	user      call.UserID
	requestID string
}

// userAnswers is the share of one user in what is remembered.
type userAnswers struct {
	order []*answer // oldest first
	bytes int
}

// answer is a request at work, and then what it was answered.
type answer struct {
	key  answerKey
	done chan struct{} // closed when the request is finished

	// Set before done is closed.
	ok     bool
	result json.RawMessage

	at    time.Time
	entry *list.Element
}

func (a *answer) size() int {
	return answerOverhead + len(a.key.user) + len(a.key.requestID) + len(a.result)
}

func newAnswers(o Options) *answers {
	return &answers{
		memory: o.Memory, keep: o.RememberFor, userBytes: o.RememberUserBytes, allBytes: o.RememberBytes,
		byKey: map[answerKey]*answer{}, all: list.New(), users: map[call.UserID]*userAnswers{},
	}
}

// do performs a request unless it was performed before. Of several at once the
// first performs and the others wait; if it fails, the next one tries.
func (s *answers) do(ctx context.Context, user call.UserID, requestID string, perform func() (json.RawMessage, error)) (json.RawMessage, error) {
	if requestID == "" {
		return perform()
	}
	key := answerKey{user, requestID}
	for {
		a, first := s.claim(key)
		if first {
			return s.first(ctx, a, perform)
		}
		select {
		case <-a.done:
			if a.ok {
				return a.result, nil
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the same request: %w", ctx.Err())
		}
	}
}

// claim returns the answer of that key, and whether the caller is the one to find it.
func (s *answers) claim(key answerKey) (a *answer, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(time.Now())
	if a := s.byKey[key]; a != nil {
		return a, false
	}
	a = &answer{key: key, done: make(chan struct{})}
	s.byKey[key] = a
	return a, true
}

func (s *answers) first(ctx context.Context, a *answer, perform func() (json.RawMessage, error)) (json.RawMessage, error) {
	result, found, err := s.recall(ctx, a.key)
	if err == nil && !found {
		result, err = perform()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(a.done)
	if err != nil {
		delete(s.byKey, a.key)
		return nil, err
	}
	a.ok, a.result = true, result
	s.remember(a, time.Now())
	return result, nil
}

// recall asks the memory, which may know an answer that is not here: of before
// the restart, dropped for want of room, or of a request whose outcome nobody
// learned. When it cannot tell, the request fails: doing it twice would be
// worse.
func (s *answers) recall(ctx context.Context, key answerKey) (json.RawMessage, bool, error) {
	if s.memory == nil {
		return nil, false, nil
	}
	result, found, err := s.memory.Remembered(ctx, key.user, key.requestID)
	if err != nil {
		return nil, false, fmt.Errorf("look up requestID: %w", err)
	}
	return result, found, nil
}

// remember wants s.mu held, as do expire and drop.
func (s *answers) remember(a *answer, now time.Time) {
	u := s.users[a.key.user]
	if u == nil {
		u = &userAnswers{}
		s.users[a.key.user] = u
	}
	a.at, a.entry = now, s.all.PushBack(a)
	u.order = append(u.order, a)
	u.bytes += a.size()
	s.bytes += a.size()
	for u.bytes > s.userBytes {
		s.drop(u.order[0])
	}
	for s.bytes > s.allBytes {
		s.drop(s.all.Front().Value.(*answer))
	}
}

func (s *answers) expire(now time.Time) {
	for e := s.all.Front(); e != nil && now.Sub(e.Value.(*answer).at) >= s.keep; e = s.all.Front() {
		s.drop(e.Value.(*answer))
	}
}

// drop forgets an answer, which is the oldest of its user.
func (s *answers) drop(a *answer) {
	u := s.users[a.key.user]
	u.order[0] = nil
	u.order = u.order[1:]
	u.bytes -= a.size()
	s.bytes -= a.size()
	s.all.Remove(a.entry)
	delete(s.byKey, a.key)
	if len(u.order) == 0 {
		delete(s.users, a.key.user)
	}
}
