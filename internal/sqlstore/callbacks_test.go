package sqlstore_test

import (
	"context"
	"testing"

	"callsvc/call"
)

func callbackStories() []story {
	return []story{
		{"callbacks are numbered without a gap, over commits and restarts", callbackNumbers},
		{"a refused commit takes no numbers", callbackRefused},
		{"a callback waits until it is delivered or given up", callbackQueue},
		{"callbacks are queued again, all or the dead ones", callbackReplay},
		{"old callbacks are forgotten, but not what waits, nor the last number", callbackForgotten},
		{"many old callbacks are forgotten, around the one that waits", manyCallbacksForgotten},
	}
}

// told is a callback at a moment, to be delivered or only kept.
func told(at call.Millis, deliver bool) call.Change {
	return call.SaveCallback{Callback: call.RoomEntered("7", "ana", at), Deliver: deliver}
}

func seqs(list []call.Callback) []int64 {
	var n []int64
	for _, cb := range list {
		n = append(n, cb.Seq)
	}
	return n
}

func (f *fixture) callbacks() []int64 {
	f.t.Helper()
	return seqs(get[[]call.Callback](f.t)(f.Callbacks(f.t.Context(), 0, 100)))
}

func (f *fixture) queued(after int64) []int64 {
	f.t.Helper()
	var list []call.Callback
	for _, q := range get[[]call.QueuedCallback](f.t)(f.QueuedCallbacks(f.t.Context(), after, 100)) {
		list = append(list, q.Callback)
	}
	return seqs(list)
}

func (f *fixture) dead() map[int64]string {
	f.t.Helper()
	found := map[int64]string{}
	for _, d := range get[[]call.DeadCallback](f.t)(f.DeadCallbacks(f.t.Context(), 0, 100)) {
		found[d.Seq] = d.Error
	}
	return found
}

func callbackNumbers(t *testing.T, f *fixture) {
	f.commit(told(1, false), told(2, false))
	f.restart()
	f.commit(told(3, false))
	equal(t, "numbers", f.callbacks(), []int64{1, 2, 3})
	want := call.RoomEntered("7", "ana", 3)
	want.Seq = 3
	equal(t, "after the second", get[[]call.Callback](t)(f.Callbacks(t.Context(), 2, 100)), []call.Callback{want})
	equal(t, "the first two", seqs(get[[]call.Callback](t)(f.Callbacks(t.Context(), 0, 2))), []int64{1, 2})
}

func callbackRefused(t *testing.T, f *fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Commit(ctx, [][]call.Change{{told(1, true)}}); err == nil {
		t.Error("a commit whose time was up succeeded")
	}
	f.commit(told(2, true))
	equal(t, "numbers", f.callbacks(), []int64{1})
}

func callbackQueue(t *testing.T, f *fixture) {
	f.commit(told(1, true), told(2, true), told(3, true), told(4, false))
	f.restart()
	equal(t, "queued", f.queued(0), []int64{1, 2, 3})
	equal(t, "queued since", get[[]call.QueuedCallback](t)(f.QueuedCallbacks(t.Context(), 2, 9))[0].QueuedAt, call.Millis(3))
	if err := f.SettleCallbacks(t.Context(), []int64{1}, map[int64]string{2: "refused"}); err != nil {
		t.Fatal(err)
	}
	f.restart()
	equal(t, "still queued", f.queued(0), []int64{3})
	equal(t, "dead", f.dead(), map[int64]string{2: "refused"})
}

func callbackReplay(t *testing.T, f *fixture) {
	f.commit(told(1, true), told(2, true), told(3, true), told(4, false))
	if err := f.SettleCallbacks(t.Context(), []int64{1}, map[int64]string{2: "refused", 3: "refused"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "dead ones queued again", get[int64](t)(f.RequeueCallbacks(t.Context(), 1, 2, true, 1000)), int64(1))
	equal(t, "since", get[[]call.QueuedCallback](t)(f.QueuedCallbacks(t.Context(), 0, 9))[0].QueuedAt, call.Millis(1000))
	equal(t, "the other is still dead", f.dead(), map[int64]string{3: "refused"})
	equal(t, "all queued again", get[int64](t)(f.RequeueCallbacks(t.Context(), 1, 4, false, 2000)), int64(4))
	equal(t, "queued", f.queued(0), []int64{1, 2, 3, 4})
}

func callbackForgotten(t *testing.T, f *fixture) {
	f.commit(told(1, true), told(2, false), told(3, false))
	if err := f.ForgetCallbacks(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	f.restart()
	equal(t, "left", f.callbacks(), []int64{1, 3})
	f.commit(told(5, false))
	equal(t, "the next number", f.callbacks(), []int64{1, 3, 4})
}

func manyCallbacksForgotten(t *testing.T, f *fixture) {
	changes := make([]call.Change, 500)
	for i := range changes {
		changes[i] = told(call.Millis(i+1), i == 299)
	}
	f.commit(changes...)
	for range 2 { // the second time the numbers have a gap
		if err := f.ForgetCallbacks(t.Context(), 499); err != nil {
			t.Fatal(err)
		}
		equal(t, "left", f.callbacks(), []int64{300, 499, 500})
	}
}
