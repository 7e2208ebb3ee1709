package media

import "testing"

func TestMLinesWithTheSamePayloadTypesShareATable(t *testing.T) {
	vp8 := func() []payload {
		return []payload{
			{number: 96, name: "video/vp8", rtpmap: "VP8/90000", clock: 90000, feedback: []string{"nack", "nack pli"}},
			{number: 97, name: "video/rtx", rtpmap: "rtx/90000", clock: 90000, fmtp: "apt=96"},
		}
	}
	without := vp8()
	without[0].feedback = nil
	var tables codecTables
	first := tables.of(vp8())
	if first[96] == nil || first[96].rtx != 97 || !first[96].nack {
		t.Errorf("%+v", first[96])
	}
	if tables.of(vp8()) != first {
		t.Error("two tables for the same payload types")
	}
	if other := tables.of(without); other == first || other[96].nack {
		t.Error("one table for different feedback")
	}
	if other := tables.of(vp8()[:1]); other == first || other[96].rtx != 0 {
		t.Error("one table with retransmissions and without")
	}
}
