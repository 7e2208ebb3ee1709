package app

import (
	"fmt"
	"net"

	"callsvc/media"
)

// openMedia opens the ports of media.
func (a *App) openMedia() (err error) {
	c := media.Config{UDPPort: a.cfg.UDPPort, NodeIPs: nodeIPs(a.cfg), MaxSlots: a.cfg.MaxSlots}
	if a.cfg.TCPPort != 0 {
		if c.TCP, err = net.ListenTCP("tcp", &net.TCPAddr{Port: a.cfg.TCPPort}); err != nil {
			return fmt.Errorf("--tcp-port: %w", err)
		}
	}
	if a.engine, err = media.New(c, a.log); err != nil {
		return fmt.Errorf("--udp-port: %w", err)
	}
	return nil
}
