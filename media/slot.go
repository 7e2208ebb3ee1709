package media

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// slot is one receive slot: a sending RTP stream whose SSRC never changes and
// whose content does. It is the webrtc.TrackLocal of its m-line.
type slot struct {
	peer     *Peer
	mid      string
	audio    bool
	id       string // of the track, as the page sees it
	streamID string // shared by the audio and the video slot of a pair

	// The router's: what was asked for, and the publication attached.
	assigned *publication
	layers   []*layer // attached to, in the order it happened
	reading  bool     // readFeedback runs

	binding atomic.Pointer[binding]

	mu       sync.Mutex
	current  *layer // what is being forwarded
	next     *layer // what takes over at its keyframe
	segments [segmentMemory]segment
	newest   int // index of the segment in use
	out      outState
	header   rtp.Header // without extensions
	extended rtp.Header // with the one extension of this kind
	extValue [1]byte
	counts   slotCounts
	credit   int // for retransmissions
	viewer   viewerReport
}

// slotCounts grow under slot.mu; the tick takes the pending ones away.
type slotCounts struct {
	packets, octets uint32 // since the beginning, for sender reports (RFC 3550)
	newPackets      uint64 // since the last tick
	newBytes        uint64
	resent          uint64
	switched        bool // a sender report is due at once
}

// binding is what negotiation settled for a slot.
type binding struct {
	writer      webrtc.TrackLocalWriter
	ssrc        uint32
	rtxSSRC     uint32
	codecs      *codecs
	extensionID uint8 // of the audio level or the orientation
}

func newSlot(p *Peer, mid string, audio bool, id, streamID string) *slot {
	s := &slot{peer: p, mid: mid, audio: audio, id: id, streamID: streamID}
	s.out.highest = 1<<16 | int64(rand.Uint32()&0x7fff)
	s.out.timestamp = rand.Uint32()
	s.credit = firstCredit
	return s
}

// ID, RID, StreamID and Kind are those of webrtc.TrackLocal.
func (s *slot) ID() string { return s.id }

// RID is empty: a slot sends one encoding.
func (s *slot) RID() string { return "" }

// StreamID is the msid stream, the same for both slots of a pair.
func (s *slot) StreamID() string { return s.streamID }

// Kind is that of the m-line.
func (s *slot) Kind() webrtc.RTPCodecType {
	if s.audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}

// Bind is called by pion while it makes the answer.
func (s *slot) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	params := ctx.CodecParameters()
	if len(params) == 0 {
		return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
	}
	b := &binding{
		writer: ctx.WriteStream(), ssrc: uint32(ctx.SSRC()), rtxSSRC: uint32(ctx.SSRCRetransmission()),
		codecs: newCodecs(params),
	}
	uri := uriOrientation
	if s.audio {
		uri = uriAudioLevel
	}
	b.extensionID = extensionID(ctx.HeaderExtensions(), uri)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.header = rtp.Header{Version: 2, SSRC: b.ssrc}
	s.extended = rtp.Header{Version: 2, SSRC: b.ssrc}
	if b.extensionID != 0 {
		if err := s.extended.SetExtension(b.extensionID, s.extValue[:]); err != nil {
			b.extensionID = 0
		}
	}
	s.binding.Store(b)
	return params[0], nil
}

// Unbind is called by pion when the PeerConnection closes.
func (s *slot) Unbind(webrtc.TrackLocalContext) error {
	s.binding.Store(nil)
	return nil
}

// carrying is the publication whose packets go out now, nil if none do.
func (s *slot) carrying() (*publication, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return nil, ""
	}
	return s.current.pub, s.current.rid
}

// expect makes the slot wait for a layer; false if it already carries it.
func (s *slot) expect(l *layer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == l {
		s.next = nil
		return false
	}
	s.next = l
	return true
}

// release makes the slot forget a layer.
func (s *slot) release(l *layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == l {
		s.current = nil
	}
	if s.next == l {
		s.next = nil
	}
}

// restart makes the slot wait for the layer's next keyframe.
func (s *slot) restart(l *layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == l {
		s.current = nil
		if s.next == nil {
			s.next = l
		}
	}
}

// forward sends a live packet of a layer, if the slot carries that layer or can
// switch to it with this packet. Called with the layer's lock held.
func (s *slot) forward(l *layer, p *packet, now int64) {
	if !s.peer.connected.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.binding.Load()
	if b == nil {
		return
	}
	if s.current != l || s.segments[s.newest].from != p.codec {
		if s.current != l && s.next != l || !s.audio && !p.keyframe {
			return
		}
		if !s.switchTo(l, p, b, p.timestamp, now) {
			return
		}
	}
	s.send(b, &s.segments[s.newest], p, now)
}

// replay sends a stored packet; newest is the last one stored, whose time is now.
func (s *slot) replay(l *layer, p, newest *packet, now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.binding.Load()
	if b == nil {
		return
	}
	if s.current != l && !s.switchTo(l, p, b, newest.timestamp, now) {
		return
	}
	s.send(b, &s.segments[s.newest], p, now)
}

// replayable reports whether stored packets can be squeezed into the time that
// passed since the slot last sent something.
func (s *slot) replayable(key, newest *packet, now int64) bool {
	if !s.peer.connected.Load() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out.at == 0 {
		return true
	}
	idle := (now - s.out.at) * int64(newest.codec.clock) / 1e9
	return int64(int32(newest.timestamp-key.timestamp)) <= idle
}

// send writes a packet under the numbers of its segment. Called with both locks.
func (s *slot) send(b *binding, seg *segment, p *packet, now int64) {
	ext := p.ext + seg.offset
	if ext < seg.first {
		return // older than the switch
	}
	h := &s.header
	switch {
	case b.extensionID == 0:
	case p.hasLevel:
		h, s.extValue[0] = &s.extended, p.level
	case p.hasRotation:
		h, s.extValue[0] = &s.extended, p.rotation
	}
	h.SSRC = b.ssrc
	h.PayloadType = seg.to.payloadType
	h.SequenceNumber = uint16(ext)
	h.Timestamp = p.timestamp + seg.timestamp
	h.Marker = p.marker
	pictureID, tl0 := seg.patch(p)
	if ext > s.out.highest {
		s.out.highest, s.out.timestamp, s.out.at = ext, h.Timestamp, now
		s.out.pictureID, s.out.tl0 = pictureID, tl0
		s.credit = min(s.credit+1, maxCredit)
	}
	if s.write(b, h, p.payload) {
		s.counts.packets++
		s.counts.octets += uint32(len(p.payload))
	}
}

// write hands a packet to pion, which encrypts a copy of it; false if it did not.
func (s *slot) write(b *binding, h *rtp.Header, payload []byte) bool {
	n, err := b.writer.WriteRTP(h, payload)
	if err != nil {
		return false // the PeerConnection is closing; its end is reported elsewhere
	}
	s.counts.newPackets++
	s.counts.newBytes += uint64(n)
	return true
}
