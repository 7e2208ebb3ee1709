package media

import (
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// arrivals sees every RTP packet of one peer as it is read, retransmissions and
// bandwidth probes included, which the tracks do not show or show late. It
// gives the publisher transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions),
// without which a browser keeps its send bandwidth low, and takes repaired
// packets the moment they come.
type arrivals struct {
	interceptor.NoOp
	peer *Peer

	mu       sync.Mutex
	recorder *twcc.Recorder
	held     bool
}

// NewInterceptor makes arrivals its own factory: there is one per PeerConnection.
func (a *arrivals) NewInterceptor(string) (interceptor.Interceptor, error) { return a, nil }

// BindRemoteStream is called by pion for each incoming SSRC.
func (a *arrivals) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	var id uint8
	for _, e := range info.RTPHeaderExtensions {
		if e.URI == sdp.TransportCCURI && e.ID > 0 && e.ID < 256 {
			id = uint8(e.ID)
		}
	}
	repair := strings.HasSuffix(strings.ToLower(info.MimeType), "/rtx")
	header := &rtp.Header{} // one goroutine at a time reads a stream
	return interceptor.RTPReaderFunc(func(b []byte, attr interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, attr, err := reader.Read(b, attr)
		if err == nil {
			a.arrived(b[:n], header, id, repair)
		}
		return n, attr, err
	})
}

// arrived handles one packet, which the reader decrypted and authenticated.
func (a *arrivals) arrived(raw []byte, h *rtp.Header, id uint8, repair bool) {
	now := time.Now()
	a.peer.heard(now)
	n, err := h.Unmarshal(raw)
	if err != nil {
		return
	}
	if v := h.GetExtension(id); id != 0 && len(v) == 2 {
		a.mu.Lock()
		a.recorder.Record(h.SSRC, binary.BigEndian.Uint16(v), now.UnixMicro())
		a.held = true
		a.mu.Unlock()
	}
	if repair {
		a.peer.repaired(h, raw[n:], now)
	}
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

// repaired feeds a retransmission (RFC 4588) to the stream it belongs to.
func (p *Peer) repaired(h *rtp.Header, payload []byte, now time.Time) {
	payload, ok := unpad(h, payload)
	if !ok || len(payload) < 3 { // the original number and something more
		return
	}
	for _, l := range p.allLayers() {
		if l.rtxSSRC() != h.SSRC {
			continue
		}
		c := l.codecs.primaryOf(h.PayloadType)
		if c == nil {
			return
		}
		h.PayloadType, h.SequenceNumber = c.payloadType, binary.BigEndian.Uint16(payload)
		l.receive(h, payload[2:], now.UnixNano())
		return
	}
}

// unpad strips padding (RFC 3550 section 5.1); false if it is longer than the packet.
func unpad(h *rtp.Header, payload []byte) ([]byte, bool) {
	if !h.Padding {
		return payload, true
	}
	if len(payload) == 0 {
		return nil, false
	}
	size := int(payload[len(payload)-1])
	if size == 0 || size > len(payload) {
		return nil, false
	}
	return payload[:len(payload)-size], true
}
