package mediabench

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"callsvc/internal/histogram"
	"callsvc/internal/usage"
)

// Report is what came of a run. Latencies are milliseconds.
type Report struct {
	Target       string  `json:"target"`
	Rooms        int     `json:"rooms"`
	Participants int     `json:"participants"` // in each room
	Publishers   int     `json:"publishers"`   // of them
	Full         int     `json:"full"`         // participants in each room who are more than counters; -1 is all
	Joined       int     `json:"joined"`       // in all rooms
	Seconds      float64 `json:"seconds"`      // measured

	PacketsIn  float64 `json:"packetsIn"`  // to the server, a second
	PacketsOut float64 `json:"packetsOut"` // from it
	MbitIn     float64 `json:"mbitIn"`     // a second, RTP headers and payloads
	MbitOut    float64 `json:"mbitOut"`
	Streams    int     `json:"streams"`   // that receivers got anything in
	Silent     int     `json:"silent"`    // that they got nothing in, in the window
	LostVideo  float64 `json:"lostVideo"` // share of packets, after all repairs
	LostAudio  float64 `json:"lostAudio"`
	Repeated   uint64  `json:"repeated"`
	Probes     uint64  `json:"probes"` // packets that nobody published: padding, probes

	Latencies []histogram.Latency `json:"latencies"`
	Errors    map[string]int64    `json:"errors"` // by what went wrong; empty is good

	// Of the server, if it was asked: cores, microseconds of processor time for
	// each packet it sent, and resident memory.
	ServerCPU         float64 `json:"serverCPU,omitempty"`
	ServerCPUPerPkt   float64 `json:"serverCPUMicrosPerPacket,omitempty"`
	RSSBytes          int64   `json:"rssBytes,omitempty"`
	IdleRSSBytes      int64   `json:"idleRSSBytes,omitempty"` // before anybody joined
	RSSPerParticipant int64   `json:"rssBytesPerParticipant,omitempty"`
	ClientCPU         float64 `json:"clientCPU"` // cores that this process used
	// Cores that others used on this machine; on one that is busy with something
	// else the figures say little. Known where the server is here, by its PID.
	OtherCPU float64 `json:"otherCPU,omitempty"`

	Overload *Overload `json:"overload,omitempty"` // if there was to be one
}

// measure watches a window of time.
func (r *run) measure(ctx context.Context) (*Report, error) {
	for _, s := range r.meter.all() {
		s.reset()
	}
	before, err := r.server.read(ctx)
	if err != nil {
		return nil, err
	}
	packets, bytes := r.sent()
	began, own, machine := time.Now(), usage.Own(), usage.Machine()
	r.meter.open()
	if err := wait(ctx, r.Duration); err != nil {
		return nil, err
	}
	took := time.Since(began).Seconds()
	packetsAfter, bytesAfter := r.sent()
	r.meter.seal()
	used, busy := (usage.Own() - own).Seconds(), (usage.Machine() - machine).Seconds()
	after, err := r.server.read(ctx)
	if err != nil {
		return nil, err
	}
	if err := wait(ctx, drainTime); err != nil {
		return nil, err
	}
	w := r.meter.close()
	rep := &Report{
		Target: r.Target, Rooms: r.Rooms, Participants: r.Participants, Publishers: r.Publishers, Full: r.Full, Seconds: took,
		PacketsIn: float64(packetsAfter-packets) / took, MbitIn: float64(bytesAfter-bytes) * 8 / 1e6 / took,
		ClientCPU: used / took, RSSBytes: after.RSS,
		Latencies: []histogram.Latency{w.video.Latency("video"), w.audio.Latency("audio")},
	}
	if l, ok := after.forwarded.since(before.forwarded); ok {
		rep.Latencies = append(rep.Latencies, l)
	}
	r.mu.Lock()
	rep.Joined = len(r.sessions)
	r.mu.Unlock()
	received := r.sum(rep, took)
	if cpu := (after.CPU - before.CPU).Seconds(); cpu > 0 && received > 0 {
		rep.ServerCPU, rep.ServerCPUPerPkt = cpu/took, cpu*1e6/float64(received)
	}
	if r.PID != 0 && machine > 0 {
		rep.OtherCPU = max(0, busy-used-(after.CPU-before.CPU).Seconds()) / took
	}
	return rep, nil
}

// sum adds up what the receivers got, and returns how many packets.
func (r *run) sum(rep *Report, took float64) uint64 {
	var all, video totals
	for _, s := range r.meter.all() {
		t := s.sum()
		if t.packets == 0 {
			rep.Silent++
		} else {
			rep.Streams++
		}
		all.packets += t.packets
		all.bytes += t.bytes
		all.lost += t.lost
		all.repeated += t.repeated
		all.others += t.others
		if s.video {
			video.packets += t.packets
			video.lost += t.lost
		}
	}
	rep.PacketsOut, rep.MbitOut = float64(all.packets)/took, float64(all.bytes)*8/1e6/took
	rep.Repeated, rep.Probes = all.repeated, all.others
	rep.LostVideo = share(video.lost, video.packets)
	rep.LostAudio = share(all.lost-video.lost, all.packets-video.packets)
	return all.packets
}

func share(lost, came uint64) float64 {
	if lost+came == 0 {
		return 0
	}
	return float64(lost) / float64(lost+came)
}

// sent is what all publishers have sent so far.
func (r *run) sent() (packets, bytes uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.tracks {
		packets += t.packets.Load()
		bytes += t.bytes.Load()
	}
	return packets, bytes
}

// finish adds what is known at the end.
func (r *run) finish(rep *Report) {
	for _, j := range []struct {
		name  string
		times *joinTimes
	}{{"join", &r.joins}, {"overload", &r.extra}, {"storm", &r.storm}} {
		for _, of := range []struct {
			what  string
			times *histogram.Histogram
		}{{"transport", &j.times.transport}, {"first packet", &j.times.media}, {"first keyframe", &j.times.picture}} {
			if of.times.Count() > 0 {
				rep.Latencies = append(rep.Latencies, of.times.Latency(j.name+" to "+of.what))
			}
		}
	}
	if rep.RSSBytes > 0 && rep.Joined > 0 {
		rep.RSSPerParticipant = (rep.RSSBytes - rep.IdleRSSBytes) / int64(rep.Joined)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	rep.Errors = maps.Clone(r.errors)
}

// WriteText prints the report for people.
func (r *Report) WriteText(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) } // w keeps its error for Flush
	line("%s: %d rooms of %d, %d publish in each; %d joined; %.1f s", r.Target, r.Rooms, r.Participants, r.Publishers, r.Joined, r.Seconds)
	if r.Full >= 0 {
		line("%d of each room decrypt, measure latencies and ask for repairs; the others count", min(r.Full, r.Participants))
	}
	line("")
	line("\tpackets/s\tMbit/s")
	line("to the server\t%.0f\t%.1f", r.PacketsIn, r.MbitIn)
	line("from the server\t%.0f\t%.1f", r.PacketsOut, r.MbitOut)
	line("")
	line("%d streams received, %d silent; lost %.3f %% of video, %.3f %% of audio; repeated %d, probes %d",
		r.Streams, r.Silent, 100*r.LostVideo, 100*r.LostAudio, r.Repeated, r.Probes)
	line("")
	line("milliseconds\tcount\tp50\tp90\tp99\tmax")
	for _, l := range r.Latencies {
		if l.Count > 0 {
			line("%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f", l.Of, l.Count, l.P50, l.P90, l.P99, l.Max)
		}
	}
	line("")
	if o := r.Overload; o != nil {
		o.writeText(line)
	}
	if r.ServerCPU > 0 {
		line("server: %.2f cores, %.1f µs a packet", r.ServerCPU, r.ServerCPUPerPkt)
	}
	if r.RSSBytes > 0 {
		line("server: %.1f MiB resident, %.1f before, %.2f a participant", mib(r.RSSBytes), mib(r.IdleRSSBytes), mib(r.RSSPerParticipant))
	}
	line("client: %.2f cores", r.ClientCPU)
	if r.OtherCPU > busyMachine {
		line("others: %.2f cores: this machine is busy with something else, which the figures above suffer from", r.OtherCPU)
	}
	for _, what := range slices.Sorted(maps.Keys(r.Errors)) {
		line("error: %s\t%d", what, r.Errors[what])
	}
	return w.Flush()
}

// busyMachine is how much others may use before the report says so.
const busyMachine = 0.2

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
