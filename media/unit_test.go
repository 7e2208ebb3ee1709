package media_test

import (
	"strings"
	"testing"
	"time"

	"callsvc/media"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

func TestKeyframesAreRecognised(t *testing.T) {
	for _, c := range []struct {
		name    string
		detect  func([]byte) bool
		payload []byte
		want    bool
	}{
		{"H264: a sequence parameter set alone", media.H264Keyframe, []byte{0x67, 0x42, 0xe0}, true},
		{"H264: an aggregation that begins with one", media.H264Keyframe, []byte{0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce}, true},
		{"H264: an aggregation with one behind a delimiter", media.H264Keyframe, []byte{0x78, 0, 2, 0x09, 0xf0, 0, 2, 0x67, 0x42}, true},
		{"H264: an aggregation of other things", media.H264Keyframe, []byte{0x78, 0, 2, 0x61, 0x42, 0, 2, 0x06, 0x42}, false},
		{"H264: an aggregation that lies about its sizes", media.H264Keyframe, []byte{0x78, 0xff, 0xff, 0x67, 0x42}, false},
		{"H264: a slice of a predicted picture", media.H264Keyframe, []byte{0x61, 0x9a}, false},
		{"H264: the middle of a fragmented one", media.H264Keyframe, []byte{0x7c, 0x05, 1}, false},
		{"VP9: the beginning of a key picture", media.VP9Keyframe, []byte{0x8a, 0x81, 0x01, 0x82, 0x49}, true},
		{"VP9: a predicted picture", media.VP9Keyframe, []byte{0xca, 0x81, 0x01, 0x82}, false},
		{"VP9: the second packet of a key picture", media.VP9Keyframe, []byte{0x82, 0x81, 0x01, 0x82}, false},
		{"VP9: a higher spatial layer", media.VP9Keyframe, []byte{0xaa, 0x81, 0x01, 0x02, 0}, false},
		{"AV1: a new coded video sequence", media.AV1Keyframe, []byte{0x18, 0x0a}, true},
		{"AV1: a fragment carried on", media.AV1Keyframe, []byte{0x90, 0x0a}, false},
		{"AV1: an ordinary frame", media.AV1Keyframe, []byte{0x10, 0x32}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.detect(c.payload); got != c.want {
				t.Errorf("keyframe: %t, want %t", got, c.want)
			}
		})
	}
}

func TestVP8DescriptorsAreRead(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload []byte
		id      uint16
		key, ok bool
	}{
		{"no extension, key frame", []byte{0x10, 0x00}, 0, true, true},
		{"no extension, delta frame", []byte{0x10, 0x01}, 0, false, true},
		{"second partition of a key frame", []byte{0x11, 0x00}, 0, false, true},
		{"short picture id", []byte{0x90, 0x80, 0x7f, 0x00}, 0x7f, true, true},
		{"long picture id, tl0, temporal id", []byte{0x90, 0xe0, 0xff, 0xfe, 9, 0x20, 0x00}, 0x7ffe, true, true},
		{"cut short in the picture id", []byte{0x90, 0x80, 0x80}, 0, false, false},
		{"nothing behind the descriptor", []byte{0x90, 0x40, 9}, 0, false, false},
		{"empty", nil, 0, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			id, key, ok := media.ParseVP8(c.payload)
			if ok != c.ok || ok && (id != c.id || key != c.key) {
				t.Errorf("picture id %d, key %t, ok %t", id, key, ok)
			}
		})
	}
}

func TestVoicesGoNextToTheirPictures(t *testing.T) {
	for _, c := range []struct {
		name                  string
		before, pairs, voices string // one letter a voice, - for none
		want                  string
	}{
		{"two voices take free slots", "--", "--", "ab", "ab"},
		{"those heard stay where they are", "ba", "--", "ab", "ba"},
		{"a voice goes next to its picture", "a--", "--a", "a", "--a"},
		{"and the one in its place moves", "ab-", "b--", "ab", "ba-"},
		{"a picture whose voice is not among the loudest leaves its slot free", "--", "c-", "ab", "ab"},
		{"a voice nobody hears any more makes room", "ab", "--", "bc", "cb"},
		{"two pictures of one user: the voice is heard once", "--", "aa", "ab", "ab"},
		{"nobody speaks", "ab", "--", "", "--"},
	} {
		t.Run(c.name, func(t *testing.T) {
			split := func(s string) []string {
				var out []string
				for _, v := range s {
					out = append(out, strings.Trim(string(v), "-"))
				}
				return out
			}
			got := media.PlaceVoices(split(c.before), split(c.pairs), split(c.voices))
			if diff := cmp.Diff(split(c.want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSequenceNumbersSurviveReorderingLossAndDuplicates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s media.Sequence
		start := rapid.Uint16().Draw(t, "start")
		s.Observe(start)
		seen := map[int64]bool{0: true}
		highest := int64(0)
		for _, jump := range rapid.SliceOfN(rapid.Int64Range(-40, 60), 1, 400).Draw(t, "jumps") {
			n := max(highest+jump, 0)
			ext, verdict := s.Observe(start + uint16(n))
			want := "new"
			switch {
			case seen[n]:
				want = "duplicate"
			case n < highest:
				want = "late"
			}
			if verdict != want || ext != 1<<16+int64(start)+n {
				t.Fatalf("packet %d of a stream at %d is %s at %d, want %s", n, highest, verdict, ext, want)
			}
			seen[n] = true
			highest = max(highest, n)
		}
		if lost := uint64(highest + 1 - int64(len(seen))); s.Lost() != lost {
			t.Fatalf("%d lost, want %d", s.Lost(), lost)
		}
	})
}

func TestANewSequenceIsTakenAtItsSecondPacket(t *testing.T) {
	var s media.Sequence
	s.Observe(100)
	for _, step := range []struct {
		seq  uint16
		want string
	}{{101, "new"}, {30000, "stale"}, {102, "new"}, {30000, "stale"}, {30001, "restart"}, {30002, "new"}, {30001, "duplicate"}, {30000, "stale"}} {
		if _, got := s.Observe(step.seq); got != step.want {
			t.Errorf("%d is %s, want %s", step.seq, got, step.want)
		}
	}
}

func TestNTPTimesConvertBothWays(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 123456789, time.UTC).UnixNano()
	if back := media.FromNTP(media.ToNTP(now)); back < now-2 || back > now+2 {
		t.Errorf("%d became %d", now, back)
	}
	// RFC 868: 1 January 1970 is 2208988800 seconds into NTP's era.
	if got := media.ToNTP(0); got != 2208988800<<32 {
		t.Errorf("the Unix epoch is %d", got>>32)
	}
}

func FuzzPayloads(f *testing.F) {
	f.Add([]byte{0x90, 0xe0, 0xff, 0xfe, 9, 0x20, 0x00}, uint16(7), uint8(3))
	f.Add([]byte{0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce}, uint16(1), uint8(1))
	f.Add([]byte{0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x68, 0x0a, 0x02, 0xff, 0x95, 0x01}, uint16(0), uint8(0))
	f.Add([]byte{0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0x84, 0, 0, 3, 0, 4, 0, 0, 3, 0, 0xf0, 0x3c, 0x60}, uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, id uint16, tl0 uint8) {
		media.H264Keyframe(b)
		media.VP9Keyframe(b)
		media.AV1Keyframe(b)
		media.H264Size(b)
		media.VP8Size(b)
		size := len(b)
		before, after, got := media.RewriteVP8(b, id, tl0)
		if before && (!after || len(b) != size) {
			t.Fatal("a rewritten descriptor cannot be read any more")
		}
		if before && got != 0 && got != id&0x7fff && got != id&0x7f {
			t.Fatalf("picture id %d was written and %d read", id, got)
		}
		if p, ok := media.Unpad(&rtp.Header{Padding: true}, b); ok && len(p) >= len(b) {
			t.Fatal("padding that removes nothing")
		}
	})
}
