package media_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"callsvc/media"

	"github.com/pion/rtcp"
)

// atRandom makes a filter that drops a share of all media both ways, the same
// packets each time.
func atRandom(share float64) *func([]byte, bool) bool {
	random := rand.New(rand.NewPCG(3, 4))
	drop := func(b []byte, _ bool) bool { return len(b) > 1 && b[0]>>6 == 2 && random.Float64() < share }
	return &drop
}

// never is how many of the packets between the first and the last of a slot did
// not come, of how many.
func never(b *inbox) (missing, all int) {
	packets := b.all()
	got := map[uint16]bool{}
	for _, p := range packets {
		got[p.SequenceNumber] = true
	}
	first, last := packets[0].SequenceNumber, packets[len(packets)-1].SequenceNumber
	for seq := first; seq != last; seq++ {
		all++
		if !got[seq] {
			missing++
		}
	}
	return missing, all
}

func TestPicturesSurviveRandomLossBothWays(t *testing.T) {
	for _, c := range []struct {
		name string
		loss float64
		most float64 // share that may stay missing
		nack float64 // packets asked for per packet lost, at most, both ways
	}{
		{"2 %", 0.02, 0.001, 3},
		{"5 %", 0.05, 0.005, 3},
		{"10 %", 0.10, 0.05, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				_, ben := w.watched(clientOption{interceptors: true})
				box := ben.box(ben.videoSlot(0))
				w.drop.Store(atRandom(c.loss))
				time.Sleep(20 * time.Second)
				w.drop.Store(nil)
				time.Sleep(time.Second)
				missing, all := never(box)
				stats := w.engine.Stats()
				t.Logf("%d of %d missing, %+v", missing, all, stats)
				if all < 300 || float64(missing) > c.most*float64(all) {
					t.Errorf("%d of %d packets never came", missing, all)
				}
				if lost := c.loss * float64(all); float64(stats.Retransmitted) > c.nack*lost+60 || float64(stats.NACKsSent) > c.nack*lost+60 {
					t.Errorf("%d sent again and %d NACKs where some %.0f were lost", stats.Retransmitted, stats.NACKsSent, lost)
				}
			})
		})
	}
}

func TestWhatIsGivenUpIsMendedByAKeyframe(t *testing.T) {
	inWorld(t, func(w *world) {
		ana, _ := w.watched(clientOption{}) // without interceptors: NACKs are not answered
		time.Sleep(2 * time.Second)
		before := ana.video.plis.Load()
		once := true
		lose := func(b []byte, up bool) bool {
			if video := len(b) > 1 && b[0]>>6 == 2 && b[1]&0x7f == 96; up && video && once {
				once = false
				return true
			}
			return false
		}
		w.drop.Store(&lose)
		w.eventually("a keyframe is asked for", func() bool { return ana.video.plis.Load() > before })
		if n := w.engine.Stats().NACKsSent; n != 5 {
			t.Errorf("asked %d times, want 5", n)
		}
	})
}

func TestWithoutTransportFeedbackOtherReportsLimit(t *testing.T) {
	inWorld(t, func(w *world) {
		_, ben := w.watched(clientOption{})
		box := ben.box(ben.videoSlot(0))
		report := func(lost uint8) {
			for range 3 {
				time.Sleep(time.Second)
				if err := ben.pc.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{
					{SSRC: box.all()[0].SSRC, FractionLost: lost},
				}}}); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		report(0)
		if n := media.Budget(ben.peer); n != 0 {
			t.Errorf("limited to %d without loss", n)
		}
		report(256 * 30 / 100)
		squeezed := media.Budget(ben.peer)
		if squeezed == 0 || squeezed > 60_000 {
			t.Errorf("limited to %d bit/s after 30 %% loss", squeezed)
		}
		if err := ben.pc.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverEstimatedMaximumBitrate{
			Bitrate: 700_000, SSRCs: []uint32{box.all()[0].SSRC},
		}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		if n := media.Budget(ben.peer); n != 700_000 {
			t.Errorf("limited to %d bit/s, the viewer said 700000", n)
		}
	})
}
