package media

import (
	"slices"
	"strconv"
)

// h264Profile is what a decoder of H.264 must be able to do (ITU-T H.264 annex
// A.2), as far as WebRTC endpoints have it; those come first that more decoders
// can do.
type h264Profile uint8

const (
	h264ConstrainedBaseline h264Profile = iota
	h264Baseline
	h264Main
	h264ConstrainedHigh
	h264High
	h264Unknown
)

// h264Patterns tell profiles by the first two octets of profile-level-id:
// profile_idc, and the constraint flags that count (RFC 6184 section 8.1, table
// 5). Encoders set them differently: 42c0, 42e0 and 4240 are the same.
var h264Patterns = [...]struct {
	idc, mask, flags uint64
	profile          h264Profile
}{
	{0x42, 0x4f, 0x40, h264ConstrainedBaseline},
	{0x4d, 0x8f, 0x80, h264ConstrainedBaseline},
	{0x58, 0xcf, 0xc0, h264ConstrainedBaseline},
	{0x42, 0x4f, 0x00, h264Baseline},
	{0x58, 0xcf, 0x80, h264Baseline},
	{0x4d, 0xaf, 0x00, h264Main},
	{0x64, 0xff, 0x0c, h264ConstrainedHigh},
	{0x64, 0xff, 0x00, h264High},
}

// h264Profile reads profile-level-id. Who says nothing means baseline (RFC 6184 section 8.1).
func (p *payload) h264Profile() h264Profile {
	value, said := p.parameter("profile-level-id")
	if !said {
		return h264Baseline
	}
	id, err := strconv.ParseUint(value, 16, 24)
	if err != nil || len(value) != 6 {
		return h264Unknown
	}
	for _, pattern := range h264Patterns {
		if id>>16 == pattern.idc && id>>8&pattern.mask == pattern.flags {
			return pattern.profile
		}
	}
	return h264Unknown
}

// key is that of a payload type of the profile.
func (h h264Profile) key() string { return "video/h264;" + strconv.Itoa(int(h)) }

// decoders are the keys of those that can decode the profile, the best first.
// What baseline has beyond the constrained one is for lossy broadcasts, and no
// encoder of WebRTC uses it.
func (h h264Profile) decoders() []string {
	switch h {
	case h264ConstrainedBaseline, h264Baseline:
		other := h264ConstrainedBaseline + h264Baseline - h
		return []string{h.key(), other.key(), h264Main.key(), h264ConstrainedHigh.key(), h264High.key()}
	case h264Main, h264ConstrainedHigh:
		return []string{h.key(), h264High.key()}
	}
	return []string{h.key()}
}

// packetizes reports whether packets of this H.264 can be forwarded. To a
// receiver whatever publishers send goes as it is, fragments included, so it must
// not insist on whole units; who does not say (GStreamer) does not insist.
func (p *payload) packetizes(sends bool) bool {
	mode, said := p.parameter("packetization-mode")
	return mode == "1" || !said || sends && mode == "0"
}

// narrowH264 leaves one kind of H.264 of those a publisher could send: the one
// that most can decode. Publishers take the first, which may be one that
// others in the room lack.
func narrowH264(offered []payload) []payload {
	best := -1
	preferable := func(p, than *payload) bool {
		if a, b := p.h264Profile(), than.h264Profile(); a != b {
			return a < b
		}
		mode, _ := p.parameter("packetization-mode")
		other, _ := than.parameter("packetization-mode")
		return mode == "1" && other != "1"
	}
	for i := range offered {
		if formatOf(offered[i].name) == formatH264 && (best < 0 || preferable(&offered[i], &offered[best])) {
			best = i
		}
	}
	dropped := func(number uint8) bool {
		return slices.ContainsFunc(offered, func(p payload) bool {
			return p.number == number && formatOf(p.name) == formatH264 && number != offered[best].number
		})
	}
	var kept []payload
	for i := range offered {
		primary, repairs := offered[i].apt()
		if best < 0 || !dropped(offered[i].number) && !(repairs && dropped(primary)) {
			kept = append(kept, offered[i])
		}
	}
	return kept
}
