package media

import (
	"slices"
	"sync/atomic"
	"time"

	"callsvc/call"
)

// publication is one source of one participant, as it reaches the SFU.
type publication struct {
	peer   *Peer
	mid    string
	source call.Source
	layers atomic.Pointer[[]*layer] // as offered; replaced with Peer.mu held

	open atomic.Bool // not muted, and allowed to be forwarded
	live atomic.Bool // packets came since it was opened
	loud loudness

	keys keyframeRequests

	// The router's: what it can be had in, as of some moment (Unix nanoseconds),
	// and what its publisher was told is needed.
	rungs     []rung
	rungsAt   int64
	encodings []encoding
	starved   time.Time // when it did not send what was looked at
}

func newPublication(p *Peer, mid string, source call.Source, encodings []encoding) *publication {
	pub := &publication{peer: p, mid: mid, source: source, encodings: encodings}
	pub.layers.Store(&[]*layer{})
	return pub
}

// heard notes a packet that is to be forwarded. Called with its layer's lock held.
func (p *publication) heard(l *layer, pk *packet, now int64) {
	if p.source.Audio() && p.loud.hear(pk) {
		p.peer.router.loop.post(func() { p.peer.router.spoke(p) })
	}
	if pk.Keyframe {
		p.keys.arrived(l, now)
	}
	if !p.live.Load() && p.live.CompareAndSwap(false, true) {
		p.peer.router.loop.post(func() { p.peer.router.became(p) })
	}
}

// decodable reports whether a viewer who negotiated some codecs can decode
// anything of what is sent. Nobody knows before the first packet.
func (p *publication) decodable(by *codecs) bool {
	layers := *p.layers.Load()
	return len(layers) == 0 || slices.ContainsFunc(layers, func(l *layer) bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.codec == nil || by.decoderOf(l.codec) != nil
	})
}

// forget drops what is stored, so that nothing from before a mute is replayed.
func (p *publication) forget() {
	for _, l := range *p.layers.Load() {
		l.forget()
	}
}
