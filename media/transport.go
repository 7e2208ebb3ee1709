package media

import (
	"time"

	"callsvc/call"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// Times of the transport. ICE is told to go on for longer than anybody waits:
// who is lost is the room's decision.
const (
	silenceLimit    = 4 * time.Second // without anything heard the transport is down
	monitorTicks    = 5               // half a second
	iceDisconnected = 5 * time.Second
	iceFailed       = 120 * time.Second
	iceKeepalive    = 2 * time.Second // consent checks (RFC 7675 asks for one in 5 s) and their answers: two in silenceLimit
)

// monitor is what the router knows of a peer's transport.
type monitor struct {
	known     bool // it was up once
	up        bool
	responses uint32 // answers to our checks, as last counted
}

// heard notes that an authenticated packet came.
func (p *Peer) heard(now time.Time) { p.heardAt.Store(nanos(now)) }

// checked is called by pion for every STUN binding request of this peer whose
// integrity was verified. It leaves the choice of candidate pairs to ICE.
func (p *Peer) checked(_ *stun.Message, _, remote ice.Candidate, _ *ice.CandidatePair) bool {
	p.heard(time.Now())
	p.link.checked(remote)
	return false
}

// linked is called once, when the keys of the link are there.
func (p *Peer) linked() {
	if p.isClosed() {
		return
	}
	p.heard(time.Now())
	p.connected.Store(true)
	p.router.loop.post(func() { p.router.transport(p, time.Now()) })
}

// hungUp is called when the other side has closed the DTLS session, as a
// PeerConnection does that is closed: there is nobody to forward to any more.
// The session cannot come back, and the room decides whether they have left.
func (p *Peer) hungUp() {
	p.connected.Store(false)
	p.router.loop.post(func() { p.router.hungUp(p, time.Now()) })
}

// transportChange is what watch found.
type transportChange int

const (
	transportUnchanged transportChange = iota
	transportDown
	transportFirst   // up for the first time
	transportRevived // up again
)

// watch tells the observer when the transport goes down or comes (back) up.
// Called by the router.
func (p *Peer) watch(now time.Time) transportChange {
	if !p.connected.Load() {
		return transportUnchanged
	}
	p.countResponses(now)
	silence := time.Duration(nanos(now) - p.heardAt.Load())
	last := now.Add(-silence)
	switch silent := silence > silenceLimit; {
	case p.monitor.up && silent:
		p.monitor.up = false
		p.log.Info("transport down", "last", last)
		p.observer.TransportDown(call.MillisOf(last))
		return transportDown
	case !p.monitor.up && !silent:
		p.monitor.up = true
		p.log.Info("transport up")
		p.observer.TransportUp(call.MillisOf(now))
		if p.monitor.known {
			return transportRevived
		}
		p.monitor.known = true
		return transportFirst
	}
	return transportUnchanged
}

// countResponses notices the answers to our own checks, which pion shows only
// as a count.
func (p *Peer) countResponses(now time.Time) {
	stats, ok := p.link.agent.GetSelectedCandidatePairStats()
	if !ok {
		return
	}
	// An ICE restart begins a new pair and a new count.
	if n := uint32(stats.ResponsesReceived); n != p.monitor.responses {
		if n > p.monitor.responses {
			p.heard(now)
		}
		p.monitor.responses = n
	}
	if stats.CurrentRoundTripTime > 0 {
		p.rtt.Store(int64(stats.CurrentRoundTripTime * float64(time.Second)))
	}
}
