package mediabench

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// What is published looks like VP8 (RFC 7741) and Opus (RFC 7587) to an SFU.
const (
	payloadMax     = 1100
	descriptor     = 6  // bytes of VP8's: with a 15-bit picture id and a temporal layer
	keyframeFactor = 8  // how much larger a keyframe is than the mean frame
	audioBytes     = 80 // 32 kbit/s
	noiseBytes     = 24
	noiseEvery     = 20 // packets, of one who is silent
	audioFrame     = 20 * time.Millisecond
	speechLevel    = 30  // -dBov (RFC 6464)
	silenceLevel   = 127 // likewise
)

// The last bytes of each payload: a mark, the moment in nanoseconds, and whether
// a keyframe begins here.
const (
	tailMark  = 0x63766d62
	tailBytes = 4 + 8 + 1
)

// tail is what they say.
type tail struct {
	sent int64
	key  bool
}

func (t tail) put(payload []byte) {
	b := payload[len(payload)-tailBytes:]
	binary.BigEndian.PutUint32(b, tailMark)
	binary.BigEndian.PutUint64(b[4:], uint64(t.sent))
	b[12] = 0
	if t.key {
		b[12] = 1
	}
}

// readTail reads a packet's; false if it has none: padding, a probe.
func readTail(packet []byte) (tail, bool) {
	if len(packet) < 12+tailBytes {
		return tail{}, false
	}
	b := packet[len(packet)-tailBytes:]
	if binary.BigEndian.Uint32(b) != tailMark {
		return tail{}, false
	}
	return tail{sent: int64(binary.BigEndian.Uint64(b[4:])), key: b[12] == 1}, true
}

// track is what one participant publishes of a kind.
type track struct {
	id      string
	video   bool
	silent  bool
	fps     int
	layers  []*layer
	sender  *webrtc.RTPSender
	mid     func() string
	clock   func() int64
	begun   func() // is called once, when the first packet has gone
	packets atomic.Uint64
	bytes   atomic.Uint64
}

// layer is one RTP stream of it.
type layer struct {
	local         *webrtc.TrackLocalStaticRTP
	rid           string
	kbps          int
	width, height int
	wantsKey      atomic.Bool
	sequence      uint16
}

// newTracks makes what a publisher sends.
func (r *run) newTracks(name string, speaks bool, begun func()) []*track {
	audio := &track{id: "a" + name, silent: !speaks, clock: r.meter.now, begun: begun}
	audio.layers = []*layer{r.newLayer(audio.id, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "")}
	if r.VideoKbps == 0 {
		return []*track{audio}
	}
	video := &track{id: "v" + name, video: true, fps: r.FPS, clock: r.meter.now, begun: begun}
	vp8 := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
	sizes := []layer{{kbps: r.VideoKbps, width: 1280, height: 720}}
	if r.Simulcast {
		sizes = []layer{
			{rid: "q", kbps: r.VideoKbps / 8, width: 320, height: 180},
			{rid: "h", kbps: r.VideoKbps / 3, width: 640, height: 360},
			{rid: "f", kbps: r.VideoKbps, width: 1280, height: 720},
		}
	}
	for i := range sizes {
		l := r.newLayer(video.id, vp8, sizes[i].rid)
		l.kbps, l.width, l.height = sizes[i].kbps, sizes[i].width, sizes[i].height
		video.layers = append(video.layers, l)
	}
	return []*track{video, audio}
}

func (r *run) newLayer(id string, codec webrtc.RTPCodecCapability, rid string) *layer {
	var options []func(*webrtc.TrackLocalStaticRTP)
	if rid != "" {
		options = append(options, webrtc.WithRTPStreamID(rid))
	}
	local, err := webrtc.NewTrackLocalStaticRTP(codec, id, "bench", options...)
	if err != nil { // it has none to return
		panic(err)
	}
	return &layer{local: local, rid: rid, sequence: uint16(rand.Uint32())}
}

// attach puts the track on a PeerConnection.
func (t *track) attach(pc *webrtc.PeerConnection, tasks func(func())) error {
	transceiver, err := pc.AddTransceiverFromTrack(t.layers[0].local, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return err
	}
	t.sender, t.mid = transceiver.Sender(), transceiver.Mid
	for _, l := range t.layers[1:] {
		if err := t.sender.AddEncoding(l.local); err != nil {
			return err
		}
	}
	for _, l := range t.layers {
		tasks(func() { t.listen(l) })
	}
	return nil
}

// listen notices that a keyframe is wanted, until the sender ends.
func (t *track) listen(l *layer) {
	for {
		var packets []rtcp.Packet
		var err error
		if l.rid == "" {
			packets, _, err = t.sender.ReadRTCP()
		} else {
			packets, _, err = t.sender.ReadSimulcastRTCP(l.rid)
		}
		if err != nil {
			return
		}
		for _, p := range packets {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				l.wantsKey.Store(true)
			}
		}
	}
}

// extensions are the ids of the header extensions that were agreed on; 0 is none.
type extensions struct{ mid, rid, level uint8 }

func (t *track) extensions() (e extensions) {
	for _, x := range t.sender.GetParameters().HeaderExtensions {
		switch x.URI {
		case uriMid:
			e.mid = uint8(x.ID)
		case uriRID:
			e.rid = uint8(x.ID)
		case uriLevel:
			e.level = uint8(x.ID)
		}
	}
	return e
}

// publish sends until ctx ends. Frames leave in one burst each; tracks do so at
// different moments. What is due later than the machine allows is sent late, not
// left out.
func (t *track) publish(ctx context.Context) {
	interval := audioFrame
	if t.video {
		interval = time.Second / time.Duration(t.fps)
	}
	if wait(ctx, rand.N(interval)) != nil {
		return
	}
	agreed := t.extensions()
	buffer := make([]byte, payloadMax)
	began := time.Now()
	for frame := uint32(0); ; frame++ {
		if t.video {
			for _, l := range t.layers {
				t.sendFrame(l, frame, agreed, buffer)
			}
		} else {
			t.sendAudio(frame, agreed, buffer)
		}
		if wait(ctx, time.Until(began.Add(time.Duration(frame+1)*interval))) != nil {
			return
		}
	}
}

func (t *track) sendAudio(frame uint32, agreed extensions, buffer []byte) {
	size, level := audioBytes, byte(0x80|speechLevel)
	if t.silent {
		if size, level = noiseBytes, silenceLevel; frame%noiseEvery != 0 {
			return
		}
	}
	l := t.layers[0]
	h := rtp.Header{Version: 2, Timestamp: frame * 960}
	if agreed.level != 0 {
		_ = h.SetExtension(agreed.level, []byte{level}) // fails for lengths only
	}
	buffer[0] = 0x78 // Opus: CELT, 20 ms (RFC 6716 section 3.1)
	t.send(l, &h, buffer[:size], false)
}

// sendFrame sends one frame of a layer in as many packets as it takes.
func (t *track) sendFrame(l *layer, frame uint32, agreed extensions, buffer []byte) {
	key := frame == 0
	if l.wantsKey.CompareAndSwap(true, false) {
		key = true
	}
	size := l.kbps * 1000 / 8 / t.fps
	if key {
		size *= keyframeFactor
	}
	packets := size/payloadMax + 1
	each := min(payloadMax, max(size/packets, descriptor+10+tailBytes))
	for part := range packets {
		payload := buffer[:each]
		l.describe(payload, frame, part == 0, key)
		h := rtp.Header{Version: 2, Timestamp: uint32(uint64(frame) * 90000 / uint64(t.fps)), Marker: part == packets-1}
		if l.rid != "" && agreed.mid != 0 && agreed.rid != 0 {
			_ = h.SetExtension(agreed.mid, []byte(t.mid())) // fail for lengths only
			_ = h.SetExtension(agreed.rid, []byte(l.rid))
		}
		t.send(l, &h, payload, key && part == 0)
	}
}

// describe writes VP8's payload descriptor and the beginning of its frame.
func (l *layer) describe(payload []byte, frame uint32, first, key bool) {
	b := [...]byte{0x80, 0xe0, 0x80 | byte(frame>>8&0x7f), byte(frame), byte(frame), 0x20}
	if first {
		b[0] |= 0x10
	}
	copy(payload, b[:])
	switch {
	case first && key: // RFC 6386 section 9.1
		copy(payload[descriptor:], []byte{0x10, 0x02, 0, 0x9d, 0x01, 0x2a, byte(l.width), byte(l.width >> 8), byte(l.height), byte(l.height >> 8)})
	case first:
		payload[descriptor] = 0x11
	}
}

func (t *track) send(l *layer, h *rtp.Header, payload []byte, key bool) {
	tail{t.clock(), key}.put(payload)
	h.SequenceNumber = l.sequence
	l.sequence++
	if err := l.local.WriteRTP(&rtp.Packet{Header: *h, Payload: payload}); err != nil {
		return // it is closed
	}
	if t.packets.Add(1) == 1 {
		t.begun()
	}
	t.bytes.Add(uint64(12 + len(payload)))
}
