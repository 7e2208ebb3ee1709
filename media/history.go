package media

import "callsvc/media/bitstream"

// Sizes of a layer's history in packets, powers of two. Video: two seconds at
// 2.5 Mbit/s. Audio: two thirds of a second.
const (
	videoHistory = 512
	audioHistory = 32
	// maxReplay bounds what a newcomer is sent at once.
	maxReplay = 256
)

// packet is one RTP packet as it came from its publisher, decoded as far as
// forwarding needs.
type packet struct {
	ext       int64 // extended sequence number
	timestamp uint32
	codec     *codec
	marker    bool
	bitstream.Frame
	counters    bitstream.Counters
	hasLevel    bool
	level       uint8 // ssrc-audio-level octet (RFC 6464)
	hasRotation bool
	rotation    uint8  // video-orientation octet
	payload     []byte // reused: valid until overwritten

	// Of the dependency descriptor; the octets are reused too.
	descriptor  []byte
	frameNumber uint16
	mask        bitstream.Mask
	structure   *bitstream.Structure // if it brings one
}

// history keeps the last packets of a layer in buffers it reuses.
type history struct {
	ring    []packet
	highest int64
	key     int64 // where the last keyframe begins, 0 if not seen
}

func newHistory(size int) history { return history{ring: make([]packet, size)} }

// place returns the place for a packet, its buffer kept.
func (h *history) place(ext int64) *packet {
	p := &h.ring[ext&int64(len(h.ring)-1)]
	*p = packet{ext: ext, payload: p.payload[:0], descriptor: p.descriptor[:0]}
	return p
}

// added notes that a packet is in its place.
func (h *history) added(p *packet) {
	h.highest = max(h.highest, p.ext)
	if p.Keyframe && p.ext > h.key {
		h.key = p.ext
	}
}

// get returns a packet if it is still there.
func (h *history) get(ext int64) *packet {
	p := &h.ring[ext&int64(len(h.ring)-1)]
	if ext <= 0 || p.ext != ext {
		return nil
	}
	return p
}

// replayFrom is where a newcomer can start, or 0 if the last keyframe is gone
// or too far back.
func (h *history) replayFrom() int64 {
	span := h.highest - h.key
	if h.key == 0 || span >= maxReplay || span >= int64(len(h.ring)) || h.get(h.key) == nil {
		return 0
	}
	return h.key
}

// forget drops everything, the buffers kept.
func (h *history) forget() {
	for i := range h.ring {
		h.ring[i].ext = 0
	}
	h.key = 0
}
