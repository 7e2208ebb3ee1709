package media

import (
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

func TestFeedbackSaysWhichPacketsCameAndWhen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		recorder := twcc.NewRecorder(5)
		base := rapid.Uint16().Draw(t, "base")
		sent := rapid.SliceOfN(rapid.IntRange(-1, 70_000), 1, 300).Draw(t, "delays") // µs between packets, -1 is lost
		at, want := int64(1e9), map[uint16]int64{}
		for i, delay := range sent {
			if delay < 0 {
				continue
			}
			at += int64(delay)
			recorder.Record(1, base+uint16(i), at)
			want[base+uint16(i)] = at * 1000
		}
		var f transportFeedback
		got, offset := map[uint16]int64{}, int64(0)
		for _, packet := range recorder.BuildFeedbackPacket() {
			b, err := packet.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			if err := f.parse(b); err != nil {
				t.Fatalf("parse %v: %v", packet, err)
			}
			for i, arrival := range f.arrivals {
				if arrival != noArrival {
					got[f.base+uint16(i)] = arrival
				}
			}
		}
		for seq, arrival := range want {
			if got[seq] == 0 {
				t.Fatalf("packet %d came and feedback does not say so", seq)
			}
			if offset == 0 {
				offset = got[seq] - arrival
			}
			if diff := got[seq] - arrival - offset; diff < -deltaUnit || diff > deltaUnit {
				t.Fatalf("packet %d: %v off", seq, time.Duration(diff))
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d packets are said to have come, %d did", len(got), len(want))
		}
	})
}

func TestTheReferenceTimeOfFeedbackMayWrap(t *testing.T) {
	var f transportFeedback
	f.unwrap(1<<24 - 2)
	before := f.clock
	f.unwrap(3)
	if f.clock-before != 5 {
		t.Errorf("the clock went on by %d, want 5", f.clock-before)
	}
	f.unwrap(1<<24 - 1) // reordered
	if f.clock-before != 1 {
		t.Errorf("the clock of a late message is %d after the first, want 1", f.clock-before)
	}
}

func TestMalformedFeedbackIsRefused(t *testing.T) {
	header := []byte{0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 0, 2, 0, 0, 1, 0}
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"a header alone, packets promised", header},
		{"a chunk without deltas", append(header[:20:20], 0x20, 2)},
		{"a run of no length", append(header[:20:20], 0x20, 0, 0x20, 2, 4, 4)},
		{"the reserved symbol", append(header[:20:20], 0x60, 2, 4, 4)},
		{"padding longer than the packet", append(append([]byte{0xaf}, header[1:20]...), 0x20, 2, 4, 200)},
		{"more packets than anybody remembers", append(append(append(header[:14:14], 0xff, 0xff), header[16:]...), 0x1f, 0xff)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f transportFeedback
			if err := f.parse(c.b); err == nil {
				t.Errorf("taken, with %d arrivals", len(f.arrivals))
			}
		})
	}
}

func FuzzTransportFeedback(f *testing.F) {
	recorder := twcc.NewRecorder(5)
	for i := range uint16(40) {
		if i%7 != 3 {
			recorder.Record(1, 65520+i, int64(i)*9000)
		}
	}
	for _, packet := range recorder.BuildFeedbackPacket() {
		b, err := packet.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	var ours transportFeedback
	f.Fuzz(func(t *testing.T, b []byte) {
		ours.started = false
		if ours.parse(b) != nil {
			return
		}
		if len(ours.arrivals) > maxFeedback {
			t.Fatalf("%d arrivals from %d octets", len(ours.arrivals), len(b))
		}
		var theirs rtcp.TransportLayerCC
		if theirs.Unmarshal(b) != nil || int(theirs.Header.Length+1)*4 != len(b) {
			return
		}
		at, deltas := int64(theirs.ReferenceTime)*referenceUnit, theirs.RecvDeltas
		for i, arrival := range ours.arrivals {
			if arrival == noArrival || len(deltas) == 0 {
				continue
			}
			at += deltas[0].Delta * 1000
			deltas = deltas[1:]
			if arrival != at {
				t.Fatalf("packet %d came at %d, by pion's reading at %d", i, arrival, at)
			}
		}
	})
}

func TestEveryPacketToAViewerIsNumbered(t *testing.T) {
	const id = 3
	st := newStage("camera", "video/VP8", 90000, 1)
	viewer := st.slots[0].peer
	repairing := newCodecs([]payload{{number: 96, name: "video/vp8", clock: 90000}, {number: 97, name: "video/rtx", fmtp: "apt=96"}})
	s := newSlot(viewer, "2", false, "v1", "slot1", binding{
		writer: st.sinks[0], ssrc: 8, rtxSSRC: 9, codecs: repairing, transportCC: id, extensionID: 4,
	})
	st.layer.attach(s, everything, st.now)
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
	if e := viewer.departures.find(2); e == nil || e.at != st.now {
		t.Errorf("what is remembered of the retransmission: %+v", e)
	}
	if viewer.departures.find(3) != nil {
		t.Error("a packet that was never sent is remembered")
	}
}

func TestDeparturesAreForgottenInTime(t *testing.T) {
	const packets = 3*departuresAtMost + 1
	for _, c := range []struct {
		name       string
		every      time.Duration // a packet leaves
		remembered int
	}{
		{"a trickle", departureSpan, departuresAtFirst},
		{"as many as fit", departureSpan/departuresAtFirst + 1, departuresAtFirst},
		{"more", departureSpan / (3 * departuresAtFirst), 4 * departuresAtFirst},
		{"more than is ever remembered", departureSpan / (2 * departuresAtMost), departuresAtMost},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d departures
			at := func(i int) int64 { return int64(i+1) * int64(c.every) }
			for i := range packets {
				d.leave(at(i), 100)
			}
			for back := range c.remembered {
				i := packets - 1 - back
				if e := d.find(uint16(i)); e == nil || e.at != at(i) || e.number != uint32(i) {
					t.Fatalf("%d packets back: %+v", back, e)
				}
			}
			if d.find(uint16(packets-1-c.remembered)) != nil || d.find(uint16(packets)) != nil {
				t.Error("found what is forgotten, or yet to come")
			}
		})
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
			st.layer.attach(s, everything, st.now)
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
