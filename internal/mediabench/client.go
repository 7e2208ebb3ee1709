package mediabench

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"sync"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/transport/v5/stdnet"
	"github.com/pion/webrtc/v4"
)

// Header extensions that are offered.
const (
	uriMid   = "urn:ietf:params:rtp-hdrext:sdes:mid"
	uriRID   = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	uriLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
)

// clients make PeerConnections: with NACK, retransmissions, reports and
// transport-wide feedback, as browsers have them.
type clients struct{ api *webrtc.API }

func newClients(o Options) (*clients, error) {
	m, registry := &webrtc.MediaEngine{}, &interceptor.Registry{}
	for _, c := range []struct {
		kind    webrtc.RTPCodecType
		payload webrtc.PayloadType
		codec   webrtc.RTPCodecCapability
	}{
		{webrtc.RTPCodecTypeVideo, 96, webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: []webrtc.RTCPFeedback{{Type: "ccm", Parameter: "fir"}},
		}},
		{webrtc.RTPCodecTypeVideo, 97, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96"}},
		{webrtc.RTPCodecTypeAudio, 111, webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
		}},
	} {
		if err := m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: c.codec, PayloadType: c.payload}, c.kind); err != nil {
			return nil, fmt.Errorf("register %s: %w", c.codec.MimeType, err)
		}
	}
	if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uriLevel}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("register audio levels: %w", err)
	}
	if err := webrtc.RegisterDefaultInterceptorsWithOptions(m, registry, webrtc.WithInterceptorLoggerFactory(quiet{})); err != nil {
		return nil, fmt.Errorf("register interceptors: %w", err)
	}
	if err := webrtc.ConfigureTWCCHeaderExtensionSender(m, registry); err != nil {
		return nil, fmt.Errorf("register transport-wide numbers: %w", err)
	}
	s := webrtc.SettingEngine{LoggerFactory: quiet{}}
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetIncludeLoopbackCandidate(true)
	if onLoopback(o.URL) { // each other address would be a socket more for each participant
		s.SetIPFilter(net.IP.IsLoopback)
	}
	if path := (impairment{o.Loss, o.Delay, o.Jitter}); path != (impairment{}) {
		std, err := stdnet.NewNet()
		if err != nil {
			return nil, fmt.Errorf("read network interfaces: %w", err)
		}
		s.SetNet(&impairedNet{std, path})
	}
	return &clients{webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(s))}, nil
}

func onLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// quiet is pion's log of what a bad path does to it: nobody reads it.
type quiet struct{}

// NewLogger is logging.LoggerFactory's.
func (quiet) NewLogger(string) logging.LeveledLogger {
	return logging.NewDefaultLeveledLoggerForScope("", logging.LogLevelDisabled, nil)
}

// participant is somebody who is about to join.
type participant struct {
	run                    *run
	room, user             string
	tracks                 []*track
	audioSlots, videoSlots int
	firsts                 *firsts
}

// connection is a PeerConnection and what runs beside it.
type connection struct {
	*webrtc.PeerConnection
	connected chan struct{}
	tasks     sync.WaitGroup
}

// newConnection makes one that hands what it receives to the meter.
func (p *participant) newConnection() (*connection, error) {
	pc, err := p.run.clients.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, fmt.Errorf("new PeerConnection: %w", err)
	}
	c := &connection{PeerConnection: pc, connected: make(chan struct{})}
	var once sync.Once
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			once.Do(func() { close(c.connected) })
		case webrtc.PeerConnectionStateFailed:
			p.run.failed("a PeerConnection failed")
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		c.tasks.Go(func() { p.run.meter.receive(track, p.firsts) })
	})
	return c, nil
}

// send puts the participant's tracks on it.
func (c *connection) send(tracks []*track) error {
	for _, t := range tracks {
		if err := t.attach(c.PeerConnection, c.tasks.Go); err != nil {
			return fmt.Errorf("publish %s: %w", t.id, err)
		}
	}
	return nil
}

// up waits for the transport.
func (c *connection) up(ctx context.Context) error {
	select {
	case <-c.connected:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("no media transport: %w", ctx.Err())
	}
}

// close ends it and waits.
func (c *connection) close() {
	if c == nil {
		return
	}
	_ = c.GracefulClose() // it is over either way
	c.tasks.Wait()
}
