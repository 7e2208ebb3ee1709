package media

import (
	"sync"
	"sync/atomic"
	"time"

	"callsvc/call"

	"github.com/pion/rtcp"
)

// keyframeInterval is the least time between two requests for a keyframe to
// one publisher: each costs every viewer a large frame.
const keyframeInterval = 500 * time.Millisecond

// freshKeyframe is how old a keyframe may be for a newcomer to start there
// rather than with one of their own.
const freshKeyframe = time.Second

// layerTimeout is how long a simulcast layer may be silent before viewers move
// to a lower one.
const layerTimeout = time.Second

// publication is one source of one participant, as it reaches the SFU.
type publication struct {
	peer   *Peer
	mid    string
	source call.Source
	layers atomic.Pointer[[]*layer] // lowest first; replaced with Peer.mu held

	open atomic.Bool // not muted, and allowed to be forwarded
	live atomic.Bool // packets came since it was opened
	loud loudness

	keys keyframeRequests
}

func newPublication(p *Peer, mid string, source call.Source) *publication {
	pub := &publication{peer: p, mid: mid, source: source}
	pub.layers.Store(&[]*layer{})
	return pub
}

// heard notes a packet that is to be forwarded. Called with a layer's lock held.
func (p *publication) heard(pk *packet, now int64) {
	if pk.hasLevel {
		p.loud.hear(pk.level)
	}
	if pk.keyframe {
		p.keys.arrived(now)
	}
	if !p.live.Load() && p.live.CompareAndSwap(false, true) {
		p.peer.router.loop.post(func() { p.peer.router.became(p) })
	}
}

// best is the layer to forward for a tile of some height: the highest that is
// alive. Choosing by height and bandwidth belongs here.
func (p *publication) best(now int64, _ int) *layer {
	layers := *p.layers.Load()
	for i := len(layers) - 1; i >= 0; i-- {
		if layers[i].active(now, int64(layerTimeout)) {
			return layers[i]
		}
	}
	if len(layers) == 0 {
		return nil
	}
	return layers[0]
}

// forget drops what is stored, so that nothing from before a mute is replayed.
func (p *publication) forget() {
	for _, l := range *p.layers.Load() {
		l.forget()
	}
}

// keyframeRequests limits how often a publisher is asked.
type keyframeRequests struct {
	mu      sync.Mutex
	pending bool
	asked   time.Time
	came    int64 // when the last keyframe began, Unix nanoseconds
}

// arrived ends a request: a keyframe begins.
func (k *keyframeRequests) arrived(now int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pending, k.came = false, now
}

// fresh reports whether the last keyframe is recent enough to replay from.
func (k *keyframeRequests) fresh(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return now.UnixNano()-k.came < int64(freshKeyframe)
}

// due reports whether a request may go out now, and notes that it did. want
// adds a new wish; without it only a standing one counts.
func (k *keyframeRequests) due(now time.Time, want bool) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pending = k.pending || want
	if !k.pending || now.Sub(k.asked) < keyframeInterval {
		return false
	}
	k.asked = now
	return true
}

// askKeyframe asks the publisher for a keyframe, now or when the last request
// is old enough. One Picture Loss Indication (RFC 4585 section 6.3.1) renews
// all simulcast layers in practice; each is named all the same.
func (p *publication) askKeyframe(now time.Time, want bool) {
	if p.source.Audio() || !p.peer.connected.Load() || !p.keys.due(now, want) {
		return
	}
	var packets []rtcp.Packet
	for _, l := range *p.layers.Load() {
		packets = append(packets, &rtcp.PictureLossIndication{SenderSSRC: p.peer.ssrc, MediaSSRC: l.ssrc})
	}
	if len(packets) > 0 {
		p.peer.engine.counters.keyframeRequests.Add(1)
		p.peer.writeRTCP(packets)
	}
}
