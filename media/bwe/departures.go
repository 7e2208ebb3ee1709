package bwe

import (
	"sync"
	"time"
)

// How many packets to one viewer are remembered, powers of two: as many as leave
// in departureSpan, so that feedback about them, due within a round trip and a
// tenth of a second, finds them also while a second's worth of them waits in a
// queue: that is when it counts.
const (
	departuresAtFirst = 64
	departuresAtMost  = 8192
	departureSpan     = 2 * time.Second
)

// Kind is what a packet to a viewer carries. Networks that know voices let them
// go first, so that the two kinds overtake one another without any being lost.
type Kind uint8

// The kinds of packets; what is sent again and padding are pictures.
const (
	Picture Kind = iota
	Voice
	kinds
)

// lostAfter is after how long a packet counts as lost of whose kind nothing
// came any more that left later.
const lostAfter = time.Second

// Departures number every packet that goes to one viewer, over all its slots
// and their retransmissions, and remember when it left: the sending half of
// draft-holmer-rmcat-transport-wide-cc-extensions-01. The viewer's feedback
// names the numbers.
type Departures struct {
	mu    sync.Mutex
	next  uint64 // the number after the last one given, never wrapped
	bytes uint64 // that left so far
	ring  []departure

	judged [kinds]uint64 // what has a lower number came, or was reported lost
	newest [kinds]uint64 // of what came
}

// departure is one packet that was sent.
type departure struct {
	at     int64  // Unix nanoseconds
	number uint32 // the low bits of its extended number
	size   uint16 // bytes, from the RTP header on
	state  departureState
	kind   Kind
}

// departureState says what is known of a packet's fate.
type departureState uint8

const (
	underWay departureState = iota
	heldBack                // numbered, and not sent yet
	missing                 // when others had come
	arrived
	reportedLost
)

// Leave gives the next packet its number and notes when it goes. It allocates
// only until it remembers enough.
func (d *Departures) Leave(now int64, size int, kind Kind) uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.short(now) {
		d.grow()
	}
	number := d.next
	d.next++
	d.bytes += uint64(size)
	*d.place(number) = departure{at: now, number: uint32(number), size: uint16(size), kind: kind}
	return uint16(number)
}

// short reports whether the next packet would take the place of one that left
// just now. d.mu is held.
func (d *Departures) short(now int64) bool {
	size := uint64(len(d.ring))
	return size == 0 || size < departuresAtMost && d.next >= size && now-d.place(d.next).at < int64(departureSpan)
}

// grow doubles the memory. d.mu is held.
func (d *Departures) grow() {
	old := d.ring
	size := uint64(len(old))
	d.ring = make([]departure, max(2*size, departuresAtFirst))
	for number := d.next - min(d.next, size); number < d.next; number++ {
		*d.place(number) = old[number%size]
	}
}

// place is where a packet is remembered. d.mu is held.
func (d *Departures) place(number uint64) *departure {
	return &d.ring[number%uint64(len(d.ring))]
}

// find is the packet a 16-bit number stands for, nil if it was never given or
// is forgotten. d.mu is held.
func (d *Departures) find(seq uint16) *departure {
	if d.next == 0 {
		return nil
	}
	last := d.next - 1
	back := uint64(uint16(last) - seq)
	if back > last || back >= uint64(len(d.ring)) {
		return nil
	}
	number := last - back
	if e := d.place(number); e.number == uint32(number) {
		return e
	}
	return nil
}

// reported takes a viewer's feedback and appends what it says of each packet
// for the first time: what came, then what was lost. It returns also how many
// bytes have left so far.
func (d *Departures) reported(f *Feedback, results []packetResult) ([]packetResult, uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f.missed {
		d.pardon()
	}
	latest := int64(0) // departure of what came
	for i, at := range f.Arrivals {
		e := d.find(f.Base + uint16(i))
		switch {
		case e == nil || e.state == arrived:
		case at != NoArrival:
			results = append(results, e.result(at))
			e.state = arrived
			d.newest[e.kind] = max(d.newest[e.kind], d.extended(e))
			latest = max(latest, e.at)
		case e.state == underWay: // what is held back has been overtaken
			e.state = missing
		}
	}
	for kind := range kinds {
		results = d.lost(kind, latest-int64(lostAfter), results)
	}
	return results, d.bytes
}

// pardon takes back that packets are missing that may have come since: the
// message that said so did not. d.mu is held.
func (d *Departures) pardon() {
	for number := d.oldest(min(d.judged[Picture], d.judged[Voice])); number < d.next; number++ {
		if e := d.place(number); e.state == missing {
			e.state = underWay
		}
	}
}

// oldest is a number, or the first that is remembered. d.mu is held.
func (d *Departures) oldest(number uint64) uint64 {
	return max(number, d.next-min(d.next, uint64(len(d.ring))))
}

// lost appends what is missing of a kind and left before something of this kind
// that came, or before a moment. d.mu is held.
func (d *Departures) lost(kind Kind, before int64, results []packetResult) []packetResult {
	number := d.oldest(d.judged[kind])
	for ; number < d.next; number++ {
		e := d.place(number)
		if number >= d.newest[kind] && e.at >= before {
			break
		}
		if e.kind == kind && e.state == missing {
			results = append(results, e.result(NoArrival))
			e.state = reportedLost
		}
	}
	d.judged[kind] = number
	return results
}

// underWay is how many bytes left after the last packet that came.
func (d *Departures) underWay() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	bytes := 0
	for number := d.oldest(max(d.newest[Picture], d.newest[Voice]) + 1); number < d.next; number++ {
		if e := d.place(number); e.state == underWay {
			bytes += int(e.size)
		}
	}
	return bytes
}

// result is what became of a packet.
func (e *departure) result(arrived int64) packetResult {
	return packetResult{
		number: e.number, departed: e.at, arrived: arrived, size: int(e.size), kind: e.kind, wasLost: e.state == reportedLost,
	}
}

// extended is the number of a packet that is remembered. d.mu is held.
func (d *Departures) extended(e *departure) uint64 {
	last := d.next - 1
	return last - uint64(uint32(last)-e.number)
}

// Hold notes that a packet which has its number does not leave yet.
func (d *Departures) Hold(seq uint16) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.find(seq); e != nil {
		e.state = heldBack
	}
}

// Left notes that a packet which was held back leaves.
func (d *Departures) Left(seq uint16, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.find(seq); e != nil {
		e.at, e.state = now, underWay
	}
}

// Progress is the number of the packet that leaves next, and how many bytes
// have left before it.
func (d *Departures) Progress() (number uint32, bytes uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return uint32(d.next), d.bytes
}
