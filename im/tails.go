package im

import (
	"container/list"
	"context"
	"sync"

	"callsvc/call"
)

// tail is the end of a conversation. While somebody holds it, it stays: whoever
// decides about the conversation, and each of its messages that is not stored
// yet. So the number in the store is never older than the one in memory when
// it is read.
type tail struct {
	conversation call.Conversation

	loading sync.Mutex // guards loaded, and last until it is loaded
	loaded  bool
	last    int64 // owned by the decision loop once loaded

	holds int           // guarded by tails.mu
	idle  *list.Element // its place among those nobody holds
}

// load reads the last number, unless it is known. It may be called inside a
// decision: then the loop waits for the store, which is why who can calls it
// before.
func (t *tail) load(ctx context.Context, store Store) error {
	t.loading.Lock()
	defer t.loading.Unlock()
	if t.loaded {
		return nil
	}
	last, err := store.LastSeq(ctx, t.conversation)
	if err != nil {
		return err
	}
	t.last, t.loaded = last, true
	return nil
}

// maxIdleTails bounds the ends that are kept although nobody holds them: some
// 20 MiB.
const maxIdleTails = 1 << 16

// tails are the ends of the conversations in use, and of those lately used.
type tails struct {
	store Store
	max   int

	mu   sync.Mutex // guards what follows
	all  map[call.Conversation]*tail
	idle *list.List // of *tail, that let go last in front
}

func newTails(store Store, most int) *tails {
	return &tails{store: store, max: most, all: map[call.Conversation]*tail{}, idle: list.New()}
}

// hold returns the end of a conversation; release lets it go.
func (ts *tails) hold(c call.Conversation) *tail {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := ts.all[c]
	if t == nil {
		t = &tail{conversation: c}
		ts.all[c] = t
	}
	if t.idle != nil {
		ts.idle.Remove(t.idle)
		t.idle = nil
	}
	t.holds++
	return t
}

// held is hold with the last number known.
func (ts *tails) held(ctx context.Context, c call.Conversation) (*tail, error) {
	t := ts.hold(c)
	if err := t.load(ctx, ts.store); err != nil {
		ts.release(t)
		return nil, err
	}
	return t, nil
}

func (ts *tails) release(t *tail) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if t.holds--; t.holds > 0 {
		return
	}
	t.idle = ts.idle.PushFront(t)
	if ts.idle.Len() > ts.max {
		oldest := ts.idle.Remove(ts.idle.Back()).(*tail)
		delete(ts.all, oldest.conversation)
	}
}
