package mediabench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"callsvc/internal/histogram"
)

// The servers that are known.
const (
	TargetCallsvc = "callsvc"
	TargetLiveKit = "livekit"
)

// Options say what to do to which server.
type Options struct {
	Target string // TargetCallsvc or TargetLiveKit
	URL    string // such as http://127.0.0.1:8080
	// Token makes what the server believes, for a user in a room.
	Token func(user, room string) (string, error)

	Rooms        int
	Participants int // in each room
	Publishers   int // of them
	Full         int // participants in each room, publishers first, who decrypt, ask for repairs and measure latencies; the others count. -1 is all
	Speakers     int // publishers who speak; the others send comfort noise. -1 is all
	VideoKbps    int // of each publisher's best layer; 0 is no video
	FPS          int
	Simulcast    bool // three layers
	AudioSlots   int  // of each participant (callsvc); -1 is one for each other publisher
	VideoSlots   int  // likewise
	Height       int  // of each picture, in pixels; 0 asks for the best
	JoinRate     float64
	Storm        int // who join at once after the window
	// Overload is how long more participants are there after the window, as viewers:
	// OverloadTimes as many as there were. 0 is not at all.
	Overload      time.Duration
	OverloadTimes int

	Loss   float64       // share of packets lost at each client, 0 to 1, in each direction
	Delay  time.Duration // of packets at each client, in each direction
	Jitter time.Duration // more than that, at most

	Warmup, Duration time.Duration
	PID              int    // of the server, if it is here; else its figures are read from
	Metrics          string // a Prometheus URL; empty is none
}

// check reports what cannot be done.
func (o *Options) check() error {
	switch {
	case o.Target != TargetCallsvc && o.Target != TargetLiveKit:
		return fmt.Errorf("there is no target %q", o.Target)
	case o.Rooms < 1 || o.Participants < 1 || o.Publishers < 0 || o.Publishers > o.Participants:
		return errors.New("there must be a room, a participant, and no more publishers than participants")
	case o.Full < -1 || o.Speakers < -1 || o.AudioSlots < -1 || o.VideoSlots < -1:
		return errors.New("those who decrypt, speakers and slots must be a number, or -1 for all")
	case o.FPS < 1 || o.FPS > 120 || o.VideoKbps < 0:
		return errors.New("frames a second must be 1 to 120, and the bit rate not negative")
	case o.Height < 0 || o.Storm < 0:
		return errors.New("height and storm must not be negative")
	case !(o.Loss >= 0 && o.Loss < 1) || o.Delay < 0 || o.Jitter < 0: // so that not a number is refused, too
		return errors.New("loss must be 0 or more and less than 1, delay and jitter not negative")
	case !(o.JoinRate > 0 && o.JoinRate <= maxJoinRate):
		return fmt.Errorf("the join rate must be more than 0 and at most %d a second", maxJoinRate)
	case o.Duration <= 0 || o.Warmup < 0 || o.Overload < 0:
		return errors.New("the duration must be positive, warm-up and overload not negative")
	case o.Overload > 0 && o.OverloadTimes < 1:
		return errors.New("an overload is as many participants again, once or more often")
	}
	return nil
}

const (
	joinTimeout = time.Minute
	maxJoinRate = 100_000                // participants a second
	drainTime   = 600 * time.Millisecond // for what is on its way when the window ends
)

// run is a load at work.
type run struct {
	Options
	target  target
	server  server
	clients *clients
	meter   *meter
	id      string // part of all names, by chance, so that runs do not meet

	ctx   context.Context // ends the publishers
	stop  context.CancelFunc
	tasks sync.WaitGroup

	joins, storm, extra joinTimes

	mu       sync.Mutex // guards the following
	sessions []session
	joined   []*participant
	tracks   []*track
	errors   map[string]int64
}

// joinTimes are how long joining took: to the transport, to the first packet of
// anything, and to the first of a keyframe.
type joinTimes struct{ transport, media, picture histogram.Histogram }

// session is a participant who has joined.
type session interface{ close() }

// target is a kind of server.
type target interface {
	join(ctx context.Context, p *participant) (session, error)
}

// Run performs a load. An error means that there is nothing to report; what the
// server refused or lost is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	r := &run{
		Options: o, server: server{o.PID, o.Metrics}, meter: newMeter(), errors: map[string]int64{},
		id: strings.ToLower(rand.Text()[:10]),
	}
	var err error
	if r.clients, err = newClients(o); err != nil {
		return nil, err
	}
	if r.target, err = newTarget(o); err != nil {
		return nil, err
	}
	r.ctx, r.stop = context.WithCancel(ctx)
	defer r.end()
	idle, err := r.server.read(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.fill(ctx); err != nil {
		return nil, err
	}
	r.begin(ctx)
	if err := wait(ctx, o.Warmup); err != nil {
		return nil, err
	}
	report, err := r.measure(ctx)
	if err != nil {
		return nil, err
	}
	report.IdleRSSBytes = idle.RSS
	if err := r.overburden(ctx, report); err != nil {
		return nil, err
	}
	r.rush(ctx)
	r.finish(report)
	return report, nil
}

// fill lets everybody join, publishers first, at the rate.
func (r *run) fill(ctx context.Context) error {
	var joining sync.WaitGroup
	defer joining.Wait()
	tick := time.NewTicker(time.Duration(float64(time.Second) / r.JoinRate))
	defer tick.Stop()
	for n := range r.Participants {
		if n == r.Publishers {
			joining.Wait()
		}
		for room := range r.Rooms {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return ctx.Err()
			}
			joining.Go(func() { r.join(ctx, room, n, &r.joins) })
		}
	}
	return nil
}

// rush lets many join at once.
func (r *run) rush(ctx context.Context) {
	var joining sync.WaitGroup
	for n := range r.Storm {
		joining.Go(func() { r.join(ctx, n%r.Rooms, r.Participants+n, &r.storm) })
	}
	joining.Wait()
}

// join lets the n-th participant into a room and waits for what they get there.
func (r *run) join(ctx context.Context, room, n int, times *joinTimes) {
	p := r.newParticipant(room, n)
	began := time.Now()
	if !r.enter(ctx, p, times) || n < r.Publishers {
		return // whom a publisher gets is not there yet
	}
	r.await(ctx, began, p.arrival.media, &times.media, p.audioSlots+p.videoSlots > 0, "media")
	r.await(ctx, began, p.arrival.picture, &times.picture, p.videoSlots > 0 && p.listener == nil, "a keyframe")
}

// newParticipant is the n-th of a room.
func (r *run) newParticipant(room, n int) *participant {
	p := &participant{
		run: r, room: "bench-" + r.id + "-" + strconv.Itoa(room), user: fmt.Sprintf("b%s-%d-%d", r.id, room, n),
		arrival: newArrival(),
	}
	if n < r.Publishers {
		p.tracks = r.newTracks(p.user, n < r.speakers(), p.arrival.sends)
	}
	if r.Full >= 0 && n >= r.Full {
		p.listener = newListener(r.meter, p.arrival)
	}
	p.audioSlots, p.videoSlots = r.slots(n)
	return p
}

// speakers is how many publishers of a room speak.
func (r *run) speakers() int {
	if r.Speakers < 0 {
		return r.Publishers
	}
	return min(r.Speakers, r.Publishers)
}

// slots is how many voices and pictures the n-th of a room can receive.
func (r *run) slots(n int) (audio, video int) {
	others := r.Publishers
	if n < r.Publishers {
		others--
	}
	audio, video = others, others
	if r.AudioSlots >= 0 {
		audio = r.AudioSlots
	}
	if r.VideoSlots >= 0 {
		video = r.VideoSlots
	}
	if r.VideoKbps == 0 {
		video = 0
	}
	return audio, video
}

// enter lets a participant join and begin to publish; false if they could not.
func (r *run) enter(ctx context.Context, p *participant, times *joinTimes) bool {
	began := time.Now()
	joined, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	s, err := r.target.join(joined, p)
	if err != nil {
		r.failed("join: %v", err)
		return false
	}
	times.transport.Record(time.Since(began))
	r.mu.Lock()
	r.sessions = append(r.sessions, s)
	r.joined = append(r.joined, p)
	r.tracks = append(r.tracks, p.tracks...)
	r.mu.Unlock()
	for _, t := range p.tracks {
		r.tasks.Go(func() { t.publish(r.ctx) })
	}
	return true
}

// await notes when something came for the first time.
func (r *run) await(ctx context.Context, began time.Time, first <-chan time.Time, times *histogram.Histogram, expected bool, what string) {
	if !expected || r.Publishers == 0 {
		return
	}
	late := time.NewTimer(mediaTimeout)
	defer late.Stop()
	select {
	case at := <-first:
		times.Record(at.Sub(began))
	case <-late.C:
		r.failed("nobody sent %s within %s", what, mediaTimeout)
	case <-ctx.Done():
	}
}

// failed counts something that went wrong.
func (r *run) failed(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors[fmt.Sprintf(format, args...)]++
}

// end takes everybody out.
func (r *run) end() {
	r.stop()
	r.tasks.Wait()
	r.mu.Lock()
	sessions := r.sessions
	r.sessions = nil
	r.mu.Unlock()
	var closing sync.WaitGroup
	for _, s := range sessions {
		closing.Go(s.close)
	}
	closing.Wait()
}

// wait sleeps, but not longer than ctx lasts.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
