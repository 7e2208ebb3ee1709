package media

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"callsvc/call"
	"callsvc/media/bitstream"
	"callsvc/media/bwe"

	"github.com/pion/rtp"
)

// slot is one receive slot: a sending RTP stream whose SSRC never changes and
// whose content does.
type slot struct {
	peer     *Peer
	mid      string
	audio    bool
	id       string // of the track, as the page sees it
	streamID string // shared by the audio and the video slot of a pair
	bind     binding
	chance   int32        // of being shed early: the lower, the earlier
	rank     atomic.Int32 // chance, and how important the picture is

	// The router's: what was asked for, and the publication attached.
	assigned *publication
	layers   []*layer // attached to, in the order it happened
	interval interval
	asked    int              // height of what the tile asked for last, in pixels
	attached bitstream.Target // up to which the last of the layers is wanted
	rung     rung             // granted
	reduced  call.Reduction
	paused   bool // nothing fits the path
	ceased   bool // what it carried was too much, and what fits has not come yet

	mu       sync.Mutex
	current  *layer           // what is being forwarded
	shed     bool             // it is not, for overload or a queue in the path, before the next keyframe
	next     *layer           // what takes over at its keyframe
	aim      bitstream.Target // how much of the current layer is wanted
	nextAim  bitstream.Target // and of the next
	segments []segment
	newest   int // index of the segment in use
	in       inState
	out      outState
	timeline timeline
	header   rtp.Header // with the transport-wide number only, if that was negotiated
	extended rtp.Header // with the one extension of this kind as well
	repair   rtp.Header // of retransmissions
	tell     *describer // of frames, nil if the dependency descriptor was not negotiated
	extValue [1]byte
	number   [2]byte // the transport-wide one of the packet that goes next
	counts   slotCounts
	credit   int      // for retransmissions
	resent   []resent // by sequence number; nil until something was
	viewer   viewerReport

	wrapped []byte // scratch for redundant audio
}

// slotCounts grow under slot.mu; the tick takes the pending ones away.
type slotCounts struct {
	packets, octets uint32 // since the beginning, for sender reports (RFC 3550)
	newPackets      uint64 // since the last tick
	newBytes        uint64
	bytes           uint64 // since the beginning, as they went out
	resent          uint64
	switched        bool // a sender report is due at once
}

// rtpWriter encrypts a copy of a packet and sends it on its way: a [link].
type rtpWriter interface {
	WriteRTP(h *rtp.Header, payload []byte) (int, error)
}

// binding is what negotiation settled for a slot, once and for all.
type binding struct {
	writer      rtpWriter
	ssrc        uint32
	rtxSSRC     uint32
	codecs      *codecs
	extensionID uint8 // of the audio level or the orientation
	transportCC uint8 // id of the transport-wide sequence number, 0 if absent
	// dependencyID is that of the dependency descriptor, 0 if absent.
	dependencyID uint8
}

func newSlot(p *Peer, mid string, audio bool, id, streamID string, b binding) *slot {
	s := &slot{peer: p, mid: mid, audio: audio, id: id, streamID: streamID, bind: b, segments: make([]segment, segmentMemory)}
	if s.chance = rand.Int32N(shedAll - shedImportant); audio {
		s.chance = shedAll + rand.Int32N(shedVoices)
	}
	s.setRank(false)
	s.out.highest = 1<<16 | int64(rand.Uint32()&0x7fff)
	s.out.timestamp = rand.Uint32()
	s.credit = firstCredit
	s.header = rtp.Header{Version: 2, SSRC: b.ssrc}
	s.extended = rtp.Header{Version: 2, SSRC: b.ssrc}
	s.repair = rtp.Header{Version: 2, SSRC: b.rtxSSRC}
	for _, h := range []*rtp.Header{&s.header, &s.extended, &s.repair} {
		if b.transportCC != 0 && h.SetExtension(b.transportCC, s.number[:]) != nil {
			s.bind.transportCC = 0
		}
	}
	if b.extensionID != 0 && s.extended.SetExtension(b.extensionID, s.extValue[:]) != nil {
		s.bind.extensionID = 0
	}
	if b.dependencyID != 0 {
		s.tell = newDescriber(b, s.number[:])
	}
	return s
}

// oneOctetID is an extension's id if the one-octet form of header extensions
// can hold it (RFC 8285 section 4.2), else 0: it is done without.
func oneOctetID(id uint8) uint8 {
	if id > 14 {
		return 0
	}
	return id
}

// bindingOf makes the sending side of an m-line.
func bindingOf(line *section, table *codecs, w rtpWriter, taken func(uint32) bool) binding {
	b := binding{writer: w, codecs: table}
	unused := func() uint32 {
		for {
			if ssrc := rand.Uint32(); ssrc != 0 && ssrc != b.ssrc && !taken(ssrc) {
				return ssrc
			}
		}
	}
	b.ssrc = unused()
	if b.codecs.repairs() {
		b.rtxSSRC = unused()
	}
	uri := uriOrientation
	if line.audio() {
		uri = uriAudioLevel
	}
	b.extensionID = oneOctetID(line.extensionID(uri))
	b.transportCC = oneOctetID(line.extensionID(uriTransportCC))
	b.dependencyID = line.extensionID(uriDependency)
	return b
}

// carrying is the layer whose packets go out now, nil if none do.
func (s *slot) carrying() *layer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// target is how much of the current layer goes out.
func (s *slot) target() bitstream.Target {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.segments[s.newest].target
}

// expect makes the slot want a layer up to a target. It says whether it carries
// the layer already, and whether it waits for a keyframe of it.
func (s *slot) expect(l *layer, to bitstream.Target) (carries, waits bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == l {
		s.next, s.aim = nil, to
		return true, s.waitsFor(l)
	}
	s.next, s.nextAim = l, to
	return false, true
}

// waitsFor reports whether the slot waits for a keyframe of a layer: to switch
// to it, or to another spatial layer within it. s.mu is held.
func (s *slot) waitsFor(l *layer) bool {
	if s.next == l {
		return true
	}
	if s.current != l {
		return false
	}
	from := s.segments[s.newest].target.Spatial()
	return s.aim.Spatial() > from || s.aim.Spatial() < from && l.unnested.Load()
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

// restart makes the slot wait for the layer's next keyframe, and reports whether
// it carried the layer.
func (s *slot) restart(l *layer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != l {
		return false
	}
	s.current = nil
	if s.next == nil {
		s.next, s.nextAim = l, s.aim
	}
	return true
}

// forward sends a live packet of a layer, if the slot carries that layer or can
// switch to it with this packet. Called with the layer's lock held.
func (s *slot) forward(l *layer, p *packet, now int64) {
	if !s.peer.connected.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.withholds(l, now) {
		return
	}
	if s.shed || s.current != l || s.segments[s.newest].from != p.codec {
		if s.current != l && s.next != l || !s.audio && !p.Keyframe || s.shed && s.awaited() != l {
			return
		}
		if !s.switchTo(l, p, p.timestamp, 0, now) {
			return
		}
	}
	if g := s.place(p, now); g != nil {
		s.send(g, p, now)
	}
}

// send writes a packet under the numbers of its segment. Called with both locks.
func (s *slot) send(seg *segment, p *packet, now int64) {
	ext := p.ext + seg.offset
	if ext < seg.first {
		return // older than the switch
	}
	h := &s.header
	switch {
	case s.bind.extensionID == 0:
	case p.hasLevel:
		h, s.extValue[0] = &s.extended, p.level
	case p.hasRotation:
		h, s.extValue[0] = &s.extended, p.rotation
	}
	if len(p.descriptor) > 0 && s.tell != nil {
		h = cmp.Or(s.tell.header(seg, p), h)
	}
	h.SSRC = s.bind.ssrc
	h.PayloadType = seg.to.payloadType
	h.SequenceNumber = uint16(ext)
	h.Timestamp = p.timestamp + seg.timestamp
	h.Marker = seg.marks(p)
	pictureID, tl0 := seg.patch(p)
	payload := p.payload
	if ext > s.out.highest {
		if seg.to.red != 0 && len(payload) <= longestRepeat {
			if times := int(s.peer.redundancy.level.Load()); times > 0 {
				h.PayloadType, payload = seg.to.red, s.wrapRED(seg, p, times)
			}
		}
		s.out.highest, s.out.timestamp, s.out.at = ext, h.Timestamp, now
		s.out.pictureID, s.out.tl0, s.out.frame = pictureID, tl0, p.frameNumber+seg.frame
		s.credit = min(s.credit+1, maxCredit)
	}
	if s.write(h, payload, now) {
		s.counts.packets++
		s.counts.octets += uint32(len(payload))
	}
}

// kind is what the slot's packets carry.
func (s *slot) kind() bwe.Kind {
	if s.audio {
		return bwe.Voice
	}
	return bwe.Picture
}

// write encrypts and sends a copy of a packet; false if that cannot be done.
func (s *slot) write(h *rtp.Header, payload []byte, now int64) bool {
	if s.bind.transportCC != 0 {
		binary.BigEndian.PutUint16(s.number[:], s.peer.departures.Leave(now, packetOverhead+len(payload), s.kind()))
	}
	n, err := s.bind.writer.WriteRTP(h, payload)
	if err != nil {
		return false // the transport is closing; its end is reported elsewhere
	}
	s.counts.newPackets++
	s.counts.newBytes += uint64(n)
	s.counts.bytes += uint64(n)
	return true
}
