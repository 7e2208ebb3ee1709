package media

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"

	"callsvc/call"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
)

// Engine is the SFU of one process: a call.SFU.
type Engine struct {
	log         *slog.Logger
	maxSlots    int
	maxTracks   int
	maxBitrate  int // of one publisher, bits/s; 0 is no limit
	network     transport.Net
	certificate tls.Certificate
	fingerprint string // of the certificate, as SDP has it
	routes      *routes
	conn        *batchConn
	overload    *overload
	mux         *singleMux
	advertised  []netip.Addr
	port        uint16
	tcp         *tcpListener // nil without ICE over TCP, with the following
	tcpMux      *ice.TCPMuxDefault
	tcpPort     uint16
	relays      *relays     // nil without TURN, with the following
	turn        *turnServer // which feeds them
	counters    counters
	pacer       *pacer

	mu     sync.Mutex
	rooms  map[call.RoomID]*router
	peers  map[*Peer]struct{}
	closed bool
	loops  sync.WaitGroup
}

// New opens the UDP port and is ready for offers.
func New(cfg Config, log *slog.Logger) (*Engine, error) {
	e, err := newEngine(cfg, log)
	if err != nil && cfg.TCP != nil {
		err = errors.Join(err, cfg.TCP.Close())
	}
	if err != nil {
		err = errors.Join(err, cfg.TURN.close())
	}
	return e, err
}

func newEngine(cfg Config, log *slog.Logger) (*Engine, error) {
	network := cfg.Net
	if network == nil {
		std, err := stdnet.NewNet()
		if err != nil {
			return nil, fmt.Errorf("read network interfaces: %w", err)
		}
		network = std
	}
	e := &Engine{
		log: log, maxSlots: defaultMaxSlots, maxTracks: defaultMaxTracks, maxBitrate: cfg.MaxPublishBitrate, network: network, routes: newRoutes(), overload: newOverload(),
		rooms: map[call.RoomID]*router{}, peers: map[*Peer]struct{}{},
	}
	if cfg.MaxSlots > 0 {
		e.maxSlots = cfg.MaxSlots
	}
	if cfg.MaxTracks > 0 {
		e.maxTracks = cfg.MaxTracks
	}
	var err error
	if e.certificate, e.fingerprint, err = newCertificate(); err != nil {
		return nil, err
	}
	if err := e.listen(cfg, network); err != nil {
		return nil, err
	}
	e.pacer = newPacer()
	return e, nil
}

// iceOptions are the same for every participant.
func (e *Engine) iceOptions() []ice.AgentOption {
	networks := []ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6}
	var tcp []ice.AgentOption
	if e.tcp != nil {
		networks = append(networks, ice.NetworkTypeTCP4, ice.NetworkTypeTCP6)
		tcp = []ice.AgentOption{ice.WithTCPMux(e.tcpMux), ice.WithIPFilter(e.tcp.listens)}
	}
	return append(tcp,
		ice.WithUDPMux(e.mux), ice.WithNet(e.network), ice.WithLoggerFactory(loggerFactory{e.log}),
		ice.WithNetworkTypes(networks),
		ice.WithCandidateTypes([]ice.CandidateType{ice.CandidateTypeHost}),
		ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled), ice.WithIncludeLoopback(), ice.WithDisableActiveTCP(),
		ice.WithDisconnectedTimeout(iceDisconnected), ice.WithFailedTimeout(iceFailed), ice.WithKeepaliveInterval(iceKeepalive),
	)
}

// dtlsOptions are those of a server that takes only who has one of the offered
// fingerprints. It is passive and without the hello cookie: the connectivity
// checks have proved the path already, and a round trip is saved.
func (e *Engine) dtlsOptions(fingerprints []string) []dtls.ServerOption {
	return []dtls.ServerOption{
		dtls.WithCertificates(e.certificate), dtls.WithLoggerFactory(loggerFactory{e.log}),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80),
		dtls.WithClientAuth(dtls.RequireAnyClientCert), dtls.WithInsecureSkipVerify(true), dtls.WithInsecureSkipVerifyHello(true),
		dtls.WithVerifyPeerCertificate(func(certificates [][]byte, _ [][]*x509.Certificate) error {
			return matchFingerprint(certificates, fingerprints)
		}),
	}
}

// Addr is the advertised address that is preferred, with the port.
func (e *Engine) Addr() netip.AddrPort { return netip.AddrPortFrom(e.advertised[0], e.port) }

// Join answers the first offer of a participant.
func (e *Engine) Join(join call.JoinMedia, observer call.PeerObserver) (call.Peer, string, error) {
	p, err := e.acquire(join, observer)
	if err != nil {
		return nil, "", err
	}
	p.negotiation.Lock()
	answer, err := p.negotiate(join.Offer, join.Send)
	p.negotiation.Unlock()
	if err != nil {
		p.Close()
		return nil, "", err
	}
	p.router.loop.post(func() { p.router.joined(p) })
	return p, answer, nil
}

// acquire makes a peer, and its room if it is the first.
func (e *Engine) acquire(join call.JoinMedia, observer call.PeerObserver) (*Peer, error) {
	r, err := e.room(join.RoomID)
	if err != nil {
		return nil, err
	}
	p := newPeer(e, r, join, observer)
	if p.link, err = newLink(e, p); err != nil {
		e.release(p)
		return nil, err
	}
	e.mu.Lock()
	closed := e.closed
	if !closed {
		e.peers[p] = struct{}{}
	}
	e.mu.Unlock()
	if closed {
		p.Close()
		return nil, errClosing()
	}
	return p, nil
}

// room holds on to a room's router for one more peer.
func (e *Engine) room(id call.RoomID) (*router, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosing()
	}
	r := e.rooms[id]
	if r == nil {
		r = newRouter(e, id)
		e.rooms[id] = r
		e.loops.Go(r.run)
	}
	r.refs++
	return r, nil
}

func errClosing() error {
	return call.Errorf(call.CodeDraining, "the media engine is shutting down; enter again on another node")
}

// release forgets a peer, and its room with the last one.
func (e *Engine) release(p *Peer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.peers, p)
	r := p.router
	if r.refs--; r.refs == 0 {
		delete(e.rooms, r.id)
		r.loop.close()
	}
}

// Close ends every peer and the port, and waits for all of it.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closed = true
	peers := make([]*Peer, 0, len(e.peers))
	for p := range e.peers {
		peers = append(peers, p)
	}
	e.mu.Unlock()
	var closing sync.WaitGroup
	for _, p := range peers {
		closing.Go(p.Close)
	}
	closing.Wait()
	e.loops.Wait()
	e.pacer.close()
	return errors.Join(e.turn.close(), e.mux.Close(), e.closeTCP(), e.conn.Close())
}
