package media

import (
	"testing"

	"callsvc/media/bitstream"

	"github.com/pion/rtp"
)

func TestEveryPacketToAViewerIsNumbered(t *testing.T) {
	const id = 3
	st := newStage("camera", "video/VP8", 90000, 1)
	viewer := st.slots[0].peer
	repairing := newCodecs([]payload{{number: 96, name: "video/vp8", clock: 90000}, {number: 97, name: "video/rtx", fmtp: "apt=96"}})
	s := newSlot(viewer, "2", false, "v1", "slot1", binding{
		writer: st.sinks[0], ssrc: 8, rtxSSRC: 9, codecs: repairing, transportCC: id, extensionID: 4,
	})
	st.layer.attach(s, bitstream.Everything, st.now)
	numbered := func(what string, ssrc uint32, want uint16) {
		t.Helper()
		h := &st.sinks[0].last
		if h.SSRC != ssrc {
			t.Fatalf("%s has SSRC %d, want %d", what, h.SSRC, ssrc)
		}
		if v := h.GetExtension(id); len(v) != 2 || uint16(v[0])<<8|uint16(v[1]) != want {
			t.Errorf("%s is numbered %v, want %d", what, v, want)
		}
	}
	st.packet(vp8(true, 20))
	numbered("a packet", 8, 0)
	first := st.sinks[0].last.SequenceNumber
	st.packet(vp8(false, 20))
	numbered("the next", 8, 1)
	s.resend(first, make([]byte, receiveMTU), st.now)
	numbered("a retransmission", 9, 2)
	if number, _ := viewer.departures.Progress(); number != 3 {
		t.Errorf("the next to leave is %d, want 3", number)
	}
}

// BenchmarkNumbering is what the transport-wide number adds to a packet.
func BenchmarkNumbering(b *testing.B) {
	for _, c := range []struct {
		name string
		id   uint8
	}{{"without", 0}, {"with", 3}} {
		b.Run(c.name, func(b *testing.B) {
			st := newStage("camera", "video/VP8", 90000, 0)
			p := &Peer{engine: st.layer.pub.peer.engine, router: st.layer.pub.peer.router}
			p.connected.Store(true)
			s := newSlot(p, "1", false, "v0", "slot0", binding{writer: discard{}, ssrc: 7, codecs: st.layer.codecs, transportCC: c.id})
			st.layer.attach(s, bitstream.Everything, st.now)
			st.packet(vp8(true, 1100))
			payload := vp8(false, 1100)
			b.ReportAllocs()
			for b.Loop() {
				st.packet(payload)
			}
		})
	}
}

// discard is an rtpWriter that encodes the header, as a link does, and no more.
type discard struct{}

func (discard) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	var b [64]byte
	n, err := h.MarshalTo(b[:])
	return n + len(payload), err
}
