package media

import "sync"

// departureMemory is how many packets to one viewer are remembered: feedback
// about them is due within a round trip and a tenth of a second. A power of two.
const departureMemory = 1024

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
	arrived
	reportedLost
)

// leave gives the next packet its number and notes when it goes. After the
// first packet it does not allocate.
func (d *departures) leave(now int64, size int) uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ring == nil {
		d.ring = make([]departure, departureMemory)
	}
	number := d.next
	d.next++
	d.bytes += uint64(size)
	d.ring[number%departureMemory] = departure{at: now, number: uint32(number), size: uint16(size)}
	return uint16(number)
}

// find is the packet a 16-bit number stands for, nil if it was never given or
// is forgotten. d.mu is held.
func (d *departures) find(seq uint16) *departure {
	if d.next == 0 {
		return nil
	}
	last := d.next - 1
	back := uint64(uint16(last) - seq)
	if back > last || back >= departureMemory {
		return nil
	}
	number := last - back
	if e := &d.ring[number%departureMemory]; e.number == uint32(number) {
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
		if e == nil || e.state == arrived || e.state == reportedLost && at == noArrival {
			continue
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

// left corrects when a packet left that was held back.
func (d *departures) left(seq uint16, now int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.find(seq); e != nil {
		e.at = now
	}
}

// progress is the number of the packet that leaves next, and how many bytes
// have left before it.
func (d *departures) progress() (number uint32, bytes uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return uint32(d.next), d.bytes
}
