package media_test

import (
	"strings"
	"testing"
	"time"

	"callsvc/call"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

func pictureOf(p rtp.Packet) string {
	if len(p.Payload) < 6 {
		return ""
	}
	return string(p.Payload[6:])
}

func isKey(p rtp.Packet) bool {
	return len(p.Payload) > 5 && p.Payload[0]&0x10 != 0 && p.Payload[5]&1 == 0
}

func TestTwoPeopleHearAndSeeEachOther(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true, pairs: 2, interceptors: true})
		ben := w.client("ben", clientOption{publish: true, pairs: 2, interceptors: true})
		ana.join("r")
		ben.join("r")
		ana.watch("ben")
		ben.watch("ana")
		for _, c := range []struct {
			who   *client
			other string
		}{{ana, "ben"}, {ben, "ana"}} {
			w.eventually(string(c.who.user)+" sees the other", func() bool {
				return len(c.who.box(c.who.videoSlot(0)).all()) > 50
			})
			w.eventually(string(c.who.user)+" hears the other", func() bool {
				return len(c.who.box(c.who.audioSlot(0)).all()) > 50
			})
			if got := pictureOf(c.who.box(c.who.videoSlot(0)).all()[20]); got != c.other {
				t.Errorf("%s sees %q", c.who.user, got)
			}
			if got := string(c.who.box(c.who.audioSlot(0)).all()[20].Payload); got != c.other {
				t.Errorf("%s hears %q", c.who.user, got)
			}
			if got := c.who.carries(c.who.videoSlot(0)); got != c.other+" camera" {
				t.Errorf("%s was told the video slot carries %q", c.who.user, got)
			}
			if got := c.who.carries(c.who.audioSlot(0)); got != c.other+" mic" {
				t.Errorf("%s was told the audio slot carries %q", c.who.user, got)
			}
			for _, line := range []string{"up", "mic true", "camera true"} {
				if !c.who.has(line) {
					t.Errorf("%s was not told %q: %s", c.who.user, line, strings.Join(c.who.told(), ", "))
				}
			}
		}
		time.Sleep(5 * time.Second)
		if q := ana.quality(); q != call.QualityExcellent {
			t.Errorf("network quality on a perfect network is %d, want excellent", q)
		}
		if s := w.engine.Stats(); s.Rooms != 1 || s.Peers != 2 || s.PacketsIn == 0 || s.PacketsOut == 0 || s.DuplicatesDropped != 0 {
			t.Errorf("stats: %+v", s)
		}
		ana.leave()
		ben.leave()
		if s := w.engine.Stats(); s.Rooms != 0 || s.Peers != 0 {
			t.Errorf("after leaving: %+v", s)
		}
	})
}

func TestALateJoinerIsSentTheLastKeyframeFirst(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ana.join("r")
		w.eventually("ana's camera is there", func() bool { return ana.has("camera true") })
		time.Sleep(500 * time.Millisecond) // the keyframe is old news, but fresh enough to replay
		asked := ana.video.plis.Load()

		ben := w.client("ben", clientOption{pairs: 1})
		ben.join("r")
		ben.watch("ana")
		w.eventually("ben sees ana", func() bool { return len(ben.box(ben.videoSlot(0)).all()) > 30 })
		got := ben.box(ben.videoSlot(0)).all()
		if !isKey(got[0]) {
			t.Errorf("the first packet is no keyframe: % x", got[0].Payload)
		}
		checkContinuous(t, got)
		if again := ana.video.plis.Load(); again != asked {
			t.Errorf("ana was asked for %d more keyframes though hers was fresh", again-asked)
		}
	})
}

// checkContinuous checks that packets look like one stream: one SSRC, sequence
// numbers without a gap, timestamps that do not go back, picture ids that count.
func checkContinuous(t *testing.T, packets []rtp.Packet) {
	t.Helper()
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		switch step := b.Timestamp - a.Timestamp; {
		case b.SSRC != a.SSRC:
			t.Fatalf("packet %d: SSRC changed from %d to %d", i, a.SSRC, b.SSRC)
		case b.SequenceNumber != a.SequenceNumber+1:
			t.Fatalf("packet %d: sequence number %d after %d", i, b.SequenceNumber, a.SequenceNumber)
		case step > 90000:
			t.Fatalf("packet %d: timestamp moved by %d", i, int32(step))
		}
		if step := (vp8PictureID(b) - vp8PictureID(a)) & 0x7fff; step > 1 {
			t.Fatalf("packet %d: picture id moved by %d", i, step)
		}
	}
}

func vp8PictureID(p rtp.Packet) uint16 { return uint16(p.Payload[2]&0x7f)<<8 | uint16(p.Payload[3]) }

func TestASlotSwitchesBetweenPublishersAsOneStream(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ben := w.client("ben", clientOption{publish: true})
		cyd := w.client("cyd", clientOption{pairs: 2})
		for _, c := range []*client{ana, ben, cyd} {
			c.join("r")
		}
		slot := ""
		for round := range 6 {
			who := []string{"ana", "ben"}[round%2]
			cyd.watch(who)
			slot = cyd.videoSlot(0)
			w.eventually("cyd is told of "+who, func() bool { return cyd.carries(slot) == who+" camera" })
			w.eventually("cyd hears "+who, func() bool { return cyd.carries(cyd.audioSlot(0)) == who+" mic" })
			time.Sleep(time.Second)
		}
		packets := cyd.box(slot).all()
		checkContinuous(t, packets)
		for i := 1; i < len(packets); i++ {
			if pictureOf(packets[i]) != pictureOf(packets[i-1]) && !isKey(packets[i]) {
				t.Errorf("packet %d switches to %s without a keyframe", i, pictureOf(packets[i]))
			}
		}
		// The timestamps keep to the wall clock across all switches.
		span := packets[len(packets)-1].Timestamp - packets[0].Timestamp
		if seconds := float64(span) / 90000; seconds < 5.5 || seconds > 7.5 {
			t.Errorf("six seconds of switching took %.1f s of timestamps", seconds)
		}
		cyd.watch()
		w.eventually("the slot is empty", func() bool { return cyd.carries(slot) == "" })
	})
}

func TestMutedMeansNotForwarded(t *testing.T) {
	inWorld(t, func(w *world) {
		ana, ben := w.watched(clientOption{})
		slot := ben.videoSlot(0)
		off, on := false, true
		ana.peer.SetPublishing(call.Publishing{Video: &off})
		w.eventually("the slot is empty", func() bool { return ben.carries(slot) == "" })
		time.Sleep(time.Second)
		ben.box(slot).clear()
		ben.box(ben.audioSlot(0)).clear()
		time.Sleep(5 * time.Second)
		if n := len(ben.box(slot).all()); n != 0 {
			t.Errorf("%d packets of a muted camera came through", n)
		}
		if n := len(ben.box(ben.audioSlot(0)).all()); n < 200 {
			t.Errorf("only %d packets of the microphone came through", n)
		}
		ana.peer.SetPublishing(call.Publishing{Video: &on})
		w.eventually("ben sees ana again", func() bool { return len(ben.box(slot).all()) > 10 })
		if first := ben.box(slot).all()[0]; !isKey(first) {
			t.Error("the picture came back without a keyframe")
		}
		ana.audio.off.Store(true) // silence is not muting (DTX)
		time.Sleep(5 * time.Second)
		want := []string{"up", "mic true", "camera true", "camera false", "camera true"}
		if diff := cmp.Diff(want, sorted(ana.told(), want)); diff != "" {
			t.Error(diff)
		}
		ana.peer.SetForward(false)
		w.eventually("an audience member is not seen", func() bool { return ben.carries(slot) == "" })
	})
}

// sorted puts lines whose order is open into the order of want.
func sorted(lines, want []string) []string {
	rest := append([]string(nil), lines...)
	var out []string
	for _, w := range want {
		for i, line := range rest {
			if line == w {
				out = append(out, line)
				rest = append(rest[:i], rest[i+1:]...)
				break
			}
		}
	}
	return append(out, rest...)
}

// everyNth makes a filter that drops each n-th RTP packet of one direction.
func everyNth(n int, toServer bool) *func([]byte, bool) bool {
	count := 0
	drop := func(b []byte, up bool) bool {
		rtcp := len(b) > 1 && b[1] >= 192 && b[1] <= 223
		if up != toServer || len(b) < 40 || b[0]>>6 != 2 || rtcp {
			return false
		}
		count++
		return count%n == 0
	}
	return &drop
}

func TestLostPacketsAreSentAgain(t *testing.T) {
	for _, direction := range []struct {
		name     string
		toServer bool
	}{{"on the way to the viewer", false}, {"on the way from the publisher", true}} {
		t.Run(direction.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				_, ben := w.watched(clientOption{interceptors: true})
				w.drop.Store(everyNth(17, direction.toServer))
				time.Sleep(10 * time.Second)
				w.drop.Store(nil)
				time.Sleep(time.Second)
				if missing, all := never(ben.box(ben.videoSlot(0))); all < 600 || missing > 0 {
					t.Errorf("%d of %d packets never came: %+v", missing, all, w.engine.Stats())
				}
			})
		})
	}
}

func TestANetworkGapIsToldAndAnICERestartMendsIt(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true, pairs: 1, interceptors: true})
		ben := w.client("ben", clientOption{publish: true, pairs: 1, interceptors: true})
		ana.join("r")
		ben.join("r")
		ana.watch("ben")
		ben.watch("ana")
		w.eventually("they see each other", func() bool {
			return len(ana.box(ana.videoSlot(0)).all()) > 0 && len(ben.box(ben.videoSlot(0)).all()) > 0
		})
		time.Sleep(time.Second)
		cut := time.Now()
		w.cut.Store(true)
		w.eventually("the transport is down", func() bool { return ana.has("down") && ben.has("down") })
		ana.mu.Lock()
		last := ana.last
		ana.mu.Unlock()
		if off := last.Time().Sub(cut).Abs(); off > time.Second {
			t.Errorf("heard last %s away from the cut", off)
		}
		if after := time.Since(cut); after > 6*time.Second {
			t.Errorf("noticed after %s", after)
		}
		time.Sleep(10*time.Second - time.Since(cut))
		w.cut.Store(false)
		back := time.Now()
		ana.box(ana.videoSlot(0)).clear()
		ana.reoffer(&webrtc.OfferOptions{ICERestart: true})
		ben.reoffer(&webrtc.OfferOptions{ICERestart: true})
		w.eventually("the picture is back", func() bool { return len(ana.box(ana.videoSlot(0)).all()) > 0 })
		if after := time.Since(back); after > 1500*time.Millisecond {
			t.Errorf("the picture was back after %s", after)
		}
		for _, c := range []*client{ana, ben} {
			w.eventually("told up, down, up", func() bool {
				var transport []string
				for _, line := range c.told() {
					if line == "up" || line == "down" {
						transport = append(transport, line)
					}
				}
				return cmp.Equal(transport, []string{"up", "down", "up"})
			})
			if c.has("camera false") {
				t.Errorf("%s's camera was called unavailable in the gap", c.user)
			}
		}
	})
}

func TestWhoClosesTheConnectionIsNotForwardedToUntilTheyAreMissed(t *testing.T) {
	inWorld(t, func(w *world) {
		_, ben := w.watched(clientOption{})
		time.Sleep(time.Second)
		ended := time.Now()
		if err := ben.pc.GracefulClose(); err != nil { // without a word to the room
			t.Fatal(err)
		}
		w.eventually("the transport is down", func() bool { return ben.has("down") })
		ben.mu.Lock()
		last := ben.last
		ben.mu.Unlock()
		if after := time.Since(ended); after > time.Second || last.Time().Before(ended.Truncate(time.Millisecond)) {
			t.Errorf("noticed after %s, as of %s", after, last.Time().Sub(ended))
		}
		before := w.engine.Stats().PacketsOut
		time.Sleep(10 * time.Second)
		if n := w.engine.Stats().PacketsOut - before; n > 0 {
			t.Errorf("%d packets were forwarded to nobody", n)
		}
		if got := ben.told(); ben.has("camera false") || got[len(got)-1] != "down" {
			t.Errorf("told %q", got)
		}
	})
}

func TestSlotsGrowByAnotherOffer(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ben := w.client("ben", clientOption{publish: true})
		cyd := w.client("cyd", clientOption{pairs: 1})
		for _, c := range []*client{ana, ben, cyd} {
			c.join("r")
		}
		cyd.watch("ana")
		first := cyd.videoSlot(0)
		w.eventually("cyd sees ana", func() bool { return cyd.carries(first) == "ana camera" })
		cyd.addSlot(webrtc.RTPCodecTypeVideo)
		cyd.addSlot(webrtc.RTPCodecTypeAudio)
		cyd.reoffer(nil)
		cyd.watch("ana", "ben")
		second := cyd.videoSlot(1)
		w.eventually("cyd sees ben as well", func() bool { return len(cyd.box(second).all()) > 10 })
		if got := pictureOf(cyd.box(second).all()[5]); got != "ben" {
			t.Errorf("the new slot shows %q", got)
		}
		w.eventually("both are heard next to their pictures", func() bool {
			return cyd.carries(cyd.audioSlot(0)) == "ana mic" && cyd.carries(cyd.audioSlot(1)) == "ben mic"
		})
		checkContinuous(t, cyd.box(first).all())
	})
}

// Volumes are told as they change, each second if they do not, and once more when
// nobody speaks any more.
func TestVolumesAreToldWhileSomebodySpeaks(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ben := w.client("ben", clientOption{pairs: 1})
		ana.join("r")
		ben.join("r")
		volumes := func() [][]call.Volume {
			ben.mu.Lock()
			defer ben.mu.Unlock()
			return append([][]call.Volume(nil), ben.loud...)
		}
		w.eventually("ana is heard to speak", func() bool { return len(volumes()) > 3 })
		before := len(volumes())
		time.Sleep(5 * time.Second)
		if n := len(volumes()) - before; n < 4 || n > 6 {
			t.Errorf("%d volumes in five seconds of one loudness, want one a second", n)
		}
		ana.audio.off.Store(true)
		time.Sleep(10 * time.Second)
		told := volumes()
		if v := told[2]; len(v) != 1 || v[0].UserID != "ana" || v[0].Volume < 50 {
			t.Errorf("volumes while ana speaks: %v", v)
		}
		if v := told[len(told)-1]; len(v) != 0 {
			t.Errorf("the last volumes name somebody: %v", v)
		}
		time.Sleep(2 * time.Second)
		if again := volumes(); len(again) != len(told) {
			t.Errorf("%d more volumes of silence", len(again)-len(told))
		}
	})
}

func TestAnOfferThatTakesASlotAwayIsRefusedAndChangesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		_, ben := w.watched(clientOption{})
		slot := ben.videoSlot(0)
		good := ben.offer(nil)
		if _, err := ben.peer.Offer(strings.ReplaceAll(good, "a=recvonly", "a=inactive"), nil); call.CodeOf(err) != call.CodeSDP {
			t.Errorf("error %v, want %d", err, call.CodeSDP)
		}
		ben.box(slot).clear()
		time.Sleep(time.Second)
		if n := len(ben.box(slot).all()); n < 50 {
			t.Errorf("only %d packets in the second after", n)
		}
		answer, err := ben.peer.Offer(good, nil)
		if err != nil {
			t.Fatalf("the next good offer: %v", err)
		}
		ben.take(answer)
	})
}

func TestAPublisherWhoLeavesEmptiesTheSlots(t *testing.T) {
	inWorld(t, func(w *world) {
		ana := w.client("ana", clientOption{publish: true})
		ben := w.client("ben", clientOption{pairs: 1})
		ben.join("r")
		ben.watch("ana") // a wish for somebody absent stands
		ana.join("r")
		slot := ben.videoSlot(0)
		w.eventually("ben sees ana once she is there", func() bool { return ben.carries(slot) == "ana camera" })
		time.Sleep(time.Second)
		ana.leave()
		w.eventually("the slots are empty", func() bool { return ben.carries(slot) == "" && ben.carries(ben.audioSlot(0)) == "" })
		if !ana.has("camera false") || !ana.has("mic false") {
			t.Errorf("ana's sources did not end: %s", strings.Join(ana.told(), ", "))
		}
		if m := ana.peer.Summary(); m.PacketsSent < 100 || m.LossSent != 0 || m.Mean != call.QualityExcellent {
			t.Errorf("summary after leaving: %+v", m)
		}
		back := w.client("ana", clientOption{publish: true})
		back.join("r")
		w.eventually("the wish still stands", func() bool { return ben.carries(slot) == "ana camera" })
	})
}
