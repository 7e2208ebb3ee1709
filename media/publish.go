package media

import (
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// receiveMTU is the largest packet read; larger ones are cut by pion anyway.
const receiveMTU = 1500

// published is called by pion, on a goroutine of its own, when the first packet
// of an incoming stream was read.
func (p *Peer) published(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	mid := ""
	if t := receiver.RTPTransceiver(); t != nil {
		mid = t.Mid()
	}
	l := p.addLayer(mid, track, receiver)
	if l == nil {
		// Nobody named it: read it so that pion's buffer does not fill up.
		p.spawn(func() { drain(track) })
		return
	}
	p.spawn(func() { p.readReports(l, receiver) })
	if !p.spawn(func() { p.readPackets(l, track) }) {
		return
	}
	p.router.loop.post(func() { p.router.gate(p) })
}

// addLayer files an incoming stream under its publication.
func (p *Peer) addLayer(mid string, track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) *layer {
	p.mu.Lock()
	defer p.mu.Unlock()
	source := p.sources[mid]
	if source == "" {
		return nil
	}
	i := slices.IndexFunc(p.pubs, func(pub *publication) bool { return pub.mid == mid && pub.source == source })
	if i < 0 {
		p.pubs = append(slices.Clone(p.pubs), newPublication(p, mid, source))
		i = len(p.pubs) - 1
	}
	params := receiver.GetParameters()
	l := newLayer(p.pubs[i], track.RID(), uint32(track.SSRC()), newCodecs(params.Codecs))
	l.track = track
	l.levelID = extensionID(params.HeaderExtensions, uriAudioLevel)
	l.rotationID = extensionID(params.HeaderExtensions, uriOrientation)
	layers := append(slices.Clone(*p.pubs[i].layers.Load()), l)
	order := p.layerOrder(mid)
	slices.SortStableFunc(layers, func(a, b *layer) int { return slices.Index(order, a.rid) - slices.Index(order, b.rid) })
	p.pubs[i].layers.Store(&layers)
	return l
}

// layerOrder is the order of the rids in the offer: lowest layer first, as
// browsers and our page list them.
func (p *Peer) layerOrder(mid string) []string {
	description := p.pc.CurrentRemoteDescription()
	if description == nil {
		return nil
	}
	return ridsOf(description.SDP, mid)
}

// readPackets forwards a stream until it ends.
func (p *Peer) readPackets(l *layer, track *webrtc.TrackRemote) {
	buf := make([]byte, receiveMTU)
	header := &rtp.Header{}
	for {
		n, _, err := track.Read(buf)
		if err != nil {
			p.router.loop.post(func() { p.router.ended(p, l) })
			return
		}
		at, err := header.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		payload, ok := unpad(header, buf[at:n])
		if !ok {
			continue
		}
		if ask := l.receive(header, payload, time.Now().UnixNano()); len(ask) > 0 {
			p.writeRTCP([]rtcp.Packet{l.nack(ask)})
		}
	}
}

// drain reads a stream nobody wants until it ends.
func drain(track *webrtc.TrackRemote) {
	buf := make([]byte, receiveMTU)
	for {
		if _, _, err := track.Read(buf); err != nil {
			return
		}
	}
}
