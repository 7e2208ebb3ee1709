package media

import (
	"slices"
	"time"

	"callsvc/call"
)

// Times of speaking, in ticks of a tenth of a second.
const (
	pauseTicks  = 10 // a voice silent for less is still speaking: people draw breath
	turnTicks   = 2  // how long one must speak to be the speaker: a cough is shorter
	floorTicks  = 3  // the speaker may pause so long before another takes over
	outvotedFor = 10 // how long another must be clearly louder to take over from who still speaks
	lingerTicks = 30 // after that long without a voice nobody is the speaker
)

// voice is what is known of somebody's sound: how loud it is, for how many
// ticks it has been heard without a longer pause, and how long the pause is.
type voice[V comparable] struct {
	who           V
	loudness      int
	voiced, quiet int
}

func (v voice[V]) speaking() bool { return v.voiced > 0 }

// beats reports whether a voice is to be heard rather than one before it. It
// must be clearly louder: two that speak at once do not take turns.
func (v voice[V]) beats(other voice[V]) bool {
	if v.speaking() != other.speaking() {
		return v.speaking()
	}
	return v.speaking() && v.loudness >= other.loudness+incumbency
}

// rankVoices orders voices, those first that are to be heard first. They come
// in the order they had.
func rankVoices[V comparable](voices []voice[V]) {
	for i, v := range voices {
		if !v.speaking() {
			continue
		}
		at := slices.IndexFunc(voices[:i], v.beats)
		if at < 0 {
			continue
		}
		copy(voices[at+1:i+1], voices[at:i])
		voices[at] = v
	}
}

// nextSpeaker says who the speaker is after the one before, of voices in their
// order; the zero V is nobody. since is how many ticks the same other voice has
// been first, clearly louder than the speaker.
func nextSpeaker[V comparable](before V, voices []voice[V], since int) V {
	var nobody V
	quiet := lingerTicks
	for _, v := range voices {
		if v.who == before && before != nobody {
			quiet = v.quiet
		}
	}
	for _, v := range voices {
		switch {
		case !v.speaking() || v.voiced < turnTicks || v.quiet >= floorTicks:
			continue
		case v.who == before || quiet >= floorTicks || since >= outvotedFor:
			return v.who
		}
		return before
	}
	if quiet < lingerTicks {
		return before
	}
	return nobody
}

// listen brings the loudness of everybody up to date. Called each tick.
func (r *router) listen() {
	for _, pub := range r.ranking {
		pub.loud.listen()
	}
}

// rank orders the live voices of the room, and lets those be heard who are to
// be. It touches slots only if that changes who is heard.
func (r *router) rank() {
	r.voices = r.voices[:0]
	for _, pub := range r.ranking {
		r.voices = append(r.voices, voice[*publication]{pub, pub.loud.strength, pub.loud.voiced, pub.loud.quiet})
	}
	rankVoices(r.voices)
	changed := false
	for i, v := range r.voices {
		changed = changed || i <= r.audible && r.ranking[i] != v.who
		r.ranking[i] = v.who
	}
	if changed {
		r.reconcileVoices()
	}
}

// spoke is called when a voice begins: it is not to wait for the tick.
func (r *router) spoke(pub *publication) {
	if slices.Contains(r.ranking, pub) {
		pub.loud.begin()
		r.rank()
	}
}

// reconcileVoices makes the audio slots of everybody carry who is to be heard.
func (r *router) reconcileVoices() {
	now := time.Now()
	for _, p := range r.peers {
		if p.connected.Load() {
			r.assignAudio(p, now)
			r.tellSlots(p)
		}
	}
}

// chooseSpeaker tells everybody when another one speaks. Called each tick.
func (r *router) chooseSpeaker(now time.Time) {
	mics := r.mics[:0]
	for _, v := range r.voices {
		if v.who.source == call.SourceMic {
			mics = append(mics, voice[call.UserID]{v.who.peer.user, v.loudness, v.voiced, v.quiet})
		}
	}
	r.mics = mics
	if len(mics) > 0 && mics[0].who != r.speaker && mics[0].speaking() {
		r.outvoted++
	} else {
		r.outvoted = 0
	}
	speaker := nextSpeaker(r.speaker, mics, r.outvoted)
	if speaker == r.speaker {
		return
	}
	r.speaker, r.spokeAt, r.outvoted = speaker, call.MillisOf(now), 0
	for _, p := range r.peers {
		if p.connected.Load() {
			r.tellSpeaker(p)
		}
	}
	r.reconcileWho(func(p *Peer) bool {
		return slices.ContainsFunc(p.views, func(v call.View) bool { return v.UserID == speaker })
	})
}

func (r *router) tellSpeaker(p *Peer) { p.observer.ActiveSpeaker(r.speaker, r.spokeAt) }
