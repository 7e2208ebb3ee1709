package media

import (
	"net/netip"
	"time"

	"callsvc/call"

	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
)

// What the external tests look into.
var (
	Unpad       = func(h *rtp.Header, b []byte) ([]byte, bool) { return unpad(h, b) }
	PlaceVoices = placeVoices[string]
	ToNTP       = toNTP
	FromNTP     = fromNTP
)

// SetBudget says what the path to a participant takes, in bits per second.
func SetBudget(p call.Peer, bitsPerSecond int64) { p.(*Peer).budget.Store(bitsPerSecond) }

// Sequence exposes sequence numbers as a test sees them.
type Sequence struct{ s sequence }

// Observe returns the extended number and what it means.
func (s *Sequence) Observe(seq uint16) (int64, string) {
	ext, v := s.s.observe(seq)
	return ext, map[verdict]string{
		seqNew: "new", seqLate: "late", seqDuplicate: "duplicate", seqStale: "stale", seqRestart: "restart",
	}[v]
}

// Lost is what has not come so far.
func (s *Sequence) Lost() uint64 { return s.s.expected() - s.s.received }

// Routes is who may be heard from which address, with links known by name.
type Routes struct {
	r     *routes
	links map[string]*link
}

// NewRoutes makes an empty table.
func NewRoutes() *Routes { return &Routes{newRoutes(), map[string]*link{}} }

func (r *Routes) link(name string) *link {
	if r.links[name] == nil {
		r.links[name] = &link{engine: &Engine{routes: r.r}}
	}
	return r.links[name]
}

// Checked is an authenticated check of a link from an address.
func (r *Routes) Checked(name string, from ice.Candidate) { r.link(name).checked(from) }

// Selected is a link's choice of an address.
func (r *Routes) Selected(name string, from ice.Candidate) { r.link(name).selected(from) }

// Owner is the link whose packets come from an address.
func (r *Routes) Owner(from netip.AddrPort) string {
	for name, l := range r.links {
		if r.r.get(from) == l {
			return name
		}
	}
	return ""
}

// AnswerText is the answer to an offer as far as the offer alone settles it.
func AnswerText(text string) (string, error) {
	o, err := parseOffer(text, defaultMaxSlots)
	if err != nil {
		return "", err
	}
	return (&answer{}).text(o), nil
}

// The pace of video on a narrow path.
const (
	PaceBurst  = paceBurst
	PaceFactor = paceFactor
)

// ToRelay hands a packet to the relay at an address, as the engine does; port is
// that which stands for one of the server's addresses.
func (e *Engine) ToRelay(to netip.Addr, b []byte) error {
	d := e.conn.take()
	d.n = copy(d.buf[:], b)
	return e.relays.at(to).deliver(d, netip.AddrPortFrom(to, relayPort))
}

// RelayDropped is Stats' of that name, without the rest.
func (e *Engine) RelayDropped() uint64 { return e.relays.dropped.Load() }

// SetDrained says until when there is a queue in the path to a participant.
func SetDrained(p call.Peer, until time.Time) { p.(*Peer).drained.Store(nanos(until)) }
