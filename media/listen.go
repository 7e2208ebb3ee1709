package media

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5"
)

// Bytes of the socket's buffers. What is read is mostly feedback: of a thousand
// viewers ten thousand datagrams a second, each of which takes some 800 bytes of
// the kernel's. It lasts while a burst of keyframes goes out, for voices that come
// meanwhile must not be dropped.
const (
	readBuffer  = 16 << 20
	writeBuffer = 4 << 20
)

// singleMux is pion's UDP mux with one listening address per family: the ICE
// agents need not know that several addresses lead to the one socket.
type singleMux struct {
	*ice.UDPMuxDefault
	addrs []net.Addr
}

// GetListenAddresses is ice.UDPMux's.
func (m *singleMux) GetListenAddresses() []net.Addr { return m.addrs }

// listen opens the port on all addresses.
func (e *Engine) listen(cfg Config, network transport.Net) error {
	local, err := localAddrs(network)
	if err != nil {
		return err
	}
	conn, err := listenUDP(cfg, network)
	if err != nil {
		return fmt.Errorf("listen on UDP port %d: %w", cfg.UDPPort, err)
	}
	udp, ok := conn.LocalAddr().(*net.UDPAddr)
	if !ok || udp.Port <= 0 || udp.Port > 65535 {
		err := fmt.Errorf("listen on UDP port %d: unexpected address %v", cfg.UDPPort, conn.LocalAddr())
		return errors.Join(err, conn.Close())
	}
	e.port = uint16(udp.Port)
	if udp.IP.To4() != nil { // no IPv6 on this host
		local = slices.DeleteFunc(local, func(a netip.Addr) bool { return a.Is6() })
	}
	e.advertised = cfg.NodeIPs
	if len(e.advertised) == 0 {
		e.advertised = local
	}
	if len(e.advertised) == 0 {
		return errors.Join(errors.New("no address to advertise: the host has none, name one with NodeIPs"), conn.Close())
	}
	if e.conn, err = newBatchConn(conn, e.routes.receive, e.overload); err != nil {
		return errors.Join(fmt.Errorf("listen on UDP port %d: %w", e.port, err), conn.Close())
	}
	e.mux = &singleMux{UDPMuxDefault: ice.NewUDPMuxDefault(ice.UDPMuxParams{
		UDPConn: e.muxed(cfg.TURN), Net: network, Logger: loggerFactory{e.log}.NewLogger("mux"),
	})}
	for _, is4 := range []bool{true, false} {
		i := slices.IndexFunc(e.advertised, func(a netip.Addr) bool { return a.Is4() == is4 })
		if i >= 0 {
			addr := netip.AddrPortFrom(e.advertised[i], e.port)
			e.mux.addrs = append(e.mux.addrs, net.UDPAddrFromAddrPort(addr))
		}
	}
	if cfg.TCP != nil {
		err = e.listenTCP(cfg.TCP, local)
	}
	if cfg.TURN != nil && err == nil {
		err = e.serveTURN(cfg.TURN, e.relays)
	}
	if err != nil {
		return errors.Join(err, e.mux.Close(), e.closeTCP(), e.conn.Close())
	}
	return nil
}

// muxed is the socket as pion's mux has it: with the relays of TURN, if any.
func (e *Engine) muxed(cfg *TURNConfig) net.PacketConn {
	if cfg == nil {
		return e.conn
	}
	peers := make([]netip.AddrPort, len(e.advertised))
	for i, addr := range e.advertised {
		peers[i] = netip.AddrPortFrom(addr, e.port)
	}
	mux := newRelayMux(e.conn, peers, cfg.limits())
	e.relays = mux.relays
	return mux
}

// listenUDP prefers a socket for both families.
func listenUDP(cfg Config, network transport.Net) (net.PacketConn, error) {
	if cfg.Net != nil {
		return network.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4zero, Port: cfg.UDPPort})
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{Port: cfg.UDPPort})
	if err != nil {
		return nil, err
	}
	if err := conn.SetWriteBuffer(writeBuffer); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := growReadBuffer(conn, readBuffer); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// localAddrs lists the host's addresses a peer can be sent to: global and
// private ones first, loopback last, link-local IPv6 not at all.
func localAddrs(network transport.Net) ([]netip.Addr, error) {
	interfaces, err := network.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list network interfaces: %w", err)
	}
	var outer, loopback []netip.Addr
	for _, i := range interfaces {
		addrs, err := i.Addrs()
		if err != nil || i.Flags&net.FlagUp == 0 {
			continue
		}
		for _, a := range addrs {
			prefix, err := netip.ParsePrefix(a.String())
			if err != nil {
				continue
			}
			switch addr := prefix.Addr().Unmap(); {
			case addr.IsLoopback():
				loopback = append(loopback, addr)
			case !addr.IsLinkLocalUnicast():
				outer = append(outer, addr)
			}
		}
	}
	return append(outer, loopback...), nil
}
