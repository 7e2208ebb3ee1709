package media_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/media"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// encoding is one simulcast layer a client publishes: VP8 frames of a height,
// 25 a second, in three packets of some size.
type encoding struct {
	rid           string
	height, bytes int
	source        *source
}

// threeLayers are 180, 360 and 720 lines high at about 150, 500 and 700 kbit/s,
// named so that their order is not that of the alphabet.
func threeLayers() []*encoding {
	return []*encoding{{rid: "q", height: 180, bytes: 180}, {rid: "h", height: 360, bytes: 780}, {rid: "f", height: 720, bytes: 1100}}
}

// simulcaster is a client that publishes a camera in several layers.
type simulcaster struct {
	*client
	sender    *webrtc.RTPSender
	encodings []*encoding
}

func (w *world) simulcaster(user string, encodings ...*encoding) *simulcaster {
	w.t.Helper()
	c := &simulcaster{client: w.client(user, clientOption{simulcast: true}), encodings: encodings}
	for i, e := range encodings {
		track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "camera", user, webrtc.WithRTPStreamID(e.rid))
		if err != nil {
			w.t.Fatal(err)
		}
		e.source = &source{track: track}
		if i == 0 {
			t, err := c.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
			if err != nil {
				w.t.Fatal(err)
			}
			c.sender = t.Sender()
		} else if err := c.sender.AddEncoding(track); err != nil {
			w.t.Fatal(err)
		}
		c.busy.Go(func() { c.listen(e) })
	}
	return c
}

// listen notes which layer is asked for keyframes.
func (c *simulcaster) listen(e *encoding) {
	for {
		packets, _, err := c.sender.ReadSimulcastRTCP(e.rid)
		if err != nil {
			return
		}
		for _, p := range packets {
			if _, ok := p.(*rtcp.PictureLossIndication); ok {
				e.source.plis.Add(1)
				e.source.key.Store(true)
			}
		}
	}
}

func (c *simulcaster) join(room string) {
	c.t.Helper()
	c.client.join(room)
	ids := map[string]uint8{}
	for _, h := range c.sender.GetParameters().HeaderExtensions {
		ids[h.URI] = uint8(h.ID)
	}
	mid, rid := ids["urn:ietf:params:rtp-hdrext:sdes:mid"], ids["urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"]
	name := ""
	for _, t := range c.pc.GetTransceivers() {
		if t.Sender() == c.sender {
			name = t.Mid()
		}
	}
	for _, e := range c.encodings {
		c.busy.Go(func() {
			c.publish(e, func(h *rtp.Header) error {
				if err := h.SetExtension(mid, []byte(name)); err != nil {
					return err
				}
				return h.SetExtension(rid, []byte(e.rid))
			})
		})
	}
}

// publish sends a layer until the client leaves.
func (c *simulcaster) publish(e *encoding, mark func(*rtp.Header) error) {
	e.source.key.Store(true)
	ticker := time.NewTicker(40 * time.Millisecond)
	defer ticker.Stop()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: uint16(1000 * e.height), Timestamp: uint32(e.height) << 20}}
	for pictureID := uint16(e.height); ; pictureID++ {
		select {
		case <-c.done:
			return
		case <-ticker.C:
		}
		p.Timestamp += 3600
		if e.source.off.Load() {
			e.source.key.Store(true) // an encoder that is switched on again begins so
			continue
		}
		key := e.source.key.Swap(false)
		for part := range 3 {
			p.SequenceNumber++
			p.Marker = part == 2
			p.Payload = sizedFrame(pictureID, part, key, e)
			if mark(&p.Header) != nil || e.source.track.WriteRTP(&p) != nil {
				return
			}
		}
	}
}

// sizedFrame makes one packet of a frame, its height in the keyframe's header.
func sizedFrame(pictureID uint16, part int, key bool, e *encoding) []byte {
	text := "|" + e.rid
	if key && part == 0 {
		width := e.height * 16 / 9
		text = string([]byte{0, 0, 0x9d, 1, 0x2a, byte(width), byte(width >> 8), byte(e.height), byte(e.height >> 8)}) + text
	}
	return append(vp8Frame(pictureID, part, key, text), make([]byte, e.bytes)...)
}

// ridOf is the layer a packet that sizedFrame made is of.
func ridOf(p rtp.Packet) string {
	_, rest, _ := strings.Cut(string(p.Payload[6:]), "|")
	return strings.TrimRight(rest, "\x00")
}

// obey does what the client is told of its encodings, as the SDK would, on a
// path that takes so many of them, the smallest first.
func (c *simulcaster) obey(most int) {
	c.busy.Go(func() {
		for {
			select {
			case <-c.done:
				return
			case <-time.After(10 * time.Millisecond): // the event's way
			}
			left := most
			for _, e := range c.encodings {
				wanted := c.wanted(e.rid) && left > 0
				e.source.off.Store(!wanted)
				if wanted {
					left--
				}
			}
		}
	})
}

// wanted is what the client was last told of an encoding, or began with.
func (c *client) wanted(rid string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, sender := range c.asked {
		for _, e := range sender.Encodings {
			if e.RID == rid {
				return e.Active
			}
		}
	}
	return !strings.Contains(c.begins, "~"+rid)
}

// sends lists the encodings that are switched on.
func (c *simulcaster) sends() string {
	on := ""
	for _, e := range c.encodings {
		if c.wanted(e.rid) {
			on += e.rid
		}
	}
	return on
}

// tile asks for a camera in a tile of some height.
func (c *client) tile(user string, height int) {
	c.t.Helper()
	view := call.View{MID: c.videoSlot(0), UserID: call.UserID(user), Stream: call.SourceCamera, Height: height}
	if err := c.peer.SetViews([]call.View{view}); err != nil {
		c.t.Fatal(err)
	}
}

// slotTold is what the client was last told of a slot.
func (c *client) slotTold(mid string) call.Slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.slots, func(s call.Slot) bool { return s.MID == mid })
	if i < 0 {
		return call.Slot{}
	}
	return c.slots[i]
}

// inSimulcast runs a story of ana, who publishes three layers, and ben, who looks.
func inSimulcast(t *testing.T, story func(w *world, ana *simulcaster, ben *client, slot string)) {
	t.Helper()
	inWorld(t, func(w *world) {
		ana := w.simulcaster("ana", threeLayers()...)
		ben := w.client("ben", clientOption{pairs: 1})
		ana.join("r")
		ben.join("r")
		slot := ben.videoSlot(0)
		ben.tile("ana", 720)
		w.eventually("ben sees ana at her best", func() bool { return ben.slotTold(slot).Layer == "f" })
		time.Sleep(2 * time.Second) // bit rates are known
		story(w, ana, ben, slot)
	})
}

func TestALayerIsChosenByTheTilesHeightAndSwitchedOnItsKeyframe(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, slot string) {
		ben.box(slot).clear()
		for _, c := range []struct {
			tile int
			rid  string
			told int
		}{{180, "q", 180}, {200, "q", 180}, {300, "h", 360}, {720, "f", 720}, {90, "q", 180}, {0, "f", 720}, {360, "h", 360}} {
			var before [3]int32
			for i, e := range ana.encodings {
				before[i] = e.source.plis.Load()
			}
			asked := time.Now()
			ben.tile("ana", c.tile)
			w.eventually(fmt.Sprintf("a tile of %d gets %s", c.tile, c.rid), func() bool {
				told := ben.slotTold(slot)
				return told.Layer == c.rid && told.Height == c.told && told.Reduced == ""
			})
			if after := time.Since(asked); after > 250*time.Millisecond {
				t.Errorf("the switch to %s took %s", c.rid, after)
			}
			time.Sleep(time.Second)
			for i, e := range ana.encodings {
				if n := e.source.plis.Load() - before[i]; n > 0 && (e.rid != c.rid || n > 1) {
					t.Errorf("for %s in a tile of %d, %s was asked for %d keyframes", c.rid, c.tile, e.rid, n)
				}
			}
		}
		packets := ben.box(slot).all()
		checkContinuous(t, packets)
		for i := 1; i < len(packets); i++ {
			if ridOf(packets[i]) != ridOf(packets[i-1]) && !isKey(packets[i]) {
				t.Errorf("packet %d switches to %s without a keyframe", i, ridOf(packets[i]))
			}
			if gap := packets[i].Timestamp - packets[i-1].Timestamp; gap > 2*3600 {
				t.Errorf("no picture for %d ms before packet %d", gap/90, i)
			}
		}
	})
}

func TestWhenALayerDiesTheNextBestIsShownAndToldWhy(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, slot string) {
		top := ana.encodings[2].source
		top.off.Store(true)
		w.eventually("the next lower layer is shown", func() bool {
			told := ben.slotTold(slot)
			return told.Layer == "h" && told.Reduced == call.ReducedByPublisher
		})
		top.off.Store(false)
		back := time.Now()
		w.eventually("the best is shown again", func() bool {
			told := ben.slotTold(slot)
			return told.Layer == "f" && told.Reduced == ""
		})
		if after := time.Since(back); after > 300*time.Millisecond {
			t.Errorf("it took %s to come back", after)
		}
		packets := ben.box(slot).all()
		for i := 1; i < len(packets); i++ {
			if gap := packets[i].Timestamp - packets[i-1].Timestamp; gap > 800*90 {
				t.Errorf("no picture for %d ms before packet %d", gap/90, i)
			}
			if packets[i].SequenceNumber != packets[i-1].SequenceNumber+1 {
				t.Errorf("packet %d is numbered %d after %d", i, packets[i].SequenceNumber, packets[i-1].SequenceNumber)
			}
		}
	})
}

func TestAPathThatTakesLessCarriesLessAndItIsToldWhy(t *testing.T) {
	inSimulcast(t, func(w *world, _ *simulcaster, ben *client, slot string) {
		for _, c := range []struct {
			name   string
			budget int64
			rid    string
			within time.Duration
			why    call.Reduction
			paused bool
		}{
			{"half a megabit", 600_000, "h", 300 * time.Millisecond, call.ReducedByBandwidth, false},
			{"little", 200_000, "q", 300 * time.Millisecond, call.ReducedByBandwidth, false},
			{"nearly nothing", 50_000, "", 300 * time.Millisecond, call.ReducedByBandwidth, true},
			{"little again", 250_000, "q", 3 * time.Second, call.ReducedByBandwidth, false},
			{"plenty", 5_000_000, "f", 3 * time.Second, "", false},
			{"nobody knows", 0, "f", time.Second, "", false},
		} {
			media.SetBudget(ben.peer, c.budget)
			since := time.Now()
			w.eventually(c.name, func() bool {
				told := ben.slotTold(slot)
				return told.Layer == c.rid && told.Reduced == c.why && told.Paused == c.paused
			})
			if after := time.Since(since); after > c.within {
				t.Errorf("%s: it took %s", c.name, after)
			}
			time.Sleep(2 * time.Second)
			if told := ben.slotTold(slot); told.Layer != c.rid || told.UserID != "ana" {
				t.Errorf("%s: two seconds later the slot is %+v", c.name, told)
			}
			if c.paused {
				ben.box(slot).clear()
				time.Sleep(time.Second)
				if n := len(ben.box(slot).all()); n > 0 {
					t.Errorf("%d packets of a picture that stands still", n)
				}
			}
		}
	})
}

// plis adds up what all layers were asked.
func (c *simulcaster) plis() int32 {
	var sum atomic.Int32
	for _, e := range c.encodings {
		sum.Add(e.source.plis.Load())
	}
	return sum.Load()
}

func TestManyViewersDoNotMakeAPublisherSendKeyframesAllTheTime(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, _ string) {
		before := ana.plis()
		const seconds = 10
		for i := range seconds * 20 { // a viewer who changes its mind all the time
			ben.tile("ana", []int{180, 360, 720}[i%3])
			time.Sleep(50 * time.Millisecond)
		}
		if n := ana.plis() - before; n > 3*2*seconds+10 {
			t.Errorf("%d keyframes were asked for in %d s", n, seconds)
		}
	})
}

func TestEncodingsNobodyLooksAtAreSwitchedOffAndComeBackAtOnce(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, slot string) {
		ana.obey(3)
		for i, c := range []struct {
			tile  int
			layer string
		}{{720, "f"}, {180, "q"}, {360, "h"}, {180, "q"}, {720, "f"}} {
			ben.box(slot).clear()
			asked := time.Now()
			ben.tile("ana", c.tile)
			w.eventually(c.layer+" is shown", func() bool { return ben.slotTold(slot).Layer == c.layer })
			if after := time.Since(asked); after > 300*time.Millisecond {
				t.Errorf("%s was shown after %s", c.layer, after)
			}
			if !ana.wanted(c.layer) {
				t.Errorf("%s is shown and not wanted", c.layer)
			}
			time.Sleep(2500 * time.Millisecond)
			if got := ana.sends(); i > 0 && len(got) < 2 {
				t.Errorf("only %s is wanted before three seconds have passed", got)
			}
			time.Sleep(2 * time.Second)
			if got := ana.sends(); got != c.layer {
				t.Errorf("wanted for a tile of %d: %s, want %s", c.tile, got, c.layer)
			}
		}
		if err := ben.peer.SetViews(nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Second)
		if got := ana.sends(); got != "" {
			t.Errorf("nobody looks and %s is wanted", got)
		}
		ben.box(slot).clear()
		asked := time.Now()
		ben.tile("ana", 360)
		w.eventually("ana is seen again", func() bool { return len(ben.box(slot).all()) > 0 })
		if after := time.Since(asked); after > 300*time.Millisecond {
			t.Errorf("she was seen after %s", after)
		}
		ben.leave()
		time.Sleep(10 * time.Second)
		if got := ana.sends(); got != "h" {
			t.Errorf("for whoever comes next %s is on, want what was looked at last", got)
		}
	})
}

func TestTheEncodingALimitedViewerMayRiseToStaysOn(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, slot string) {
		ana.obey(3)
		media.SetBudget(ben.peer, 200_000)
		w.eventually("ben sees little", func() bool { return ben.slotTold(slot).Layer == "q" })
		time.Sleep(5 * time.Second)
		if got := ana.sends(); got != "qh" {
			t.Errorf("wanted %s, want what is shown and the next above", got)
		}
		media.SetBudget(ben.peer, 5_000_000)
		w.eventually("ben sees ana at her best", func() bool {
			told := ben.slotTold(slot)
			return told.Layer == "f" && told.Reduced == ""
		})
		time.Sleep(5 * time.Second)
		media.SetBudget(ben.peer, 900_000) // just enough
		time.Sleep(5 * time.Second)
		if got := ana.sends(); !strings.Contains(got, "h") {
			t.Errorf("wanted %s: what is needed when the path gets worse is off", got)
		}
	})
}

func TestWhatNobodyLooksAtMakesRoomForWhatThePathOfThePublisherDoesNotTake(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, slot string) {
		for _, height := range []int{180, 360, 720} { // all are needed of late
			ben.tile("ana", height)
			time.Sleep(500 * time.Millisecond)
		}
		ana.obey(2)
		w.eventually("the next best is shown", func() bool { return ben.slotTold(slot).Reduced == call.ReducedByPublisher })
		since := time.Now()
		w.eventually("the best is shown", func() bool { return ben.slotTold(slot).Layer == "f" })
		if after := time.Since(since); after > 1800*time.Millisecond {
			t.Errorf("after %s", after)
		}
	})
}

func TestANewcomerWakesWhatSleeps(t *testing.T) {
	inSimulcast(t, func(w *world, ana *simulcaster, ben *client, slot string) {
		ana.obey(3)
		ben.tile("ben", 180) // nothing to see there
		time.Sleep(5 * time.Second)
		if got := ana.sends(); got != "" {
			t.Fatalf("nobody looks and %s is wanted", got)
		}
		cyd := w.client("cyd", clientOption{pairs: 1})
		entered := time.Now()
		cyd.join("r")
		cyd.tile("ana", 360)
		w.eventually("cyd sees ana", func() bool { return len(cyd.box(cyd.videoSlot(0)).all()) > 0 })
		if after := time.Since(entered); after > 300*time.Millisecond {
			t.Errorf("after %s", after)
		}
		w.eventually("and as large as the tile", func() bool { return cyd.slotTold(cyd.videoSlot(0)).Layer == "h" })
	})
}
