package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"callsvc/internal/portmux"
	"callsvc/media"
)

// openPorts opens the ports of the settings: that of HTTP, which TURN and ICE
// over TCP may share, and those of media.
func (a *App) openPorts() error {
	listener, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	a.listener = listener
	var config *tls.Config
	if a.cfg.TLSCertificate != "" {
		c, err := openCertificate(a.cfg.TLSCertificate, a.cfg.TLSKey, a.log)
		if err != nil {
			return err
		}
		config = c.config()
	}
	if config != nil || a.shares(a.cfg.TCPPort) || a.shares(a.cfg.TURN.TCPPort) {
		a.mux = portmux.New(listener, config, a.log)
		a.listener = a.mux.HTTP()
	}
	return a.openMedia(config)
}

// shares reports whether a port is that of --listen.
func (a *App) shares(port int) bool { return port != 0 && port == a.cfg.ListenPort() }

// openMedia opens the ports of media.
func (a *App) openMedia(config *tls.Config) (err error) {
	c := media.Config{
		UDPPort: a.cfg.UDPPort, NodeIPs: nodeIPs(a.cfg), MaxSlots: a.cfg.MaxSlots,
		MaxTracks: a.cfg.MaxTracks, MaxPublishBitrate: a.cfg.MaxPublishBitrate * 1000,
	}
	switch {
	case a.shares(a.cfg.TCPPort):
		c.TCP = a.mux.ICE()
	case a.cfg.TCPPort != 0:
		if c.TCP, err = net.ListenTCP("tcp", &net.TCPAddr{Port: a.cfg.TCPPort}); err != nil {
			return fmt.Errorf("--tcp-port: %w", err)
		}
	}
	if a.cfg.TURN.On() {
		if c.TURN, err = a.openTURN(config); err != nil {
			return errors.Join(err, closeIfOpen(c.TCP))
		}
	}
	if a.engine, err = media.New(c, a.log); err != nil {
		return fmt.Errorf("--udp-port: %w", err)
	}
	return nil
}

// openTURN opens the ports of TURN.
func (a *App) openTURN(config *tls.Config) (*media.TURNConfig, error) {
	c := &media.TURNConfig{
		Secret: turnSecret(a.cfg), Realm: a.cfg.TURN.Domain,
		MaxAllocations: a.cfg.TURN.MaxAllocations, MaxBitrate: a.cfg.TURN.MaxBitrate * 1000,
	}
	if c.Realm == "" {
		c.Realm = "callsvc"
	}
	if err := a.listenTURN(c, config); err != nil {
		if c.UDP != nil {
			err = errors.Join(err, c.UDP.Close())
		}
		for _, l := range c.Listeners {
			err = errors.Join(err, l.Close())
		}
		return nil, err
	}
	return c, nil
}

func (a *App) listenTURN(c *media.TURNConfig, config *tls.Config) (err error) {
	t := a.cfg.TURN
	if t.UDPPort != 0 {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{Port: t.UDPPort})
		if err != nil {
			return fmt.Errorf("--turn-udp-port: %w", err)
		}
		c.UDP = conn
	}
	if a.shares(t.TCPPort) || a.shares(t.TLSPort) {
		c.Listeners = append(c.Listeners, a.mux.TURN()) // with TLS and without
	}
	if t.TCPPort != 0 && !a.shares(t.TCPPort) {
		l, err := net.ListenTCP("tcp", &net.TCPAddr{Port: t.TCPPort})
		if err != nil {
			return fmt.Errorf("--turn-tcp-port: %w", err)
		}
		c.Listeners = append(c.Listeners, l)
	}
	if t.TLSPort != 0 && !a.shares(t.TLSPort) {
		l, err := net.ListenTCP("tcp", &net.TCPAddr{Port: t.TLSPort})
		if err != nil {
			return fmt.Errorf("--turn-tls-port: %w", err)
		}
		c.Listeners = append(c.Listeners, tls.NewListener(l, config))
	}
	return nil
}

func closeIfOpen(l net.Listener) error {
	if l == nil {
		return nil
	}
	return l.Close()
}

// turnHost is the name or address that clients are told.
func (a *App) turnHost() string {
	if a.cfg.TURN.Domain != "" {
		return a.cfg.TURN.Domain
	}
	return bracketed(a.engine.Addr().Addr())
}

func bracketed(addr netip.Addr) string {
	if addr.Is6() {
		return "[" + addr.String() + "]"
	}
	return addr.String()
}
