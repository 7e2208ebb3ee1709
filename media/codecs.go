package media

import (
	"slices"

	"github.com/pion/sdp/v3"
)

// Header extensions understood here, by their URI.
const (
	uriAudioLevel  = sdp.AudioLevelURI  // RFC 6464
	uriTransportCC = sdp.TransportCCURI // draft-holmer-rmcat-transport-wide-cc-extensions
	// AOM "RTP Payload Format for AV1", appendix A.
	uriDependency  = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
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
	key         string   // equal for equal codecs of different PeerConnections
	decoders    []string // keys of those that can decode it, the best first
	format      format
	clock       uint32
	payloadType uint8
	rtx         uint8 // payload type of its retransmissions, 0 if none
	red         uint8 // payload type in which it is sent with redundancy (RFC 2198), 0 if none
	nack        bool
}

// codecs are the payload types of one kind on one PeerConnection.
type codecs [128]*codec

// decoderOf finds the codec by which another PeerConnection's is decoded here;
// nil if there is none.
func (c *codecs) decoderOf(sent *codec) *codec {
	for _, key := range sent.decoders {
		for _, candidate := range c {
			if candidate != nil && candidate.key == key {
				return candidate
			}
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

// redOf finds the codec that a payload type of redundant audio carries.
func (c *codecs) redOf(red uint8) *codec {
	if int(red) >= len(c) || c[red] != nil {
		return nil
	}
	for _, candidate := range c {
		if candidate != nil && candidate.red != 0 && candidate.red == red {
			return candidate
		}
	}
	return nil
}

// newCodecs files the payload types that were negotiated.
func newCodecs(payloads []payload) *codecs {
	table := &codecs{}
	for i := range payloads {
		p := &payloads[i]
		if p.number > 127 || p.isRTX() || p.isRED() {
			continue
		}
		table[p.number] = &codec{
			key: p.key(), decoders: p.decoders(), format: formatOf(p.name), clock: p.clock, payloadType: p.number, nack: p.has("nack"),
		}
	}
	for i := range payloads {
		p := &payloads[i]
		if primary, ok := p.apt(); ok && p.number < 128 && table[primary] != nil {
			table[primary].rtx = p.number
		}
		if primary, ok := p.carries(); ok && p.number < 128 && table[primary] != nil {
			table[primary].red = p.number
		}
	}
	return table
}

// codecTables makes one table for all m-lines of an offer that have the same payload
// types: most have, and with what a browser offers a table takes two kilobytes.
type codecTables []codecTable

type codecTable struct {
	payloads []payload
	codecs   *codecs
}

// of is the table for some payload types. Nobody may change it.
func (t *codecTables) of(payloads []payload) *codecs {
	for _, known := range *t {
		if slices.EqualFunc(known.payloads, payloads, payload.equal) {
			return known.codecs
		}
	}
	*t = append(*t, codecTable{payloads, newCodecs(payloads)})
	return (*t)[len(*t)-1].codecs
}

func formatOf(name string) format {
	switch name {
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

// repairs reports whether retransmissions were negotiated.
func (c *codecs) repairs() bool {
	for _, candidate := range c {
		if candidate != nil && candidate.rtx != 0 {
			return true
		}
	}
	return false
}
