package media

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"

	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/sdp/v3"

	"callsvc/call"
)

// mline is one audio or video section of an offer.
type mline struct {
	mid   string
	audio bool
}

// offer is an SDP offer as far as it was found acceptable.
type offer struct {
	sdp     string  // without the candidates that cannot be used
	sending []mline // sendonly and sendrecv, in order
	slots   []mline // recvonly, in order
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
	o := &offer{sdp: usableCandidates(text)}
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(o.sdp); err != nil {
		return nil, call.Errorf(call.CodeSDP, "offer is not SDP: %v", err)
	}
	if err := checkTransport(&parsed); err != nil {
		return nil, err
	}
	mids := map[string]bool{}
	for i, m := range parsed.MediaDescriptions {
		if err := o.addMedia(i, m, mids, direction(&parsed, m)); err != nil {
			return nil, err
		}
	}
	switch {
	case len(o.slots) > maxSlots:
		return nil, call.Errorf(call.CodeSDP, "offer has %d receive slots, at most %d are allowed", len(o.slots), maxSlots)
	case len(o.slots)+len(o.sending) == 0:
		return nil, call.Errorf(call.CodeSDP, "offer has no audio or video m-line that sends or receives")
	}
	return o, nil
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
	kind := m.MediaName.Media
	_, bundleOnly := m.Attribute("bundle-only")
	if kind != "audio" && kind != "video" || m.MediaName.Port.Value == 0 && !bundleOnly {
		return nil
	}
	line := mline{mid: mid, audio: kind == "audio"}
	switch dir {
	case sdp.AttrKeySendOnly, sdp.AttrKeySendRecv:
		o.sending = append(o.sending, line)
	case sdp.AttrKeyRecvOnly:
		o.slots = append(o.slots, line)
	}
	return nil
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

const candidatePrefix = "a=candidate:"

// usableCandidates drops the candidates the server will not check: other than
// UDP, names instead of addresses (mDNS), and all beyond the limit.
func usableCandidates(text string) string {
	var kept strings.Builder
	kept.Grow(len(text))
	n := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, candidatePrefix) {
			if n >= maxCandidates || !usableCandidate(line) {
				continue
			}
			n++
		}
		kept.WriteString(line)
	}
	return kept.String()
}

// usableCandidate reads one line of RFC 8839 section 5.1.
func usableCandidate(line string) bool {
	fields := strings.Fields(line)
	if len(fields) < 8 || !strings.EqualFold(fields[2], "udp") {
		return false
	}
	addr, err := netip.ParseAddr(fields[4])
	return err == nil && !addr.IsUnspecified() && !addr.IsMulticast()
}

// ridsOf lists the simulcast layers of an m-line in the order of the offer (RFC 8851).
func ridsOf(text, mid string) []string {
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(text); err != nil {
		return nil
	}
	var rids []string
	for _, m := range parsed.MediaDescriptions {
		if v, _ := m.Attribute(sdp.AttrKeyMID); v != mid {
			continue
		}
		for _, a := range m.Attributes {
			if a.Key == "rid" {
				rid, _, _ := strings.Cut(a.Value, " ")
				rids = append(rids, rid)
			}
		}
	}
	return rids
}
