package media

import (
	"slices"
	"time"

	"callsvc/call"
)

const (
	// sleepAfter is for how long nobody must have looked at an encoding before
	// its publisher is told to switch it off.
	sleepAfter = 3 * time.Second
	// starvedAfter is the same while the publisher does not send one that is
	// looked at: browsers fill the smaller ones first, and leave out the larger
	// if their path does not take all.
	starvedAfter = time.Second
	// wakeWithin is how long an encoding may take to come back before it counts
	// as one that the publisher does not send.
	wakeWithin = 2 * time.Second
	// nearLimit is the share of a budget in use from which on the encoding below
	// is kept awake: it will be needed in a hurry.
	nearLimit = 0.6
	// unfit is how much taller than the tile a picture is in whose place a
	// smaller one is looked for, of which nothing is known yet.
	unfit = 1.5
)

// encoding is one of a publication's, as its publisher was told of it. The
// router's alone.
type encoding struct {
	rid    string
	needed time.Time // when somebody needed it last
	asleep bool      // the publisher was told to switch it off
}

// encodingsOf lists those of an m-line. Those that are paused in the offer are
// not sent until they are wanted.
func encodingsOf(line *section, now time.Time) []encoding {
	if len(line.rids) == 0 {
		return []encoding{{needed: now}}
	}
	var all []encoding
	for _, rid := range line.rids {
		e := encoding{rid: rid, needed: now}
		if slices.Contains(line.paused, rid) {
			e.needed, e.asleep = time.Time{}, true
		}
		all = append(all, e)
	}
	return all
}

// need notes that an encoding is needed; true if it has to be woken.
func (p *publication) need(rid string, now time.Time) bool {
	for i := range p.encodings {
		if e := &p.encodings[i]; e.rid == rid {
			e.needed = now
			return e.asleep
		}
	}
	return false
}

// needs notes which encodings a wish needs that was granted option n: what it is
// shown, and what it may be shown at any moment.
func (r *router) needs(p *Peer, w *wish, n int, now time.Time) {
	need := func(rid string) {
		if w.pub.need(rid, now) && !slices.Contains(r.waking, w.pub) {
			r.waking = append(r.waking, w.pub)
		}
	}
	if l := w.slot.carrying(); l != nil && l.pub == w.pub {
		need(l.rid)
	}
	options := w.demand.options
	if n >= 0 {
		need(options[n].layer.rid)
	}
	for i := n + 1; i < len(options); i++ { // just above: it must be there to rise to
		if n < 0 || options[i].layer != options[n].layer {
			need(options[i].layer.rid)
			break
		}
	}
	budget := p.budget.Load()
	near := budget > 0 && float64(p.spent) > nearLimit*float64(budget)
	for i := n - 1; near && i >= 0; i-- {
		if options[i].layer != options[n].layer {
			need(options[i].layer.rid)
			break
		}
	}
	if w.short {
		need(w.asked.layer.rid)
		w.pub.starved = now
	}
	// One that never came may fit better. As long as their sizes are not known,
	// encodings are taken to be offered with the smallest first.
	unknown := w.asked.height == 0 && w.pub.keys.past(now) // its keyframes do not tell
	lower := unknown || near || n < len(options)-1 || w.tile > 0 && float64(w.asked.height) > unfit*float64(w.tile)
	higher := unknown || w.tile == 0 || w.asked.height > 0 && w.asked.height < w.tile
	for i, e := range w.pub.encodings {
		came := slices.ContainsFunc(*w.pub.layers.Load(), func(l *layer) bool { return l.rid == e.rid })
		if at := w.pub.indexOf(w.asked.layer.rid); !came && (i < at && lower || i > at && higher) {
			need(e.rid)
		}
	}
}

// indexOf is where an encoding is among those offered.
func (p *publication) indexOf(rid string) int {
	return slices.IndexFunc(p.encodings, func(e encoding) bool { return e.rid == rid })
}

// wakeNeeded tells publishers at once of encodings that are needed again.
func (r *router) wakeNeeded(now time.Time) {
	for _, pub := range r.waking {
		if pub.turn(now) {
			r.tellEncodings(pub.peer)
		}
	}
	clear(r.waking)
	r.waking = r.waking[:0]
}

// settleEncodings tells publishers of encodings that nobody has looked at for a
// while, and of a limit they do not know of. What is not forwarded at all is left on: it must come to be seen. So is
// what there is of who is alone: the next who comes will look.
func (r *router) settleEncodings(now time.Time) {
	for _, p := range r.peers {
		changed := false
		for _, pub := range p.publications() {
			if pub.source.Audio() {
				continue
			}
			if !pub.live.Load() || len(r.peers) == 1 {
				pub.needSome(now)
			}
			changed = pub.turn(now) || changed
		}
		if changed || p.shareOfBitrate() != p.shareTold {
			r.tellEncodings(p)
		}
	}
}

// needSome notes that what is on is needed, or everything if nothing is.
func (p *publication) needSome(now time.Time) {
	off := !slices.ContainsFunc(p.encodings, func(e encoding) bool { return !e.asleep })
	for i := range p.encodings {
		if e := &p.encodings[i]; off || !e.asleep {
			e.needed = now
		}
	}
}

// turn switches encodings on and off; true if any changed.
func (p *publication) turn(now time.Time) bool {
	changed, after := false, sleepAfter
	if now.Sub(p.starved) < sleepAfter {
		after = starvedAfter
	}
	for i := range p.encodings {
		e := &p.encodings[i]
		asleep := now.Sub(e.needed) >= after
		if asleep == e.asleep {
			continue
		}
		e.asleep, changed = asleep, true
		for _, l := range *p.layers.Load() {
			if l.rid == e.rid {
				l.turned(asleep, nanos(now))
			}
		}
	}
	if changed {
		p.rungs = nil
	}
	return changed
}

// turned notes what the publisher was told to do with the layer.
func (l *layer) turned(asleep bool, now int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep = asleep
	if !asleep {
		l.wakeBy = now + int64(wakeWithin)
	}
}

// tellEncodings tells a peer what is needed of the video it sends.
func (r *router) tellEncodings(p *Peer) {
	if !p.inRoom {
		return
	}
	senders := []call.SenderWanted{}
	p.shareTold = p.shareOfBitrate()
	for _, pub := range p.publications() {
		if pub.source.Audio() {
			continue
		}
		sender := call.SenderWanted{MID: pub.mid, MaxBitrate: p.shareTold}
		for _, e := range pub.encodings {
			sender.Encodings = append(sender.Encodings, call.EncodingWanted{RID: e.rid, Active: !e.asleep})
		}
		senders = append(senders, sender)
	}
	p.observer.EncodingsWanted(senders)
}

// shareOfBitrate is what each video source of a publisher may take of its
// limit, in bits a second; 0 is no limit, or no video.
func (p *Peer) shareOfBitrate() int64 {
	pictures := 0
	for _, pub := range p.publications() {
		if !pub.source.Audio() {
			pictures++
		}
	}
	if pictures == 0 {
		return 0
	}
	return int64(p.engine.maxBitrate) * 9 / 10 / int64(pictures)
}
