package media

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/media/bwe"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// theirs is pion's.
type theirs struct {
	bwe    *gcc.SendSideBWE
	writer interceptor.RTPWriter
	next   uint16
}

func newTheirs(tb testing.TB) *theirs {
	const id = 3
	pions, err := gcc.NewSendSideBWE(gcc.SendSideBWEInitialBitrate(1e6), gcc.SendSideBWEMaxBitrate(10e6),
		gcc.SendSideBWEMinBitrate(bwe.MinTarget), gcc.SendSideBWEPacer(gcc.NewNoOpPacer()),
		gcc.WithLoggerFactory(&logging.DefaultLoggerFactory{Writer: io.Discard}))
	if err != nil {
		tb.Fatal(err)
	}
	nowhere := interceptor.RTPWriterFunc(func(*rtp.Header, []byte, interceptor.Attributes) (int, error) { return 0, nil })
	w := pions.AddStream(&interceptor.StreamInfo{
		SSRC: 1, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: id}},
	}, nowhere)
	return &theirs{bwe: pions, writer: w}
}

func (g *theirs) leave(_ time.Time, size int, _ bool) uint16 {
	h := rtp.Header{Version: 2, SSRC: 1}
	seq := g.next
	g.next++
	if err := h.SetExtension(3, []byte{byte(seq >> 8), byte(seq)}); err != nil {
		panic(err)
	}
	if _, err := g.writer.Write(&h, make([]byte, size-packetOverhead), nil); err != nil {
		panic(err)
	}
	return seq
}

func (g *theirs) target() (now, proved float64)      { return float64(g.bwe.GetTargetBitrate()), 0 }
func (g *theirs) probing(time.Time, float64) float64 { return 0 }
func (g *theirs) drained() time.Time                 { return time.Time{} }
func (g *theirs) close() {
	if err := g.bwe.Close(); err != nil {
		panic(err)
	}
}

func (g *theirs) reported(b []byte, _ time.Time) {
	var packet rtcp.TransportLayerCC
	if err := packet.Unmarshal(b); err != nil {
		panic(err)
	}
	if err := g.bwe.WriteRTCP([]rtcp.Packet{&packet}, nil); err != nil {
		panic(err)
	}
}

// pion's interceptor/pkg/gcc was the alternative (docs/adr/0017).
func TestTheEstimateIsNoWorseThanPions(t *testing.T) {
	for _, b := range bottlenecks() {
		t.Run(b.name, func(t *testing.T) {
			var ours, pions journey
			synctest.Test(t, func(*testing.T) { ours = travel(b, &own{rtt: int64(b.rtt)}) })
			synctest.Test(t, func(t *testing.T) {
				e := newTheirs(t)
				defer e.close()
				pions = travel(b, e)
			})
			t.Logf("own  %+v", ours)
			t.Logf("pion %+v", pions)
			const tie = 0.05
			if ours.used < pions.used-tie && ours.lost > pions.lost-0.02 {
				t.Errorf("own uses %.2f, pion's %.2f; lost %.2f and %.2f", ours.used, pions.used, ours.lost, pions.lost)
			}
		})
	}
}
