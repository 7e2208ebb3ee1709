package media_test

import (
	"encoding/binary"
	"math"
	"sync"
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

// everyTwentieth makes a filter that drops every twentieth packet of each stream
// on its way to who is sent it. By chance, a second's fifty packets of a voice may
// all come.
func everyTwentieth() *func([]byte, bool) bool {
	passed := map[uint32]int{}
	drop := func(b []byte, up bool) bool {
		ssrc, rtp := streamOf(b)
		if up || !rtp {
			return false
		}
		passed[ssrc]++
		return passed[ssrc]%20 == 0
	}
	return &drop
}

// streamOf is the SSRC of an RTP packet; false of STUN, DTLS and RTCP (RFC 7983,
// RFC 5761).
func streamOf(b []byte) (ssrc uint32, rtp bool) {
	if len(b) < 12 || b[0]>>6 != 2 || b[1] >= 192 && b[1] <= 223 {
		return 0, false
	}
	return binary.BigEndian.Uint32(b[8:]), true
}

func TestStatisticsSayWhatTheNetworkDoes(t *testing.T) {
	inWorld(t, func(w *world) {
		ana, ben := w.watched(clientOption{pairs: 2, interceptors: true})
		w.drop.Store(everyTwentieth())
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

// What is told of each slot, and of each source, is what the network really did.
func TestStatisticsAreTrue(t *testing.T) {
	const share, late, rounds = 0.06, 12 * time.Millisecond, 15
	inWorld(t, func(w *world) {
		ana, ben := w.watched(clientOption{interceptors: true})
		video, audio := ben.box(ben.videoSlot(0)), ben.box(ben.audioSlot(0))
		w.eventually("ben hears ana", func() bool { return len(audio.all()) > 0 })
		ana.audio.late.Store(int64(late))

		var mu sync.Mutex
		passed, lost := map[uint32]float64{}, map[uint32]float64{}
		random := atRandom(share)
		down := func(b []byte, up bool) bool {
			ssrc, rtp := streamOf(b)
			if up || !rtp {
				return false
			}
			mu.Lock()
			defer mu.Unlock()
			passed[ssrc]++
			if (*random)(b, up) {
				lost[ssrc]++
				return true
			}
			return false
		}
		w.drop.Store(&down)
		time.Sleep(4 * time.Second)
		told := map[call.Source]call.SlotStatistics{} // sums
		for range rounds {
			time.Sleep(2 * time.Second)
			for _, s := range ben.statistics().Slots {
				sum := told[s.Stream]
				sum.Loss, sum.JitterMs, sum.Bitrate = sum.Loss+s.Loss/rounds, sum.JitterMs+s.JitterMs, sum.Bitrate+s.Bitrate/rounds
				told[s.Stream] = sum
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for source, box := range map[call.Source]*inbox{call.SourceCamera: video, call.SourceMic: audio} {
			ssrc := box.all()[0].SSRC
			really := lost[ssrc] / passed[ssrc]
			if s := told[source]; math.Abs(s.Loss-really) > 0.015 {
				t.Errorf("%s: %.3f lost is told, %.3f were", source, s.Loss, really)
			}
		}
		const most = 3 * time.Millisecond // off
		for name, ms := range map[string]int{"the slot": told[call.SourceMic].JitterMs / rounds, "the source": sourceOf(ana.statistics(), call.SourceMic).JitterMs} {
			if jitter := time.Duration(ms) * time.Millisecond; jitter < late-most || jitter > late+most {
				t.Errorf("jitter of %s is told to be %v, every second packet is %v late", name, jitter, late)
			}
		}
		if ms := told[call.SourceCamera].JitterMs / rounds; ms > 3 {
			t.Errorf("jitter of pictures is told to be %d ms, they are in time", ms)
		}
	})
}

func sourceOf(s call.Statistics, source call.Source) call.SourceStatistics {
	for _, one := range s.Local.Sources {
		if one.Source == source {
			return one
		}
	}
	return call.SourceStatistics{}
}
