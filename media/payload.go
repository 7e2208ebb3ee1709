package media

import (
	"slices"
	"strconv"
	"strings"

	"callsvc/call"

	"github.com/pion/sdp/v3"
)

// payload is one payload type of an m-line as the offer describes it (RFC 8866).
type payload struct {
	number   uint8
	name     string // kind and encoding, in lower case: "video/vp8"
	rtpmap   string // as offered: "VP8/90000"
	clock    uint32
	fmtp     string
	feedback []string // as offered, and understood here (RFC 4585)
}

func (p payload) equal(other payload) bool {
	return p.number == other.number && p.name == other.name && p.rtpmap == other.rtpmap && p.clock == other.clock &&
		p.fmtp == other.fmtp && slices.Equal(p.feedback, other.feedback)
}

// payloadsOf reads the payload types of an m-line that can be forwarded, and
// their retransmission formats, in the order of the offer. Of a line that sends
// they are those that are asked for.
func payloadsOf(m *sdp.MediaDescription, sends bool) []payload {
	var all []payload
	for _, format := range m.MediaName.Formats {
		number, err := strconv.ParseUint(format, 10, 7)
		if err != nil {
			continue
		}
		p, prefix := payload{number: uint8(number)}, format+" "
		for _, a := range m.Attributes {
			value, ok := strings.CutPrefix(a.Value, prefix)
			if !ok && a.Key == "rtcp-fb" {
				value, ok = strings.CutPrefix(a.Value, "* ")
			}
			if !ok {
				continue
			}
			switch a.Key {
			case "rtpmap":
				p.describe(m.MediaName.Media, strings.TrimSpace(value))
			case "fmtp":
				p.fmtp = strings.TrimSpace(value)
			case "rtcp-fb":
				p.offerFeedback(strings.TrimSpace(value))
			}
		}
		all = append(all, p)
	}
	var usable []payload
	for i := range all {
		if all[i].usable(all, sends) {
			usable = append(usable, all[i])
		}
	}
	if sends {
		return narrowH264(usable)
	}
	return usable
}

// describe reads the value of an rtpmap: encoding, clock rate, channels.
func (p *payload) describe(kind, rtpmap string) {
	encoding, rest, _ := strings.Cut(rtpmap, "/")
	rate, _, _ := strings.Cut(rest, "/")
	clock, err := strconv.ParseUint(rate, 10, 32)
	if err != nil {
		return // without a name it is not usable
	}
	p.name, p.rtpmap, p.clock = kind+"/"+strings.ToLower(encoding), rtpmap, uint32(clock)
}

func (p *payload) offerFeedback(value string) {
	understood := []string{"transport-cc", "ccm fir", "nack", "nack pli"}
	if slices.Contains(understood, value) && !p.has(value) {
		p.feedback = append(p.feedback, value)
	}
}

// has reports whether a kind of feedback was offered.
func (p *payload) has(feedback string) bool { return slices.Contains(p.feedback, feedback) }

func (p *payload) isRTX() bool { return strings.HasSuffix(p.name, "/rtx") }

// apt is the payload type whose retransmissions this one carries (RFC 4588).
func (p *payload) apt() (uint8, bool) {
	if !p.isRTX() {
		return 0, false
	}
	value, _ := p.parameter("apt")
	n, err := strconv.ParseUint(value, 10, 7)
	return uint8(n), err == nil
}

// parameter is the value of one in the fmtp, if it is there.
func (p *payload) parameter(name string) (value string, there bool) {
	for each := range strings.SplitSeq(p.fmtp, ";") {
		if key, value, _ := strings.Cut(strings.TrimSpace(each), "="); strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}

func (p *payload) isRED() bool { return p.name == "audio/red" }

// carries is the payload type that redundant audio repeats: all of a packet is
// in one (RFC 2198 section 5).
func (p *payload) carries() (uint8, bool) {
	if !p.isRED() {
		return 0, false
	}
	first, rest, _ := strings.Cut(p.fmtp, "/")
	for other := range strings.SplitSeq(rest, "/") {
		if other != first {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(first, 10, 7)
	return uint8(n), err == nil
}

// usable reports whether the payload type can be forwarded: a codec that is
// understood, or the retransmissions of one.
func (p *payload) usable(all []payload, sends bool) bool {
	if primary, ok := p.apt(); ok {
		i := slices.IndexFunc(all, func(q payload) bool { return q.number == primary })
		return i >= 0 && !all[i].isRTX() && all[i].usable(all, sends)
	}
	if primary, ok := p.carries(); ok {
		i := slices.IndexFunc(all, func(q payload) bool { return q.number == primary })
		return i >= 0 && all[i].name == "audio/opus" && all[i].usable(all, sends) && p.clock == all[i].clock
	}
	switch p.name {
	case "audio/opus":
		return p.clock == 48000
	case "video/vp8", "video/av1":
		return p.clock == 90000
	case "video/vp9":
		return p.clock == 90000 && (!strings.Contains(p.fmtp, "profile-id=") || strings.Contains(p.fmtp, "profile-id=0"))
	case "video/h264":
		return p.clock == 90000 && p.packetizes(sends) && p.h264Profile() != h264Unknown
	}
	return false
}

// key names the codec with what a decoder must agree on.
func (p *payload) key() string {
	if formatOf(p.name) == formatH264 {
		return p.h264Profile().key()
	}
	return p.name
}

// decoders are the keys of the codecs that can decode this one, the best first.
func (p *payload) decoders() []string {
	if formatOf(p.name) == formatH264 {
		return p.h264Profile().decoders()
	}
	return []string{p.key()}
}

// adviseVoices tells the encoders of microphones to repair themselves (in-band
// FEC) and to be quiet in silence (DTX): what an answer's fmtp says is what its
// side likes to receive (RFC 7587 section 6.1). Sound of a screen may be music,
// whose soft passages are no silence.
func (o *offer) adviseVoices(sources map[string]call.Source) {
	for i := range o.sections {
		line := &o.sections[i]
		if !line.sends() || sources[line.mid] != call.SourceMic {
			continue
		}
		for j := range line.payloads {
			if p := &line.payloads[j]; p.name == "audio/opus" {
				p.set("useinbandfec=1")
				p.set("usedtx=1")
			}
		}
	}
}

// set puts a parameter into the fmtp, in place of one of its name.
func (p *payload) set(parameter string) {
	name, _, _ := strings.Cut(parameter, "=")
	var kept []string
	for old := range strings.SplitSeq(p.fmtp, ";") {
		if old = strings.TrimSpace(old); old != "" && !strings.HasPrefix(old, name+"=") {
			kept = append(kept, old)
		}
	}
	p.fmtp = strings.Join(append(kept, parameter), ";")
}
