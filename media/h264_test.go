package media

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
)

// h264Line is a video m-line that offers H.264 as told: payload types from 100
// on by their fmtp, each with its retransmissions.
func h264Line(fmtps ...string) *sdp.MediaDescription {
	m := &sdp.MediaDescription{MediaName: sdp.MediaName{Media: "video"}}
	for i, fmtp := range fmtps {
		number, rtx := 100+2*i, 101+2*i
		m.MediaName.Formats = append(m.MediaName.Formats, fmt.Sprint(number), fmt.Sprint(rtx))
		m.WithValueAttribute("rtpmap", fmt.Sprintf("%d H264/90000", number))
		if fmtp != "" {
			m.WithValueAttribute("fmtp", fmt.Sprintf("%d %s", number, fmtp))
		}
		m.WithValueAttribute("rtpmap", fmt.Sprintf("%d rtx/90000", rtx)).WithValueAttribute("fmtp", fmt.Sprintf("%d apt=%d", rtx, number))
	}
	return m
}

// profile is an fmtp of a profile in fragments.
func profile(levelID string) string { return "packetization-mode=1;profile-level-id=" + levelID }

func numbersOf(payloads []payload) string {
	var all []string
	for _, p := range payloads {
		all = append(all, fmt.Sprint(p.number))
	}
	return strings.Join(all, " ")
}

func TestWhichH264CanBeForwarded(t *testing.T) {
	for _, c := range []struct {
		name           string
		fmtp           string
		sent, received bool
	}{
		{"constrained baseline of browsers", profile("42e01f"), true, true},
		{"of x264 and OpenH264", profile("42c01f"), true, true},
		{"of a cautious encoder", profile("42401f"), true, true},
		{"main with all of baseline's constraints", profile("4d8028"), true, true},
		{"baseline", profile("42001f"), true, true},
		{"main", profile("4d001f"), true, true},
		{"main with a constraint that is of no matter", profile("4d401f"), true, true},
		{"constrained high, of Safari", profile("640c1f"), true, true},
		{"high", profile("64001f"), true, true},
		{"in capital letters", "Packetization-Mode=1; Profile-Level-Id=42E01F", true, true},
		{"4:4:4 is for nobody", profile("f4001f"), false, false},
		{"no profile", profile("42"), false, false},
		{"nonsense", profile("4g001f"), false, false},
		{"whole units only", "packetization-mode=0;profile-level-id=42e01f", true, false},
		{"interleaved", "packetization-mode=2;profile-level-id=42e01f", false, false},
		{"who says nothing of packets", "profile-level-id=42e01f", true, true},
		{"who says nothing at all", "", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := len(payloadsOf(h264Line(c.fmtp), true)) > 0; got != c.sent {
				t.Errorf("a publisher may send it: %t", got)
			}
			if got := len(payloadsOf(h264Line(c.fmtp), false)) > 0; got != c.received {
				t.Errorf("a viewer may be sent it: %t", got)
			}
		})
	}
}

func TestAPublisherIsAskedForTheH264ThatMostCanDecode(t *testing.T) {
	for _, c := range []struct{ name, want, wantOfSlot string }{
		{"42001f 42e01f 4d001f 64001f", "102 103", "100 101 102 103 104 105 106 107"},
		{"640c1f 42e01f", "102 103", "100 101 102 103"},
		{"640c1f", "100 101", "100 101"},
		{"64001f 4d001f", "102 103", "100 101 102 103"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var fmtps []string
			for id := range strings.FieldsSeq(c.name) {
				fmtps = append(fmtps, profile(id))
			}
			if got := numbersOf(payloadsOf(h264Line(fmtps...), true)); got != c.want {
				t.Errorf("of a sending m-line payload types %s are answered, want %s", got, c.want)
			}
			if got := numbersOf(payloadsOf(h264Line(fmtps...), false)); got != c.wantOfSlot {
				t.Errorf("of a slot payload types %s are answered, want %s", got, c.wantOfSlot)
			}
		})
	}
	fragments := h264Line("packetization-mode=0;profile-level-id=42e01f", profile("42e01f"))
	if got := numbersOf(payloadsOf(fragments, true)); got != "102 103" {
		t.Errorf("with and without fragments: payload types %s are answered", got)
	}
	other := h264Line(profile("42e01f"))
	other.MediaName.Formats = append(other.MediaName.Formats, "96")
	other.WithValueAttribute("rtpmap", "96 VP8/90000")
	if got := numbersOf(payloadsOf(other, true)); got != "100 101 96" {
		t.Errorf("with VP8: payload types %s are answered", got)
	}
}

func TestH264GoesToEveryDecoderThatCanDoIt(t *testing.T) {
	table := func(levelID ...string) *codecs {
		var fmtps []string
		for _, id := range levelID {
			fmtps = append(fmtps, profile(id))
		}
		return newCodecs(payloadsOf(h264Line(fmtps...), false))
	}
	for _, c := range []struct {
		sent string
		to   string
		want uint8 // payload type, 0 for none
	}{
		{"42e01f", "42c01f", 100},
		{"42c01f", "64001f 42e01f", 102},
		{"42e01f", "4d001f", 100},
		{"42e01f", "64001f", 100},
		{"42e01f", "640c1f", 100},
		{"42001f", "42e01f", 100},
		{"42001f", "42e01f 42001f", 102},
		{"4d001f", "64001f", 100},
		{"4d001f", "42e01f 640c1f", 0},
		{"640c1f", "64001f", 100},
		{"640c1f", "42e01f 4d001f", 0},
		{"64001f", "640c1f 42e01f", 0},
	} {
		t.Run(c.sent+" to "+c.to, func(t *testing.T) {
			got := table(strings.Fields(c.to)...).decoderOf(table(c.sent)[100])
			if got == nil && c.want != 0 || got != nil && got.payloadType != c.want {
				t.Errorf("it goes out as %+v, want payload type %d", got, c.want)
			}
		})
	}
}
