package media_test

import (
	"io"
	"runtime"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/media"

	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// TestRealSocketsCarryMedia runs over the loopback interface: the batching
// connection, ICE over TCP and the operating system instead of the virtual
// network.
func TestRealSocketsCarryMedia(t *testing.T) {
	udp, tcp := webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4
	for _, tt := range []struct {
		name              string
		publisher, viewer webrtc.NetworkType
	}{
		{"over UDP", udp, udp},
		{"to a viewer whose network blocks UDP", udp, tcp},
		{"from a publisher whose network blocks UDP", tcp, udp},
		{"between two whose networks block UDP", tcp, tcp},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newEngine(t)
			carryMedia(t, e, newSocketClient(t, tt.publisher), newSocketClient(t, tt.viewer))
			counted := uint64(0)
			for _, n := range e.Stats().Delays.Counts {
				counted += n
			}
			// Of what came by TCP, and where the kernel does not say, nobody knows when.
			if byUDP := tt.publisher == udp && tt.viewer == udp; runtime.GOOS == "linux" && byUDP && counted < 100 {
				t.Errorf("the delay of %d packets is known", counted)
			}
		})
	}
}

// carryMedia lets one publish and the other view.
func carryMedia(t *testing.T, e *media.Engine, publisher, viewer *webrtc.PeerConnection) {
	t.Helper()
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "camera", "ana")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publisher.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		t.Fatal(err)
	}
	if _, err := viewer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		t.Fatal(err)
	}
	const bursts, packets = 4, 50 // that are not too much for a socket nobody reads meanwhile
	seen := make(chan uint16, packets)
	viewer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			seen <- p.SequenceNumber
		}
	})
	up := make(chan struct{})
	publisher.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			close(up)
		}
	})
	ana := joinBySocket(t, e, publisher, "ana")
	ben := joinBySocket(t, e, viewer, "ben")
	t.Cleanup(ana.Close)
	t.Cleanup(ben.Close)
	if err := ben.SetViews([]call.View{{MID: viewer.GetTransceivers()[0].Mid(), UserID: "ana", Stream: call.SourceCamera}}); err != nil {
		t.Fatal(err)
	}
	<-up
	// Send keyframes until one is seen, then bursts that must all arrive.
	p := rtp.Packet{Header: rtp.Header{Version: 2}}
	send := func(key bool) {
		p.SequenceNumber++
		p.Timestamp += 3000
		p.Payload = vp8Frame(p.SequenceNumber, 0, key, "ana")
		if err := track.WriteRTP(&p); err != nil {
			t.Fatal(err)
		}
	}
	var last uint16
	frames := time.NewTicker(20 * time.Millisecond)
	defer frames.Stop()
	for waiting := true; waiting; {
		select {
		case <-frames.C:
			send(true)
		case last = <-seen:
			waiting = false
		}
	}
	for range bursts {
		for range packets {
			send(false)
		}
		for range packets {
			next := <-seen
			if next != last+1 {
				t.Fatalf("packet %d after %d", next, last)
			}
			last = next
		}
	}
	if s := e.Stats(); s.SendQueueDropped+s.TCPDropped != 0 {
		t.Errorf("the send queues dropped %d and %d", s.SendQueueDropped, s.TCPDropped)
	}
}

func newSocketClient(t testing.TB, networks ...webrtc.NetworkType) *webrtc.PeerConnection {
	t.Helper()
	s := webrtc.SettingEngine{}
	s.SetNetworkTypes(networks)
	s.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
	return pc
}

func joinBySocket(t testing.TB, e call.SFU, pc *webrtc.PeerConnection, user call.UserID) call.Peer {
	t.Helper()
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	p, answer, err := e.Join(call.JoinMedia{RoomID: "r", UserID: user, Offer: pc.LocalDescription().SDP, Forward: true}, &events{})
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
	return p
}
