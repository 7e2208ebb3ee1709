package mediabench_test

import (
	"math"
	"testing"

	"callsvc/internal/histogram"
	"callsvc/internal/mediabench"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	transportID = 5
	vp8, opus   = 96, 111
	repairs     = 97
)

// packet is RTP as a server sends it, with a transport-wide number.
func packet(t testing.TB, payloadType uint8, ssrc uint32, number, transport uint16) []byte {
	t.Helper()
	h := rtp.Header{Version: 2, PayloadType: payloadType, SSRC: ssrc, SequenceNumber: number}
	for id, value := range map[uint8][]byte{3: {30}, transportID: {byte(transport >> 8), byte(transport)}} {
		if err := h.SetExtension(id, value); err != nil {
			t.Fatal(err)
		}
	}
	b, err := (&rtp.Packet{Header: h, Payload: make([]byte, 100)}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAListenerCountsWhatItCannotDecrypt(t *testing.T) {
	l := mediabench.NewListener(transportID)
	transport := uint16(65530)
	take := func(payloadType uint8, ssrc uint32, number uint16) {
		l.Take(packet(t, payloadType, ssrc, number, transport))
		transport++
	}
	for n := range uint16(10) {
		take(vp8, 1, 65530+n)
		if n != 4 {
			take(opus, 2, n) // one is lost
		}
		take(repairs, 3, n) // a probe
	}
	if streams, packets, lost := l.Totals(); streams != 2 || packets != 19 || lost != 1 {
		t.Errorf("%d streams, %d packets, %d lost; want 2, 19, 1", streams, packets, lost)
	}
	var told, reports int
	for _, p := range l.Feedback() {
		switch f := p.(type) {
		case *rtcp.TransportLayerCC:
			told += int(f.PacketStatusCount)
			if f.BaseSequenceNumber != 65530 {
				t.Errorf("feedback begins with %d", f.BaseSequenceNumber)
			}
		case *rtcp.ReceiverReport:
			for _, r := range f.Reports {
				reports++
				if want := r.SSRC - 1; r.TotalLost != want {
					t.Errorf("%d of stream %d are reported lost, want %d", r.TotalLost, r.SSRC, want)
				}
			}
		}
	}
	if told != 29 || reports != 2 {
		t.Errorf("feedback tells of %d packets, and reports of %d streams; want 29 and 2", told, reports)
	}
}

func TestWhatIsNotRTPIsLeftToPion(t *testing.T) {
	for name, tt := range map[string]struct {
		datagram []byte
		want     bool
	}{
		"a voice":                         {packet(t, opus, 1, 1, 1), true},
		"a picture's last packet, marked": {append([]byte{0x90, 0x80 | vp8}, make([]byte, 30)...), true},
		"a receiver report":               {append([]byte{0x81, 201}, make([]byte, 30)...), false},
		"a binding request":               {append([]byte{0, 1}, make([]byte, 30)...), false},
		"DTLS":                            {append([]byte{22, 254, 253}, make([]byte, 30)...), false},
		"nothing":                         {nil, false},
	} {
		if got := mediabench.IsRTP(tt.datagram); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestForwardingIsWhatCameBetweenTwoAnswers(t *testing.T) {
	inf := math.Inf(1)
	before := map[float64]float64{0.001: 100, 0.005: 200, 1: 200, inf: 200}
	for _, tt := range []struct {
		name  string
		after map[float64]float64
		want  histogram.Latency
	}{
		{"nothing", before, histogram.Latency{}},
		{"all soon", map[float64]float64{0.001: 200, 0.005: 300, 1: 300, inf: 300}, histogram.Latency{Count: 100, P50: 1, P90: 1, P99: 1, Max: 1}},
		{"one late", map[float64]float64{0.001: 190, 0.005: 299, 1: 299, inf: 300}, histogram.Latency{Count: 100, P50: 1, P90: 1, P99: 5, Max: 1000}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := mediabench.Forwarding(before, tt.after)
			got.Of = ""
			if diff := cmp.Diff(tt.want, got); diff != "" || ok != (tt.want.Count > 0) {
				t.Errorf("%t (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func FuzzTransportNumber(f *testing.F) {
	f.Add(packet(f, vp8, 1, 2, 0xbeef), uint8(transportID))
	f.Add([]byte("\x90\x60\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\xbe\xde\x00\x01\x00\x00\x51\x00"), uint8(transportID))
	f.Fuzz(func(t *testing.T, b []byte, id uint8) {
		if !mediabench.IsRTP(b) {
			return
		}
		got, ok := mediabench.TransportNumber(b, id)
		var h rtp.Header
		if _, err := h.Unmarshal(b); err != nil || h.ExtensionProfile != 0xbede || !h.Extension {
			return // pion is stricter, or there is nothing to find
		}
		if v := h.GetExtension(id); ok && len(v) == 2 && uint16(v[0])<<8|uint16(v[1]) != got {
			t.Errorf("%d, pion reads %v", got, v)
		}
	})
}
