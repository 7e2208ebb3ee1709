package media

import (
	"testing"
	"time"

	"callsvc/media/bwe"

	"github.com/pion/interceptor/pkg/twcc"
)

func TestAPublisherIsToldOfAllItsStreamsWhateverTheOrder(t *testing.T) {
	a := &arrivals{recorder: twcc.NewRecorder(1)}
	var f bwe.Feedback
	now, told := time.Unix(1000, 0), map[uint16]bool{}
	tell := func() {
		for _, packet := range a.feedback() {
			b, err := packet.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Parse(b); err != nil {
				t.Fatal(err)
			}
			for i, at := range f.Arrivals {
				if at != bwe.NoArrival {
					told[f.Base+uint16(i)] = true
				}
			}
		}
	}
	const first, packets = 65_400, 600 // over the wrap
	came := map[uint16]bool{}
	take := func(n int) {
		seq := uint16(first + n)
		a.record(uint32(1+n%4), seq, now) // three layers and a stream of retransmissions
		came[seq] = true
	}
	for n := range packets {
		now = now.Add(3 * time.Millisecond)
		switch {
		case n%11 == 5: // lost
		case n%29 == 7: // overtaken by the next
		default:
			take(n)
			if n%29 == 8 && (n-1)%11 != 5 {
				take(n - 1)
			}
		}
		if n%33 == 0 {
			tell()
		}
	}
	tell()
	for seq := range came {
		if !told[seq] {
			t.Errorf("packet %d came and its publisher was not told", seq)
		}
	}
	for seq := range told {
		if !came[seq] {
			t.Errorf("packet %d did not come", seq)
		}
	}
	if packets := a.feedback(); packets != nil {
		t.Errorf("feedback without news: %v", packets)
	}
}
