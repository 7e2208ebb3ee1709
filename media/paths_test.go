package media

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/media/bwe"

	"github.com/pion/interceptor/pkg/twcc"
)

// estimator is a send-side estimation on trial.
type estimator interface {
	leave(now time.Time, size int, voice bool) uint16
	reported(feedback []byte, now time.Time)
	target() (now, proved float64)                       // bits/s, 0 is no limit; what a probe found
	probing(now time.Time, wanted float64) (all float64) // bits/s to send in all, 0 is as much as there is
	drained() time.Time                                  // until when pictures are held back
	close()
}

// bottleneck is a simulated path to a viewer who watches video whose rate
// follows the estimate up to wanted, and a voice.
type bottleneck struct {
	name     string
	capacity func(t float64) float64 // bits/s at a second of the story
	wanted   float64                 // bits/s
	loss     float64
	jitter   time.Duration
	rtt      time.Duration
	buffer   time.Duration                 // of the queue, in time at 1 Mbit/s
	longer   func(t float64) time.Duration // by which each way takes longer than half of rtt
	detour   func(t float64) time.Duration // by which the picture takes longer than the voice
	fps      int                           // of the picture, 0 is 30
	layers   []float64                     // bits/s: the picture is one of these, not what the estimate allows
}

// way is how long a packet takes one way at a second of the story, without queues.
func (b *bottleneck) way(t float64) time.Duration {
	if b.longer == nil {
		return b.rtt / 2
	}
	return b.rtt/2 + b.longer(t)
}

// waits is how long a packet waits behind nothing but others of its kind.
func (b *bottleneck) waits(t float64, voice bool) time.Duration {
	if b.detour == nil || voice {
		return 0
	}
	return b.detour(t)
}

func steady(rate float64) func(float64) float64 { return func(float64) float64 { return rate } }

func step(t float64) float64 {
	if t >= 20 && t < 40 {
		return 0.3e6
	}
	return 3e6
}

// competing takes half of 3 Mbit/s away for a while, and comes in packets of its own.
func competing(t float64) float64 {
	if t >= 20 && t < 40 {
		return 1.5e6
	}
	return 3e6
}

func bottlenecks() []bottleneck {
	const rtt, buffer = 50 * time.Millisecond, 300 * time.Millisecond
	return []bottleneck{
		{name: "3 Mbit/s steady, 5 wanted", capacity: steady(3e6), wanted: 5e6, rtt: rtt, buffer: buffer},
		{name: "3 → 0.3 → 3 Mbit/s", capacity: step, wanted: 5e6, rtt: rtt, buffer: buffer},
		{name: "2 % random loss", capacity: steady(3e6), wanted: 5e6, loss: 0.02, rtt: rtt, buffer: buffer},
		{name: "5 % random loss", capacity: steady(3e6), wanted: 5e6, loss: 0.05, rtt: rtt, buffer: buffer},
		{name: "10 % random loss", capacity: steady(3e6), wanted: 5e6, loss: 0.10, rtt: rtt, buffer: buffer},
		{name: "200 ms round trip", capacity: steady(3e6), wanted: 5e6, rtt: 200 * time.Millisecond, buffer: buffer},
		{name: "200 ms round trip, step", capacity: step, wanted: 5e6, rtt: 200 * time.Millisecond, buffer: buffer},
		{name: "30 ms jitter", capacity: steady(3e6), wanted: 5e6, jitter: 30 * time.Millisecond, rtt: rtt, buffer: buffer},
		{name: "another flow takes half for 20 s", capacity: competing, wanted: 5e6, rtt: rtt, buffer: buffer},
		{name: "1 Mbit/s with a short queue", capacity: steady(1e6), wanted: 5e6, rtt: rtt, buffer: 60 * time.Millisecond},
		{name: "no limit, 1 wanted", capacity: steady(50e6), wanted: 1e6, rtt: rtt, buffer: buffer},
		{name: "no limit, 1 wanted, 10 % loss", capacity: steady(50e6), wanted: 1e6, loss: 0.10, rtt: rtt, buffer: buffer},
	}
}

// journey is what came of a minute on a path.
type journey struct {
	used      float64 // of what the path takes and is wanted, from the 5th second on
	delay95   time.Duration
	lost      float64 // share, from the 5th second on
	recovered float64 // seconds until 80 % is used again after the 40th
	lowest    float64 // target, bits/s
	highest   float64
	padding   float64       // share of all that was sent
	concealed time.Duration // of the voice, by a listener who waits no longer than needed
	still     time.Duration // the longest time in which nothing came of the picture
}

// traveller simulates.
type traveller struct {
	b       bottleneck
	e       estimator
	random  *rand.Rand
	start   time.Time
	rate    float64 // bytes a second that the bottleneck carries
	backlog float64 // bytes
	drained time.Time
	last    [2]time.Time // of an arrival, of pictures and of voices: nothing overtakes its kind
	coming  []parcel     // sorted by time
	inbox   *twcc.Recorder
	replies []reply

	sent, padding, lost int
	bytes               int       // sent
	probing             time.Time // since when, zero if no probe is under way
	before              int       // bytes sent until then
	got                 [60]float64
	delays              []time.Duration
	concealed, behind   time.Duration // how long after its departure a voice is played
	seen                time.Time     // when something of the picture came last
	still               time.Duration
}

type parcel struct {
	seq  uint16
	left time.Time
	past time.Time // the bottleneck
	at   time.Time
	size int
	kind kind
}

type reply struct {
	at time.Time
	b  []byte
}

func (v *traveller) second(now time.Time) float64 { return now.Sub(v.start).Seconds() }

// kind is what is sent.
type kind uint8

const (
	picturePacket kind = iota
	voicePacket
	paddingPacket
)

// send puts a packet on the path.
func (v *traveller) send(now time.Time, size int, k kind) {
	voice := k == voicePacket
	seq := v.e.leave(now, size, voice)
	v.bytes += size
	steady := v.second(now) >= 5
	if steady {
		v.sent++
	}
	rate := v.b.capacity(v.second(now)) / 8
	v.narrow(rate, now)
	v.backlog = max(v.backlog-rate*now.Sub(v.drained).Seconds(), 0)
	v.drained = now
	if v.random.Float64() < v.b.loss || v.backlog+float64(size) > v.b.buffer.Seconds()*125_000 {
		if steady {
			v.lost++
		}
		return
	}
	v.backlog += float64(size)
	queue := time.Duration(v.backlog / rate * 1e9)
	if steady {
		v.delays = append(v.delays, queue)
	}
	through := now.Add(queue)
	at := now.Add(v.b.way(v.second(now)) + v.b.waits(v.second(now), voice) + queue + time.Duration(v.random.Float64()*float64(v.b.jitter)))
	last := &v.last[0]
	if voice && v.b.detour != nil {
		last = &v.last[1]
	}
	if at.Before(*last) {
		at = *last
	}
	*last = at
	i, _ := slices.BinarySearchFunc(v.coming, at, func(p parcel, at time.Time) int { return cmp.Or(p.at.Compare(at), -1) })
	v.coming = slices.Insert(v.coming, i, parcel{seq, now, through, at, size, k})
}

// narrow has what waits at the bottleneck wait for what it carries now, in bytes a second.
func (v *traveller) narrow(rate float64, now time.Time) {
	for i := range v.coming {
		if p := &v.coming[i]; p.past.After(now) && v.rate != rate {
			longer := time.Duration(float64(p.past.Sub(now)) * (v.rate/rate - 1))
			p.past, p.at = p.past.Add(longer), p.at.Add(longer)
			v.last[0] = p.at
		}
	}
	v.rate = rate
}

// probe pads what is sent up to a rate since the probe began, as lane.due does.
func (v *traveller) probe(now time.Time, rate float64) {
	if rate == 0 {
		v.probing = time.Time{}
		return
	}
	if v.probing.IsZero() {
		v.probing, v.before = now, v.bytes
	}
	const size = packetOverhead + len(padding)
	for rate/8*now.Sub(v.probing).Seconds() > float64(v.bytes-v.before) {
		v.send(now, size, paddingPacket)
		v.padding += size
	}
}

// receive takes what has arrived, and answers every 100 ms.
func (v *traveller) receive(now time.Time, answer bool) {
	n := 0
	for n < len(v.coming) && !v.coming[n].at.After(now) {
		p := v.coming[n]
		v.inbox.Record(1, p.seq, p.at.UnixMicro())
		if s := int(v.second(p.at)); s < len(v.got) && p.kind != paddingPacket {
			v.got[s] += float64(p.size) * 8
		}
		v.play(p)
		n++
	}
	v.coming = v.coming[n:]
	if !answer {
		return
	}
	for _, packet := range v.inbox.BuildFeedbackPacket() {
		if b, err := packet.Marshal(); err == nil && v.random.Float64() >= v.b.loss {
			v.replies = append(v.replies, reply{now.Add(v.b.way(v.second(now))), b})
		}
	}
}

// play has the viewer hear and see what came. A listener's buffer holds little,
// and grows by what it has to conceal.
func (v *traveller) play(p parcel) {
	switch p.kind {
	case voicePacket:
		const buffer = 40 * time.Millisecond
		v.behind = max(v.behind, v.b.way(0)+buffer)
		if late := p.at.Sub(p.left) - v.behind; late > 0 {
			v.concealed, v.behind = v.concealed+late, v.behind+late
		}
	case picturePacket:
		if !v.seen.IsZero() {
			v.still = max(v.still, p.at.Sub(v.seen))
		}
		v.seen = p.at
	}
}

// travel lives through a minute, millisecond by millisecond.
func travel(b bottleneck, e estimator) journey {
	v := &traveller{b: b, e: e, random: rand.New(rand.NewPCG(1, 2)), start: time.Now(), drained: time.Now(), inbox: twcc.NewRecorder(1)}
	j := journey{lowest: 1e12}
	const otherLayer = 150 * time.Millisecond // until its keyframe comes
	picture, video, queue, keyframe := newPicture(&b), 0.0, 0, time.Time{}
	for ms := range 60_000 {
		now := time.Now()
		for len(v.replies) > 0 && !v.replies[0].at.After(now) {
			before, _ := e.target()
			e.reported(v.replies[0].b, now)
			v.replies = v.replies[1:]
			if target, proved := e.target(); target > 0 && (before == 0 || target < before) {
				all := picture.rate
				if picture.follow(target, proved); picture.rate < all && picture.layers != nil {
					keyframe = now.Add(otherLayer)
				}
			}
		}
		if ms%200 == 0 {
			picture.follow(e.target())
		}
		if until := e.drained(); until.After(now) {
			keyframe = until.Add(otherLayer)
		}
		if ms%20 == 0 {
			v.send(now, 120, voicePacket)
		}
		if every := 1000 / picture.fps; ms%every == 0 && now.After(keyframe) {
			video += picture.rate / 8 * float64(every) / 1000 * (0.75 + 0.5*v.random.Float64())
			for video > 0 {
				queue++
				video -= 1100
			}
		}
		for ; queue > 0; queue-- {
			v.send(now, 1100, picturePacket)
		}
		v.probe(now, e.probing(now, picture.wants()))
		v.receive(now, ms%100 == 0)
		if t, _ := e.target(); ms > 5000 && t > 0 {
			j.lowest, j.highest = min(j.lowest, t), max(j.highest, t)
		}
		time.Sleep(time.Millisecond)
	}
	v.judge(&j)
	return j
}

// picture is the source: what the choice of layers makes of an estimate.
type picture struct {
	wanted float64
	layers []float64
	fps    int
	rate   float64 // bits/s
	room   int     // looks, of 200 ms, for which more was possible
}

func newPicture(b *bottleneck) *picture {
	return &picture{wanted: b.wanted, layers: b.layers, fps: cmp.Or(b.fps, 30), rate: b.wanted}
}

// follow takes an estimate, 0 for no limit. Layers go down at once, and up when
// a sixth of the path stays free for a second, or of what a probe found, as in divide.
func (p *picture) follow(target, proved float64) {
	free := target - 48_000
	sure := min(target, proved) - 48_000
	switch {
	case target == 0:
		p.rate = p.wanted
	case p.layers == nil:
		p.rate = min(p.wanted, max(0.95*free, 0))
	default:
		p.room++
		if better := p.best(headroom * free); better > p.rate && (better <= headroom*sure || p.room > int(riseAfter/(200*time.Millisecond))) {
			p.rate = better
		} else if better <= p.rate {
			p.rate, p.room = min(p.rate, p.best(free)), 0
		}
	}
}

// wants is what the path would have to take for all of it, as in Peer.wants.
func (p *picture) wants() float64 {
	if p.layers == nil {
		return p.wanted
	}
	return p.wanted/headroom + 48_000
}

// best is the layer that fits, 0 if none does.
func (p *picture) best(free float64) float64 {
	rate := 0.0
	for _, layer := range p.layers {
		if layer <= free {
			rate = layer
		}
	}
	return rate
}

func (v *traveller) judge(j *journey) {
	var can, did float64
	for s := 5; s < 60; s++ {
		can += min(v.b.capacity(float64(s)), v.b.wanted)
		did += v.got[s]
	}
	j.used = did / can
	slices.Sort(v.delays)
	j.concealed, j.still = v.concealed, v.still
	j.delay95 = v.delays[len(v.delays)*95/100]
	j.lost = float64(v.lost) / float64(v.sent)
	j.padding = float64(v.padding) * 8 / (did + float64(v.padding)*8)
	for s := 40; s < 60; s++ {
		if v.got[s] > 0.8*min(v.b.capacity(float64(s)), v.b.wanted) {
			j.recovered = float64(s - 40)
			return
		}
	}
	j.recovered = 20
}

// own is the estimation of this package.
type own struct {
	c      bwe.Estimator
	d      bwe.Departures
	f      bwe.Feedback
	rtt    int64
	rate   float64
	until  time.Time
	budget float64
}

func (o *own) leave(now time.Time, size int, voice bool) uint16 {
	kind := bwe.Picture
	if voice {
		kind = bwe.Voice
	}
	return o.d.Leave(now.UnixNano(), size, kind)
}
func (o *own) target() (now, proved float64) { return o.budget, float64(o.c.Proved()) }
func (o *own) drained() time.Time            { return time.Unix(0, o.c.Drained()) }
func (o *own) close()                        {}
func (o *own) reported(b []byte, now time.Time) {
	if err := o.f.Parse(b); err != nil {
		panic(err)
	}
	target, _ := o.c.Reported(&o.d, &o.f, now.UnixNano(), o.rtt)
	o.budget = float64(target)
}

func (o *own) probing(now time.Time, wanted float64) float64 {
	switch {
	case o.rate > 0 && now.After(o.until):
		o.rate = 0
		o.c.EndProbe(upcoming(&o.d), now.UnixNano())
	case o.rate == 0 && now.UnixMilli()%100 == 0:
		o.rate = o.c.BeginProbe(now.UnixNano(), o.rtt, wanted, upcoming(&o.d))
		o.until = now.Add(bwe.ProbeTime)
	}
	return o.rate
}

func TestTheEstimateFollowsThePath(t *testing.T) {
	bounds := map[string]journey{ // used and lowest at least, the rest at most
		"3 Mbit/s steady, 5 wanted":        {used: 0.85, lowest: 2e6, highest: 4.5e6, lost: 0.02, recovered: 5},
		"3 → 0.3 → 3 Mbit/s":               {used: 0.70, lowest: 0.1e6, highest: 4.5e6, lost: 0.08, recovered: 10},
		"2 % random loss":                  {used: 0.80, lowest: 1.5e6, highest: 4.5e6, lost: 0.04, recovered: 5},
		"5 % random loss":                  {used: 0.80, lowest: 1.5e6, highest: 4.5e6, lost: 0.07, recovered: 10},
		"10 % random loss":                 {used: 0.70, lowest: 1.5e6, highest: 4.5e6, lost: 0.12, recovered: 20},
		"200 ms round trip":                {used: 0.85, lowest: 2e6, highest: 4.5e6, lost: 0.02, recovered: 5},
		"200 ms round trip, step":          {used: 0.70, lowest: 0.1e6, highest: 4.5e6, lost: 0.08, recovered: 10},
		"30 ms jitter":                     {used: 0.80, lowest: 2e6, highest: 4.5e6, lost: 0.03, recovered: 5},
		"another flow takes half for 20 s": {used: 0.75, lowest: 1e6, highest: 4.5e6, lost: 0.05, recovered: 12},
		"1 Mbit/s with a short queue":      {used: 0.80, lowest: 0.6e6, highest: 1.6e6, lost: 0.10, recovered: 5},
		"no limit, 1 wanted":               {used: 0.99, lowest: 1e6},
		"no limit, 1 wanted, 10 % loss":    {used: 0.85, lowest: 0.8e6, highest: 2.5e6, lost: 0.12, recovered: 2},
	}
	const mostDelay, mostPadding = 500 * time.Millisecond, 0.06
	for _, b := range bottlenecks() {
		t.Run(b.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, bound := travel(b, &own{rtt: int64(b.rtt)}), bounds[b.name]
				t.Logf("%+v", j)
				if j.used < bound.used || j.lowest < bound.lowest {
					t.Errorf("used %.2f, want %.2f; lowest target %.0f, want %.0f", j.used, bound.used, j.lowest, bound.lowest)
				}
				if j.lost > bound.lost || j.recovered > bound.recovered || j.highest > bound.highest || j.delay95 > mostDelay || j.padding > mostPadding {
					t.Errorf("beyond the bounds %+v: %+v", bound, j)
				}
			})
		})
	}
}

// upcoming is the number of the packet that leaves next.
func upcoming(d *bwe.Departures) uint32 {
	number, _ := d.Progress()
	return number
}
