package media

import (
	"bytes"
	"slices"
	"testing"

	"github.com/pion/rtp"

	"callsvc/call"
	"callsvc/media/bitstream"
)

// svcFrame is one frame of one spatial layer in a stream of three spatial and
// three temporal layers.
type svcFrame struct {
	picture           int
	spatial, temporal uint8
	key               bool
	kSVC              bool // higher layers use it in key pictures only
	last              bool // of its picture
}

// svcFrames makes pictures of three spatial layers, T0 T2 T1 T2 …; those named
// are key pictures.
func svcFrames(pictures int, kSVC bool, keys ...int) []svcFrame {
	var frames []svcFrame
	for i := range pictures {
		for spatial := range uint8(3) {
			frames = append(frames, svcFrame{
				picture: i, spatial: spatial, temporal: []uint8{0, 2, 1, 2}[i%4], key: slices.Contains(keys, i), kSVC: kSVC, last: spatial == 2,
			})
		}
	}
	return frames
}

// vp9Packet is one of the two packets of a frame (RFC 9628 section 4.2).
func vp9Packet(f svcFrame, part int) []byte {
	first := byte(0x80 | 0x20) // I, L
	if !f.key {
		first |= 0x40
	}
	if part == 0 {
		first |= 0x08
	} else {
		first |= 0x04
	}
	if f.spatial == 2 || f.kSVC && !f.key {
		first |= 0x01
	}
	structure := f.key && f.spatial == 0 && part == 0
	if structure {
		first |= 0x02
	}
	layers := f.temporal<<5 | f.spatial<<1
	if f.temporal == 0 {
		layers |= 0x10
	}
	b := []byte{first, 0x80 | byte(f.picture>>8), byte(f.picture), layers, byte(f.picture / 4)}
	if structure {
		b = append(b, 2<<5|0x10, 0, 160, 0, 90, 1, 64, 0, 180, 2, 128, 1, 104)
	}
	return append(b, 0x55, byte(f.picture), f.spatial, byte(part))
}

// What a frame is to a decode target (AOM "RTP Payload Format for AV1",
// appendix A.4).
const (
	dtiAbsent = iota
	dtiDiscardable
	dtiSwitch
	dtiRequired
)

// dependencyBits is the structure of three spatial and three temporal layers:
// template and decode target 3s+t are layer s, t.
func dependencyBits(w *bitWriter, kSVC bool) {
	w.put(6, 5) // template_id_offset
	w.put(5, 8) // nine decode targets
	for _, next := range []uint32{1, 1, 2, 1, 1, 2, 1, 1, 3} {
		w.put(2, next)
	}
	for template := range uint32(9) {
		for target := range uint32(9) {
			dti := uint32(dtiAbsent)
			switch s, t := template/3, template%3; {
			case s > target/3 || t > target%3 || kSVC && s != target/3:
			case t == 0:
				dti = dtiSwitch
			case t == target%3:
				dti = dtiDiscardable
			default:
				dti = dtiRequired
			}
			w.put(2, dti)
		}
	}
	for range 9 {
		w.put(1, 0) // no frame differences
	}
	w.put(3, 0) // no chains
	w.put(1, 1) // resolutions
	for _, size := range [][2]uint32{{160, 90}, {320, 180}, {640, 360}} {
		w.put(16, size[0]-1)
		w.put(16, size[1]-1)
	}
}

// bitWriter writes numbers of any width.
type bitWriter struct {
	b  []byte
	at int
}

func (w *bitWriter) put(n int, v uint32) {
	for len(w.b)*8 < w.at+n {
		w.b = append(w.b, 0)
	}
	for i := n - 1; i >= 0; i-- {
		w.b[w.at/8] |= byte(v>>i&1) << (7 - w.at%8)
		w.at++
	}
}

// av1Descriptor is the dependency descriptor of one of a frame's two packets;
// keyframes bring the structure, and say all of their decode targets themselves.
func av1Descriptor(f svcFrame, part, number int) []byte {
	w := &bitWriter{}
	w.put(1, uint32(1-part))
	w.put(1, uint32(part))
	w.put(6, uint32(5+3*f.spatial+f.temporal))
	w.put(16, uint32(number))
	if !f.key {
		return w.b
	}
	const custom = 0b0100 // decode targets
	if f.spatial == 0 && part == 0 {
		w.put(5, 0b10000|custom)
		dependencyBits(w, f.kSVC)
	} else {
		w.put(5, custom)
	}
	for target := range uint32(9) {
		if uint32(f.spatial) <= target/3 {
			w.put(2, dtiSwitch)
		} else {
			w.put(2, dtiAbsent)
		}
	}
	return w.b
}

const testDependencyID = 12

// svcStage is a viewer of a scalable stream.
func svcStage(mime string) (*stage, *tape, *slot) {
	st, tape, s := taped(mime)
	s.bind.dependencyID = testDependencyID
	s.tell = newDescriber(s.bind, s.number[:])
	st.layer.dependencyID = testDependencyID
	return st, tape, s
}

// play sends frames, two packets each.
func (st *stage) play(t *testing.T, frames []svcFrame, av1 bool, before func(svcFrame)) {
	t.Helper()
	for i, f := range frames {
		if before != nil && f.spatial == 0 {
			before(f)
		}
		for part := range 2 {
			st.header.SequenceNumber++
			st.header.Timestamp = uint32(f.picture) * 3000
			st.header.Marker = f.last && part == 1
			st.now += 10e6
			h, payload := st.header, vp9Packet(f, part)
			if av1 {
				payload = []byte{0x10, 0x55, byte(f.picture), f.spatial, byte(part)}
				if f.key && f.spatial == 0 && part == 0 {
					payload[0] |= 0x08
				}
				h.Extension, h.ExtensionProfile = true, rtp.ExtensionProfileTwoByte
				if err := h.SetExtension(testDependencyID, av1Descriptor(f, part, 65530+i)); err != nil {
					t.Fatal(err)
				}
			}
			st.layer.receive(&h, payload, st.now)
		}
	}
}

// seen lists what a viewer got, picture by picture: the spatial layers of each,
// and whether the last packet alone is marked.
func (tape *tape) seen(t *testing.T) map[int]string {
	t.Helper()
	seen := map[int]string{}
	for i, h := range tape.headers {
		if i > 0 && h.SequenceNumber != tape.headers[i-1].SequenceNumber+1 {
			t.Fatalf("packet %d is numbered %d after %d", i, h.SequenceNumber, tape.headers[i-1].SequenceNumber)
		}
		b := tape.payloads[i]
		b = b[bytes.LastIndexByte(b, 0x55):]
		picture := int(b[1])
		seen[picture] += string(rune('0' + b[2]))
		last := i+1 == len(tape.headers) || tape.headers[i+1].Timestamp != h.Timestamp
		if h.Marker != last {
			t.Errorf("picture %d: layer %d, packet %d is marked: %t", picture, b[2], b[3], h.Marker)
		}
	}
	return seen
}

func TestAViewerOfAScalableStreamGetsTheLayersItNeeds(t *testing.T) {
	for _, c := range []struct {
		name       string
		kSVC       bool
		from, to   bitstream.Target
		key        int // picture, after the change in picture 5
		before     string
		lower      string // in picture 6, before the key picture
		after      string
		skips      []int // pictures of temporal layers left out at the end
		wantsAKey  bool
		finalLayer string
	}{
		{"all of it", false, bitstream.Everything, bitstream.Everything, 16, "001122", "001122", "001122", nil, false, "s2t2"},
		{"down at once", false, bitstream.Everything, bitstream.NewTarget(1, 3), 16, "001122", "0011", "0011", nil, false, "s1t2"},
		{"up at a key picture", false, bitstream.NewTarget(0, 3), bitstream.Everything, 16, "00", "00", "001122", nil, true, "s2t2"},
		{"fewer pictures", false, bitstream.Everything, bitstream.NewTarget(7, 1), 16, "001122", "001122", "001122", []int{17, 19, 21}, false, "s2t1"},
		{"the middle in fewer pictures", false, bitstream.Everything, bitstream.NewTarget(1, 0), 16, "001122", "0011", "0011", []int{17, 18, 19}, false, "s1t0"},
		{"K-SVC: only the layer that is looked at", true, bitstream.Everything, bitstream.Everything, 16, "22", "22", "22", nil, false, "s2t2"},
		{"K-SVC: down at a key picture", true, bitstream.Everything, bitstream.NewTarget(1, 3), 16, "22", "22", "11", nil, true, "s1t2"},
		{"K-SVC: up at a key picture", true, bitstream.NewTarget(0, 3), bitstream.Everything, 16, "00", "00", "22", nil, true, "s2t2"},
	} {
		for _, codec := range []string{"video/VP9", "video/AV1"} {
			t.Run(codec[6:]+": "+c.name, func(t *testing.T) {
				st, tape, s := svcStage(codec)
				st.layer.attach(s, c.from, st.now)
				st.play(t, svcFrames(24, c.kSVC, 0, c.key), codec == "video/AV1", func(f svcFrame) {
					if f.picture == 5 {
						if waits := st.layer.attach(s, c.to, st.now); waits != c.wantsAKey {
							t.Errorf("a keyframe is needed: %t, want %t", waits, c.wantsAKey)
						}
					}
				})
				seen := tape.seen(t)
				if seen[4] != c.before {
					t.Errorf("before the change: layers %s, want %s", seen[4], c.before)
				}
				if c.skips == nil && seen[7] != c.lower {
					t.Errorf("before the key picture: layers %s, want %s", seen[7], c.lower)
				}
				if seen[20] != c.after {
					t.Errorf("after the key picture: layers %s, want %s", seen[20], c.after)
				}
				for _, picture := range c.skips {
					if seen[picture] != "" {
						t.Errorf("picture %d was not left out: layers %s", picture, seen[picture])
					}
				}
				st.layer.rungs(st.now)
				if _, name := st.layer.shown(s.target()); name != c.finalLayer {
					t.Errorf("it is called %s, want %s", name, c.finalLayer)
				}
			})
		}
	}
}

func TestFrameNumbersGoOnAndTheDescriptorSaysWhatCanBeDecoded(t *testing.T) {
	st, tape, s := svcStage("video/AV1")
	s.out.frame = 1000
	st.layer.attach(s, bitstream.NewTarget(1, 3), st.now)
	st.play(t, svcFrames(12, false, 0), true, nil)
	var structure *bitstream.Structure
	first, frames := uint16(0), map[uint16]bool{}
	for i, h := range tape.headers {
		raw := h.GetExtension(testDependencyID)
		d, now, ok := structure.Read(raw)
		if !ok {
			t.Fatalf("packet %d has no descriptor that can be read: % x", i, raw)
		}
		if structure = now; i == 0 {
			first = d.Number
			if want := uint32(0b000111111); structure.ActiveFor(bitstream.Everything) != want {
				t.Errorf("active decode targets %09b, want %09b", structure.ActiveFor(bitstream.Everything), want)
			}
		}
		frames[d.Number-first] = true
		if d.Layer.Spatial() > 1 {
			t.Errorf("packet %d is of layer %s", i, d.Layer)
		}
	}
	if first != 1001 || !frames[1] || frames[2] || !frames[3] || frames[35] || !frames[34] {
		t.Errorf("frame numbers from %d: %v", first, frames)
	}
	buf := make([]byte, receiveMTU)
	sent := len(tape.headers)
	for _, i := range []int{0, sent - 1, sent - 20} {
		was := bytes.Clone(tape.descriptors[i])
		s.credit, s.resent = maxCredit, nil
		s.resend(tape.headers[i].SequenceNumber, buf, st.now+1e9)
		if n := len(tape.headers); n == sent || !bytes.Equal(tape.descriptors[n-1], was) {
			t.Errorf("packet %d was sent again with another descriptor, or not at all", i)
		}
	}
}

func TestForwardingAScalableStreamDoesNotAllocate(t *testing.T) {
	for _, codec := range []string{"video/VP9", "video/AV1"} {
		t.Run(codec[6:], func(t *testing.T) {
			st := newStage(call.SourceCamera, codec, 90000, 20)
			for _, s := range st.slots {
				s.bind.dependencyID = testDependencyID
				s.tell = newDescriber(s.bind, s.number[:])
				st.layer.attach(s, bitstream.NewTarget(1, 1), st.now)
			}
			st.layer.dependencyID = testDependencyID
			frames := svcFrames(4*videoHistory, false, 0)
			st.play(t, frames[:3*2*videoHistory], codec == "video/AV1", nil)
			frames = frames[3*2*videoHistory:]
			packets := make([]incoming, 0, len(frames))
			for i, f := range frames {
				p := incoming{header: st.header, payload: vp9Packet(f, 0)}
				p.header.Timestamp, p.header.SequenceNumber = uint32(f.picture)*3000, st.header.SequenceNumber+1+uint16(i)
				if codec == "video/AV1" {
					p.payload = []byte{0x10, 0x55}
					p.header.Extension, p.header.ExtensionProfile = true, rtp.ExtensionProfileTwoByte
					if err := p.header.SetExtension(testDependencyID, av1Descriptor(f, 0, i)); err != nil {
						t.Fatal(err)
					}
				}
				packets = append(packets, p)
			}
			next := 0
			if n := testing.AllocsPerRun(1000, func() {
				st.layer.receive(&packets[next].header, packets[next].payload, st.now)
				next++
			}); n != 0 {
				t.Errorf("%v allocations for a packet to 20 viewers", n)
			}
			if st.sinks[0].count < 1000 {
				t.Errorf("only %d packets came out", st.sinks[0].count)
			}
		})
	}
}

// screen keeps what a viewer was told of its slots.
type screen struct {
	call.PeerObserver
	told []call.Slot
}

func (s *screen) Slots(slots []call.Slot) { s.told = append(s.told, slots...) }

func TestAnotherSpatialLayerIsToldWhenItIsSent(t *testing.T) {
	st, _, s := svcStage("video/VP9")
	viewer, told := s.peer, &screen{}
	viewer.observer, viewer.inRoom = told, true
	viewer.slots = []*slot{s}
	st.layer.attach(s, bitstream.Everything, st.now)
	st.play(t, svcFrames(12, false, 0), false, func(f svcFrame) {
		viewer.router.loop.drain()
		if f.picture == 5 && f.spatial == 0 {
			st.layer.attach(s, bitstream.NewTarget(1, 3), st.now)
		}
	})
	viewer.router.loop.drain()
	var heights []int
	for _, slot := range told.told {
		heights = append(heights, slot.Height)
	}
	if !slices.Equal(heights, []int{360, 180}) {
		t.Errorf("told of pictures of %v lines, want 360 and then 180", heights)
	}
}
