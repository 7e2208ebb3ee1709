package room_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callsvc/call"
)

// engine is a media engine of which the test moves the transports. It complains
// if it is used other than package call says.
type engine struct {
	t *testing.T

	mu     sync.Mutex
	inside map[string]bool // room/user with a peer, or one on its way
	peers  map[call.UserID]*peer
	// Peers by their answers to numbered offers.
	answered map[string]*peer
}

func newEngine(t *testing.T) *engine {
	return &engine{t: t, inside: map[string]bool{}, peers: map[call.UserID]*peer{}, answered: map[string]*peer{}}
}

// Offers of a special kind.
const (
	badOffer      = "not SDP"
	numberedOffer = "which peer is this?" // the answer tells, see engine.answered
)

func (e *engine) Join(j call.JoinMedia, o call.PeerObserver) (call.Peer, string, error) {
	key := string(j.RoomID) + "/" + string(j.UserID)
	e.mu.Lock()
	if e.inside[key] {
		e.t.Errorf("%s joined twice", key)
	}
	e.inside[key] = true
	e.mu.Unlock()
	o.Slots([]call.Slot{{MID: "0"}})
	time.Sleep(20 * time.Millisecond)
	e.mu.Lock()
	defer e.mu.Unlock()
	if j.Offer == badOffer {
		delete(e.inside, key)
		return nil, "", call.Errorf(call.CodeSDP, "not SDP")
	}
	p := &peer{engine: e, key: key, PeerObserver: o, forward: j.Forward, publishing: j.Initial}
	e.peers[j.UserID] = p
	answer := "answer to " + j.Offer
	if j.Offer == numberedOffer {
		answer = fmt.Sprint("answer ", len(e.answered))
		e.answered[answer] = p
	}
	return p, answer, nil
}

// peer returns the user's newest peer.
func (e *engine) peer(u call.UserID) *peer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.peers[u]
}

// peerOf returns the peer that gave an answer.
func (e *engine) peerOf(answer string) *peer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.answered[answer]
}

// open is how many peers have not been closed.
func (e *engine) open() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.inside)
}

type peer struct {
	call.PeerObserver
	engine *engine
	key    string
	busy   atomic.Bool
	closed atomic.Bool

	mu         sync.Mutex
	forward    bool
	publishing call.Publishing
	views      []call.View
}

// operate complains if two operations of one peer overlap, or one comes late.
func (p *peer) operate(d time.Duration, f func()) {
	if !p.busy.CompareAndSwap(false, true) {
		p.engine.t.Errorf("two operations on %s at once", p.key)
	}
	if p.closed.Load() {
		p.engine.t.Errorf("an operation on %s after Close", p.key)
	}
	time.Sleep(d)
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	p.busy.Store(false)
}

func (p *peer) Offer(offer string, _ []call.Send) (answer string, err error) {
	p.operate(10*time.Millisecond, func() { answer = "answer to " + offer })
	return answer, nil
}

func (p *peer) SetViews(v []call.View) error {
	p.operate(time.Millisecond, func() { p.views = v })
	return nil
}

func (p *peer) SetPublishing(c call.Publishing) {
	p.operate(time.Millisecond, func() { p.publishing = c })
}

func (p *peer) SetForward(f bool) {
	p.operate(time.Millisecond, func() { p.forward = f })
}

func (p *peer) Summary() call.MediaSummary {
	return call.MediaSummary{PacketsSent: 100, RTTMs: 40, Worst: call.QualityGood, Mean: call.QualityGood}
}

func (p *peer) Close() {
	p.operate(5*time.Millisecond, func() {})
	p.closed.Store(true)
	p.engine.mu.Lock()
	defer p.engine.mu.Unlock()
	delete(p.engine.inside, p.key)
}

func (p *peer) state() (forward bool, publishing call.Publishing, views []call.View) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.forward, p.publishing, p.views
}
