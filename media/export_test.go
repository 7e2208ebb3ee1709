package media

import "github.com/pion/rtp"

// What the external tests look into.
var (
	ParseVP8 = func(b []byte) (pictureID uint16, keyframe, ok bool) {
		d, ok := parseVP8(b)
		return d.pictureID, d.keyframe, ok
	}
	H264Keyframe = h264Keyframe
	VP9Keyframe  = vp9Keyframe
	AV1Keyframe  = av1Keyframe
	Unpad        = func(h *rtp.Header, b []byte) ([]byte, bool) { return unpad(h, b) }
	PlaceVoices  = placeVoices[string]
	ToNTP        = toNTP
	FromNTP      = fromNTP
)

// RewriteVP8 writes counters into a payload and reads them back.
func RewriteVP8(b []byte, pictureID uint16, tl0 uint8) (before, after bool, id uint16) {
	d, before := parseVP8(b)
	if !before {
		return false, false, 0
	}
	d.write(b, pictureID, tl0)
	again, after := parseVP8(b)
	return true, after && again.keyframe == d.keyframe && again.pictureIDAt == d.pictureIDAt, again.pictureID
}

// Sequence exposes sequence numbers as a test sees them.
type Sequence struct{ s sequence }

// Observe returns the extended number and what it means.
func (s *Sequence) Observe(seq uint16) (int64, string) {
	ext, v := s.s.observe(seq)
	return ext, map[verdict]string{
		seqNew: "new", seqLate: "late", seqDuplicate: "duplicate", seqStale: "stale", seqRestart: "restart",
	}[v]
}

// Lost is what has not come so far.
func (s *Sequence) Lost() uint64 { return s.s.expected() - s.s.received }
