package media

import (
	"cmp"
	"slices"
	"time"

	"callsvc/call"
)

const (
	// riseAfter is for how long more must be possible before somebody gets it.
	riseAfter = time.Second
	// voiceReserve is kept free for a voice in use, however little it takes at
	// the moment (bits per second).
	voiceReserve = 40_000
	// largerTile is how much taller than the smallest a tile is that counts as large.
	largerTile = 1.5
)

// wish is what the router makes of one view.
type wish struct {
	slot   *slot
	pub    *publication
	tile   int // height in pixels, 0 if unknown
	class  class
	speaks bool
	asked  rung
	short  bool // the publisher does not send what the tile asks for
	demand demand
}

// wishes lists what the video slots of a peer are to show, the most important
// first, with what it can be had in.
func (r *router) wishes(p *Peer, now int64) []wish {
	views := map[string]call.View{}
	smallest := 0
	for _, v := range p.views {
		views[v.MID] = v
		if v.Height > 0 && (smallest == 0 || v.Height < smallest) {
			smallest = v.Height
		}
	}
	var all []wish
	for _, s := range p.allSlots() {
		if s.audio {
			continue
		}
		v := views[s.mid]
		pub := r.live[liveKey{v.UserID, v.Stream}]
		if pub == nil || !pub.decodable(s.bind.codecs) {
			continue
		}
		w := wish{slot: s, pub: pub, tile: v.Height, speaks: r.speaks(v.UserID)}
		if w.speaks || v.Stream == call.SourceScreen || float64(v.Height) >= largerTile*float64(smallest) && smallest > 0 {
			w.class = higher
		}
		if w.ask(now) {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b wish) int {
		if a.speaks != b.speaks {
			if a.speaks {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.tile, a.tile)
	})
	return all
}

// speaks reports whether a user is the one who speaks.
func (r *router) speaks(user call.UserID) bool {
	return user != "" && user == r.speaker
}

// ask finds out what the wish can be granted with; false if there is nothing yet.
func (w *wish) ask(now int64) bool {
	ladder := w.pub.ladder(now)
	s := w.slot
	fresh := s.assigned != w.pub
	if fresh {
		s.asked = 0
	}
	asked := choose(ladder, w.tile, s.asked)
	top := usable(ladder, asked)
	if top < 0 {
		return false
	}
	s.asked = ladder[asked].height
	w.asked, w.short = ladder[asked], ladder[asked].state == silent
	w.demand = demand{class: w.class}
	for i := range ladder[:top+1] {
		if i == top || i < asked && ladder[i].state != silent && worthwhile(ladder, i, top, w.pub.source == call.SourceScreen) {
			w.demand.options = append(w.demand.options, ladder[i])
		}
	}
	w.demand.held = len(w.demand.options) - 1
	if fresh {
		return true
	}
	if s.paused {
		w.demand.held = -1
		return true
	}
	for i := range w.demand.options {
		if o := &w.demand.options[i]; o.layer == s.rung.layer && o.target == s.rung.target {
			w.demand.held = i
		}
	}
	return true
}

// divide decides what each wish gets of the path to the peer. More is given when
// it has been possible for long enough, and at once if a probe found that much.
func (p *Peer) divide(wishes []wish, now time.Time) []int {
	demands := make([]demand, len(wishes))
	for i := range wishes {
		demands[i] = wishes[i].demand
	}
	budget := p.videoBudget(nanos(now))
	got := allocate(budget, demands, false)
	if budget > 0 {
		better := allocate(budget, demands, true)
		proved := budget - max(p.budget.Load()-p.congestion.Proved(), 0)
		switch {
		case slices.Equal(got, better):
			p.roomSince = time.Time{}
		case float64(costOf(demands, better)) <= headroom*float64(proved), !p.roomSince.IsZero() && now.Sub(p.roomSince) >= riseAfter:
			p.roomSince = time.Time{}
			got = better
		case p.roomSince.IsZero():
			p.roomSince = now
		}
	}
	p.spent, p.wanted = costOf(demands, got), 0
	for i := range demands {
		if all := demands[i].options; budget > 0 {
			p.wanted += all[len(all)-1].cost()
		}
	}
	return got
}

// costOf is what the options that demands got take, in bits per second.
func costOf(demands []demand, got []int) int64 {
	spent := int64(0)
	for i, n := range got {
		if n >= 0 {
			spent += demands[i].options[n].cost()
		}
	}
	return spent
}

// wants is what the path would have to take for every wish to be granted, in
// bits per second.
func (p *Peer) wants() int64 {
	voices := p.budget.Load() - p.videoBudget(nanos(time.Now()))
	return int64(float64(p.wanted)/headroom) + voices
}

// videoBudget is what the path takes besides the voices, in bits per second; 0
// if that is not known. Voices come first always.
func (p *Peer) videoBudget(now int64) int64 {
	budget := p.budget.Load()
	if budget == 0 {
		return 0
	}
	for _, s := range p.allSlots() {
		if !s.audio || s.assigned == nil {
			continue
		}
		rate := int64(0)
		if ladder := s.assigned.ladder(now); len(ladder) > 0 {
			rate = ladder[len(ladder)-1].rate
		}
		if s.assigned.loud.volume() > 0 {
			rate = max(rate, voiceReserve)
		}
		budget -= rate * p.redundancy.times()
	}
	return max(budget, 1)
}

// squeezed reports whether a peer is sent more than the path to it takes by now.
func (p *Peer) squeezed(now time.Time) bool {
	budget := p.videoBudget(nanos(now))
	return budget > 0 && p.spent > budget
}

// squeeze takes back at once what the path to a peer does not take any more.
func (r *router) squeeze(p *Peer, now time.Time) {
	if p.squeezed(now) {
		r.reconcile(p)
	}
}
