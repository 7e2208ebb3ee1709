package media

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

// departures number every packet that goes to one viewer, over all its slots
// and their retransmissions, and remember when it left: the sending half of
// draft-holmer-rmcat-transport-wide-cc-extensions-01. The viewer's feedback
// names the numbers.
type departures struct {
	mu    sync.Mutex
	next  uint64 // the number after the last one given, never wrapped
	bytes uint64 // that left so far
	ring  []departure
}

// departure is one packet that was sent.
type departure struct {
	at     int64  // Unix nanoseconds
	number uint32 // the low bits of its extended number
	size   uint16 // bytes, from the RTP header on
	state  departureState
}

// departureState says what is known of a packet's fate.
type departureState uint8

const (
	underWay departureState = iota
	heldBack                // numbered, and not sent yet
	arrived
	reportedLost
)

// leave gives the next packet its number and notes when it goes. It allocates
// only until it remembers enough.
func (d *departures) leave(now int64, size int) uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.short(now) {
		d.grow()
	}
	number := d.next
	d.next++
	d.bytes += uint64(size)
	*d.place(number) = departure{at: now, number: uint32(number), size: uint16(size)}
	return uint16(number)
}

// short reports whether the next packet would take the place of one that left
// just now. d.mu is held.
func (d *departures) short(now int64) bool {
	size := uint64(len(d.ring))
	return size == 0 || size < departuresAtMost && d.next >= size && now-d.place(d.next).at < int64(departureSpan)
}

// grow doubles the memory. d.mu is held.
func (d *departures) grow() {
	old := d.ring
	size := uint64(len(old))
	d.ring = make([]departure, max(2*size, departuresAtFirst))
	for number := d.next - min(d.next, size); number < d.next; number++ {
		*d.place(number) = old[number%size]
	}
}

// place is where a packet is remembered. d.mu is held.
func (d *departures) place(number uint64) *departure {
	return &d.ring[number%uint64(len(d.ring))]
}

// find is the packet a 16-bit number stands for, nil if it was never given or
// is forgotten. d.mu is held.
func (d *departures) find(seq uint16) *departure {
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
// for the first time. It returns also how many bytes have left so far.
func (d *departures) reported(f *transportFeedback, results []packetResult) ([]packetResult, uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, at := range f.arrivals {
		e := d.find(f.base + uint16(i))
		if e == nil || e.state == arrived || e.state != underWay && at == noArrival {
			continue // what is held back has been overtaken, not lost
		}
		results = append(results, packetResult{
			number: e.number, departed: e.at, arrived: at, size: int(e.size), wasLost: e.state == reportedLost,
		})
		e.state = arrived
		if at == noArrival {
			e.state = reportedLost
		}
	}
	return results, d.bytes
}

// hold notes that a packet which has its number does not leave yet.
func (d *departures) hold(seq uint16) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.find(seq); e != nil {
		e.state = heldBack
	}
}

// left notes that a packet which was held back leaves.
func (d *departures) left(seq uint16, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.find(seq); e != nil {
		e.at, e.state = now, underWay
	}
}

// progress is the number of the packet that leaves next, and how many bytes
// have left before it.
func (d *departures) progress() (number uint32, bytes uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return uint32(d.next), d.bytes
}
