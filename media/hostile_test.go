package media_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"callsvc/call"
	"callsvc/media"

	"github.com/pion/webrtc/v4"
)

// goodOffer is an offer of one camera, one microphone and n pairs of slots.
func goodOffer(t testing.TB, n int) string {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.GracefulClose()
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		if _, err := pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
			t.Fatal(err)
		}
		for range n {
			if _, err := pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
				t.Fatal(err)
			}
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP
}

func newEngine(t testing.TB) *media.Engine {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := newEngineWith(t, tcp)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// newEngineWith makes an engine on the loopback interface, for the test to close.
func newEngineWith(t testing.TB, tcp net.Listener) *media.Engine {
	t.Helper()
	loopback := []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	e, err := media.New(media.Config{NodeIPs: loopback, TCP: tcp}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestHostileOffersAreRefusedAndLeaveNothing(t *testing.T) {
	good := goodOffer(t, 2)
	dataOnly := func() string {
		pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
		if err != nil {
			t.Fatal(err)
		}
		defer pc.GracefulClose()
		if _, err := pc.CreateDataChannel("x", nil); err != nil {
			t.Fatal(err)
		}
		offer, err := pc.CreateOffer(nil)
		if err != nil {
			t.Fatal(err)
		}
		return offer.SDP
	}()
	without := func(prefix string) string {
		var b strings.Builder
		for line := range strings.Lines(good) {
			if !strings.HasPrefix(line, prefix) {
				b.WriteString(line)
			}
		}
		return b.String()
	}
	section := good[strings.Index(good, "m="):]
	section = section[:strings.Index(section[1:], "m=")+1]
	offers := []struct{ name, offer string }{
		{"empty", ""},
		{"garbage", strings.Repeat("\x00\xff garbage", 1000)},
		{"a megabyte", good + strings.Repeat("a=x:"+strings.Repeat("y", 96)+"\r\n", 10486)},
		{"thousands of m-lines", good + strings.Repeat(section, 3000)},
		{"one m-line too many", goodOffer(t, 33)},
		{"the same mid twice", good + section},
		{"no mid", without("a=mid")},
		{"no fingerprint", without("a=fingerprint")},
		{"a fingerprint that is no hexadecimal", regexp.MustCompile(`a=fingerprint:sha-256 ..:`).ReplaceAllString(good, "a=fingerprint:sha-256 XY:")},
		{"a fingerprint that is too short", regexp.MustCompile(`a=fingerprint:sha-256 ..:`).ReplaceAllString(good, "a=fingerprint:sha-256 ")},
		{"a fingerprint of no known hash", strings.ReplaceAll(good, "a=fingerprint:sha-256 ", "a=fingerprint:sha-999 ")},
		{"a fingerprint that is none", strings.ReplaceAll(good, "a=fingerprint:sha-256 ", "a=fingerprint:sha-256")},
		{"thousands of fingerprints", strings.Replace(good, "m=", fingerprints(3000)+"m=", 1)},
		{"no ICE credentials", without("a=ice-")},
		{"no bundle", without("a=group")},
		{"only a data channel", dataOnly},
		{"nothing sent or received", strings.NewReplacer("a=sendonly", "a=inactive", "a=recvonly", "a=inactive", "a=sendrecv", "a=inactive").Replace(good)},
		{"setup passive", strings.ReplaceAll(good, "a=setup:actpass", "a=setup:passive")},
		{"no codec we know", strings.NewReplacer("opus/48000", "lute/48000", "VP8/90000", "XX8/90000").Replace(without("a=rtpmap:1"))},
		{"five hundred attributes too many", good + strings.Repeat("a=x:y\r\n", 600)},
		{"ten simulcast layers", good + strings.Repeat("a=rid:q send\r\n", 10)},
	}
	inWorld(t, func(w *world) {
		for _, c := range offers {
			_, _, err := w.engine.Join(call.JoinMedia{RoomID: "r", UserID: "eve", Offer: c.offer, Forward: true, MaxSlots: 64}, &events{})
			if call.CodeOf(err) != call.CodeSDP {
				t.Errorf("%s: error %v, want %d", c.name, err, call.CodeSDP)
			}
			if s := w.engine.Stats(); s.Peers != 0 || s.Rooms != 0 {
				t.Errorf("%s: left behind: %+v", c.name, s)
			}
		}
		synctest.Wait()
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if n := bytes.Count(stacks, []byte("ice/v4.(*Agent)")); n > 0 {
			t.Errorf("goroutines of refused peers live on:\n%s", stacks)
		}
	})
}

// fingerprints are lines with so many different ones.
func fingerprints(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a=fingerprint:sha-256 %02X:%02X%s\r\n", i>>8, i&0xff, strings.Repeat(":00", 30))
	}
	return b.String()
}

func TestSendsThatMakeNoSenseAreRefused(t *testing.T) {
	e := newEngine(t)
	offer := goodOffer(t, 1) // mids: 0 and 1 audio, 2 and 3 video
	for _, c := range []struct {
		name string
		send []call.Send
	}{
		{"an unknown mid", []call.Send{{MID: "77", Source: call.SourceMic}}},
		{"a receive slot", []call.Send{{MID: "1", Source: call.SourceMic}}},
		{"a camera on an audio m-line", []call.Send{{MID: "0", Source: call.SourceCamera}}},
		{"an unknown source", []call.Send{{MID: "0", Source: "lute"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := e.Join(call.JoinMedia{RoomID: "r", UserID: "eve", Offer: offer, Send: c.send}, &events{})
			if call.CodeOf(err) != call.CodeInvalidParameter {
				t.Errorf("error %v, want %d", err, call.CodeInvalidParameter)
			}
		})
	}
}

func TestTheAnswerOffersWhatBrowsersNeed(t *testing.T) {
	e := newEngine(t)
	offer := goodOffer(t, 2)
	// What a browser adds to pion's own offer.
	offer = strings.ReplaceAll(offer, "a=rtcp-fb:96 nack \r\n", "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 transport-cc\r\n")
	p, answer, err := e.Join(call.JoinMedia{RoomID: "r", UserID: "ana", Offer: offer, Forward: true}, &events{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, want := range []string{
		"a=setup:passive", "a=rtcp-fb:96 transport-cc", "a=rtcp-fb:96 nack\r\n", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 ccm fir",
		fmt.Sprintf("127.0.0.1 %d typ host", e.Addr().Port()), "msid:slot0 a0", "msid:slot0 v0", "msid:slot1 v1", "a=ssrc-group:FID",
	} {
		if !strings.Contains(strings.ReplaceAll(answer, " \r\n", "\r\n"), want) {
			t.Errorf("the answer lacks %q", want)
		}
	}
	if strings.Contains(answer, "a=ice-lite") {
		t.Error("the answer says ICE-lite")
	}
	if t.Failed() {
		t.Log(answer)
	}
	if err := p.SetViews([]call.View{{MID: "0", UserID: "ben", Stream: call.SourceCamera}}); call.CodeOf(err) != call.CodeInvalidParameter {
		t.Errorf("a view in a sending m-line: %v", err)
	}
}

func FuzzOffers(f *testing.F) {
	f.Add(goodOffer(f, 1))
	f.Add("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
	e := newEngine(f)
	f.Fuzz(func(t *testing.T, offer string) {
		p, _, err := e.Join(call.JoinMedia{RoomID: "r", UserID: "eve", Offer: offer, Forward: true, MaxSlots: 8}, &events{})
		switch {
		case err == nil:
			p.Close()
		case call.CodeOf(err) == call.CodeInternal:
			t.Fatalf("our fault: %v", err)
		}
		if s := e.Stats(); s.Peers != 0 {
			t.Fatalf("left behind: %+v", s)
		}
	})
}
