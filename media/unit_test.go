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

func FuzzPadding(f *testing.F) {
	f.Add([]byte{1, 2, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, ok := media.Unpad(&rtp.Header{Padding: true}, b); ok && len(p) >= len(b) {
			t.Fatal("padding that removes nothing")
		}
	})
}
