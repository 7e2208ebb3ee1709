package media

import (
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"callsvc/call"
	"callsvc/media/bwe"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// Peer is one participant of one room: a call.Peer.
type Peer struct {
	engine   *Engine
	router   *router
	user     call.UserID
	observer call.PeerObserver
	log      *slog.Logger
	link     *link
	ssrc     uint32 // of the RTCP the server sends as a receiver
	maxSlots int
	arrivals *arrivals

	departures bwe.Departures
	congestion bwe.Estimator
	lane       *lane
	redundancy redundancy
	budget     atomic.Int64 // bits/s that the path to the participant takes now; 0 = not known, no limit
	drained    atomic.Int64 // Unix nanoseconds before which pictures would wait in it

	connected   atomic.Bool  // DTLS is done: what is written goes out
	heardAt     atomic.Int64 // Unix nanoseconds of the last authenticated packet
	clockOffset atomic.Int64 // our clock minus the publisher's, MaxInt64 if unknown
	rtt         atomic.Int64 // nanoseconds, by ICE's checks

	negotiation sync.Mutex // one offer at a time
	session     uint64     // of the answers' origin (RFC 8866 section 5.2)
	answers     uint64     // given so far

	mu         sync.Mutex // guards the following; streams is replaced with it held
	slots      []*slot    // in m-line order
	sources    map[string]call.Source
	pubs       []*publication
	streams    atomic.Pointer[streams]
	publishing call.Publishing
	forward    bool
	closed     bool
	closeOnce  sync.Once

	// Guarded by link.reading.
	header    rtp.Header
	scratch   []byte
	policer   policer
	transport bwe.Feedback

	// The router's alone.
	inRoom    bool
	turn      int // of router.due
	views     []call.View
	wanted    int64 // bits/s its pictures would take if nothing limited them, 0 if nothing does
	lastSlots []call.Slot
	spent     int64     // bits per second given to the video slots
	shareTold int64     // what each video source was told it may take of the limit
	roomSince time.Time // since when more would be possible
	monitor   monitor
	quality   qualityMeter
	summary   atomic.Pointer[call.MediaSummary]
}

var _ call.Peer = (*Peer)(nil)

func newPeer(e *Engine, r *router, join call.JoinMedia, observer call.PeerObserver) *Peer {
	p := &Peer{
		engine: e, router: r, user: join.UserID, observer: observer,
		log:  e.log.With("room", join.RoomID, "user", join.UserID),
		ssrc: rand.Uint32(), maxSlots: e.maxSlots, policer: newPolicer(e.maxBitrate),
		publishing: join.Initial, forward: join.Forward,
		sources: map[string]call.Source{}, session: rand.Uint64() >> 2,
	}
	p.streams.Store(&streams{})
	if join.MaxSlots > 0 {
		p.maxSlots = min(p.maxSlots, join.MaxSlots)
	}
	p.lane = &lane{peer: p}
	p.arrivals = &arrivals{recorder: twcc.NewRecorder(p.ssrc)}
	p.clockOffset.Store(math.MaxInt64)
	p.summary.Store(&call.MediaSummary{})
	return p
}

// Offer answers a later offer of the same participant.
func (p *Peer) Offer(text string, send []call.Send) (string, error) {
	p.negotiation.Lock()
	defer p.negotiation.Unlock()
	if p.isClosed() {
		return "", call.Errorf(call.CodeNotInRoom, "the participant has left the room")
	}
	answer, err := p.negotiate(text, send)
	if err != nil {
		return "", err
	}
	p.router.loop.post(func() { p.router.joined(p) })
	return answer, nil
}

// SetViews says which pictures the participant wants where, and which sounds in
// audio slots that are not to carry whom the server chooses.
func (p *Peer) SetViews(views []call.View) error {
	audio := map[string]bool{}
	for _, s := range p.allSlots() {
		audio[s.mid] = s.audio
	}
	taken := map[string]bool{}
	for _, v := range views {
		hears, is := audio[v.MID]
		switch {
		case !is:
			return call.Errorf(call.CodeInvalidParameter, "views: mid %q is no slot; name a recvonly m-line of your offer", v.MID)
		case taken[v.MID]:
			return call.Errorf(call.CodeInvalidParameter, "views: mid %q is named twice; a slot carries one stream", v.MID)
		case v.UserID != "" && v.Stream.Audio() != hears:
			return call.Errorf(call.CodeInvalidParameter, "views: stream %q does not go into slot %q; camera and screen are video, mic and screenAudio audio", v.Stream, v.MID)
		}
		taken[v.MID] = true
	}
	views = slices.Clone(views)
	p.router.loop.post(func() { p.views = views; p.router.reconcile(p) })
	return nil
}

// SetPublishing mutes and unmutes.
func (p *Peer) SetPublishing(change call.Publishing) {
	p.mu.Lock()
	for _, m := range []struct{ from, to **bool }{
		{&change.Audio, &p.publishing.Audio}, {&change.Video, &p.publishing.Video}, {&change.Screen, &p.publishing.Screen},
	} {
		if *m.from != nil {
			v := **m.from
			*m.to = &v
		}
	}
	p.mu.Unlock()
	p.router.loop.post(func() { p.router.gate(p) })
}

// SetForward lets the participant's streams out, or keeps them in.
func (p *Peer) SetForward(forward bool) {
	p.mu.Lock()
	p.forward = forward
	p.mu.Unlock()
	p.router.loop.post(func() { p.router.gate(p) })
}

// Summary is what was measured so far.
func (p *Peer) Summary() call.MediaSummary { return *p.summary.Load() }

// Close ends the transport. The observer is not called after it returned.
// It must not be called from an observer's method.
func (p *Peer) Close() {
	p.closeOnce.Do(func() {
		p.router.loop.do(func() { p.router.remove(p) })
		p.shutdown()
		p.engine.release(p)
	})
}

// shutdown ends the transport and waits for it.
func (p *Peer) shutdown() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.connected.Store(false)
	if p.link == nil {
		return // it could not be made
	}
	if err := p.link.close(); err != nil {
		p.log.Debug("transport closed with an error", "err", err)
	}
}

func (p *Peer) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// allowed reports whether a source may be forwarded now.
func (p *Peer) allowed(source call.Source) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	gate := p.publishing.Screen
	switch source {
	case call.SourceMic:
		gate = p.publishing.Audio
	case call.SourceCamera:
		gate = p.publishing.Video
	}
	return p.forward && (gate == nil || *gate)
}

func (p *Peer) allSlots() []*slot {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slots
}

func (p *Peer) addSlots(fresh []*slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slots = append(slices.Clone(p.slots), fresh...)
}

func (p *Peer) publications() []*publication {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pubs
}

// allLayers lists the streams the participant publishes.
func (p *Peer) allLayers() []*layer {
	var all []*layer
	for _, pub := range p.publications() {
		all = append(all, *pub.layers.Load()...)
	}
	return all
}

func (p *Peer) knownSources() map[string]call.Source {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sources
}

// writeRTCP sends RTCP, in packets that fit the path.
func (p *Peer) writeRTCP(packets []rtcp.Packet) {
	const perDatagram = 20
	for chunk := range slices.Chunk(packets, perDatagram) {
		if err := p.link.writeRTCP(chunk); err != nil {
			p.log.Debug("RTCP not sent", "err", err)
			return
		}
	}
}

// tick does what is due every tickInterval, and the reports if it is time for them.
// Called by the router.
func (p *Peer) tick(now time.Time, report bool) {
	if !p.connected.Load() {
		return
	}
	p.takeCounts()
	p.seekMore(nanos(now))
	if o := p.engine.overload; o.takesUp(nanos(now)) && !p.drains(nanos(now)) {
		for _, s := range p.allSlots() {
			if l := s.resumes(o); l != nil {
				l.pub.askKeyframe(now, l)
			}
		}
	}
	var packets []rtcp.Packet
	rtt := time.Duration(p.rtt.Load())
	for _, pub := range p.publications() {
		for _, l := range *pub.layers.Load() {
			ask, gaveUp := l.askAgain(nanos(now), rtt)
			if len(ask) > 0 && !p.engine.overload.active() {
				packets = append(packets, l.nack(ask))
			}
			if gaveUp {
				pub.askKeyframe(now, l)
			}
		}
		pub.askDue(now)
	}
	packets = append(packets, p.reports(now, report)...)
	packets = append(packets, p.arrivals.feedback()...)
	if len(packets) > 0 {
		p.writeRTCP(packets)
	}
}
