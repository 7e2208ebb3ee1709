package media

import (
	"cmp"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/media/bitstream"
)

// How long a layer may be silent before it counts as not sent. A screen on
// which nothing moves is sent about once a second.
const (
	layerTimeout  = 500 * time.Millisecond
	screenTimeout = 5 * time.Second
)

// roomFor is how much taller than the picture a tile may become before a taller
// picture is put in: so that resizing a window does not flap.
const roomFor = 1.2

// state says what can be had of a layer.
type state uint8

const (
	silent state = iota // the publisher does not send it
	asleep              // the publisher was told that nobody looks at it
	alive               // packets come
)

// rung is one quality in which a publication can be had.
type rung struct {
	layer   *layer
	target  bitstream.Target
	height  int   // pixels, 0 if not known
	rate    int64 // bits per second, 0 if not known
	climbs  bool  // it has just begun: there will be more
	assumed int64 // bits per second it will take at least, 0 if nothing says so
	state   state
}

// ladderAge is how old a ladder may be (nanoseconds): many viewers look at it.
const ladderAge = int64(100e6)

// ladder lists what a publication can be had in, each rung better than the one
// before. Called by the router.
func (p *publication) ladder(now int64) []rung {
	if p.rungs == nil || now-p.rungsAt >= ladderAge {
		p.rungs, p.rungsAt = p.survey(now), now
	}
	return p.rungs
}

// survey makes the ladder anew.
func (p *publication) survey(now int64) []rung {
	var groups [][]rung
	for _, l := range *p.layers.Load() {
		if rungs := l.rungs(now); len(rungs) > 0 {
			groups = append(groups, rungs)
		}
	}
	sortBySize(groups)
	ladder := slices.Concat(groups...)
	assume(ladder)
	if !slices.ContainsFunc(ladder, func(r rung) bool { return r.state != silent }) {
		for i := range ladder { // in a gap nothing says which of them will come
			ladder[i].state = alive
		}
	}
	return ladder
}

// assume says of encodings that were never sent, or have just begun to be, what
// they will take: a third of what the next larger one does, as browsers have it.
// Without that, somebody whose path has become narrow is sent what has not shown yet
// that it is too much, or nothing because what would fit is not known.
func assume(ladder []rung) {
	for i := len(ladder) - 2; i >= 0; i-- {
		r, larger := &ladder[i], &ladder[i+1]
		if r.layer != larger.layer && (r.rate == 0 || r.climbs) {
			r.assumed = max(larger.rate, larger.assumed) / 3
		}
	}
}

// fell reports whether a layer has fallen silent since it was last asked.
func (p *publication) fell(now int64) bool {
	fell := false
	for _, l := range *p.layers.Load() {
		l.mu.Lock()
		before := l.sent
		l.sent = l.stateAt(now) == alive
		fell = fell || before && !l.sent
		l.mu.Unlock()
	}
	if fell {
		p.rungs = nil
	}
	return fell
}

// sortBySize puts simulcast layers in the order of their pictures' heights; of
// their bit rates while a height is not known; as offered while neither is.
func sortBySize(groups [][]rung) {
	last := func(g []rung) *rung { return &g[len(g)-1] }
	known := func(of func(*rung) int64) bool {
		return !slices.ContainsFunc(groups, func(g []rung) bool { return of(last(g)) == 0 })
	}
	height := func(r *rung) int64 { return int64(r.height) }
	rate := func(r *rung) int64 { return r.rate }
	for _, of := range []func(*rung) int64{height, rate} {
		if known(of) {
			slices.SortStableFunc(groups, func(a, b []rung) int { return cmp.Compare(of(last(a)), of(last(b))) })
			return
		}
	}
}

// rungs lists what one RTP stream can be had in: all combinations of its spatial
// and temporal layers, as one of none and none.
func (l *layer) rungs(now int64) []rung {
	l.mu.Lock()
	defer l.mu.Unlock()
	state := l.stateAt(now)
	l.meter.look(now, state != alive)
	top := l.meter.present().Top()
	var all []rung
	for spatial := range top.Spatial() + 1 {
		for temporal := range top.Temporal() + 1 {
			t := bitstream.NewTarget(spatial, temporal)
			all = append(all, rung{layer: l, target: t.UpTo(top), height: l.height(spatial), rate: l.meter.rate(t), climbs: l.meter.climbs(now), state: state})
		}
	}
	return all
}

// height is that of a spatial layer's picture as it is shown. l.mu is held.
func (l *layer) height(spatial uint8) int {
	size := l.sizes[min(spatial, l.top)]
	if l.upright {
		return int(size.Width)
	}
	return int(size.Height)
}

// shown is what a viewer of a target sees: the picture's height, 0 if not known,
// and the name of the layer.
func (l *layer) shown(t bitstream.Target) (height int, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.top == 0 {
		return l.height(0), l.rid
	}
	top := bitstream.NewTarget(l.top, l.meter.present().Top().Temporal())
	seen := bitstream.NewTarget(min(t.Spatial(), top.Spatial()), min(t.Temporal(), top.Temporal()))
	return l.height(seen.Spatial()), seen.String()
}

// stateAt says whether the layer is sent. l.mu is held.
func (l *layer) stateAt(now int64) state {
	timeout := layerTimeout
	if l.pub.source == call.SourceScreen {
		timeout = screenTimeout
	}
	if l.lastAt != 0 && now-l.lastAt < int64(timeout) {
		return alive
	}
	if l.asleep || now < l.wakeBy {
		return asleep
	}
	return silent
}

// choose says which rung a tile of some height (pixels, 0 if unknown) asks for:
// the lowest that is tall enough, or the highest. held is the height of what it
// asked for before, 0 for nothing. It returns -1 for an empty ladder.
func choose(ladder []rung, tile, held int) int {
	if tile == 0 {
		return bestAsTall(ladder, len(ladder)-1)
	}
	for i := range ladder {
		h := ladder[i].height
		if h != 0 && (h >= tile || h == held && float64(tile) <= roomFor*float64(h)) {
			return bestAsTall(ladder, i)
		}
	}
	return bestAsTall(ladder, len(ladder)-1)
}

// bestAsTall is the best of the rungs as tall as one, of those that are sent if
// any is: a publisher whose camera is small moves its whole picture to a lower
// encoding.
func bestAsTall(ladder []rung, i int) int {
	if i < 0 || ladder[i].height == 0 {
		return i
	}
	best := -1
	for j := range ladder {
		if ladder[j].height == ladder[i].height && (best < 0 || ladder[j].state != silent || ladder[best].state == silent) {
			best = j
		}
	}
	return best
}

// usable is the rung to take instead of one that is asked for: itself if it can
// be had, else the next lower, else the next higher; -1 if there is none.
func usable(ladder []rung, asked int) int {
	for i := asked; i >= 0; i-- {
		if ladder[i].state != silent {
			return i
		}
	}
	for i := asked + 1; i < len(ladder); i++ {
		if i >= 0 && ladder[i].state != silent {
			return i
		}
	}
	return -1
}

// worthwhile reports whether a rung is offered on the way to the top one. A camera
// becomes smooth before it becomes large, and is not made large at a quarter of
// its frame rate; a screen becomes large, so that text is sharp, before it becomes smooth.
func worthwhile(ladder []rung, i, top int, screen bool) bool {
	same := func(a, b int) bool {
		return ladder[a].layer == ladder[b].layer && ladder[a].target.Spatial() == ladder[b].target.Spatial()
	}
	smoothest := ladder[i].target.Temporal() == bitstream.MaxTemporal
	lowest := i == 0 || !same(i-1, i)
	switch {
	case i == top || same(i, top) && screen:
		return true
	case screen:
		return lowest
	}
	nextSmoothest := i+1 < len(ladder) && same(i, i+1) && ladder[i+1].target.Temporal() == bitstream.MaxTemporal
	return smoothest || nextSmoothest || same(i, 0)
}
