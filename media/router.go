package media

import (
	"slices"
	"time"

	"callsvc/call"
)

// The router's rhythm.
const (
	tickInterval    = 100 * time.Millisecond
	ticksPerSecond  = 10
	reportTicks     = ticksPerSecond // sender and receiver reports
	volumeTicks     = 3              // onUserVoiceVolume every 300 ms while it changes
	qualityTicks    = 20             // onNetworkQuality every 2 s
	everybodyKnown  = 32             // in larger rooms quality is told of those in one's slots
	layerCheckTicks = 5
)

// router decides for one room what each slot carries. Everything but the
// packets happens on its loop.
type router struct {
	engine *Engine
	id     call.RoomID
	loop   *loop
	refs   int // of Engine.rooms

	peers    []*Peer // in the order they came
	joins    int     // how many came, those who went included
	live     map[liveKey]*publication
	ticks    int
	ranking  []*publication        // live voices, those to be heard first
	voices   []voice[*publication] // the same, measured; reused
	audible  int                   // the most audio slots that anybody has
	mics     []voice[call.UserID]  // reused
	speaker  call.UserID           // the one who speaks, "" nobody
	spokeAt  call.Millis           // since when
	outvoted int                   // ticks that another was first in the ranking
	waking   []*publication        // of which an encoding is needed again

	volumesTold []call.Volume // to everybody, last
	volumesDue  int           // the tick they are told again, whether they changed or not
}

// liveKey is what a wish names.
type liveKey struct {
	user   call.UserID
	source call.Source
}

func newRouter(e *Engine, id call.RoomID) *router {
	return &router{engine: e, id: id, loop: newLoop(), live: map[liveKey]*publication{}}
}

// run is the loop's goroutine.
func (r *router) run() {
	defer close(r.loop.done)
	ticker := time.NewTicker(tickInterval)
	defer ticker.Stop()
	for {
		select {
		case <-r.loop.wake:
			if !r.loop.drain() {
				return
			}
		case now := <-ticker.C:
			r.tick(now)
		}
	}
}

// tick does what is due every tickInterval.
func (r *router) tick(now time.Time) {
	r.ticks++
	r.listen()
	r.rank()
	r.chooseSpeaker(now)
	fell := false
	for _, p := range r.peers {
		p.tick(now, r.due(p, reportTicks))
		for _, pub := range p.publications() {
			fell = !pub.source.Audio() && pub.fell(nanos(now)) || fell
		}
		if r.due(p, monitorTicks) {
			r.transport(p, now)
		}
	}
	for _, p := range r.peers {
		if fell || r.due(p, layerCheckTicks) || p.squeezed(now) {
			r.reconcile(p)
		}
	}
	r.settleEncodings(now)
	if r.ticks%volumeTicks == 0 {
		r.tellVolumes()
	}
	for _, p := range r.peers {
		if r.due(p, qualityTicks) {
			r.tellQuality(p)
		}
	}
}

// due reports whether what is done for everybody every so many ticks is done for
// a peer in this one. Each has its turn at another time: the packets of a large
// room would wait for all of them together, where there is but one processor.
func (r *router) due(p *Peer, every int) bool { return (r.ticks+p.turn)%every == 0 }

// joined takes a peer in, or takes note of its new slots. A newcomer will want
// the pictures that are there: their keyframes are asked for while ICE and DTLS
// are still under way.
func (r *router) joined(p *Peer) {
	if p.isClosed() {
		return
	}
	if !p.inRoom {
		p.inRoom, p.turn = true, r.joins
		r.joins++
		r.peers = append(r.peers, p)
		r.prepareKeyframes(p, time.Now())
		r.settleEncodings(time.Now())
	}
	audible := 0
	for _, s := range p.allSlots() {
		if s.audio {
			audible++
		}
	}
	r.audible = max(r.audible, audible)
	r.gate(p)
	r.reconcile(p)
}

// prepareKeyframes asks publishers for a keyframe, as many as the newcomer has
// video slots for, unless theirs is fresh.
func (r *router) prepareKeyframes(p *Peer, now time.Time) {
	left := 0
	for _, s := range p.allSlots() {
		if !s.audio {
			left++
		}
	}
	for _, other := range r.peers {
		for _, pub := range other.publications() {
			if left == 0 {
				return
			}
			if other != p && !pub.source.Audio() && pub.live.Load() {
				pub.needSome(now)
				if left--; !pub.keys.fresh(now) {
					pub.askKeyframe(now, pub.current(nanos(now))...)
				}
			}
		}
	}
}

// remove takes a peer out of the room.
func (r *router) remove(p *Peer) {
	if p.inRoom {
		p.measure() // what came since the last interval belongs to the record too
	}
	p.inRoom = false
	r.peers = slices.DeleteFunc(r.peers, func(other *Peer) bool { return other == p })
	for _, s := range p.allSlots() {
		s.vacate()
	}
	for _, pub := range p.publications() {
		r.close(pub)
	}
}

// gate opens and closes a peer's publications after muting or a change of role.
func (r *router) gate(p *Peer) {
	if !p.inRoom {
		return
	}
	for _, pub := range p.publications() {
		switch allowed := p.allowed(pub.source); {
		case allowed && !pub.open.Load():
			pub.open.Store(true)
			pub.askKeyframe(time.Now(), *pub.layers.Load()...)
		case !allowed && pub.open.Load():
			r.close(pub)
		}
	}
}

// close stops forwarding a publication.
func (r *router) close(pub *publication) {
	pub.open.Store(false)
	pub.forget()
	if !pub.live.CompareAndSwap(true, false) {
		return
	}
	if key := (liveKey{pub.peer.user, pub.source}); r.live[key] == pub {
		delete(r.live, key)
	}
	r.ranking = slices.DeleteFunc(r.ranking, func(other *publication) bool { return other == pub })
	pub.loud.stop()
	pub.peer.observer.Available(pub.source, false)
	r.reconcileViewers(pub)
}

// became is called when a publication's packets begin to be forwarded.
func (r *router) became(pub *publication) {
	if !pub.live.Load() || !pub.peer.inRoom {
		return
	}
	r.live[liveKey{pub.peer.user, pub.source}] = pub
	pub.peer.observer.Available(pub.source, true)
	if pub.source.Audio() && !slices.Contains(r.ranking, pub) {
		r.ranking = append(r.ranking, pub)
		if pub.loud.voice.Load() {
			pub.loud.begin()
		}
	}
	r.reconcileViewers(pub)
}

// woke is called when packets of a layer come after a pause, or for the first
// time. Who waited for it wants to see it at once.
func (r *router) woke(l *layer) {
	if !l.pub.peer.inRoom {
		return
	}
	l.pub.rungs = nil
	if now := time.Now(); l.waited(nanos(now)) {
		l.pub.askKeyframe(now, l)
	}
	r.reconcileViewers(l.pub)
}

// ended is called when a stream's reader stopped.
func (r *router) ended(p *Peer, l *layer) {
	if !p.inRoom {
		return
	}
	for _, s := range l.viewers() {
		l.detach(s)
	}
	p.quality.end(l)
	l.pub.keys.forget(l)
	l.pub.rungs = nil
	if p.removeLayer(l) {
		r.close(l.pub)
	}
	r.reconcileViewers(l.pub)
}

// hungUp tells the observer of a peer that has closed its session.
func (r *router) hungUp(p *Peer, now time.Time) {
	if !p.inRoom || !p.monitor.up {
		return
	}
	p.monitor.up = false
	p.log.Info("transport closed by the participant")
	p.observer.TransportDown(call.MillisOf(now))
	r.reconcile(p)
}

// transport follows a peer's transport. After a gap its viewers and itself need
// keyframes: what was lost in it cannot be asked for again.
func (r *router) transport(p *Peer, now time.Time) {
	if !p.inRoom {
		return
	}
	change := p.watch(now)
	if change != transportUnchanged {
		r.reconcile(p)
	}
	if change == transportFirst && r.speaker != "" {
		r.tellSpeaker(p)
	}
	if change != transportRevived {
		return
	}
	for _, s := range p.allSlots() {
		if l := s.carrying(); l != nil {
			l.pub.askKeyframe(now, l)
		}
	}
	for _, pub := range p.publications() {
		pub.askKeyframe(now, pub.current(nanos(now))...)
	}
}
