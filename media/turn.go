package media

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the mechanism's, keyed
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"

	"callsvc/call"
)

// TURNConfig is the TURN server (RFC 8656) for clients that reach the media port
// neither by UDP nor by TCP. It relays to this engine and to nobody else.
type TURNConfig struct {
	// UDP is where clients come to by UDP; nil is nowhere.
	UDP net.PacketConn
	// Listeners are where they come to by TCP, and by TLS in listeners that do
	// TLS. With UDP the engine closes them, also if New fails.
	Listeners []net.Listener
	// Secret is what credentials are made from and checked with.
	Secret []byte
	// Realm is told to clients (RFC 8489 section 9.2), usually the domain.
	Realm string
	// MaxAllocations is how many one user may have at once; 0 means 40. A
	// browser makes one for each URL and network of each PeerConnection.
	MaxAllocations int
	// MaxBitrate is what may be relayed for one user, both ways together, in
	// bits per second; 0 means 50,000,000. What is beyond it is lost.
	MaxBitrate int
}

// close releases what was handed over.
func (c *TURNConfig) close() error {
	if c == nil {
		return nil
	}
	var errs []error
	if c.UDP != nil {
		errs = append(errs, c.UDP.Close())
	}
	for _, l := range c.Listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// limits are what the configuration says, or its defaults.
func (c *TURNConfig) limits() relayLimits {
	l := relayLimits{allocations: c.MaxAllocations, bytes: float64(c.MaxBitrate) / 8}
	if l.allocations == 0 {
		l.allocations = 40
	}
	if l.bytes == 0 {
		l.bytes = 50e6 / 8
	}
	return l
}

// TURNCredentials makes the user name and password with which a user may make
// allocations until a moment (draft-uberti-behave-turn-rest-00). An allocation
// made in time may be refreshed after it: a call does not end with them.
func TURNCredentials(secret []byte, user call.UserID, until time.Time) (username, password string) {
	username = strconv.FormatInt(until.Unix(), 10) + ":" + string(user)
	return username, turnPassword(secret, username)
}

func turnPassword(secret []byte, username string) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write([]byte(username)) // never fails (hash.Hash)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// turnServer is pion's TURN server with the engine's limits.
type turnServer struct {
	*turn.Server
	relays  *relays
	secret  []byte
	clients *turnClients
}

// serveTURN serves what is configured.
func (e *Engine) serveTURN(cfg *TURNConfig, relays *relays) error {
	s := &turnServer{relays: relays, secret: cfg.Secret, clients: newTURNClients(e.log)}
	config := turn.ServerConfig{
		Realm: cfg.Realm, LoggerFactory: loggerFactory{e.log},
		AuthHandler: s.authenticate, QuotaHandler: s.mayAllocate,
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(src, _ net.Addr, _, _, _ string, _ net.Addr, _ int) { s.clients.allocated(src) },
			OnAllocationDeleted: func(src, _ net.Addr, _, _, _ string) { s.clients.released(src) },
		},
	}
	if cfg.UDP != nil {
		config.PacketConnConfigs = append(config.PacketConnConfigs, turn.PacketConnConfig{
			PacketConn: s.clients.guard(cfg.UDP), RelayAddressGenerator: s, PermissionHandler: s.mayReach,
		})
	}
	for _, l := range cfg.Listeners {
		config.ListenerConfigs = append(config.ListenerConfigs, turn.ListenerConfig{
			Listener: s.clients.listen(l), RelayAddressGenerator: s, PermissionHandler: s.mayReach,
		})
	}
	server, err := turn.NewServer(config)
	if err != nil {
		return fmt.Errorf("serve TURN: %w", err)
	}
	s.Server = server
	e.turn = s
	return nil
}

// close ends TURN, with all allocations.
func (s *turnServer) close() error {
	if s == nil {
		return nil
	}
	return s.Close()
}

// authenticate is turn.AuthHandler. Only who wants a new allocation needs
// credentials that are still good; pion sees to it that an allocation is
// refreshed by its own user.
func (s *turnServer) authenticate(r *turn.RequestAttributes) (userID string, key []byte, ok bool) {
	stamp, user, found := strings.Cut(r.Username, ":")
	until, err := strconv.ParseInt(stamp, 10, 64)
	if !found || err != nil || !call.UserID(user).Valid() {
		return "", nil, false
	}
	if r.Method == stun.MethodAllocate && time.Now().Unix() >= until {
		return "", nil, false
	}
	return user, turn.GenerateAuthKey(r.Username, r.Realm, turnPassword(s.secret, r.Username)), true
}

// mayAllocate is turn.QuotaHandler.
func (s *turnServer) mayAllocate(userID, _ string, src net.Addr) bool {
	return !s.relays.full(call.UserID(userID)) && s.clients.mayAllocate(src)
}

// mayReach is turn.PermissionHandler: this server's addresses and no others.
func (s *turnServer) mayReach(_ net.Addr, peer net.IP) bool {
	addr, ok := netip.AddrFromSlice(peer)
	return ok && s.relays.reaches(addr)
}

// Validate is turn.RelayAddressGenerator's.
func (s *turnServer) Validate() error { return nil }

// AllocatePacketConn is turn.RelayAddressGenerator's.
func (s *turnServer) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	r, err := s.relays.open(call.UserID(c.UserID), c.Network == "udp4")
	if err != nil {
		return nil, nil, err
	}
	return r, r.LocalAddr(), nil
}

var errNoTCPRelay = errors.New("TURN relays UDP only")

// AllocateListener is turn.RelayAddressGenerator's.
func (s *turnServer) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNoTCPRelay
}

// AllocateConn is turn.RelayAddressGenerator's.
func (s *turnServer) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) {
	return nil, errNoTCPRelay
}
