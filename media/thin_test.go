package media

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"callsvc/call"
	"callsvc/media/bitstream"
)

// tape is an rtpWriter that keeps everything, by the order it was sent.
type tape struct {
	headers     []rtp.Header
	payloads    [][]byte
	descriptors [][]byte // of the dependency descriptor
}

func (t *tape) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	kept := *h
	kept.Extensions = slices.Clone(h.Extensions)
	t.descriptors = append(t.descriptors, bytes.Clone(h.GetExtension(testDependencyID)))
	if d := t.descriptors[len(t.descriptors)-1]; d != nil && kept.SetExtension(testDependencyID, d) != nil {
		return 0, errTooLarge
	}
	t.headers = append(t.headers, kept)
	t.payloads = append(t.payloads, bytes.Clone(payload))
	return len(payload) + 12, nil
}

// taped is a stage of one viewer whose packets are kept.
func taped(mime string) (*stage, *tape, *slot) {
	st := newStage(call.SourceCamera, mime, 90000, 1)
	t := &tape{}
	st.slots[0].bind.writer = t
	return st, t, st.slots[0]
}

// temporalFrame is a frame of a VP8 stream with three temporal layers: what it
// is, and which frames it depends on (by index).
type temporalFrame struct {
	temporal uint8
	sync     bool
	needs    []int
}

// temporalFrames makes the frames of some cycles T0 T2 T1 T2. In every other
// cycle T1 depends on the T1 before.
func temporalFrames(cycles int) []temporalFrame {
	var frames []temporalFrame
	for i := range cycles {
		at := 4 * i
		base := temporalFrame{temporal: 0}
		middle := temporalFrame{temporal: 1, sync: i%2 == 0, needs: []int{at}}
		if i > 0 {
			base.needs = []int{at - 4}
		}
		if i%2 != 0 {
			middle.needs = []int{at, at - 2}
		}
		frames = append(
			frames, base, temporalFrame{temporal: 2, sync: true, needs: []int{at}},
			middle, temporalFrame{temporal: 2, needs: []int{at, at + 2}},
		)
	}
	return frames
}

// vp8Temporal is one packet of a frame; index and part are its picture.
func vp8Temporal(index, part int, f temporalFrame) []byte {
	first, octet, tag := byte(0x80), f.temporal<<6, byte(1)
	if part == 0 {
		first |= 0x10
	}
	if f.sync {
		octet |= 0x20
	}
	if index == 0 {
		tag = 0
	}
	id := uint16(index + 100)
	return []byte{first, 0xe0, 0x80 | byte(id>>8), byte(id), byte(index / 4), octet, tag, byte(index >> 8), byte(index), byte(part)}
}

// incoming is a packet as it reaches the server.
type incoming struct {
	header  rtp.Header
	payload []byte
}

// mix lets some packets be overtaken by up to ten others.
func mix(t *rapid.T, packets []incoming) []incoming {
	for range rapid.IntRange(0, len(packets)/10).Draw(t, "late") {
		from := rapid.IntRange(1, len(packets)-12).Draw(t, "from") // the keyframe stays
		late, by := packets[from], rapid.IntRange(1, 10).Draw(t, "by")
		copy(packets[from:], packets[from+1:from+by+1])
		packets[from+by] = late
	}
	return packets
}

func TestTemporalLayersAreDroppedWithoutAGapAndWithoutBreakingAPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frames := temporalFrames(40)
		var packets []incoming
		parts := make([]int, len(frames))
		for i, f := range frames {
			parts[i] = rapid.IntRange(1, 3).Draw(t, "packets")
			for part := range parts[i] {
				packets = append(packets, incoming{rtp.Header{
					Version: 2, PayloadType: 96, SequenceNumber: uint16(65000 + len(packets)), Timestamp: uint32(i) * 3000, Marker: part == parts[i]-1,
				}, vp8Temporal(i, part, f)})
			}
		}
		st, tape, s := taped("video/VP8")
		for _, p := range mix(t, packets) {
			if rapid.IntRange(0, 20).Draw(t, "change") == 0 {
				st.layer.attach(s, bitstream.NewTarget(bitstream.MaxSpatial, uint8(rapid.IntRange(0, 3).Draw(t, "aim"))), st.now)
			}
			st.now += 5e6
			st.layer.receive(&p.header, p.payload, st.now)
		}
		checkPictures(t, tape, frames, parts)
		checkRepairs(t, st, tape, s)
	})
}

// checkPictures checks that what a viewer got has no gap, that its pictures are
// whole, that it has what they depend on, and that their ids count up.
func checkPictures(t *rapid.T, tape *tape, frames []temporalFrame, parts []int) {
	first, highest := tape.headers[0].SequenceNumber, uint16(0)
	got := map[uint16]bool{}
	pictures := map[int]int{} // frame -> packets
	ids := map[int]uint16{}
	for i, h := range tape.headers {
		n := h.SequenceNumber - first
		if got[n] {
			t.Fatalf("number %d was used twice", n)
		}
		got[n], highest = true, max(highest, n)
		if h.Padding {
			continue
		}
		b := tape.payloads[i]
		frame := int(b[7])<<8 | int(b[8])
		pictures[frame]++
		ids[frame] = uint16(b[2]&0x7f)<<8 | uint16(b[3])
	}
	if len(got) != int(highest)+1 {
		t.Fatalf("%d packets with numbers up to %d", len(got), highest)
	}
	before := -1
	for i := range frames {
		if pictures[i] == 0 {
			continue
		}
		if pictures[i] != parts[i] {
			t.Fatalf("of frame %d %d packets of %d came", i, pictures[i], parts[i])
		}
		for _, need := range frames[i].needs {
			if pictures[need] == 0 {
				t.Fatalf("frame %d (T%d) came and frame %d, which it needs, did not", i, frames[i].temporal, need)
			}
		}
		if step := (ids[i] - ids[max(before, 0)]) & 0x7fff; before >= 0 && (step == 0 || int(step) > i-before) {
			t.Fatalf("picture id moved by %d from frame %d to %d", step, before, i)
		}
		before = i
	}
	for i, f := range frames {
		if f.temporal == 0 && pictures[i] == 0 {
			t.Fatalf("frame %d of the lowest layer is missing", i)
		}
	}
}

// checkRepairs checks that a retransmission repeats what was sent.
func checkRepairs(t *rapid.T, st *stage, tape *tape, s *slot) {
	sent := len(tape.headers)
	buf := make([]byte, receiveMTU)
	for range 30 {
		i := rapid.IntRange(max(sent-100, 0), sent-1).Draw(t, "lost")
		s.credit, s.resent = maxCredit, nil
		st.now += 1e9
		s.resend(tape.headers[i].SequenceNumber, buf, st.now)
		n := len(tape.headers) - 1
		if n < sent {
			t.Fatalf("packet %d of %d was not sent again", i, sent)
		}
		again, was := tape.headers[n], tape.headers[i]
		if again.SequenceNumber != was.SequenceNumber || again.Timestamp != was.Timestamp || again.Marker != was.Marker || !bytes.Equal(tape.payloads[n], tape.payloads[i]) {
			t.Fatalf("packet %d was % x and is % x when it is sent again", i, tape.payloads[i], tape.payloads[n])
		}
		tape.headers, tape.payloads = tape.headers[:sent], tape.payloads[:sent]
	}
}

// BenchmarkForwardScalable forwards a VP8 stream of which every other picture is
// left out.
func BenchmarkForwardScalable(b *testing.B) {
	for _, viewers := range []int{1, 100} {
		b.Run(fmt.Sprintf("1to%d", viewers), func(b *testing.B) {
			st := newStage(call.SourceCamera, "video/VP8", 90000, viewers)
			for _, s := range st.slots {
				st.layer.attach(s, bitstream.NewTarget(bitstream.MaxSpatial, 1), st.now)
			}
			var frames [2][]byte // T0 and T2
			for i, temporal := range []byte{0, 2} {
				frames[i] = make([]byte, 1100)
				copy(frames[i], []byte{0x90, 0xe0, 0x80, 0x01, 0x01, temporal << 6, 0x01})
			}
			st.packet(vp8(true, 1100))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				st.packet(frames[i%2])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*viewers), "ns/pkt-viewer")
		})
	}
}
