package media

// The H264 NAL unit types that matter here (ITU-T H.264 table 7-1, RFC 6184).
const (
	nalSPS   = 7
	nalSTAPA = 24
	nalFUA   = 28
)

// h264Keyframe reports whether a payload begins a picture that can be decoded
// alone. Encoders for WebRTC put a sequence parameter set before each IDR
// picture (RFC 7742 section 6.2), so that is where a decoder can start.
func h264Keyframe(payload []byte) bool {
	if h264ParameterSet(payload) != nil {
		return true
	}
	return len(payload) > 1 && payload[0]&0x1f == nalFUA && payload[1]&0x80 != 0 && payload[1]&0x1f == nalSPS
}

// vp9Keyframe reports whether a payload begins a key frame: beginning of a
// frame, not predicted from another picture, lowest spatial layer (RFC 9628
// section 4.2).
func vp9Keyframe(payload []byte) bool {
	if len(payload) < 1 {
		return false
	}
	first, at := payload[0], 1
	if first&0x40 != 0 || first&0x08 == 0 { // P, not B
		return false
	}
	if first&0x80 != 0 { // I: picture id, one or two octets
		if len(payload) <= at {
			return false
		}
		if payload[at]&0x80 != 0 {
			at++
		}
		at++
	}
	if first&0x20 == 0 { // L: no layer indices
		return len(payload) > at
	}
	return len(payload) > at && payload[at]>>1&0x07 == 0
}

// av1Keyframe reports whether a payload begins a coded video sequence: the N
// bit of the aggregation header (AOM "RTP Payload Format for AV1" section 4.4).
func av1Keyframe(payload []byte) bool {
	return len(payload) > 1 && payload[0]&0x08 != 0 && payload[0]&0x80 == 0
}
