package media

import (
	"slices"
	"sync/atomic"

	"callsvc/call"
)

// Who is loud enough to count, and how firmly somebody heard stays heard.
// Loudness is 127 minus the level of RFC 6464: 0 is silence, each step 1 dB.
const (
	silence     = 127 - 55 // -55 dBov: quieter is a room's noise
	fullVolume  = 127 - 10 // -10 dBov counts as 100
	incumbency  = 10       // dB a voice must be louder to be heard instead of another
	volumesMax  = 16       // how many voices are told of, the loudest
	unmeasured  = 127 - 30 // what counts for a voice whose publisher tells no level
	opusSilence = 8        // bytes: packets of silence (RFC 6716 section 2.1.9) are smaller
)

// loudness follows how loud a voice is.
type loudness struct {
	peak  atomic.Int32 // of the packets since the last look
	mean  atomic.Int32
	voice atomic.Bool // it speaks: its packets are no news

	// The router's.
	strength      int // how loud it was of late: down by 1 dB a tick, so that breaths do not count
	voiced, quiet int // ticks: of speaking, and since
}

// hear takes a packet of sound, and reports whether a voice begins.
func (l *loudness) hear(p *packet) (begins bool) {
	var now int32
	switch {
	case p.hasLevel:
		now = int32(127 - p.level&0x7f) // voice flag and -dBov
	case len(p.payload) > opusSilence:
		now = unmeasured
	}
	if now > l.peak.Load() {
		l.peak.Store(now)
	}
	return now >= silence && !l.voice.Load() && l.voice.CompareAndSwap(false, true)
}

// begin counts a voice that has just begun as speaking. The router's.
func (l *loudness) begin() {
	l.mean.Store(max(l.mean.Load(), l.peak.Load()))
	l.strength = max(l.strength, int(l.mean.Load()))
	l.voiced, l.quiet = max(l.voiced, 1), 0
}

// stop forgets a voice that is not forwarded any more. The router's.
func (l *loudness) stop() {
	l.peak.Store(0)
	l.mean.Store(0)
	l.strength, l.voiced, l.quiet = 0, 0, lingerTicks
	l.voice.Store(false)
}

// listen takes the peak since the last look into account: up at once, down
// slowly. The router calls it each tick.
func (l *loudness) listen() {
	peak, mean := l.peak.Swap(0), l.mean.Load()
	heard := peak >= silence
	l.strength = max(l.strength-1, int(peak))
	if peak < mean {
		peak = mean - max((mean-peak)/8, 1)
	}
	l.mean.Store(max(peak, 0))
	switch {
	case heard:
		l.voiced, l.quiet = l.voiced+1, 0
	case l.voiced > 0:
		if l.quiet++; l.quiet >= pauseTicks {
			l.voiced = 0
			l.voice.Store(false)
		}
	default:
		l.quiet++
	}
}

// volume is the loudness as TRTC tells it, 0 to 100.
func (l *loudness) volume() int {
	return min(max((int(l.mean.Load())-silence)*100/(fullVolume-silence), 0), 100)
}

// tellVolumes tells everybody who speaks how loud: when that has changed, and
// each second while anybody does, for those who came meanwhile. That nobody does
// any more is told once. All are told of the same list.
func (r *router) tellVolumes() {
	volumes := r.volumes()
	if r.ticks < r.volumesDue && slices.Equal(volumes, r.volumesTold) || len(volumes)+len(r.volumesTold) == 0 {
		return
	}
	r.volumesTold, r.volumesDue = volumes, r.ticks+ticksPerSecond
	for _, p := range r.peers {
		if p.connected.Load() {
			p.observer.Volumes(volumes)
		}
	}
}

// volumes lists who speaks, the loudest first.
func (r *router) volumes() []call.Volume {
	volumes := make([]call.Volume, 0, volumesMax)
	for _, pub := range r.ranking {
		v := pub.loud.volume()
		i := slices.IndexFunc(volumes, func(other call.Volume) bool { return other.UserID == pub.peer.user })
		switch {
		case v == 0:
		case i >= 0:
			volumes[i].Volume = max(volumes[i].Volume, v)
		case len(volumes) < volumesMax:
			volumes = append(volumes, call.Volume{UserID: pub.peer.user, Volume: v})
		}
	}
	return volumes
}

// placeVoices says which voice goes into which audio slot. before is what the
// slots carry, pairs the voice that belongs to the picture next to each, voices
// those to be heard, loudest first and no more than there are slots. A voice
// with a picture goes next to it; another one stays where it is if it can.
func placeVoices[V comparable](before, pairs, voices []V) []V {
	var none V
	placed := make([]V, len(before))
	put := func(i int, v V) bool {
		if placed[i] != none || v == none || !slices.Contains(voices, v) || slices.Contains(placed, v) {
			return false
		}
		placed[i] = v
		return true
	}
	for i, v := range pairs {
		put(i, v)
	}
	for i, v := range before {
		put(i, v)
	}
	for _, v := range voices {
		for i := range placed {
			if put(i, v) {
				break
			}
		}
	}
	return placed
}
