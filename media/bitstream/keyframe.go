package bitstream

// The H264 NAL unit types that matter here (ITU-T H.264 table 7-1, RFC 6184).
const (
	nalSPS   = 7
	nalSTAPA = 24
	nalFUA   = 28
)

// H264Keyframe reports whether a payload begins a picture that can be decoded
// alone. Encoders for WebRTC put a sequence parameter set before each IDR
// picture (RFC 7742 section 6.2), so that is where a decoder can start.
func H264Keyframe(payload []byte) bool {
	if h264ParameterSet(payload) != nil {
		return true
	}
	return len(payload) > 1 && payload[0]&0x1f == nalFUA && payload[1]&0x80 != 0 && payload[1]&0x1f == nalSPS
}

// AV1Keyframe reports whether a payload begins a coded video sequence: the N
// bit of the aggregation header (AOM "RTP Payload Format for AV1" section 4.4).
func AV1Keyframe(payload []byte) bool {
	return len(payload) > 1 && payload[0]&0x08 != 0 && payload[0]&0x80 == 0
}
