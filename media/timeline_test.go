package media

import (
	"math"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/media/bitstream"

	"github.com/pion/rtcp"
)

const millisecond = int64(time.Millisecond)

// take is a publisher's camera as it comes in: frames take their time, and it is
// said when they were captured by a clock that is an hour behind.
type take struct {
	layer *layer
	st    *stage
	late  int64 // nanoseconds from capture to arrival
}

const behindUs = int64(time.Hour)

// another is another publisher's camera, or another layer, for the slot of st.
func (st *stage) another(peer *Peer, late int64) *take {
	pub := newPublication(peer, "0", call.SourceCamera, nil)
	pub.open.Store(true)
	return &take{newLayer(pub, "", 1, st.layer.codecs), st, late}
}

// timestamp is the publisher's own of a moment of capture.
func (k *take) timestamp(captured int64) uint32 { return uint32(k.late) + units(captured-1e18, 90000) }

// frame comes in now.
func (k *take) frame(key bool) {
	h := k.st.header
	h.SequenceNumber, h.Timestamp = uint16(k.layer.seq.highest+1), k.timestamp(k.st.now-k.late)
	k.layer.receive(&h, vp8(key, 20), k.st.now)
}

// reports comes in now and says what is captured now.
func (k *take) reports(off int64) {
	k.layer.senderReported(&rtcp.SenderReport{NTPTime: toNTP(k.st.now - behindUs + off), RTPTime: k.timestamp(k.st.now)}, k.st.now)
}

// stampOff is by how much (nanoseconds) what came last went out with another timestamp
// than the slot's line gives what was captured that long ago.
func (st *stage) stampOff(late int64) int64 {
	s := st.slots[0]
	want := s.timeline.stamp(st.now - late)
	return int64(int32(st.sinks[0].last.Timestamp-want)) * int64(time.Second) / 90000
}

func newTakes(late ...int64) (*stage, []*take) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	viewer := st.slots[0].peer
	viewer.lane = &lane{peer: viewer}
	var takes []*take
	for _, l := range late {
		peer := &Peer{engine: st.layer.pub.peer.engine, router: st.layer.pub.peer.router}
		peer.clockOffset.Store(math.MaxInt64)
		takes = append(takes, st.another(peer, l))
	}
	return st, takes
}

// However late another picture comes, it goes out where the line has what was
// captured then.
func TestASlotStaysOnItsLine(t *testing.T) {
	for _, c := range []struct {
		name     string
		switchTo func(st *stage, from, to *take)
	}{
		{"on a live keyframe", func(st *stage, _, to *take) {
			to.layer.attach(st.slots[0], bitstream.Everything, st.now)
			to.frame(true)
		}},
		{"replayed at once", func(st *stage, from, to *take) {
			to.frame(true)
			st.now += 40 * millisecond
			to.frame(false)
			to.layer.attach(st.slots[0], bitstream.Everything, st.now)
		}},
		{"replayed as it was made", func(st *stage, from, to *take) {
			from.layer.detach(st.slots[0])
			st.now += 100 * millisecond
			to.frame(true)
			st.now += 40 * millisecond
			to.frame(false)
			to.layer.attach(st.slots[0], bitstream.Everything, st.now)
		}},
		{"in a gap of a minute", func(st *stage, from, to *take) {
			from.layer.detach(st.slots[0])
			st.now += int64(time.Minute)
			to.layer.attach(st.slots[0], bitstream.Everything, st.now)
			to.frame(true)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, takes := newTakes(20*millisecond, 270*millisecond)
			from, to := takes[0], takes[1]
			from.layer.attach(st.slots[0], bitstream.Everything, st.now)
			from.frame(true)
			from.reports(0)
			to.reports(0)
			if _, ok := st.slots[0].senderReport(st.now); !ok {
				t.Fatal("no sender report")
			}
			st.now += 400 * millisecond
			from.frame(false)
			st.now += 300 * millisecond
			c.switchTo(st, from, to)
			if off := st.stampOff(to.late); off < -millisecond || off > millisecond {
				t.Errorf("%s off the line", time.Duration(off))
			}
			line := st.slots[0].timeline
			st.now += 40 * millisecond
			to.frame(false)
			sr, ok := st.slots[0].senderReport(st.now)
			if !ok {
				t.Fatal("no sender report after the switch")
			}
			if off := int32(sr.RTPTime - line.stamp(st.now)); off < -90 || off > 90 {
				t.Errorf("the reports before and after are %d of 90 kHz apart", off)
			}
		})
	}
}

// Timestamps go up, whatever publishers report.
func TestALieOfAPublishersMovesNoSlot(t *testing.T) {
	for _, off := range []int64{-int64(time.Hour), -1200 * millisecond, 1200 * millisecond, int64(time.Hour)} {
		st, takes := newTakes(20*millisecond, 20*millisecond)
		from, to := takes[0], takes[1]
		from.layer.attach(st.slots[0], bitstream.Everything, st.now)
		from.frame(true)
		from.reports(0)
		to.reports(0)
		to.reports(off)
		to.layer.pub.peer.clockOffset.Store(behindUs) // as another layer told
		st.slots[0].senderReport(st.now)
		before := st.sinks[0].last.Timestamp
		to.layer.attach(st.slots[0], bitstream.Everything, st.now)
		st.now += 40 * millisecond
		to.frame(true)
		if went := st.sinks[0].last.Timestamp - before; went != 3600 {
			t.Errorf("told %s: the timestamp went on by %d, want 3600", time.Duration(off), went)
		}
	}
}

// A microphone's next device begins timestamps of its own; until it is reported
// where these are, nothing is said of them.
func TestNothingIsSaidOfTimestampsThatBeganAnew(t *testing.T) {
	st, takes := newTakes(20 * millisecond)
	k := takes[0]
	k.layer.attach(st.slots[0], bitstream.Everything, st.now)
	said := func() bool { _, ok := st.slots[0].senderReport(st.now); return ok }
	k.frame(true)
	k.reports(0)
	if !said() {
		t.Fatal("no sender report")
	}
	st.now += 5 * int64(time.Second)
	k.late += 4 * int64(time.Second) // it goes on where it was a second after it stopped
	h := st.header
	h.SequenceNumber, h.Timestamp = uint16(k.layer.seq.highest+1), st.slots[0].segments[0].timestamp
	k.layer.receive(&h, vp8(false, 20), st.now)
	if said() {
		t.Error("a sender report by timestamps that are over")
	}
	k.reports(0)
	if !said() {
		t.Error("no sender report when they are known")
	}
}
