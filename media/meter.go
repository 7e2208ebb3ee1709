package media

import (
	"math"

	"callsvc/media/bitstream"
)

const (
	// packetOverhead is what a packet takes of the path besides its payload:
	// IP and UDP, RTP with header extensions, SRTP's tag (octets).
	packetOverhead = 60
	// measureAtLeast is how long a new stream is watched before its bit rate is
	// believed (nanoseconds).
	measureAtLeast = int64(200e6)
	// settledAfter is how long an encoder that has just begun climbs to its bit rate
	// (nanoseconds).
	settledAfter = int64(2e9)
	// measureWindow is the time over which bit rates are averaged (nanoseconds).
	measureWindow = float64(1e9)
)

// meter measures what the layers of one RTP stream take of the path. The
// octets are added under layer.mu; only the router looks at the rates.
type meter struct {
	began  int64 // Unix nanoseconds, of the first packet after a silence
	since  int64 // Unix nanoseconds, 0 before the first packet
	octets [bitstream.Everything + 1]uint32
	alone  [bitstream.Everything + 1]uint32 // of frames that no higher spatial layer needs

	rates  [bitstream.Everything + 1]float64 // bits per second, the same
	aloneR [bitstream.Everything + 1]float64
}

// count adds a packet.
func (m *meter) count(layer bitstream.Target, alone bool, size int, now int64) {
	if m.since == 0 {
		m.since, m.began = now, now
	}
	if alone {
		m.alone[layer] += uint32(size + packetOverhead)
	} else {
		m.octets[layer] += uint32(size + packetOverhead)
	}
}

// look brings the rates up to date. A stream that was silent keeps those it had:
// that is what it will take when it comes back.
func (m *meter) look(now int64, silent bool) {
	elapsed := now - m.since
	if m.since == 0 || !silent && elapsed < measureAtLeast {
		return
	}
	if !silent {
		weight := 1 - math.Exp(-float64(elapsed)/measureWindow)
		smooth := func(rates *[bitstream.Everything + 1]float64, octets *[bitstream.Everything + 1]uint32) {
			for i := range octets {
				rate := float64(octets[i]) * 8e9 / float64(elapsed)
				if rates[i] == 0 {
					rates[i] = rate
				}
				rates[i] += weight * (rate - rates[i])
			}
		}
		smooth(&m.rates, &m.octets)
		smooth(&m.aloneR, &m.alone)
		m.since = now
	} else {
		m.since = 0
	}
	clear(m.octets[:])
	clear(m.alone[:])
}

// climbs reports whether the stream has only just begun, so that its rates say
// little of what they will be.
func (m *meter) climbs(now int64) bool { return now-m.began < settledAfter }

// present is the set of layers that the stream has.
func (m *meter) present() bitstream.Targets {
	const least = 500 // bits per second: less is the rest of a layer that ended
	var set bitstream.Targets
	for i := range m.octets {
		if m.octets[i]+m.alone[i] > 0 || m.rates[i]+m.aloneR[i] > least {
			set = set.With(bitstream.Target(i))
		}
	}
	return set
}

// rate is what a target takes, in bits per second; 0 while it is not known.
func (m *meter) rate(t bitstream.Target) int64 {
	sum := 0.0
	for spatial := range t.Spatial() + 1 {
		for temporal := range t.Temporal() + 1 {
			layer := bitstream.NewTarget(spatial, temporal)
			sum += m.rates[layer]
			if spatial == t.Spatial() {
				sum += m.aloneR[layer]
			}
		}
	}
	return int64(sum)
}
