package media

import (
	"testing"
	"time"

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

// Somebody sends four times the limit and heeds nothing but requests for
// keyframes, each of which takes more than half of what a second may.
func TestWhoSendsManyTimesTheLimitIsStillSeen(t *testing.T) {
	const (
		limit, packetSize       = 1_000_000, 1000 // bits a second, bytes
		framePackets, keyframe  = 25, 75          // at 20 frames a second
		seconds, everyFrame     = 30, 50e6
		patience, leastComplete = keyframeInterval, seconds / 3
	)
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	p := st.layer.pub.peer
	p.policer = newPolicer(limit)
	camera := &stream{layer: st.layer}
	complete, asked, now := 0, true, st.now
	var mayAsk int64
	for range seconds * 20 {
		now += everyFrame
		if l := st.slots[0].resumes(p.engine.overload); l != nil && now >= mayAsk {
			asked, mayAsk = true, now+int64(patience)
		}
		key, packets, whole := asked, framePackets, true
		if asked = false; key {
			packets = keyframe
		}
		for i := range packets {
			st.header.SequenceNumber++
			payload := vp8(key && i == 0, packetSize)
			if p.admits(camera, &st.header, payload, packetSize, now) {
				st.layer.take(&st.header, payload, now, false)
			} else {
				whole = false
			}
		}
		if key && whole {
			complete++
		}
	}
	if complete < leastComplete {
		t.Errorf("%d whole keyframes in %d seconds, want %d", complete, seconds, leastComplete)
	}
}

// audience keeps what a publisher was told to send.
type audience struct {
	call.PeerObserver
	told [][]call.SenderWanted
}

func (a *audience) EncodingsWanted(senders []call.SenderWanted) { a.told = append(a.told, senders) }

func TestAPublisherIsToldItsLimitOnce(t *testing.T) {
	camera := newStage(call.SourceCamera, "video/VP8", 90000, 0).layer.pub
	p, told := camera.peer, &audience{}
	p.engine.maxBitrate, p.observer, p.inRoom, p.pubs = 1_000_000, told, true, []*publication{camera}
	p.router.peers = append(p.router.peers, p)
	for range 3 {
		p.router.settleEncodings(time.Now())
	}
	if len(told.told) != 1 || len(told.told[0]) != 1 || told.told[0][0].MaxBitrate != 900_000 {
		t.Fatalf("told %+v", told.told)
	}
	p.pubs = append(p.pubs, newPublication(p, "1", call.SourceScreen, nil))
	p.router.settleEncodings(time.Now())
	if len(told.told) != 2 || told.told[1][0].MaxBitrate != 450_000 {
		t.Errorf("told %+v when there were two", told.told)
	}
}
