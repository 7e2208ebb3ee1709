package media

import (
	"fmt"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/media/bitstream"

	"github.com/pion/rtp"
)

// sink is an rtpWriter that keeps the last header.
type sink struct {
	count int
	last  rtp.Header
}

func (s *sink) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	s.count++
	s.last = *h
	return len(payload) + 12, nil
}

// receive takes one RTP packet as it was sent first.
func (l *layer) receive(h *rtp.Header, payload []byte, now int64) []uint16 {
	return l.take(h, payload, now, false)
}

// stage is one publisher's layer with n viewers, without a network.
type stage struct {
	layer  *layer
	slots  []*slot
	sinks  []*sink
	header rtp.Header
	now    int64
}

func newStage(source call.Source, mime string, clock uint32, viewers int) *stage {
	e := &Engine{overload: newOverload()}
	r := newRouter(e, "r")
	table := newCodecs([]payload{{number: 96, name: strings.ToLower(mime), clock: clock}})
	publisher := &Peer{engine: e, router: r}
	pub := newPublication(publisher, "0", source, nil)
	pub.open.Store(true)
	st := &stage{layer: newLayer(pub, "", 1, table), now: 1e18}
	st.header = rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: 1, Timestamp: 1}
	for range viewers {
		p := &Peer{engine: e, router: r}
		p.connected.Store(true)
		w := &sink{}
		s := newSlot(p, "1", source.Audio(), "v0", "slot0", binding{writer: w, ssrc: 7, codecs: table})
		st.layer.attach(s, bitstream.Everything, st.now)
		st.slots, st.sinks = append(st.slots, s), append(st.sinks, w)
	}
	return st
}

// packet sends the next packet of a frame that has its own timestamp.
func (st *stage) packet(payload []byte) {
	st.header.SequenceNumber++
	st.header.Timestamp += 3000
	st.now += 33e6
	st.layer.receive(&st.header, payload, st.now)
}

func vp8(key bool, size int) []byte {
	b := make([]byte, size)
	copy(b, []byte{0x90, 0xc0, 0x80, 0x01, 0x01, 0x01})
	if key {
		b[5] = 0
	}
	return b
}

func TestForwardingAPacketDoesNotAllocate(t *testing.T) {
	for _, c := range []struct {
		name    string
		stage   *stage
		payload []byte
	}{
		{"video", newStage(call.SourceCamera, "video/VP8", 90000, 20), vp8(false, 1100)},
		{"audio", newStage(call.SourceMic, "audio/opus", 48000, 20), make([]byte, 80)},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.stage.packet(vp8(true, 1100))
			for range 2 * videoHistory { // the history's buffers grow once
				c.stage.packet(c.payload)
			}
			if n := testing.AllocsPerRun(1000, func() { c.stage.packet(c.payload) }); n != 0 {
				t.Errorf("%v allocations for a packet to 20 viewers", n)
			}
			if c.stage.sinks[0].count < 1000 {
				t.Errorf("only %d packets came out", c.stage.sinks[0].count)
			}
		})
	}
}

func TestDuplicatesAreDroppedBeforeForwarding(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	st.packet(vp8(true, 20))
	st.packet(vp8(false, 20))
	for range 13 { // a browser's bandwidth probe repeats packets as retransmissions
		st.layer.receive(&st.header, vp8(true, 20), st.now)
	}
	if st.sinks[0].count != 2 {
		t.Errorf("%d packets forwarded, want 2", st.sinks[0].count)
	}
	if st.layer.counts.duplicates != 13 {
		t.Errorf("%d duplicates counted, want 13", st.layer.counts.duplicates)
	}
}

func TestARepairIsNoJitter(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	st.packet(vp8(true, 20))
	for range 20 {
		lost := st.header
		lost.SequenceNumber, lost.Timestamp = lost.SequenceNumber+1, lost.Timestamp+2970 // 33 ms
		st.header = lost
		st.now += 33e6
		st.header.SequenceNumber, st.header.Timestamp = lost.SequenceNumber+1, lost.Timestamp+2970
		st.now += 33e6
		st.layer.receive(&st.header, vp8(false, 20), st.now)
		st.layer.take(&lost, vp8(false, 20), st.now+10e6, true) // 43 ms late
	}
	report, ok := st.layer.reception(st.now)
	if !ok || report.Jitter > 30 {
		t.Errorf("jitter %d of 90 kHz, of packets that came in time", report.Jitter)
	}
}

func TestALatePacketKeepsItsPlace(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	st.packet(vp8(true, 20))
	first := st.sinks[0].last.SequenceNumber
	late := st.header
	late.SequenceNumber++
	st.header.SequenceNumber++
	st.packet(vp8(false, 20))
	if got := st.sinks[0].last.SequenceNumber; got != first+2 {
		t.Fatalf("the packet after a gap is %d after the first, want 2", got-first)
	}
	st.layer.receive(&late, vp8(false, 20), st.now)
	if got := st.sinks[0].last.SequenceNumber; got != first+1 {
		t.Errorf("the late packet is %d after the first, want 1", got-first)
	}
	st.packet(vp8(false, 20))
	if got := st.sinks[0].last.SequenceNumber; got != first+3 {
		t.Errorf("the packet after it is %d after the first, want 3", got-first)
	}
}

func TestASenderReportKeepsVoiceAndPictureOnOneClock(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	s, p := st.slots[0], st.layer.pub.peer
	const behind = int64(3600e9) // the publisher's clock is an hour late
	st.packet(vp8(true, 20))
	captured := st.now - behind - 50e6 // fifty milliseconds on the way
	p.clockOffset.Store(behind + 20e6) // the fastest report took twenty
	st.layer.rtcp.sr = senderReport{ntp: captured, rtp: st.header.Timestamp, arrived: st.now}
	sr, ok := s.senderReport(st.now + 1e9)
	if !ok {
		t.Fatal("no sender report")
	}
	// The packet was captured 30 ms before it came, by the publisher's best clock.
	want := st.sinks[0].last.Timestamp + 90000 + 30*90
	if diff := int32(sr.RTPTime - want); diff < -2 || diff > 2 {
		t.Errorf("RTP time is %d off", diff)
	}
	if sr.SSRC != 7 || sr.PacketCount != 1 || sr.OctetCount != 20 {
		t.Errorf("report: %+v", sr)
	}
}

func BenchmarkForward(b *testing.B) {
	for _, viewers := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("1to%d", viewers), func(b *testing.B) {
			st := newStage(call.SourceCamera, "video/VP8", 90000, viewers)
			st.packet(vp8(true, 1100))
			payload := vp8(false, 1100)
			b.ReportAllocs()
			for b.Loop() {
				st.packet(payload)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*viewers), "ns/pkt-out")
		})
	}
}

func TestRetransmissionsNeverExceedAShareOfWhatIsSent(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	s := st.slots[0]
	st.packet(vp8(true, 20))
	first := st.sinks[0].last.SequenceNumber
	buf := make([]byte, receiveMTU)
	const packets = 2000
	for n := range uint16(packets) {
		st.packet(vp8(false, 20))
		for back := range uint16(50) { // a viewer who has lost everything of late
			if seq := first + n - back; int16(seq-first) >= 0 {
				s.resend(seq, buf, st.now)
			}
		}
	}
	if resent := s.counts.resent; resent < packets/resendCost || resent > (packets+maxCredit)/resendCost {
		t.Errorf("%d of %d packets were sent again, want about one in %d", resent, packets, resendCost)
	}
}
