package commit_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
)

// disk is a store that takes its time and may fail.
type disk struct {
	mu      sync.Mutex
	commits [][][]call.Change
	delay   time.Duration
	failure error
}

func (d *disk) Commit(_ context.Context, groups [][]call.Change) error {
	time.Sleep(d.delay) // virtual: every test here runs in a bubble
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failure != nil {
		return d.failure
	}
	d.commits = append(d.commits, groups)
	return nil
}

func (d *disk) stored() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, groups := range d.commits {
		n += len(groups)
	}
	return n
}

// run starts a loop and returns a function that stops it and gives Run's error.
func run(t *testing.T, l *commit.Loop) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	return func() error { cancel(); return <-done }
}

func save(tx *commit.Tx) error {
	tx.Save(call.Alive{At: 1})
	return nil
}

func TestNobodyIsToldBeforeItIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{delay: 5 * time.Millisecond}
		l := commit.New(d)
		stop := run(t, l)
		told := -1
		err := l.Do(t.Context(), func(tx *commit.Tx) error {
			tx.After(func() { told = d.stored() })
			return save(tx)
		})
		if err != nil || told != 1 {
			t.Errorf("error %v, %d stored when told, want 1", err, told)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestDecisionsMadeDuringACommitShareTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{delay: 10 * time.Millisecond}
		l := commit.New(d)
		stop := run(t, l)
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				if err := l.Do(t.Context(), save); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if len(d.commits) > 3 || d.stored() != 200 {
			t.Errorf("%d decisions in %d commits, want 200 in at most 3", d.stored(), len(d.commits))
		}
	})
}

func TestConsequencesLeaveInTheOrderOfDecision(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := commit.New(&disk{delay: time.Millisecond})
		stop := run(t, l)
		var order []int
		for i := range 100 {
			l.Post(func(tx *commit.Tx) {
				if i%3 == 0 { // decisions without changes keep their place too
					tx.Save(call.Alive{At: 1})
				}
				tx.After(func() { order = append(order, i) })
			})
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if len(order) != 100 || !slices.IsSorted(order) {
			t.Errorf("order %v", order)
		}
	})
}

func TestARefusalLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		l := commit.New(d)
		stop := run(t, l)
		refusal := errors.New("no")
		err := l.Do(t.Context(), func(tx *commit.Tx) error {
			tx.Save(call.Alive{At: 1})
			tx.After(func() { t.Error("a refused decision had a consequence") })
			return refusal
		})
		if !errors.Is(err, refusal) || d.stored() != 0 {
			t.Errorf("error %v, %d stored", err, d.stored())
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestAStoreThatFailsStopsTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{failure: errors.New("disk full")}
		l := commit.New(d)
		stop := run(t, l)
		if err := l.Do(t.Context(), save); !errors.Is(err, commit.ErrClosed) {
			t.Errorf("error %v, want %v", err, commit.ErrClosed)
		}
		<-l.Failed()
		if err := l.Do(t.Context(), save); !errors.Is(err, commit.ErrClosed) {
			t.Errorf("after the failure: error %v, want %v", err, commit.ErrClosed)
		}
		if l.Post(func(*commit.Tx) {}) {
			t.Error("a decision was taken after the failure")
		}
		if err := stop(); !errors.Is(err, d.failure) {
			t.Errorf("Run: %v, want %v", err, d.failure)
		}
	})
}

func TestAskSeesWhatIsDecidedAndDoesNotWaitForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := commit.New(&disk{delay: time.Hour})
		stop := run(t, l)
		began := time.Now()
		state := 0
		l.Post(func(tx *commit.Tx) { state = 1; tx.Save(call.Alive{At: 1}) })
		seen := 0
		if err := l.Ask(t.Context(), func() { seen = state }); err != nil || seen != 1 {
			t.Errorf("error %v, saw %d, want 1", err, seen)
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("waited %v for the store", waited)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatIsDecidedIsWaitedForHoweverLongTheStoreTakes(t *testing.T) {
	for name, tt := range map[string]struct {
		store *disk
		want  error
	}{
		"a store that takes a minute":                 {&disk{delay: time.Minute}, nil},
		"a store that takes a minute, and then fails": {&disk{delay: time.Minute, failure: errors.New("full")}, commit.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := commit.New(tt.store)
				stop := run(t, l)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began := time.Now()
				if err := l.Do(ctx, save); !errors.Is(err, tt.want) || time.Since(began) != time.Minute {
					t.Errorf("error %v after %v, want %v after a minute", err, time.Since(began), tt.want)
				}
				if err := stop(); !errors.Is(err, tt.store.failure) {
					t.Error(err)
				}
			})
		})
	}
}

func TestWhoGivesUpBeforeTheirTurnIsNeverServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		l := commit.New(d)
		stop := run(t, l)
		l.Post(func(*commit.Tx) { time.Sleep(time.Minute) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := l.Do(ctx, func(tx *commit.Tx) error {
			t.Error("decided though nobody waited")
			return save(tx)
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Do: %v, want deadline exceeded", err)
		}
		err = l.Ask(ctx, func() { t.Error("asked though nobody waited") })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Ask: %v, want deadline exceeded", err)
		}
		if err := stop(); err != nil || d.stored() != 0 {
			t.Errorf("Run: %v, %d stored, want none", err, d.stored())
		}
	})
}

func TestNothingRunsForWhoHasGivenUp(t *testing.T) {
	for name, serve := range map[string]func(*commit.Loop, context.Context, func()) error{
		"Do": func(l *commit.Loop, ctx context.Context, f func()) error {
			return l.Do(ctx, func(tx *commit.Tx) error { f(); return save(tx) })
		},
		"Ask": (*commit.Loop).Ask,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := commit.New(&disk{})
				stop := run(t, l)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				result := "" // the caller's again once it has its error
				if err := serve(l, ctx, func() { time.Sleep(time.Minute); result = "served" }); err != nil {
					t.Error(err)
				}
				if result != "served" {
					t.Error("it returned in the middle of what it runs")
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
