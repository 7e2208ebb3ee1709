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
	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
	"github.com/pion/webrtc/v4"
)

// Header extensions that are offered.
const (
	uriMid   = "urn:ietf:params:rtp-hdrext:sdes:mid"
	uriRID   = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	uriLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
	// draft-holmer-rmcat-transport-wide-cc-extensions-01
	uriTransportCC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
)

// Payload types that are offered.
const (
	payloadVP8    = 96
	payloadRepair = 97 // RTX of VP8
	payloadOpus   = 111
)

// clients make PeerConnections: with NACK, retransmissions, reports and
// transport-wide feedback, as browsers have them.
type clients struct {
	media    *webrtc.MediaEngine
	settings webrtc.SettingEngine
	registry *interceptor.Registry
	network  transport.Net
	api      *webrtc.API
}

func newClients(o Options) (*clients, error) {
	m, registry := &webrtc.MediaEngine{}, &interceptor.Registry{}
	for _, c := range []struct {
		kind    webrtc.RTPCodecType
		payload webrtc.PayloadType
		codec   webrtc.RTPCodecCapability
	}{
		{webrtc.RTPCodecTypeVideo, payloadVP8, webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: []webrtc.RTCPFeedback{{Type: "ccm", Parameter: "fir"}},
		}},
		{webrtc.RTPCodecTypeVideo, payloadRepair, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96"}},
		{webrtc.RTPCodecTypeAudio, payloadOpus, webrtc.RTPCodecCapability{
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
	std, err := stdnet.NewNet()
	if err != nil {
		return nil, fmt.Errorf("read network interfaces: %w", err)
	}
	c := &clients{media: m, settings: s, registry: registry, network: std}
	if path := (impairment{o.Loss, o.Delay, o.Jitter}); path != (impairment{}) {
		c.network = &impairedNet{std, path}
	}
	c.api = c.on(c.network, c.registry)
	return c, nil
}

// on makes PeerConnections on a network.
func (c *clients) on(network transport.Net, registry *interceptor.Registry) *webrtc.API {
	s := c.settings
	s.SetNet(network)
	return webrtc.NewAPI(webrtc.WithMediaEngine(c.media), webrtc.WithInterceptorRegistry(registry), webrtc.WithSettingEngine(s))
}

// of is the API for a participant. Interceptors of who only counts see nothing
// that is received; what is sent they number and repair. Who sends nothing has
// none: a thousand would be a third of this side's work.
func (c *clients) of(p *participant) *webrtc.API {
	if p.listener == nil {
		return c.api
	}
	registry := c.registry
	if len(p.tracks) == 0 {
		registry = &interceptor.Registry{}
	}
	return c.on(&listeningNet{c.network, p.listener}, registry)
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
	arrival                *arrival
	listener               *listener // of who only counts, else nil
	reports                bool      // the listener does, on one of its connections
}

// connection is a PeerConnection and what runs beside it.
type connection struct {
	*webrtc.PeerConnection
	connected chan struct{}
	over      chan struct{}
	tasks     sync.WaitGroup
}

// newConnection makes one that hands what it receives to the meter.
func (p *participant) newConnection() (*connection, error) {
	pc, err := p.run.clients.of(p).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, fmt.Errorf("new PeerConnection: %w", err)
	}
	c := &connection{PeerConnection: pc, connected: make(chan struct{}), over: make(chan struct{})}
	var once sync.Once
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			once.Do(func() { close(c.connected) })
		case webrtc.PeerConnectionStateFailed:
			p.run.failed("a PeerConnection failed")
		}
	})
	if l := p.listener; l != nil && !p.reports { // at LiveKit the first is that which receives
		p.reports = true
		c.tasks.Go(func() { l.report(c) })
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		c.tasks.Go(func() { p.run.meter.receive(track, p.arrival) })
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
	close(c.over)
	_ = c.GracefulClose() // it is over either way
	c.tasks.Wait()
}
