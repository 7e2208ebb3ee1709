package media_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// rogue lets a client send whatever it likes, encrypted as it should be.
type rogue struct {
	interceptor.NoOp

	skipped atomic.Uint32 // by how much the sequence numbers are higher than the client counted

	mu  sync.Mutex
	out interceptor.RTPWriter
}

func (r *rogue) NewInterceptor(string) (interceptor.Interceptor, error) { return r, nil }

func (r *rogue) BindLocalStream(_ *interceptor.StreamInfo, out interceptor.RTPWriter) interceptor.RTPWriter {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out = out
	return interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
		h.SequenceNumber += uint16(r.skipped.Load())
		return out.Write(h, payload, a)
	})
}

func (r *rogue) send(t *testing.T, h rtp.Header, payload []byte) {
	t.Helper()
	r.mu.Lock()
	out := r.out
	r.mu.Unlock()
	if _, err := out.Write(&h, payload, nil); err != nil {
		t.Fatal(err)
	}
}

// rogue brings in ana, whose packets can be tampered with, and ben, who sees her
// camera: what he gets of it is in the box.
func (w *world) rogue() (*rogue, *inbox) {
	w.t.Helper()
	wild := &rogue{}
	ana, ben := w.client("ana", clientOption{publish: true, tap: wild}), w.client("ben", clientOption{pairs: 1})
	ana.join("r")
	ben.join("r")
	ben.watch("ana")
	box := ben.box(ben.videoSlot(0))
	w.eventually("ben sees ana", func() bool { return len(box.all()) > 30 })
	return wild, box
}

func TestAStreamThatWasNotOfferedDisplacesNone(t *testing.T) {
	inWorld(t, func(w *world) {
		wild, box := w.rogue()
		for ssrc := range uint32(200) {
			wild.send(t, rtp.Header{Version: 2, SSRC: 1 + ssrc, PayloadType: 96}, vp8Frame(uint16(ssrc), 0, true, "rogue"))
		}
		time.Sleep(100 * time.Millisecond) // they have come, and what was on its way has gone
		before := len(box.all())
		time.Sleep(time.Second)
		got := box.all()
		if n := len(got) - before; n < 60 {
			t.Errorf("%d packets of ana's camera in the second after, want some 75", n)
		}
		checkContinuous(t, got)
		for _, p := range got {
			if pictureOf(p) == "rogue" {
				t.Fatal("what was not offered is forwarded")
			}
		}
	})
}

func TestAStreamThatCountsAnewIsSeenAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		wild, box := w.rogue()
		wild.skipped.Store(10_000)
		time.Sleep(time.Second)
		before := len(box.all())
		time.Sleep(time.Second)
		got := box.all()
		if n := len(got) - before; n < 70 {
			t.Errorf("%d packets in the second after that, want some 75", n)
		}
		checkContinuous(t, got)
	})
}
