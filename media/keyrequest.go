package media

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"
)

// Limits of asking a publisher for keyframes: each costs every viewer a large
// frame, since a browser renews all of its simulcast layers at once.
const (
	keyframeInterval = 500 * time.Millisecond // between requests, in the long run
	keyframeBurst    = 3                      // requests that may come together
	keyframePatience = 500 * time.Millisecond // before a request is repeated
)

// keyframeRefusal is for how long after a request browsers pass over the next
// one (libwebrtc's EncoderRtcpFeedback): a keyframe younger than that is the
// one there is, and who wants to start with it is sent what came since.
const keyframeRefusal = 300 * time.Millisecond

// freshKeyframe is how old a keyframe may be for a newcomer to start there
// rather than with one of their own.
const freshKeyframe = time.Second

// keyframeRequests limits how often a publisher is asked.
type keyframeRequests struct {
	mu     sync.Mutex
	wishes []keyframeWish
	next   time.Time // when the next request would be due without bursts
	came   int64     // when the last keyframe began, Unix nanoseconds
}

// keyframeWish is a layer somebody waits for a keyframe of.
type keyframeWish struct {
	layer *layer
	asked time.Time // zero if it was not asked for yet
}

// want adds a layer to those that need a keyframe.
func (k *keyframeRequests) want(l *layer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.ContainsFunc(k.wishes, func(w keyframeWish) bool { return w.layer == l }) {
		k.wishes = append(k.wishes, keyframeWish{layer: l})
	}
}

// arrived ends the wish for a layer: its keyframe begins.
func (k *keyframeRequests) arrived(l *layer, now int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.came = now
	k.wishes = slices.DeleteFunc(k.wishes, func(w keyframeWish) bool { return w.layer == l })
}

// forget ends the wish for a layer that ended.
func (k *keyframeRequests) forget(l *layer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wishes = slices.DeleteFunc(k.wishes, func(w keyframeWish) bool { return w.layer == l })
}

// fresh reports whether the last keyframe is recent enough to replay from.
func (k *keyframeRequests) fresh(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return nanos(now)-k.came < int64(freshKeyframe)
}

// past reports whether a keyframe came and there was time to look into it.
func (k *keyframeRequests) past(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.came != 0 && nanos(now)-k.came >= int64(freshKeyframe)
}

// due lists the layers to ask for now, and notes that they were. A request is
// repeated while a slot waits for its keyframe.
func (k *keyframeRequests) due(now time.Time) []*layer {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.next.Sub(now) > (keyframeBurst-1)*keyframeInterval {
		return nil
	}
	k.wishes = slices.DeleteFunc(k.wishes, func(w keyframeWish) bool {
		return !w.asked.IsZero() && now.Sub(w.asked) >= keyframePatience && !w.layer.waited(nanos(now))
	})
	var layers []*layer
	for i := range k.wishes {
		if w := &k.wishes[i]; w.asked.IsZero() || now.Sub(w.asked) >= keyframePatience {
			w.asked = now
			layers = append(layers, w.layer)
		}
	}
	if layers == nil {
		return nil
	}
	if k.next.Before(now) {
		k.next = now
	}
	k.next = k.next.Add(keyframeInterval)
	return layers
}

// waited reports whether a slot waits for a keyframe of the layer that it could
// be sent.
func (l *layer) waited(now int64) bool {
	return slices.ContainsFunc(l.viewers(), func(s *slot) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.waitsFor(l) && !s.peer.drains(now)
	})
}

// askKeyframe asks the publisher for a keyframe of some layers, now or when the
// limits allow it.
func (p *publication) askKeyframe(now time.Time, layers ...*layer) {
	if p.source.Audio() {
		return
	}
	for _, l := range layers {
		p.keys.want(l)
	}
	p.askDue(now)
}

// askDue sends the Picture Loss Indications (RFC 4585 section 6.3.1) that are due.
func (p *publication) askDue(now time.Time) {
	if !p.peer.connected.Load() {
		return
	}
	due := p.keys.due(now)
	if len(due) == 0 {
		return
	}
	packets := make([]rtcp.Packet, len(due))
	for i, l := range due {
		packets[i] = &rtcp.PictureLossIndication{SenderSSRC: p.peer.ssrc, MediaSSRC: l.ssrc}
	}
	p.peer.engine.counters.keyframeRequests.Add(1)
	p.peer.writeRTCP(packets)
}

// current lists the layers of which packets come.
func (p *publication) current(now int64) []*layer {
	var layers []*layer
	for _, l := range *p.layers.Load() {
		l.mu.Lock()
		if l.stateAt(now) == alive {
			layers = append(layers, l)
		}
		l.mu.Unlock()
	}
	return layers
}
