package media

import (
	"slices"
	"time"

	"callsvc/call"
	"callsvc/media/bitstream"
)

// reconcileWho makes the slots of some carry what they should.
func (r *router) reconcileWho(concerned func(*Peer) bool) {
	for _, p := range r.peers {
		if concerned(p) {
			r.reconcile(p)
		}
	}
}

// reconcileViewers makes the slots of those carry what they should whom a
// publication that came, changed or went concerns: who wants to see it, or all
// who hear, if it is to be heard.
func (r *router) reconcileViewers(pub *publication) {
	if pub.source.Audio() {
		r.rank()
		r.reconcileVoices()
		return
	}
	key := liveKey{pub.peer.user, pub.source}
	r.reconcileWho(func(p *Peer) bool {
		return slices.ContainsFunc(p.views, func(v call.View) bool { return liveKey{v.UserID, v.Stream} == key })
	})
}

// reconcile makes the slots of one peer carry what they should, and tells it.
func (r *router) reconcile(p *Peer) {
	if !p.inRoom || !p.connected.Load() {
		return
	}
	now := time.Now()
	r.assignVideo(p, now)
	r.assignAudio(p, now)
	r.tellSlots(p)
	r.wakeNeeded(now)
}

// assignVideo fills the video slots as wished, as far as the path takes it.
func (r *router) assignVideo(p *Peer, now time.Time) {
	wishes := r.wishes(p, nanos(now))
	granted := map[*slot]bool{}
	for i, n := range p.divide(wishes, now) {
		w := &wishes[i]
		r.needs(p, w, n, now)
		w.slot.grant(w, n, now)
		w.slot.cease(p.videoBudget(nanos(now)))
		granted[w.slot] = true
	}
	for _, s := range p.allSlots() {
		if s.audio || granted[s] {
			continue
		}
		v, _ := p.viewOf(s)
		if pub := r.live[liveKey{v.UserID, v.Stream}]; pub != nil && !pub.decodable(s.bind.codecs) {
			s.withhold(pub, call.ReducedByCodec)
		} else {
			s.vacate()
		}
	}
}

// assignAudio fills the audio slots: those that a view names with what it names,
// the others with the voices to be heard, those of the pictures that are shown
// next to them.
func (r *router) assignAudio(p *Peer, now time.Time) {
	free, beside, named := r.assignNamed(p, now)
	voices := make([]*publication, 0, len(free))
	for _, pub := range r.ranking {
		if len(voices) == len(free) {
			break
		}
		if pub.peer != p && !slices.Contains(named, pub) {
			voices = append(voices, pub)
		}
	}
	before := make([]*publication, len(free))
	pairs := make([]*publication, len(free))
	for i, s := range free {
		before[i] = s.assigned
		if beside[i] != nil {
			pairs[i] = voiceOf(beside[i], voices)
		}
	}
	for i, pub := range placeVoices(before, pairs, voices) {
		free[i].carry(pub, now)
		free[i].setRank(len(voices) > 0 && pub == voices[0])
	}
}

// assignNamed fills the audio slots that a view names. It returns the others, the
// picture next to each of them, and what was named.
func (r *router) assignNamed(p *Peer, now time.Time) (free []*slot, beside, named []*publication) {
	var slots []*slot
	var pictures []*publication
	for _, s := range p.allSlots() {
		if s.audio {
			slots = append(slots, s)
		} else {
			pictures = append(pictures, s.assigned)
		}
	}
	for i, s := range slots {
		if v, is := p.viewOf(s); is {
			pub := r.live[liveKey{v.UserID, v.Stream}]
			s.carry(pub, now)
			s.setRank(true)
			named = append(named, pub)
			continue
		}
		var picture *publication
		if i < len(pictures) {
			picture = pictures[i]
		}
		free, beside = append(free, s), append(beside, picture)
	}
	return free, beside, named
}

// viewOf returns the view that names a slot, if there is one.
func (p *Peer) viewOf(s *slot) (call.View, bool) {
	for _, v := range p.views {
		if v.MID == s.mid {
			return v, true
		}
	}
	return call.View{}, false
}

// voiceOf finds the sound that belongs to a picture: the microphone to the
// camera, the screen's own sound to the screen.
func voiceOf(picture *publication, voices []*publication) *publication {
	want := call.SourceMic
	if picture.source == call.SourceScreen {
		want = call.SourceScreenAudio
	}
	for _, v := range voices {
		if v.peer == picture.peer && v.source == want {
			return v
		}
	}
	return nil
}

// tellSlots tells a peer what its slots carry, if that changed.
func (r *router) tellSlots(p *Peer) {
	slots := p.allSlots()
	told := make([]call.Slot, len(slots))
	for i, s := range slots {
		told[i] = s.describeContent()
	}
	if slices.Equal(told, p.lastSlots) {
		return
	}
	p.lastSlots = told
	p.observer.Slots(slices.Clone(told))
}

// describeContent is what the page is told of a slot.
func (s *slot) describeContent() call.Slot {
	told := call.Slot{MID: s.mid}
	l := s.carrying()
	s.ceased = s.ceased && l == nil
	switch {
	case s.paused, s.ceased:
		told.UserID, told.Stream = s.assigned.peer.user, s.assigned.source
		told.Paused, told.Reduced = true, s.reduced
	case l != nil:
		told.UserID, told.Stream = l.pub.peer.user, l.pub.source
		if !s.audio {
			told.Height, told.Layer = l.shown(s.target())
		}
		if l.pub == s.assigned {
			told.Reduced = s.reduced
		}
	}
	return told
}

// grant gives a video slot an option of a wish, or lets its picture stand still
// if n is -1.
func (s *slot) grant(w *wish, n int, now time.Time) {
	s.reduced = ""
	if n < 0 {
		s.withhold(w.pub, call.ReducedByBandwidth)
		return
	}
	options := w.demand.options
	switch {
	case n < len(options)-1:
		s.reduced = call.ReducedByBandwidth
	case w.short:
		s.reduced = call.ReducedByPublisher
	}
	s.setRank(w.pub.source == call.SourceScreen || w.speaks)
	shown := s.sooner(w, n)
	s.rung = options[n]
	s.assign(w.pub, shown, now)
}

// cease drops at once what a slot still carries until the granted layer's keyframe
// comes, if it takes more than twice the path: all of it would wait or be lost in
// front of the bottleneck, and the keyframe behind it.
func (s *slot) cease(budget int64) {
	l := s.carrying()
	if l == nil || budget == 0 || s.paused || l == s.rung.layer {
		return
	}
	l.mu.Lock()
	rate := l.meter.rate(bitstream.Everything)
	l.mu.Unlock()
	if rate > 2*budget {
		l.detach(s)
		s.ceased = true
	}
}

// sooner is the option to show: the granted one, or while that is being woken
// and the slot shows nothing of the publication, the best that is there.
func (s *slot) sooner(w *wish, n int) rung {
	options := w.demand.options
	if l := s.carrying(); l != nil && l.pub == w.pub {
		return options[n]
	}
	for i := n; i >= 0; i-- {
		if options[i].state == alive {
			return options[i]
		}
	}
	return options[n]
}

// carry gives an audio slot a voice, nil for none.
func (s *slot) carry(pub *publication, now time.Time) {
	var ladder []rung
	if pub != nil {
		ladder = pub.ladder(nanos(now))
	}
	if len(ladder) == 0 {
		s.vacate()
		return
	}
	s.assign(pub, ladder[len(ladder)-1], now)
}

// assign attaches a slot to a publication. A video slot stays with what it
// carried until the new one's keyframe comes.
func (s *slot) assign(pub *publication, r rung, now time.Time) {
	s.assigned, s.paused = pub, false
	if len(s.layers) > 0 && s.layers[len(s.layers)-1] == r.layer && s.attached == r.target {
		s.settle()
		return
	}
	s.attached = r.target
	s.layers = append(slices.DeleteFunc(s.layers, func(l *layer) bool { return l == r.layer }), r.layer)
	if r.layer.attach(s, r.target, nanos(now)) && r.state == alive && !s.peer.drains(nanos(now)) {
		pub.askKeyframe(now, r.layer)
	}
	s.settle()
}

// withhold lets a picture stand still that cannot be shown.
func (s *slot) withhold(pub *publication, why call.Reduction) {
	s.vacate()
	s.assigned, s.paused, s.reduced = pub, true, why
}

// vacate empties the slot.
func (s *slot) vacate() {
	for _, l := range s.layers {
		l.detach(s)
	}
	s.layers, s.assigned, s.paused, s.ceased = nil, nil, false, false
	s.rung, s.reduced = rung{}, ""
}

// settle lets go of the layers that were switched away from.
func (s *slot) settle() {
	s.mu.Lock()
	current, next := s.current, s.next
	s.mu.Unlock()
	s.layers = slices.DeleteFunc(s.layers, func(l *layer) bool {
		if l == current || l == next {
			return false
		}
		l.detach(s)
		return true
	})
}

// slotSwitched tells the router that a slot carries something else now. It is
// called on a packet's way, so it only posts.
func (p *Peer) slotSwitched() {
	p.router.loop.post(func() {
		for _, s := range p.allSlots() {
			s.settle()
		}
		if p.inRoom {
			p.router.tellSlots(p)
		}
	})
}

// removeLayer forgets a stream that ended; true if it was the publication's last.
func (p *Peer) removeLayer(l *layer) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	layers := slices.DeleteFunc(slices.Clone(*l.pub.layers.Load()), func(other *layer) bool { return other == l })
	l.pub.layers.Store(&layers)
	if len(layers) > 0 {
		return false
	}
	p.pubs = slices.DeleteFunc(slices.Clone(p.pubs), func(other *publication) bool { return other == l.pub })
	return true
}
