package media

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pion/dtls/v3"
	dtlsnet "github.com/pion/dtls/v3/pkg/net"
	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// link is the path between the engine's socket and one participant: ICE finds
// it, DTLS agrees on keys, SRTP goes over it. Only STUN and DTLS pass through
// the ICE agent; RTP and RTCP go between the socket and the link directly,
// which is what makes a packet cheap.
type link struct {
	engine *Engine
	peer   *Peer
	agent  *ice.Agent
	path   atomic.Pointer[path]      // where to send; nil until ICE has chosen
	keys   atomic.Pointer[keys]      // nil until DTLS is done
	dtls   atomic.Pointer[dtls.Conn] // the same

	reading sync.Mutex // one packet at a time, of whatever socket

	ctx    context.Context // ends with the link
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	mu           sync.Mutex // guards the following
	offered      credentials
	local        credentials
	fingerprints []string
	routes       []netip.AddrPort // this link's in the engine's table
}

// path is the way to the participant: an address to send to from the UDP
// socket, a TCP connection, or a relay of our own TURN server.
type path struct {
	addr  netip.AddrPort
	tcp   *tcpConn // nil with UDP
	relay *relay   // nil without

	// The sender's of the UDP socket alone.
	first, last *datagram         // what it is about to send there
	name        [sockaddrMax]byte // the address as the kernel wants it
	nameSize    uint32            // 0 until it is needed
}

// credentials are those of ICE (RFC 8839 section 5.4).
type credentials struct{ ufrag, pwd string }

// newLink makes a link that nobody has been offered yet.
func newLink(e *Engine, p *Peer) (*link, error) {
	l := &link{engine: e, peer: p, local: newCredentials()}
	agent, err := ice.NewAgentWithOptions(append(e.iceOptions(),
		ice.WithLocalCredentials(l.local.ufrag, l.local.pwd),
		ice.WithBindingRequestHandler(p.checked),
	)...)
	if err != nil {
		return nil, fmt.Errorf("new ICE agent: %w", err)
	}
	l.agent = agent
	l.ctx, l.cancel = context.WithCancel(context.Background())
	if err := agent.OnSelectedCandidatePairChange(func(_, remote ice.Candidate) { l.selected(remote) }); err != nil {
		return nil, errors.Join(fmt.Errorf("follow the chosen path: %w", err), l.close())
	}
	return l, nil
}

// accept takes over the transport part of an offer: the first starts ICE and
// DTLS, one with other credentials restarts ICE (RFC 8445 section 9). The DTLS
// session outlives a restart.
func (l *link) accept(o *offer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	remote := credentials{o.ufrag, o.pwd}
	if remote == l.offered {
		return nil
	}
	first := l.offered == credentials{}
	if first {
		l.fingerprints = o.fingerprints
	} else {
		l.local = newCredentials()
		if err := l.agent.Restart(l.local.ufrag, l.local.pwd); err != nil {
			return fmt.Errorf("restart ICE: %w", err)
		}
	}
	l.offered = remote
	if err := l.gather(); err != nil {
		return err
	}
	for _, value := range o.candidates {
		// What the agent cannot read it need not check: the path is found all the same.
		if c, err := ice.UnmarshalCandidate(value); err == nil {
			if err := l.agent.AddRemoteCandidate(c); err != nil {
				return fmt.Errorf("add a candidate: %w", err)
			}
		}
	}
	if !first {
		if err := l.agent.SetRemoteCredentials(o.ufrag, o.pwd); err != nil {
			return fmt.Errorf("restart ICE: %w", err)
		}
		return nil
	}
	conn, err := l.agent.StartAccept(o.ufrag, o.pwd)
	if err != nil {
		return fmt.Errorf("start ICE: %w", err)
	}
	l.tasks.Go(func() { l.run(conn) })
	return nil
}

// gather waits for the agent to know its one socket.
func (l *link) gather() error {
	gathered := make(chan struct{})
	if err := l.agent.OnCandidate(func(c ice.Candidate) {
		if c == nil {
			close(gathered)
		}
	}); err != nil {
		return fmt.Errorf("gather candidates: %w", err)
	}
	if err := l.agent.GatherCandidates(); err != nil {
		return fmt.Errorf("gather candidates: %w", err)
	}
	select {
	case <-gathered:
		return nil
	case <-l.ctx.Done():
		return errors.New("gather candidates: the participant has left")
	}
}

// localCredentials are what the answer says.
func (l *link) localCredentials() credentials {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.local
}

// run brings the link up.
func (l *link) run(conn *ice.Conn) {
	if err := l.agent.AwaitConnect(l.ctx); err != nil {
		return // the participant left first
	}
	session, err := l.handshake(conn)
	if err != nil {
		if l.ctx.Err() == nil {
			l.peer.log.Info("no DTLS session", "err", err)
		}
		return
	}
	if l.adopt(session) {
		l.peer.linked()
		l.tasks.Go(func() { // not here: the handshake's stack would stay
			drain(session)
			if l.ctx.Err() == nil {
				l.peer.hungUp()
			}
		})
	}
}

// adopt takes over a session for close to end. If the link was closed while DTLS
// agreed, close may not have seen the session, which ends here then.
func (l *link) adopt(session *dtls.Conn) bool {
	l.dtls.Store(session)
	if l.ctx.Err() == nil {
		return true
	}
	if err := session.Close(); err != nil {
		l.peer.log.Debug("end a DTLS session that came too late", "err", err)
	}
	return false
}

// drain reads DTLS until it ends. Application data would be SCTP, which is not
// served; an alert ends the session, without which nothing can be read there any
// more. Only alerts of who has the keys count.
func drain(session *dtls.Conn) {
	buf := make([]byte, receiveMTU)
	for {
		if _, err := session.Read(buf); err != nil {
			return
		}
	}
}

// handshake agrees on the keys of SRTP (RFC 5764) with who has the fingerprint
// that was offered (RFC 8122).
func (l *link) handshake(conn *ice.Conn) (*dtls.Conn, error) {
	l.mu.Lock()
	fingerprints := l.fingerprints
	l.mu.Unlock()
	pipe := dtlsPipe{dtlsnet.PacketConnFromConn(conn)}
	session, err := dtls.ServerWithOptions(pipe, conn.RemoteAddr(), l.engine.dtlsOptions(fingerprints)...)
	if err != nil {
		return nil, fmt.Errorf("begin DTLS: %w", err)
	}
	if err := session.HandshakeContext(l.ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("DTLS handshake: %w", err), session.Close())
	}
	k, err := newKeys(session)
	if err != nil {
		return nil, errors.Join(err, session.Close())
	}
	l.keys.Store(k)
	return session, nil
}

// dtlsPipe lets only DTLS through (RFC 7983): SRTP that comes before the path
// is known to the engine would only make noise.
type dtlsPipe struct{ net.PacketConn }

// ReadFrom is net.PacketConn's.
func (p dtlsPipe) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, addr, err := p.PacketConn.ReadFrom(b)
		if err != nil || n > 0 && b[0] >= 20 && b[0] <= 63 {
			return n, addr, err
		}
	}
}

// maxRoutes is how many addresses one participant may claim. A browser has
// one for each of its networks.
const maxRoutes = 16

// checked is called by the agent when an authenticated check came from an
// address. A client may send media from any address that it has checked, not
// only from the one that this side chose to send to (RFC 8445 section 12.2).
func (l *link) checked(remote ice.Candidate) {
	from, ok := addressOf(remote)
	switch {
	case !ok:
	case remote.NetworkType().IsTCP():
		l.own(from)
	case l.addRoute(from, maxRoutes):
		l.engine.routes.claim(from, l)
	}
}

// selected is called by the agent when it changes the path.
func (l *link) selected(remote ice.Candidate) {
	to, ok := addressOf(remote)
	switch {
	case !ok:
	case remote.NetworkType().IsTCP():
		if c := l.own(to); c != nil {
			l.path.Store(&path{addr: to, tcp: c})
		}
	default:
		l.addRoute(to, math.MaxInt)
		l.engine.routes.set(to, l)
		l.path.Store(&path{addr: to, relay: l.engine.relays.at(to.Addr())})
	}
}

// own takes the TCP connection from an address, on which a check has come; nil
// if it is closed already.
func (l *link) own(remote netip.AddrPort) *tcpConn {
	c := l.engine.tcp.conn(remote)
	if c != nil {
		c.owner.Store(l)
	}
	return c
}

// addRoute remembers what to take back at the end, up to a number of addresses.
func (l *link) addRoute(addr netip.AddrPort, most int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.Contains(l.routes, addr) {
		return true
	}
	if len(l.routes) >= most {
		return false
	}
	l.routes = append(l.routes, addr)
	return true
}

// addressOf reads a candidate's address; false for a name, which is not checked
// before something comes from its address.
func addressOf(c ice.Candidate) (netip.AddrPort, bool) {
	addr, err := netip.ParseAddr(c.Address())
	if err != nil || c.Port() <= 0 || c.Port() > 65535 {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(c.Port())), true
}

// receive takes an RTP or RTCP packet that came on a path of this link, and
// decrypts it in place.
func (l *link) receive(b []byte) {
	k := l.keys.Load()
	if k == nil {
		return // before DTLS is done nothing can be read
	}
	l.reading.Lock()
	defer l.reading.Unlock()
	if isRTCP(b) {
		l.peer.receiveRTCP(k, b)
	} else {
		l.peer.receiveRTP(k, b)
	}
}

// WriteRTP encrypts a packet and queues it. It does not allocate.
func (l *link) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	return l.write(h, payload, false)
}

// write is WriteRTP; what is video is lost first if the queue is long.
func (l *link) write(h *rtp.Header, payload []byte, video bool) (int, error) {
	d, to, err := l.seal(h, payload)
	if err != nil {
		return 0, err
	}
	n := d.n
	d.video = video
	return n, l.enqueue(d, to)
}

// seal makes an encrypted datagram of a packet, to be given to enqueue.
func (l *link) seal(h *rtp.Header, payload []byte) (*datagram, *path, error) {
	k, to := l.keys.Load(), l.path.Load()
	if k == nil || to == nil {
		return nil, nil, errNotUp
	}
	d := l.engine.conn.take()
	if _, err := k.sealRTP(d, h, payload); err != nil {
		l.engine.conn.give(d)
		return nil, nil, err
	}
	return d, to, nil
}

var errNotUp = errors.New("the transport is not up")

// writeRTCP encrypts a compound packet and queues it.
func (l *link) writeRTCP(packets []rtcp.Packet) error {
	k, to := l.keys.Load(), l.path.Load()
	if k == nil || to == nil {
		return errNotUp
	}
	plain, err := rtcp.Marshal(packets)
	if err != nil {
		return fmt.Errorf("encode RTCP: %w", err)
	}
	d := l.engine.conn.take()
	if err := k.sealRTCP(d, plain); err != nil {
		l.engine.conn.give(d)
		return err
	}
	return l.enqueue(d, to)
}

// enqueue takes over a datagram and sends it soon.
func (l *link) enqueue(d *datagram, to *path) error {
	switch {
	case to.tcp != nil:
		return to.tcp.enqueue(d)
	case to.relay != nil:
		return to.relay.deliver(d, to.addr)
	}
	d.to = to
	return l.engine.conn.enqueue(d)
}

// close ends ICE and DTLS and waits for them.
func (l *link) close() error {
	l.cancel()
	var err error
	if session := l.dtls.Load(); session != nil {
		err = session.Close() // says so to the other side
	}
	err = errors.Join(err, l.agent.GracefulClose())
	l.tasks.Wait()
	l.keys.Store(nil)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, addr := range l.routes {
		l.engine.routes.remove(addr, l)
	}
	return err
}
