package media

import (
	"cmp"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/sdp/v3"

	"callsvc/call"
)

// section is one m-line of an offer, with what is accepted of it.
type section struct {
	mid, kind  string
	proto      string
	formats    []string // as offered
	rejected   bool     // by the client, or of a kind that is not served
	dir        string   // sendonly, recvonly, sendrecv or inactive
	payloads   []payload
	extensions []extension
	rids       []string          // simulcast layers it sends, in order (RFC 8853)
	paused     []string          // of these, those that are not sent for now
	ssrcs      []uint32          // it sends, as far as they are told (RFC 5576)
	repairs    map[uint32]uint32 // the SSRC of retransmissions -> of what is repaired
}

// extension is a header extension both sides understand (RFC 8285).
type extension struct {
	id  uint8
	uri string
}

func (s *section) audio() bool { return s.kind == "audio" }

// sends reports whether the client sends there.
func (s *section) sends() bool {
	return !s.rejected && (s.dir == sdp.AttrKeySendOnly || s.dir == sdp.AttrKeySendRecv)
}

// slot reports whether it is a receive slot.
func (s *section) slot() bool { return !s.rejected && s.dir == sdp.AttrKeyRecvOnly }

// extensionID is the id of a header extension, 0 if it was not negotiated.
func (s *section) extensionID(uri string) uint8 {
	for _, e := range s.extensions {
		if e.uri == uri {
			return e.id
		}
	}
	return 0
}

// offer is an SDP offer as far as it was found acceptable.
type offer struct {
	sections     []section
	ufrag, pwd   string
	fingerprints []string // "sha-256 AA:BB…"
	candidates   []string // without "candidate:"
	mixed        bool     // extmap-allow-mixed
}

// count is how many m-lines are of some kind.
func (o *offer) count(of func(*section) bool) int {
	n := 0
	for i := range o.sections {
		if of(&o.sections[i]) {
			n++
		}
	}
	return n
}

// parseOffer checks an offer (RFC 8866, RFC 9429) against the limits. What is
// wrong comes back as CodeSDP.
func parseOffer(text string, maxSlots int) (*offer, error) {
	if len(text) > maxOfferBytes {
		return nil, call.Errorf(call.CodeSDP, "offer is %d bytes, at most %d are read: ask for fewer receive slots and fewer codecs", len(text), maxOfferBytes)
	}
	if n := strings.Count(text, "\nm="); n > maxSlots+maxSendLines {
		return nil, call.Errorf(call.CodeSDP, "offer has %d m-lines, at most %d receive slots and %d others are allowed", n, maxSlots, maxSendLines)
	}
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(text); err != nil {
		return nil, call.Errorf(call.CodeSDP, "offer is not SDP: %v", err)
	}
	if err := checkTransport(&parsed); err != nil {
		return nil, err
	}
	o := &offer{}
	if err := o.readTransport(&parsed); err != nil {
		return nil, err
	}
	mids := map[string]bool{}
	for i, m := range parsed.MediaDescriptions {
		if err := o.addMedia(i, m, mids, direction(&parsed, m)); err != nil {
			return nil, err
		}
	}
	switch slots := o.count((*section).slot); {
	case slots > maxSlots:
		return nil, call.Errorf(call.CodeSDP, "offer has %d receive slots, at most %d are allowed", slots, maxSlots)
	case slots+o.count((*section).sends) == 0:
		return nil, call.Errorf(call.CodeSDP, "offer has no audio or video m-line that sends or receives")
	}
	return o, nil
}

// readTransport takes what ICE and DTLS need.
func (o *offer) readTransport(s *sdp.SessionDescription) error {
	attributes := s.Attributes
	for _, m := range s.MediaDescriptions {
		attributes = append(attributes[:len(attributes):len(attributes)], m.Attributes...)
	}
	for _, a := range attributes {
		switch a.Key {
		case "ice-ufrag":
			o.ufrag = cmp.Or(o.ufrag, a.Value)
		case "ice-pwd":
			o.pwd = cmp.Or(o.pwd, a.Value)
		case "fingerprint":
			switch {
			case slices.Contains(o.fingerprints, a.Value):
			case len(o.fingerprints) == maxFingerprints:
				return call.Errorf(call.CodeSDP, "offer has more than %d different a=fingerprint: each costs a hash of the certificate that is shown", maxFingerprints)
			default:
				o.fingerprints = append(o.fingerprints, a.Value)
			}
		case sdp.AttrKeyCandidate:
			if len(o.candidates) < maxCandidates && usableCandidate(a.Value) && !slices.Contains(o.candidates, a.Value) {
				o.candidates = append(o.candidates, a.Value)
			}
		case sdp.AttrKeyExtMapAllowMixed:
			o.mixed = true
		}
	}
	// RFC 8839 section 5.4.
	if len(o.ufrag) < 4 || len(o.ufrag) > 256 || len(o.pwd) < 22 || len(o.pwd) > 256 {
		return call.Errorf(call.CodeSDP, "offer lacks a=ice-ufrag (4 to 256 characters) or a=ice-pwd (22 to 256)")
	}
	return nil
}

// addMedia sorts one m-line in.
func (o *offer) addMedia(i int, m *sdp.MediaDescription, mids map[string]bool, dir string) error {
	mid, _ := m.Attribute(sdp.AttrKeyMID)
	switch {
	case mid == "" || len(mid) > 32 || mids[mid]:
		return call.Errorf(call.CodeSDP, "m-line %d needs an a=mid of its own, 1 to 32 characters long", i)
	case len(m.Attributes) > maxAttributes:
		return call.Errorf(call.CodeSDP, "m-line %q has %d attributes, at most %d are read", mid, len(m.Attributes), maxAttributes)
	case len(m.MediaName.Formats) > maxFormats:
		return call.Errorf(call.CodeSDP, "m-line %q has %d payload types, at most %d are read", mid, len(m.MediaName.Formats), maxFormats)
	case countAttributes(m, "rid") > maxLayers:
		return call.Errorf(call.CodeSDP, "m-line %q has %d simulcast layers, at most %d are allowed", mid, countAttributes(m, "rid"), maxLayers)
	}
	mids[mid] = true
	s := section{
		mid: mid, kind: m.MediaName.Media, proto: strings.Join(m.MediaName.Protos, "/"), formats: m.MediaName.Formats, dir: dir,
	}
	_, bundleOnly := m.Attribute("bundle-only")
	s.rejected = s.kind != "audio" && s.kind != "video" || m.MediaName.Port.Value == 0 && !bundleOnly
	if !s.rejected {
		if s.payloads = payloadsOf(m, s.sends()); len(s.payloads) == 0 {
			if dir != sdp.AttrKeyInactive {
				return call.Errorf(call.CodeSDP, "m-line %q offers no codec that is served: opus; VP8, VP9, H264 or AV1", mid)
			}
			s.rejected = true
		}
		s.readAttributes(m)
		if !o.mixed { // a descriptor may need the two-octet form of header extensions
			s.extensions = slices.DeleteFunc(s.extensions, func(e extension) bool { return e.uri == uriDependency })
		}
	}
	o.sections = append(o.sections, s)
	return nil
}

// readAttributes takes the extensions, layers and SSRCs of an m-line.
func (s *section) readAttributes(m *sdp.MediaDescription) {
	for _, a := range m.Attributes {
		switch a.Key {
		case sdp.AttrKeyExtMap:
			s.addExtension(a.Value)
		case "rid":
			if rid, rest, _ := strings.Cut(a.Value, " "); strings.HasPrefix(rest, "send") && validRID(rid) {
				s.rids = append(s.rids, rid)
			}
		case "simulcast":
			s.paused = pausedLayers(a.Value)
		case sdp.AttrKeySSRC:
			number, _, _ := strings.Cut(a.Value, " ")
			if ssrc, ok := readSSRC(number); ok && !slices.Contains(s.ssrcs, ssrc) && len(s.ssrcs) < 2*maxLayers {
				s.ssrcs = append(s.ssrcs, ssrc)
			}
		case sdp.AttrKeySSRCGroup:
			if f := strings.Fields(a.Value); len(f) == 3 && f[0] == sdp.SemanticTokenFlowIdentification {
				primary, ok := readSSRC(f[1])
				if repair, also := readSSRC(f[2]); ok && also && len(s.repairs) < maxLayers {
					if s.repairs == nil {
						s.repairs = map[uint32]uint32{}
					}
					s.repairs[repair] = primary
				}
			}
		}
	}
}

// pausedLayers reads which layers "send ~q;h recv …" begins without (RFC 8853 section 5.1).
func pausedLayers(value string) []string {
	fields := strings.Fields(value)
	i := slices.Index(fields, "send")
	if i < 0 || i+1 == len(fields) {
		return nil
	}
	var paused []string
	for rid := range strings.FieldsFuncSeq(fields[i+1], func(r rune) bool { return r == ';' || r == ',' }) {
		if rid, ok := strings.CutPrefix(rid, "~"); ok {
			paused = append(paused, rid)
		}
	}
	return paused
}

// addExtension reads "1[/direction] URI" and keeps it if it is understood.
func (s *section) addExtension(value string) {
	number, uri, ok := strings.Cut(value, " ")
	uri, _, _ = strings.Cut(uri, " ")
	number, _, _ = strings.Cut(number, "/")
	id, err := strconv.ParseUint(number, 10, 8)
	if !ok || err != nil || id == 0 || s.extensionID(uri) != 0 {
		return
	}
	if slices.Contains(understoodExtensions(s.audio()), uri) {
		s.extensions = append(s.extensions, extension{uint8(id), uri})
	}
}

// understoodExtensions lists the header extensions of a kind of media.
func understoodExtensions(audio bool) []string {
	if audio {
		return []string{uriAudioLevel, uriTransportCC, sdp.SDESMidURI}
	}
	return []string{uriTransportCC, sdp.SDESMidURI, sdp.SDESRTPStreamIDURI, sdp.SDESRepairRTPStreamIDURI, uriOrientation, uriDependency}
}

func readSSRC(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && n != 0
}

// validRID follows RFC 8852 section 3.1.
func validRID(rid string) bool {
	return rid != "" && len(rid) <= 16 && strings.IndexFunc(rid, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}

func countAttributes(m *sdp.MediaDescription, key string) int {
	n := 0
	for _, a := range m.Attributes {
		if a.Key == key {
			n++
		}
	}
	return n
}

// direction is the media-level one, else the session's, else sendrecv (RFC 8866 section 6.7).
func direction(s *sdp.SessionDescription, m *sdp.MediaDescription) string {
	for _, attributes := range [][]sdp.Attribute{m.Attributes, s.Attributes} {
		for _, a := range attributes {
			switch a.Key {
			case sdp.AttrKeySendOnly, sdp.AttrKeySendRecv, sdp.AttrKeyRecvOnly, sdp.AttrKeyInactive:
				return a.Key
			}
		}
	}
	return sdp.AttrKeySendRecv
}

// validFingerprint reports whether a=fingerprint's value is one that a
// certificate can be compared with.
func validFingerprint(value string) bool {
	name, digits, _ := strings.Cut(value, " ")
	hash, err := fingerprint.HashFromString(strings.ToLower(name))
	if err != nil {
		return false
	}
	sum, err := hex.DecodeString(strings.ReplaceAll(digits, ":", ""))
	return err == nil && len(sum) == hash.Size() && len(digits) == 3*len(sum)-1
}

// checkTransport sees to what one DTLS session over one ICE component needs.
func checkTransport(s *sdp.SessionDescription) error {
	if !anywhere(s, "fingerprint", func(string) bool { return true }) {
		return call.Errorf(call.CodeSDP, "offer has no a=fingerprint: media is only sent over DTLS-SRTP")
	}
	if anywhere(s, "fingerprint", func(v string) bool { return !validFingerprint(v) }) {
		return call.Errorf(call.CodeSDP, "offer has an a=fingerprint that is none: a hash function's name and its value as hexadecimal pairs with colons (RFC 8122)")
	}
	if anywhere(s, sdp.AttrKeyConnectionSetup, func(v string) bool { return v == "passive" || v == "holdconn" }) {
		return call.Errorf(call.CodeSDP, "offer has a=setup:passive: offer actpass, the server answers passive")
	}
	if len(s.MediaDescriptions) < 2 {
		return nil
	}
	for _, a := range s.Attributes {
		if a.Key == sdp.AttrKeyGroup && strings.HasPrefix(a.Value, "BUNDLE ") {
			return nil
		}
	}
	return call.Errorf(call.CodeSDP, "offer has several m-lines and no a=group:BUNDLE: everything goes over one transport (bundlePolicy max-bundle)")
}

// anywhere reports whether an attribute with an accepted value is in the description.
func anywhere(s *sdp.SessionDescription, key string, accept func(string) bool) bool {
	matches := func(a sdp.Attribute) bool { return a.Key == key && accept(a.Value) }
	if slices.ContainsFunc(s.Attributes, matches) {
		return true
	}
	return slices.ContainsFunc(s.MediaDescriptions, func(m *sdp.MediaDescription) bool {
		return slices.ContainsFunc(m.Attributes, matches)
	})
}

// usableCandidate reads RFC 8839 section 5.1. The server does not check others
// than UDP, nor names instead of addresses (mDNS).
func usableCandidate(value string) bool {
	fields := strings.Fields(value)
	if len(fields) < 8 || !strings.EqualFold(fields[2], "udp") {
		return false
	}
	addr, err := netip.ParseAddr(fields[4])
	return err == nil && !addr.IsUnspecified() && !addr.IsMulticast()
}
