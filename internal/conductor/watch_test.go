package conductor_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
)

// CallEnded implements conductor.Watcher: it writes the records down among what
// was told.
func (w *world) CallEnded(tx *commit.Tx, r call.Record) {
	tx.After(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, "bo: and then the watcher, of "+string(r.Result))
	})
}

func TestWhoWatchesIsToldOfTheRecordAfterThePeople(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		if err := w.loop.Ask(t.Context(), func() { w.cond.Watch(w) }); err != nil {
			t.Fatal(err)
		}
		w.invite("ana", "bo", videoCall, 30)
		time.Sleep(31 * time.Second)
		synctest.Wait()
		w.expect(
			"ana: timeout of [bo]", "ana: call noAnswer by server after 0 s",
			"bo: invited by ana", "bo: timeout of [bo]", "bo: call noAnswer by server after 0 s", "bo: and then the watcher, of noAnswer",
		)
	})
}
