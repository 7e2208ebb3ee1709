package media

import (
	"slices"
	"sync/atomic"

	"callsvc/call"
)

// Who is loud enough to count, and how firmly somebody heard stays heard.
// Loudness is 127 minus the level of RFC 6464: 0 is silence, each step 1 dB.
const (
	silence    = 127 - 55 // -55 dBov: quieter is a room's noise
	fullVolume = 127 - 10 // -10 dBov counts as 100
	incumbency = 10       // dB a newcomer must be louder
	incumbents = 16       // how many of the ranking are protected so
)

// loudness follows how loud a voice is.
type loudness struct {
	peak atomic.Int32 // of the packets since the last look
	mean atomic.Int32
}

// hear takes the audio level octet of one packet: voice flag and -dBov.
func (l *loudness) hear(level uint8) {
	if now := int32(127 - level&0x7f); now > l.peak.Load() {
		l.peak.Store(now)
	}
}

// smoothed takes the peak since the last look into account: up at once, down
// slowly. Only the router calls it.
func (l *loudness) smoothed() int {
	peak, mean := l.peak.Swap(0), l.mean.Load()
	if peak < mean {
		peak = mean - max((mean-peak)/8, 1)
	}
	l.mean.Store(peak)
	return int(peak)
}

// volume is the loudness as TRTC tells it, 0 to 100.
func (l *loudness) volume() int {
	return min(max((int(l.mean.Load())-silence)*100/(fullVolume-silence), 0), 100)
}

// volumes tells everybody who speaks: while anybody does, and once that nobody does.
func (r *router) volumes() {
	loudest := map[call.UserID]int{}
	for _, pub := range r.ranking {
		if v := pub.loud.volume(); v > loudest[pub.peer.user] {
			loudest[pub.peer.user] = v
		}
	}
	if len(loudest) == 0 && !r.speaking {
		return
	}
	r.speaking = len(loudest) > 0
	volumes := make([]call.Volume, 0, len(loudest))
	for _, pub := range r.ranking {
		if v := loudest[pub.peer.user]; v > 0 {
			volumes = append(volumes, call.Volume{UserID: pub.peer.user, Volume: v})
			delete(loudest, pub.peer.user)
		}
	}
	for _, p := range r.peers {
		if p.connected.Load() {
			p.observer.Volumes(slices.Clone(volumes))
		}
	}
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
