package whip

import (
	"fmt"
	"strings"

	"callsvc/call"
)

// maxLines bounds the m-lines of an offer that are looked at; the media engine
// has limits of its own.
const maxLines = 64

// offer is what has to be known of an offer here; the media engine reads it.
type offer struct {
	videos, audios []string // mids of the m-lines that receive these
}

// readOffer sees to it that a publisher only sends and a player only receives
// (RFC 9725 section 4.2; draft-ietf-wish-whep section 4.2). sendrecv is taken
// for sending where nothing is received (RFC 9725: clients may).
func readOffer(text string, plays bool) (offer, error) {
	var o offer
	sections := strings.Split("\n"+text, "\nm=")
	session := direction(sections[0], "sendrecv")
	if len(sections) > 1+maxLines {
		return o, call.Errorf(call.CodeSDP, "offer has %d m-lines, at most %d are read", len(sections)-1, maxLines)
	}
	served := 0
	for _, s := range sections[1:] {
		kind, _, _ := strings.Cut(s, " ")
		dir := direction(s, session)
		if kind != "audio" && kind != "video" || dir == "inactive" {
			continue
		}
		served++
		switch {
		case plays && dir != "recvonly":
			return o, call.Errorf(call.CodeSDP, "offer has a %s m-line that is %s; a player's are recvonly", kind, dir)
		case !plays && dir == "recvonly":
			return o, call.Errorf(call.CodeSDP, "offer has a %s m-line that is recvonly; a publisher's are sendonly", kind)
		case plays && kind == "video":
			o.videos = append(o.videos, value(s, "a=mid:"))
		case plays:
			o.audios = append(o.audios, value(s, "a=mid:"))
		}
	}
	if served == 0 {
		return o, call.Errorf(call.CodeSDP, "offer has no audio or video m-line")
	}
	return o, nil
}

// direction is that of a section of SDP, or what it inherits (RFC 8866 section 6.7).
func direction(section, inherited string) string {
	for line := range strings.Lines(section) {
		switch d := strings.TrimPrefix(strings.TrimRight(line, "\r\n"), "a="); d {
		case "sendonly", "recvonly", "sendrecv", "inactive":
			return d
		}
	}
	return inherited
}

// value is what follows a prefix on the first line that has it.
func value(sdp, prefix string) string {
	for line := range strings.Lines(sdp) {
		if v, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), prefix); ok {
			return v
		}
	}
	return ""
}

// credentials are those of ICE (RFC 8839 section 5.4).
type credentials struct{ ufrag, pwd string }

func credentialsOf(sdp string) credentials {
	return credentials{value(sdp, "a=ice-ufrag:"), value(sdp, "a=ice-pwd:")}
}

// readFragment takes the credentials of a fragment (RFC 8840 section 9). Its
// candidates are not needed: the server has addresses that clients reach, and
// learns theirs from their checks.
func readFragment(text string) (credentials, error) {
	c := credentialsOf(text)
	for _, s := range []string{c.ufrag, c.pwd} {
		if strings.ContainsFunc(s, func(r rune) bool { return !iceChar(r) }) {
			return c, call.Errorf(call.CodeSDP, "the fragment's a=ice-ufrag or a=ice-pwd has a character that ICE does not (RFC 8839 section 5.4)")
		}
	}
	if len(c.ufrag) < 4 || len(c.ufrag) > 256 || len(c.pwd) < 22 || len(c.pwd) > 256 {
		return c, call.Errorf(call.CodeSDP, "the fragment lacks a=ice-ufrag (4 to 256 characters) or a=ice-pwd (22 to 256)")
	}
	return c, nil
}

func iceChar(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '+' || r == '/'
}

// withCredentials is an offer that restarts ICE (RFC 8839 section 4.4.1.1.1).
func withCredentials(offer string, c credentials) string {
	var b strings.Builder
	for line := range strings.Lines(offer) {
		switch {
		case strings.HasPrefix(line, "a=ice-ufrag:"):
			fmt.Fprintf(&b, "a=ice-ufrag:%s\r\n", c.ufrag)
		case strings.HasPrefix(line, "a=ice-pwd:"):
			fmt.Fprintf(&b, "a=ice-pwd:%s\r\n", c.pwd)
		case strings.HasPrefix(line, "a=candidate:"):
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// fragmentOf is what an answer says about ICE, for a client that has restarted
// it (RFC 9725 section 4.3.1).
func fragmentOf(answer string) string {
	var b strings.Builder
	sections := strings.Split("\n"+answer, "\nm=")
	fmt.Fprintf(&b, "a=group:%s\r\n", value(sections[0], "a=group:"))
	for _, s := range sections[1:] {
		if value(s, "a=ice-ufrag:") == "" {
			continue // not served
		}
		line, _, _ := strings.Cut(s, "\n")
		fmt.Fprintf(&b, "m=%s\r\n", strings.TrimRight(line, "\r"))
		for line := range strings.Lines(s) {
			for _, wanted := range []string{"a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates"} {
				if strings.HasPrefix(line, wanted) {
					b.WriteString(strings.TrimRight(line, "\r\n") + "\r\n")
				}
			}
		}
		break // everything is bundled: the first says it all
	}
	return b.String()
}
