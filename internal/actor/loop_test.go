package actor_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/internal/actor"
)

func TestClosuresRunInTheOrderTheyWereHandedIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := actor.New()
		var got []int
		for i := range 100 {
			l.Post(func() { got = append(got, i) })
		}
		l.Close()
		if !slices.IsSorted(got) || len(got) != 100 {
			t.Errorf("ran %v", got)
		}
	})
}

func TestClosuresOfManyGoroutinesNeverOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := actor.New()
		defer l.Close()
		n, inside := 0, false
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				err := l.Do(t.Context(), func() {
					if inside {
						t.Error("two closures at once")
					}
					inside = true
					time.Sleep(time.Millisecond)
					inside = false
					n++
				})
				if err != nil {
					t.Errorf("Do: %v", err)
				}
			})
		}
		wg.Wait()
		if n != 50 {
			t.Errorf("%d of 50 ran", n)
		}
	})
}

func TestAClosureMayPostAndStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := actor.New()
		second := false
		err := l.Do(t.Context(), func() {
			l.Post(func() { second = true })
			l.Stop()
			if l.Post(func() { t.Error("ran after Stop") }) {
				t.Error("Post after Stop was accepted")
			}
		})
		if err != nil {
			t.Fatalf("Do: %v", err)
		}
		l.Close()
		if !second {
			t.Error("what was queued before Stop did not run")
		}
	})
}

func TestAfterCloseEverythingIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := actor.New()
		l.Close()
		l.Close()
		if l.Post(func() { t.Error("ran after Close") }) {
			t.Error("Post was accepted")
		}
		if err := l.Do(t.Context(), func() { t.Error("ran after Close") }); !errors.Is(err, actor.ErrClosed) {
			t.Errorf("Do: %v, want ErrClosed", err)
		}
	})
}

func TestCloseWaitsForTheClosureThatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := actor.New()
		over := false
		l.Post(func() { time.Sleep(time.Second); over = true })
		synctest.Wait()
		l.Close()
		if !over {
			t.Error("Close returned before the closure")
		}
	})
}

func TestWhoGivesUpWaitingIsNeverServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := actor.New()
		l.Post(func() { time.Sleep(time.Second) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := l.Do(ctx, func() { t.Error("ran though nobody waited") }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Do: %v, want the context's error", err)
		}
		l.Close()
	})
}

func TestWhoGivesUpWhileBeingServedIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := actor.New()
		defer l.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		ran := false
		if err := l.Do(ctx, func() { time.Sleep(time.Second); ran = true }); err != nil || !ran {
			t.Errorf("Do: %v, ran %v", err, ran)
		}
	})
}

func BenchmarkDo(b *testing.B) {
	l := actor.New()
	defer l.Close()
	b.ReportAllocs()
	for b.Loop() {
		if err := l.Do(b.Context(), func() {}); err != nil {
			b.Fatal(err)
		}
	}
}
