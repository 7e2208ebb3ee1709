package media

import (
	"maps"
	"slices"
	"time"

	"callsvc/call"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// maxStreams bounds the RTP streams of one participant. A stranger picks SSRCs.
const maxStreams = maxSendLines * maxLayers * 2

// stream is one RTP stream a participant sends.
type stream struct {
	mid         string
	layer       *layer
	repair      bool  // it carries retransmissions of the layer
	transportCC uint8 // id of the header extension, 0 if absent
}

// streams are those of one participant, and what the offer says of those that
// have not come yet. It is never changed, only replaced, with Peer.mu held.
type streams struct {
	sending []*sending
	bySSRC  map[uint32]*stream
}

// sending is an m-line in which the client sends.
type sending struct {
	*section
	codecs *codecs
}

func newSending(s *section) *sending { return &sending{section: s, codecs: newCodecs(s.payloads)} }

// discover files a stream when its first packet comes; nil if nobody named it,
// or if the packet does not say what it is.
func (p *Peer) discover(h *rtp.Header) *stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.streams.Load()
	if p.closed || len(before.bySSRC) >= maxStreams {
		return nil
	}
	line := before.lineOf(h)
	if line == nil || p.sources[line.mid] == "" {
		return nil
	}
	s := &stream{mid: line.mid, transportCC: line.extensionID(uriTransportCC)}
	rid, repair, ok := line.ridOf(h)
	switch {
	case !ok:
		return nil
	case repair:
		s.repair, s.layer = true, p.publishedLayer(line.mid, rid)
	default:
		s.layer = p.addLayer(line, rid, h.SSRC)
	}
	if s.layer == nil {
		return nil // repairs of what has not come yet
	}
	after := &streams{sending: before.sending, bySSRC: maps.Clone(before.bySSRC)}
	after.bySSRC[h.SSRC] = s
	p.streams.Store(after)
	p.router.loop.post(func() { p.router.gate(p) })
	return s
}

// lineOf finds the m-line a packet belongs to: by the SSRC if the offer named
// it, by the mid it carries, or by a payload type that only one has (RFC 8843
// section 9.2). A stream the offer named is not displaced by one it did not.
func (t *streams) lineOf(h *rtp.Header) *sending {
	for _, line := range t.sending {
		if slices.Contains(line.ssrcs, h.SSRC) {
			return line
		}
	}
	var only *sending
	for _, line := range t.sending {
		if line.namesStream() && line.codecs.primaryOf(h.PayloadType) == nil {
			continue
		}
		if id := line.extensionID(sdp.SDESMidURI); id != 0 {
			if mid := h.GetExtension(id); mid != nil {
				if string(mid) == line.mid {
					return line
				}
				continue
			}
		}
		if line.codecs[h.PayloadType&0x7f] == nil && line.codecs.primaryOf(h.PayloadType) == nil && line.codecs.redOf(h.PayloadType) == nil {
			continue
		}
		if only != nil {
			return nil // it could be either
		}
		only = line
	}
	return only
}

// namesStream reports whether the offer says by which SSRC the one stream of the
// m-line comes; retransmissions may have another all the same.
func (line *sending) namesStream() bool { return len(line.ssrcs) > 0 && len(line.rids) == 0 }

// ridOf says which simulcast layer a packet is of, or repairs; ok is false if
// it must say so and does not (RFC 8852).
func (line *sending) ridOf(h *rtp.Header) (rid string, repair, ok bool) {
	repair = line.codecs.primaryOf(h.PayloadType) != nil
	if len(line.rids) == 0 {
		return "", repair, true
	}
	uri := sdp.SDESRTPStreamIDURI
	if repair {
		uri = sdp.SDESRepairRTPStreamIDURI
	}
	id := line.extensionID(uri)
	if id == 0 {
		return "", repair, false
	}
	rid = string(h.GetExtension(id))
	return rid, repair, slices.Contains(line.rids, rid)
}

// publishedLayer finds a layer that has come. p.mu is held.
func (p *Peer) publishedLayer(mid, rid string) *layer {
	for _, pub := range p.pubs {
		for _, l := range *pub.layers.Load() {
			if pub.mid == mid && l.rid == rid {
				return l
			}
		}
	}
	return nil
}

// addLayer files an incoming stream under its publication. One that had its
// place before, under another SSRC, has ended. p.mu is held.
func (p *Peer) addLayer(line *sending, rid string, ssrc uint32) *layer {
	if old := p.publishedLayer(line.mid, rid); old != nil {
		p.router.loop.post(func() { p.router.ended(p, old) })
	}
	source := p.sources[line.mid]
	i := slices.IndexFunc(p.pubs, func(pub *publication) bool { return pub.mid == line.mid && pub.source == source })
	if i < 0 {
		p.pubs = append(slices.Clone(p.pubs), newPublication(p, line.mid, source, encodingsOf(line.section, time.Now())))
		i = len(p.pubs) - 1
	}
	l := newLayer(p.pubs[i], rid, ssrc, line.codecs)
	l.levelID, l.rotationID = line.extensionID(uriAudioLevel), line.extensionID(uriOrientation)
	l.dependencyID = line.extensionID(uriDependency)
	layers := append(slices.Clone(*p.pubs[i].layers.Load()), l)
	slices.SortStableFunc(layers, func(a, b *layer) int { return slices.Index(line.rids, a.rid) - slices.Index(line.rids, b.rid) })
	p.pubs[i].layers.Store(&layers)
	return l
}

// setSending takes the m-lines of an offer in which the client sends. Streams
// of others have ended, and those of m-lines that carry something else now.
func (p *Peer) setSending(o *offer, sources map[string]call.Source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, after := p.streams.Load(), &streams{bySSRC: map[uint32]*stream{}}
	for i := range o.sections {
		if s := &o.sections[i]; s.sends() {
			after.sending = append(after.sending, newSending(s))
		}
	}
	for ssrc, s := range before.bySSRC {
		if source := sources[s.mid]; source != "" && source == s.layer.pub.source {
			after.bySSRC[ssrc] = s
			continue
		}
		if !s.repair {
			p.router.loop.post(func() { p.router.ended(p, s.layer) })
		}
	}
	p.sources = sources
	p.streams.Store(after)
}
