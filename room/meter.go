package room

import (
	"sync"

	"callsvc/call"
)

// meter adds up what was measured of one member over all their connections.
type meter struct {
	mu   sync.Mutex // guards the members below
	past call.MediaSummary
	peer call.Peer // the one that is measured now, if any
}

// follow begins to measure a peer.
func (m *meter) follow(p call.Peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.peer = p
}

// unfollow keeps the last word of a peer that is closed.
func (m *meter) unfollow(p call.Peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.past, m.peer = add(m.past, p.Summary()), nil
}

// Summary is what was measured so far.
func (m *meter) Summary() call.MediaSummary {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.peer == nil {
		return m.past
	}
	return add(m.past, m.peer.Summary())
}

// add joins two summaries: packets add up, means weigh by packets.
func add(a, b call.MediaSummary) call.MediaSummary {
	wa, wb := float64(a.PacketsSent+a.PacketsReceived), float64(b.PacketsSent+b.PacketsReceived)
	switch {
	case wa == 0:
		return b
	case wb == 0:
		return a
	}
	mean := func(x, y float64) float64 { return (x*wa + y*wb) / (wa + wb) }
	rounded := func(x, y int) int { return int(mean(float64(x), float64(y)) + 0.5) }
	return call.MediaSummary{
		RTTMs:           rounded(a.RTTMs, b.RTTMs),
		JitterMs:        rounded(a.JitterMs, b.JitterMs),
		LossSent:        mean(a.LossSent, b.LossSent),
		LossReceived:    mean(a.LossReceived, b.LossReceived),
		PacketsSent:     a.PacketsSent + b.PacketsSent,
		PacketsReceived: a.PacketsReceived + b.PacketsReceived,
		Worst:           max(a.Worst, b.Worst),
		Mean:            call.Quality(rounded(int(a.Mean), int(b.Mean))),
	}
}
