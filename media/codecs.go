package media

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// Header extensions understood here, by their URI.
const (
	uriAudioLevel  = sdp.AudioLevelURI            // RFC 6464
	uriTransportCC = sdp.TransportCCURI           // draft-holmer-rmcat-transport-wide-cc-extensions
	uriOrientation = "urn:3gpp:video-orientation" // 3GPP TS 26.114 section 7.4.5
)

// format is what must be done with a codec's payloads.
type format uint8

const (
	formatOpaque format = iota // audio, and anything else: forwarded as it is
	formatVP8
	formatH264
	formatVP9
	formatAV1
)

// codec is one negotiated payload type of one PeerConnection.
type codec struct {
	key         string // equal for equal codecs of different PeerConnections
	format      format
	clock       uint32
	payloadType uint8
	rtx         uint8 // payload type of its retransmissions, 0 if none
	nack        bool
}

// codecs are the payload types of one kind on one PeerConnection.
type codecs [128]*codec

// byKey finds the codec another PeerConnection calls by the same key.
func (c *codecs) byKey(key string) *codec {
	for _, candidate := range c {
		if candidate != nil && candidate.key == key {
			return candidate
		}
	}
	return nil
}

// primaryOf finds the codec whose retransmissions have this payload type.
func (c *codecs) primaryOf(rtx uint8) *codec {
	for _, candidate := range c {
		if candidate != nil && candidate.rtx == rtx {
			return candidate
		}
	}
	return nil
}

// newCodecs reads what was negotiated.
func newCodecs(params []webrtc.RTPCodecParameters) *codecs {
	table := &codecs{}
	for _, p := range params {
		if p.PayloadType > 127 || strings.HasSuffix(strings.ToLower(p.MimeType), "/rtx") {
			continue
		}
		c := &codec{key: codecKey(p), format: formatOf(p.MimeType), clock: p.ClockRate, payloadType: uint8(p.PayloadType)}
		for _, fb := range p.RTCPFeedback {
			c.nack = c.nack || fb.Type == webrtc.TypeRTCPFBNACK && fb.Parameter == ""
		}
		table[c.payloadType] = c
	}
	for _, p := range params {
		apt, found := strings.CutPrefix(p.SDPFmtpLine, "apt=")
		primary, err := strconv.ParseUint(apt, 10, 7)
		if found && err == nil && table[primary] != nil && p.PayloadType < 128 {
			table[primary].rtx = uint8(p.PayloadType)
		}
	}
	return table
}

func formatOf(mime string) format {
	switch strings.ToLower(mime) {
	case "video/vp8":
		return formatVP8
	case "video/h264":
		return formatH264
	case "video/vp9":
		return formatVP9
	case "video/av1":
		return formatAV1
	}
	return formatOpaque
}

var h264Profile = regexp.MustCompile(`profile-level-id=([0-9a-fA-F]{4})`)

// codecKey names a codec with what a decoder must agree on.
func codecKey(p webrtc.RTPCodecParameters) string {
	key := strings.ToLower(p.MimeType)
	switch formatOf(p.MimeType) {
	case formatH264:
		mode := "0"
		if strings.Contains(p.SDPFmtpLine, "packetization-mode=1") {
			mode = "1"
		}
		profile := ""
		if m := h264Profile.FindStringSubmatch(p.SDPFmtpLine); m != nil {
			profile = strings.ToLower(m[1])
		}
		key += ";" + mode + ";" + profile
	case formatVP9:
		if strings.Contains(p.SDPFmtpLine, "profile-id=2") {
			key += ";2"
		}
	}
	return key
}

// newMediaEngine registers what can be forwarded. Payload types are only our
// suggestion: the offer's are used.
func newMediaEngine() (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	if err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}},
		},
		PayloadType: 111,
	}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("register opus: %w", err)
	}
	for i, v := range []struct{ mime, fmtp string }{
		{webrtc.MimeTypeVP8, ""},
		{webrtc.MimeTypeVP9, "profile-id=0"},
		{webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
		{webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f"},
		{webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"},
		{webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f"},
		{webrtc.MimeTypeAV1, ""},
	} {
		if err := registerVideo(m, v.mime, v.fmtp, 96+2*i); err != nil {
			return nil, err
		}
	}
	return m, registerExtensions(m)
}

// registerVideo adds a video codec and its retransmission format (RFC 4588).
func registerVideo(m *webrtc.MediaEngine, mime, fmtp string, payloadType int) error {
	feedback := []webrtc.RTCPFeedback{
		{Type: "transport-cc"}, {Type: "ccm", Parameter: "fir"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"},
	}
	for _, c := range []webrtc.RTPCodecParameters{
		{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 90000, SDPFmtpLine: fmtp, RTCPFeedback: feedback},
			PayloadType:        webrtc.PayloadType(payloadType),
		},
		{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: fmt.Sprintf("apt=%d", payloadType)},
			PayloadType:        webrtc.PayloadType(payloadType + 1),
		},
	} {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return fmt.Errorf("register %s: %w", c.MimeType, err)
		}
	}
	return nil
}

func registerExtensions(m *webrtc.MediaEngine) error {
	for _, e := range []struct {
		uri  string
		kind webrtc.RTPCodecType
	}{
		{uriAudioLevel, webrtc.RTPCodecTypeAudio},
		{uriTransportCC, webrtc.RTPCodecTypeAudio},
		{uriTransportCC, webrtc.RTPCodecTypeVideo},
		{sdp.SDESMidURI, webrtc.RTPCodecTypeAudio},
		{sdp.SDESMidURI, webrtc.RTPCodecTypeVideo},
		{sdp.SDESRTPStreamIDURI, webrtc.RTPCodecTypeVideo},
		{sdp.SDESRepairRTPStreamIDURI, webrtc.RTPCodecTypeVideo},
		{uriOrientation, webrtc.RTPCodecTypeVideo},
	} {
		if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: e.uri}, e.kind); err != nil {
			return fmt.Errorf("register %s: %w", e.uri, err)
		}
	}
	return nil
}

// extensionID finds the negotiated id of a header extension, 0 if it is not.
func extensionID(params []webrtc.RTPHeaderExtensionParameter, uri string) uint8 {
	for _, p := range params {
		if p.URI == uri && p.ID > 0 && p.ID < 256 {
			return uint8(p.ID)
		}
	}
	return 0
}
