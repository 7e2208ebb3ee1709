package media

import (
	"sync"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
)

// arrivals remembers when each packet of one publisher came, retransmissions
// and bandwidth probes included, and tells it: transport-wide feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions), without which a browser
// keeps its send bandwidth low.
type arrivals struct {
	mu       sync.Mutex
	recorder *twcc.Recorder
	held     bool
}

// record notes one packet.
func (a *arrivals) record(ssrc uint32, seq uint16, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recorder.Record(ssrc, seq, nanos(now)/1000)
	a.held = true
}

// feedback makes the report of what arrived since the last one.
func (a *arrivals) feedback() []rtcp.Packet {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.held {
		return nil
	}
	a.held = false
	return a.recorder.BuildFeedbackPacket()
}
