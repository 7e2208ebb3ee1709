package webhook_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/webhook"
)

// queue is a store of callbacks in memory, which survives a deliverer.
type queue struct {
	mu      sync.Mutex
	all     []call.QueuedCallback
	waiting map[int64]bool
	dead    map[int64]string
	broken  bool
}

func newQueue() *queue { return &queue{waiting: map[int64]bool{}, dead: map[int64]string{}} }

// put queues a callback of a room and returns its number.
func (q *queue) put(room call.RoomID) int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	seq := int64(len(q.all) + 1)
	at := call.MillisOf(time.Now())
	q.all = append(q.all, call.QueuedCallback{Callback: call.Callback{Seq: seq, RoomID: room, At: at}, QueuedAt: at})
	q.waiting[seq] = true
	return seq
}

func (q *queue) QueuedCallbacks(_ context.Context, after int64, limit int) ([]call.QueuedCallback, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken {
		return nil, errors.New("the disk is away")
	}
	var found []call.QueuedCallback
	for _, cb := range q.all {
		if cb.Seq > after && q.waiting[cb.Seq] && len(found) < limit {
			found = append(found, cb)
		}
	}
	return found, nil
}

func (q *queue) SettleCallbacks(_ context.Context, delivered []int64, dead map[int64]string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken {
		return errors.New("the disk is away")
	}
	for _, seq := range slices.Concat(delivered, slices.Collect(maps.Keys(dead))) {
		delete(q.waiting, seq)
	}
	maps.Copy(q.dead, dead)
	return nil
}

func (q *queue) RequeueCallbacks(_ context.Context, from, to int64, deadOnly bool, at call.Millis) (n int64, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.all {
		seq := q.all[i].Seq
		if _, dead := q.dead[seq]; seq >= from && seq <= to && (dead || !deadOnly) {
			delete(q.dead, seq)
			q.waiting[seq], q.all[i].QueuedAt = true, at
			n++
		}
	}
	return n, nil
}

// left is how many wait and how many are dead.
func (q *queue) left() (waiting, dead int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting), len(q.dead)
}

// receiver takes callbacks unless refuse says no.
type receiver struct {
	mu     sync.Mutex
	took   []call.Callback
	tries  int
	pause  func() // how long it takes
	refuse func(call.Callback) bool
}

func (r *receiver) Send(_ context.Context, cb call.Callback) error {
	r.pause()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if r.refuse != nil && r.refuse(cb) {
		return errors.New("the receiver answered 503")
	}
	r.took = append(r.took, cb)
	return nil
}

// of lists the numbers taken of a room, in order.
func (r *receiver) of(room call.RoomID) []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	var seqs []int64
	for _, cb := range r.took {
		if cb.RoomID == room {
			seqs = append(seqs, cb.Seq)
		}
	}
	return seqs
}

// run starts a deliverer and returns how to stop it.
func run(t *testing.T, q *queue, r *receiver) (*webhook.Deliverer, func()) {
	d := webhook.New(q, r, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	return d, func() { cancel(); <-done }
}

// bubble runs a story in virtual time.
func bubble(t *testing.T, story func(t *testing.T, q *queue, r *receiver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		story(t, newQueue(), &receiver{pause: func() { time.Sleep(100 * time.Millisecond) }})
	})
}

func TestWhatIsQueuedIsDeliveredInOrderOfItsRoom(t *testing.T) {
	bubble(t, func(t *testing.T, q *queue, r *receiver) {
		for range 20 {
			q.put("1")
			q.put("2")
		}
		d, stop := run(t, q, r)
		time.Sleep(3 * time.Second)
		q.put("1")
		d.Wake()
		time.Sleep(time.Second)
		stop()
		if got := r.of("1"); len(got) != 21 || !slices.IsSorted(got) {
			t.Errorf("of room 1: %v", got)
		}
		if got := r.of("2"); len(got) != 20 || !slices.IsSorted(got) {
			t.Errorf("of room 2: %v", got)
		}
		if waiting, dead := q.left(); waiting != 0 || dead != 0 {
			t.Errorf("%d wait and %d are dead, want none", waiting, dead)
		}
		if s := d.Stats(); s.Delivered != 41 || s.Failed != 0 {
			t.Errorf("figures %+v", s)
		}
	})
}

func TestAReceiverThatIsDownForAnHourLosesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, q *queue, r *receiver) {
		back := time.Now().Add(time.Hour)
		r.refuse = func(call.Callback) bool { return time.Now().Before(back) }
		d, stop := run(t, q, r)
		for i := range 6000 { // more than is held in memory
			q.put(call.RoomID(rune('a' + i%26)))
			d.Wake()
			time.Sleep(500 * time.Millisecond)
		}
		time.Sleep(time.Hour)
		stop()
		if waiting, dead := q.left(); waiting != 0 || dead != 0 || len(r.took) != 6000 {
			t.Errorf("%d wait, %d are dead, %d were taken, want 0, 0, 6000", waiting, dead, len(r.took))
		}
		for room := 'a'; room <= 'z'; room++ {
			if got := r.of(call.RoomID(room)); !slices.IsSorted(got) {
				t.Errorf("of room %c: %v", room, got)
			}
		}
	})
}

func TestOneRoomThatIsRefusedHoldsUpNoOther(t *testing.T) {
	bubble(t, func(t *testing.T, q *queue, r *receiver) {
		r.refuse = func(cb call.Callback) bool { return cb.RoomID == "bad" }
		q.put("bad")
		for range 10 {
			q.put("good")
		}
		_, stop := run(t, q, r)
		time.Sleep(2 * time.Second)
		stop()
		if got := r.of("good"); len(got) != 10 {
			t.Errorf("of the good room %v", got)
		}
	})
}

func TestWhatIsRefusedForThreeDaysIsGivenUpAndCanBeReplayed(t *testing.T) {
	bubble(t, func(t *testing.T, q *queue, r *receiver) {
		well := false
		r.refuse = func(call.Callback) bool { return !well }
		first := q.put("1")
		last := q.put("1")
		d, stop := run(t, q, r)
		defer stop()
		time.Sleep(73 * time.Hour)
		if waiting, dead := q.left(); waiting != 0 || dead != 2 || d.Stats().Dead != 2 {
			t.Fatalf("%d wait and %d are dead, want 0 and 2", waiting, dead)
		}
		if r.tries > 600 {
			t.Errorf("tried %d times in three days", r.tries)
		}
		well = true
		if n, err := d.Replay(t.Context(), first, last, true); err != nil || n != 2 {
			t.Fatalf("replayed %d, %v", n, err)
		}
		time.Sleep(time.Second)
		if got := r.of("1"); !slices.Equal(got, []int64{first, last}) {
			t.Errorf("after the replay: %v", got)
		}
	})
}

func TestWhatHasJustBeenDeliveredCanBeReplayed(t *testing.T) {
	bubble(t, func(t *testing.T, q *queue, r *receiver) {
		seq := q.put("1")
		d, stop := run(t, q, r)
		defer stop()
		time.Sleep(150 * time.Millisecond) // delivered, and not noted down yet
		if n, err := d.Replay(t.Context(), seq, seq, false); err != nil || n != 1 {
			t.Fatalf("replayed %d, %v", n, err)
		}
		time.Sleep(time.Second)
		if got := r.of("1"); !slices.Equal(got, []int64{seq, seq}) {
			t.Errorf("delivered %v", got)
		}
	})
}

func TestAKilledDelivererRepeatsRatherThanLoses(t *testing.T) {
	bubble(t, func(t *testing.T, q *queue, r *receiver) {
		for range 50 {
			q.put("1")
		}
		_, stop := run(t, q, r)
		time.Sleep(2 * time.Second)
		q.mu.Lock()
		q.broken = true // what was delivered lately is not noted down
		q.mu.Unlock()
		time.Sleep(time.Second)
		stop()
		q.mu.Lock()
		q.broken = false
		q.mu.Unlock()
		_, stop = run(t, q, r)
		time.Sleep(10 * time.Second)
		stop()
		got := r.of("1")
		seen := slices.Compact(slices.Sorted(slices.Values(got)))
		if len(seen) != 50 || len(got) == 50 {
			t.Errorf("%d of 50 arrived in %d deliveries; want all, and some twice", len(seen), len(got))
		}
	})
}

func TestAStoreThatIsAwayIsAskedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, q *queue, r *receiver) {
		q.broken = true
		q.put("1")
		_, stop := run(t, q, r)
		time.Sleep(10 * time.Second)
		q.mu.Lock()
		q.broken = false
		q.mu.Unlock()
		time.Sleep(3 * time.Second)
		stop()
		if got := r.of("1"); len(got) != 1 {
			t.Errorf("taken: %v", got)
		}
	})
}
