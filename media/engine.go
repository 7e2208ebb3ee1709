package media

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/netip"
	"sync"
	"time"

	"callsvc/call"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5"
	"github.com/pion/transport/v5/stdnet"
	"github.com/pion/webrtc/v4"
)

// Engine is the SFU of one process: a call.SFU.
type Engine struct {
	log         *slog.Logger
	maxSlots    int
	settings    webrtc.SettingEngine
	mediaEngine *webrtc.MediaEngine
	certificate webrtc.Certificate
	conn        *batchConn
	mux         *singleMux
	advertised  []netip.Addr
	port        uint16
	counters    counters

	mu     sync.Mutex
	rooms  map[call.RoomID]*router
	peers  map[*Peer]struct{}
	closed bool
	loops  sync.WaitGroup
}

// New opens the UDP port and is ready for offers.
func New(cfg Config, log *slog.Logger) (*Engine, error) {
	network := cfg.Net
	if network == nil {
		std, err := stdnet.NewNet()
		if err != nil {
			return nil, fmt.Errorf("read network interfaces: %w", err)
		}
		network = std
	}
	e := &Engine{
		log: log, maxSlots: defaultMaxSlots,
		rooms: map[call.RoomID]*router{}, peers: map[*Peer]struct{}{},
	}
	if cfg.MaxSlots > 0 {
		e.maxSlots = cfg.MaxSlots
	}
	var err error
	if e.mediaEngine, err = newMediaEngine(); err != nil {
		return nil, err
	}
	if e.certificate, err = newCertificate(); err != nil {
		return nil, err
	}
	// Passive and without the hello cookie: the connectivity checks have
	// proved the path already, and a round trip is saved.
	if err := e.settings.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return nil, fmt.Errorf("answer DTLS passively: %w", err)
	}
	e.settings.SetDTLSInsecureSkipHelloVerify(true)
	if err := e.listen(cfg, network); err != nil {
		return nil, err
	}
	e.configure(network)
	return e, nil
}

// configure sets what is the same for every PeerConnection.
func (e *Engine) configure(network transport.Net) {
	s := &e.settings
	s.LoggerFactory = loggerFactory{e.log}
	s.SetNet(network)
	s.SetICEUDPMux(e.mux)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetIncludeLoopbackCandidate(true)
	s.DisableActiveTCP(true)
	s.SetICETimeouts(iceDisconnected, iceFailed, iceKeepalive)
	s.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	// An ICE restart may revive a peer; only the room ends one.
	s.DisableCloseByDTLS(true)
	s.SetSCTPMaxReceiveBufferSize(64 << 10)
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
	if p.pc, err = e.newPeerConnection(p); err != nil {
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
	return errors.Join(e.mux.Close(), e.conn.Close())
}

// newCertificate makes the DTLS certificate. Its fingerprint is in every
// answer, so nobody needs to trust its name; it must only outlive the process.
func newCertificate() (webrtc.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("generate DTLS key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("generate DTLS serial number: %w", err)
	}
	now := time.Now()
	certificate, err := webrtc.NewCertificate(key, x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "WebRTC"}, Issuer: pkix.Name{CommonName: "WebRTC"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(10, 0, 0),
	})
	if err != nil {
		return webrtc.Certificate{}, fmt.Errorf("make DTLS certificate: %w", err)
	}
	return *certificate, nil
}
