package mediabench

import (
	"context"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/transport/v5"
	"google.golang.org/protobuf/encoding/protowire"

	"callsvc/internal/histogram"
)

// Receiver counts packets as one track does, for tests that make up what comes.
type Receiver struct {
	s stream
	w window
}

// NewReceiver has a window of all time from 0 on.
func NewReceiver() *Receiver {
	r := &Receiver{}
	r.w.to.Store(math.MaxInt64)
	return r
}

// Take counts a packet with a sequence number, published at a moment; one that
// nobody published if that is negative.
func (r *Receiver) Take(number uint16, sent int64) {
	packet := make([]byte, 40)
	binary.BigEndian.PutUint16(packet[2:], number)
	r.s.take(packet, tail{sent: sent}, sent >= 0, sent, &r.w)
}

// Seal ends the window at a moment.
func (r *Receiver) Seal(at int64) { r.w.to.Store(at) }

// Totals are what came of it.
func (r *Receiver) Totals() (packets, lost, repeated, others uint64) {
	t := r.s.sum()
	return t.packets, t.lost, t.repeated, t.others
}

// Impaired is a network with bad paths.
func Impaired(n transport.Net, loss float64, delay time.Duration) transport.Net {
	return &impairedNet{n, impairment{loss: loss, delay: delay}}
}

// RoundTrip writes a payload's tail and reads it back.
func RoundTrip(sent int64, key bool) (int64, bool, bool) {
	packet := make([]byte, 100)
	tail{sent, key}.put(packet)
	t, ok := readTail(packet)
	return t.sent, t.key, ok
}

// Protobuf reads a message's fields; it is exported for the fuzzer.
func Protobuf(message []byte) error {
	return each(message, func(protowire.Number, []byte, uint64) {})
}

// Judge sums the samples up.
func (o *Overload) Judge(full, leaving, fan float64) { o.judge(full, leaving, fan) }

// TransportNumber reads a packet's transport-wide sequence number.
func TransportNumber(packet []byte, id uint8) (uint16, bool) { return transportNumber(packet, id) }

// IsRTP tells RTP from all else on the same socket.
func IsRTP(b []byte) bool { return isRTP(b) }

// Listener counts without decrypting, in a window of all time.
type Listener struct{ l *listener }

// NewListener makes one that has agreed on an id for transport-wide numbers.
func NewListener(transportCC uint8) Listener {
	m := newMeter()
	m.open()
	l := newListener(m, newArrival())
	l.transportCC.Store(uint32(transportCC))
	return Listener{l}
}

// Take counts a packet.
func (l Listener) Take(packet []byte) { l.l.take(packet) }

// Feedback is what the server is told.
func (l Listener) Feedback() []rtcp.Packet { return l.l.feedback(true) }

// Totals add up all streams.
func (l Listener) Totals() (streams int, packets, lost uint64) {
	for _, s := range l.l.meter.all() {
		t := s.sum()
		packets += t.packets
		lost += t.lost
		streams++
	}
	return streams, packets, lost
}

// Forwarding is what lies between two answers of /metrics.
func Forwarding(before, after map[float64]float64) (histogram.Latency, bool) {
	parse := func(m map[float64]float64) (f forwarding) {
		for _, upTo := range slices.Sorted(maps.Keys(m)) {
			f = append(f, bucket{upTo, m[upTo]})
		}
		return f
	}
	return parse(after).since(parse(before))
}

// Person is a participant who has joined, with what they publish, can receive,
// and have already.
type Person struct {
	User, Room                string
	Camera, Speaks, Silent    bool // publishes
	AudioSlots, VideoSlots    int
	Sending, Voices, Pictures int
	arrival                   *arrival
}

// Joins lets something begin before others wait for it.
func (p *Person) Joins() *Person {
	p.arrival = newArrival()
	p.arrival.sending.Store(int32(p.Sending))
	p.arrival.voices.Store(int32(p.Voices))
	p.arrival.pictures.Store(int32(p.Pictures))
	return p
}

// Sends lets one track more begin.
func (p *Person) Sends() { p.arrival.sends() }

// Receives lets one stream more begin.
func (p *Person) Receives(video bool) { p.arrival.receives(video) }

// Begin waits for all of them, who have joined, and returns the report's errors.
func Begin(ctx context.Context, people ...*Person) map[string]int64 {
	r := &run{errors: map[string]int64{}}
	for _, of := range people {
		p := &participant{user: of.User, room: of.Room, audioSlots: of.AudioSlots, videoSlots: of.VideoSlots, arrival: of.arrival}
		if of.Camera {
			p.tracks = append(p.tracks, &track{video: true})
		}
		if of.Speaks || of.Silent {
			p.tracks = append(p.tracks, &track{silent: of.Silent})
		}
		r.joined = append(r.joined, p)
	}
	r.begin(ctx)
	return r.errors
}
