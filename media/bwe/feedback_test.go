package bwe

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
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
		var f Feedback
		got, offset := map[uint16]int64{}, int64(0)
		for _, packet := range recorder.BuildFeedbackPacket() {
			b, err := packet.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Parse(b); err != nil {
				t.Fatalf("parse %v: %v", packet, err)
			}
			for i, arrival := range f.Arrivals {
				if arrival != NoArrival {
					got[f.Base+uint16(i)] = arrival
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
	var f Feedback
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
			var f Feedback
			if err := f.Parse(c.b); err == nil {
				t.Errorf("taken, with %d arrivals", len(f.Arrivals))
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
	var ours Feedback
	f.Fuzz(func(t *testing.T, b []byte) {
		ours.started = false
		if ours.Parse(b) != nil {
			return
		}
		if len(ours.Arrivals) > maxFeedback {
			t.Fatalf("%d arrivals from %d octets", len(ours.Arrivals), len(b))
		}
		var theirs rtcp.TransportLayerCC
		if theirs.Unmarshal(b) != nil || int(theirs.Header.Length+1)*4 != len(b) {
			return
		}
		at, deltas := int64(theirs.ReferenceTime)*referenceUnit, theirs.RecvDeltas
		for i, arrival := range ours.Arrivals {
			if arrival == NoArrival || len(deltas) == 0 {
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
			var d Departures
			at := func(i int) int64 { return int64(i+1) * int64(c.every) }
			for i := range packets {
				d.Leave(at(i), 100, Picture)
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

func TestWhatIsHeldBackIsNotLost(t *testing.T) {
	var d Departures
	d.Hold(d.Leave(1, 100, Picture))
	d.Leave(2, 100, Picture)
	overtaken := &Feedback{Base: 0, Arrivals: []int64{NoArrival, 5}}
	if results, _ := d.reported(overtaken, nil); len(results) != 1 || results[0].number != 1 {
		t.Errorf("before the first packet left: %+v, want the second only", results)
	}
	d.Left(0, 9)
	if results, _ := d.reported(&Feedback{Base: 0, Arrivals: []int64{12}}, nil); len(results) != 1 || results[0].departed != 9 || results[0].wasLost {
		t.Errorf("after it left and arrived: %+v", results)
	}
}

func TestOnlyWhatItsOwnKindOvertookIsLost(t *testing.T) {
	const none = NoArrival
	type message struct {
		base     uint16
		arrivals []int64
		skipped  bool // the message before it did not come
		lost     []uint32
		late     []uint32 // said to be lost before
	}
	// Number n leaves at n tenths of a second: V is a voice, P a picture.
	for _, c := range []struct {
		name, kinds string
		messages    []message
	}{
		{"a picture by a picture", "PP", []message{{0, []int64{none, 1}, false, []uint32{0}, nil}}},
		{"a voice by a voice", "VPV", []message{{0, []int64{none, 1}, false, nil, nil}, {2, []int64{1}, false, []uint32{0}, nil}}},
		{"not a picture by voices", "PVVV", []message{{0, []int64{none, 1, 2, 3}, false, nil, nil}, {0, []int64{4}, false, nil, nil}}},
		{"a picture, after a second of voices", "PVVVVVVVVVVV", []message{
			{0, []int64{none, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false, nil, nil}, {11, []int64{11}, false, []uint32{0}, nil},
		}},
		{"one that comes after all", "PPP", []message{{0, []int64{none, 1, 2}, false, []uint32{0}, nil}, {0, []int64{3}, false, nil, []uint32{0}}}},
		{"nothing of which a message was lost", "PVP", []message{{0, []int64{none, 1}, false, nil, nil}, {2, []int64{2}, true, nil, nil}}},
		{"once only", "PPP", []message{{0, []int64{none, 1}, false, []uint32{0}, nil}, {0, []int64{none, 1, 2}, false, nil, nil}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Departures
			for i, name := range c.kinds {
				kind := Picture
				if name == 'V' {
					kind = Voice
				}
				d.Leave(int64(i+1)*int64(time.Second/10), 100, kind)
			}
			for _, m := range c.messages {
				results, _ := d.reported(&Feedback{Base: m.base, Arrivals: m.arrivals, missed: m.skipped}, nil)
				var lost, late []uint32
				for _, r := range results {
					if r.arrived == NoArrival {
						lost = append(lost, r.number)
					}
					if r.wasLost {
						late = append(late, r.number)
					}
				}
				if !slices.Equal(lost, m.lost) || !slices.Equal(late, m.late) {
					t.Errorf("%+v: %v lost, %v after all", m, lost, late)
				}
			}
		})
	}
}

func TestAMessageThatIsMissingIsNoticed(t *testing.T) {
	message := func(number uint8) []byte {
		return []byte{0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 0, 1, 0, 0, 1, number, 0x20, 1, 4, 0}
	}
	var f Feedback
	for _, c := range []struct {
		number uint8
		missed bool
	}{{254, false}, {255, false}, {0, false}, {2, true}, {3, false}} {
		if err := f.Parse(message(c.number)); err != nil || f.missed != c.missed {
			t.Errorf("message %d: one is missing before it: %t (%v)", c.number, f.missed, err)
		}
	}
}
