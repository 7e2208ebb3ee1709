package media

import (
	"testing"

	"callsvc/call"
)

func TestAPublisherBeyondItsBitRateIsCutBack(t *testing.T) {
	const limit = 1_000_000 // bits a second
	for _, c := range []struct {
		name          string
		video, audio  int     // bits a second
		least, most   float64 // of the limit, in pictures
		leastVoices   float64 // share of the sound
		limit         int
		uninterrupted bool
	}{
		{"within it nothing is dropped", 900_000, 40_000, 0.88, 0.92, 1, limit, true},
		{"what is too much in pictures is dropped, and no sound", 3_000_000, 40_000, 0.85, 1.0, 1, limit, false},
		{"sound alone can be too much, too", 0, 3_000_000, 0, 0, 0.3, limit, false},
		{"without a limit nothing is dropped", 30_000_000, 40_000, 29.9, 30.1, 1, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newPolicer(c.limit)
			const size, seconds, step = 1000, 30, 1e6 // a look each millisecond
			now, cut, cuts := int64(1e18), false, 0
			var sent, passed, video float64
			var owedVideo, owedAudio float64
			for range seconds * 1000 {
				now += step
				for owedVideo += float64(c.video) / 8 / 1000; owedVideo >= size; owedVideo -= size {
					was := cut
					if cut = !b.admits(false, cut, size, now); !cut {
						video += size
					} else if !was {
						cuts++
					}
				}
				for owedAudio += float64(c.audio) / 8 / 1000; owedAudio >= 100; owedAudio -= 100 {
					sent += 100
					if b.admits(true, false, 100, now) {
						passed += 100
					}
				}
			}
			if got := video * 8 / seconds / limit; got < c.least || got > c.most {
				t.Errorf("pictures take %.2f of the limit, want %.2f to %.2f", got, c.least, c.most)
			}
			if got := passed / sent; got < c.leastVoices {
				t.Errorf("%.2f of the sound passed, want %.2f", got, c.leastVoices)
			}
			if c.uninterrupted != (cuts == 0) && c.video > 0 {
				t.Errorf("pictures were interrupted %d times", cuts)
			}
			if cuts > 2*seconds {
				t.Errorf("pictures were interrupted %d times in %d seconds, want whole stretches", cuts, seconds)
			}
		})
	}
}

func TestWhatIsCutBackGoesOnWithAKeyframe(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	st.packet(vp8(true, 20))
	before := st.sinks[0].last.SequenceNumber
	if !st.layer.skip(st.now) {
		t.Fatal("the layer did not skip a packet")
	}
	st.header.SequenceNumber += 10
	st.packet(vp8(false, 20))
	if st.sinks[0].count != 1 {
		t.Error("a packet went out that refers to what was dropped")
	}
	st.packet(vp8(true, 20))
	if st.sinks[0].count != 2 || st.sinks[0].last.SequenceNumber != before+1 {
		t.Error("the next keyframe does not go on without a gap")
	}
}
