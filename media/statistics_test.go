package media_test

import (
	"testing"
	"time"

	"callsvc/call"
)

func (e *events) Statistics(s call.Statistics) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stats = s
}

func (e *events) statistics() call.Statistics {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stats
}

func TestStatisticsSayWhatTheNetworkDoes(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true, interceptors: true})
		ben := w.client("ben", clientOption{pairs: 2, interceptors: true})
		ana.join("r")
		ben.join("r")
		ben.watch("ana")
		w.eventually("ben sees ana", func() bool { return len(ben.box(ben.videoSlot(0)).all()) > 0 })
		random := atRandom(0.05)
		down := func(b []byte, up bool) bool { return !up && (*random)(b, up) }
		w.drop.Store(&down)
		time.Sleep(8 * time.Second)
		sent, got := ana.statistics(), ben.statistics()
		if len(sent.Local.Sources) != 2 || sent.Local.Bitrate < 5_000 || sent.Local.Loss > 0.01 {
			t.Errorf("ana sends: %+v", sent.Local)
		}
		if len(sent.Slots) != 0 || got.Local.Bitrate != 0 {
			t.Errorf("ana is sent %+v, ben sends %+v", sent.Slots, got.Local)
		}
		if len(got.Slots) != 2 {
			t.Fatalf("ben's slots: %+v", got.Slots)
		}
		for _, s := range got.Slots {
			if s.UserID != "ana" || s.Bitrate < 1_000 || s.Loss < 0.005 || s.Loss > 0.2 || s.JitterMs > 20 {
				t.Errorf("ben's slot: %+v", s)
			}
		}
		if got.Down.Loss < 0.01 || got.Down.Loss > 0.2 || got.Down.Bitrate < sent.Local.Bitrate {
			t.Errorf("on the way to ben: %+v", got.Down)
		}
		w.drop.Store(nil)
		time.Sleep(6 * time.Second)
		if loss := ben.statistics().Down.Loss; loss != 0 {
			t.Errorf("loss of %.2f where nothing is lost any more", loss)
		}
		if err := ben.peer.SetViews([]call.View{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Second)
		if n := len(ben.statistics().Slots); n != 1 {
			t.Errorf("%d slots of one that carries something", n)
		}
	})
}
