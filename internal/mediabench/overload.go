package mediabench

import (
	"context"
	"sync"
	"time"
)

// Overload is what came of more viewers than a server can carry: as many again
// as there were, or several times as many, for a while. It says something only if the load before was
// about what the server can do.
type Overload struct {
	Viewers   int     `json:"viewers"`   // who came in addition
	Joined    int     `json:"joined"`    // of them
	Before    float64 `json:"before"`    // packets a second from the server before they came
	Delivered float64 `json:"delivered"` // the same while all were there
	Share     float64 `json:"share"`     // of Before that was delivered
	LostVideo float64 `json:"lostVideo"` // share of packets lost meanwhile, after all repairs
	LostAudio float64 `json:"lostAudio"`
	// Recovered is how many seconds after they began to leave, all at once, all was
	// as before: nothing lost, and everything there that publishers sent. -1 is
	// not within overloadAfter of the last one's having left.
	Recovered float64  `json:"recovered"`
	Samples   []Sample `json:"samples"`
}

// Sample is what a short time brought, all receivers together.
type Sample struct {
	At        float64 `json:"at"` // its end, in seconds since the first of the additional viewers
	Packets   uint64  `json:"packets"`
	LostVideo uint64  `json:"lostVideo"`
	LostAudio uint64  `json:"lostAudio"`
	Audio     uint64  `json:"audio"` // of Packets
	Sent      uint64  `json:"sent"`  // by publishers
}

const (
	sampleTime    = 500 * time.Millisecond
	overloadAfter = 6 * time.Second // how long is watched after they left
	// whole is the share of what publishers sent, as the window before had it,
	// from which on nothing is missing: at the ends of a sample packets are under way.
	whole = 0.9
)

// overburden lets many more join as viewers, and leave, and notes what came of it.
func (r *run) overburden(ctx context.Context, rep *Report) error {
	if r.Overload == 0 {
		return nil
	}
	r.mu.Lock()
	stay := len(r.sessions)
	r.mu.Unlock()
	began, stop := time.Now(), r.watch()
	r.crowd(ctx)
	full := time.Since(began)
	err := wait(ctx, r.Overload)
	leaving := time.Since(began)
	joined := r.leave(stay)
	if err == nil {
		err = wait(ctx, overloadAfter)
	}
	o := &Overload{Viewers: r.OverloadTimes * r.Rooms * r.Participants, Joined: joined, Before: rep.PacketsOut, Samples: stop()}
	o.judge(full.Seconds(), leaving.Seconds(), rep.PacketsOut/max(rep.PacketsIn, 1))
	rep.Overload = o
	return err
}

// crowd lets them join at the rate. They are not waited for longer than
// the overload lasts: that one cannot come in is part of it.
func (r *run) crowd(ctx context.Context) {
	var joining sync.WaitGroup
	defer joining.Wait()
	tick := time.NewTicker(time.Duration(float64(time.Second) / r.JoinRate))
	defer tick.Stop()
	ctx, cancel := context.WithTimeout(ctx, max(r.Overload, joinTimeout/2))
	defer cancel()
	defer joining.Wait()
	for n := range r.OverloadTimes * r.Participants {
		for room := range r.Rooms {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			joining.Go(func() { r.enter(ctx, r.newParticipant(room, r.Participants+n), &r.extra) })
		}
	}
}

// leave takes everybody out but the first so many, and says how many left.
func (r *run) leave(stay int) int {
	r.mu.Lock()
	leaving := r.sessions[stay:]
	r.sessions = r.sessions[:stay:stay]
	r.mu.Unlock()
	var closing sync.WaitGroup
	for _, s := range leaving {
		closing.Go(s.close)
	}
	closing.Wait()
	return len(leaving)
}

// watch takes samples until it is stopped, and gives them back then.
func (r *run) watch() (stop func() []Sample) {
	var samples []Sample
	quit, done := make(chan struct{}), make(chan struct{})
	began, before := time.Now(), r.progress()
	go func() {
		defer close(done)
		tick := time.NewTicker(sampleTime)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			now := r.progress()
			samples = append(samples, now.since(before, time.Since(began)))
			before = now
		}
	}()
	return func() []Sample {
		close(quit)
		<-done
		return samples
	}
}

// progress is what all have sent and received since they began.
type progress struct {
	sent         uint64
	video, audio course
}

func (r *run) progress() progress {
	var p progress
	p.sent, _ = r.sent()
	for _, s := range r.meter.all() {
		sum := &p.audio
		if s.video {
			sum = &p.video
		}
		c := s.soFar()
		sum.packets += c.packets
		sum.expected += c.expected
	}
	return p
}

// since is what came after an earlier moment. What is repaired later than in its
// own sample makes up for losses of the next.
func (p progress) since(before progress, at time.Duration) Sample {
	lost := func(now, before course) uint64 {
		expected, came := now.expected-before.expected, now.packets-before.packets
		return expected - min(came, expected)
	}
	audio := p.audio.packets - before.audio.packets
	return Sample{
		At: at.Seconds(), Sent: p.sent - before.sent, Audio: audio, Packets: p.video.packets - before.video.packets + audio,
		LostVideo: lost(p.video, before.video), LostAudio: lost(p.audio, before.audio),
	}
}

// judge sums the samples up: all were there from full to leaving. fan is how many
// packets the server sent for each it got, before.
func (o *Overload) judge(full, leaving, fan float64) {
	var during Sample
	from, to := -1.0, 0.0
	previous := 0.0
	o.Recovered = 0
	for _, s := range o.Samples {
		if previous >= full && s.At <= leaving {
			if from < 0 {
				from = previous
			}
			to = s.At
			during.Packets += s.Packets
			during.Audio += s.Audio
			during.LostAudio += s.LostAudio
			during.LostVideo += s.LostVideo
		}
		if s.At > leaving && !s.whole(fan) {
			o.Recovered = s.At - leaving
		}
		previous = s.At
	}
	if n := len(o.Samples); n == 0 || !o.Samples[n-1].whole(fan) {
		o.Recovered = -1
	}
	if from >= 0 && o.Before > 0 {
		o.Delivered = float64(during.Packets) / (to - from)
		o.Share = o.Delivered / o.Before
	}
	o.LostAudio = share(during.LostAudio, during.Audio)
	o.LostVideo = share(during.LostVideo, during.Packets-during.Audio)
}

// whole reports whether nothing was missing.
func (s *Sample) whole(fan float64) bool {
	return s.LostAudio+s.LostVideo == 0 && float64(s.Packets) >= whole*fan*float64(s.Sent)
}

// writeText prints it for people.
func (o *Overload) writeText(line func(format string, args ...any)) {
	line("overload: %d of %d more viewers; %.0f packets/s before, %.0f with them (%.0f %%); lost %.3f %% of video, %.3f %% of audio",
		o.Joined, o.Viewers, o.Before, o.Delivered, 100*o.Share, 100*o.LostVideo, 100*o.LostAudio)
	if o.Recovered < 0 {
		line("overload: not as before within %s of their leaving", overloadAfter)
		return
	}
	line("overload: all as before %.1f s after they began to leave", o.Recovered)
}
