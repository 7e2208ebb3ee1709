package config

import (
	"net"
	"strconv"
)

// TURN is the embedded TURN server, for clients whose networks let out neither
// UDP nor TCP to the media ports. A port of 0 is off.
type TURN struct {
	UDPPort        int    `group:"Network" name:"turn-udp-port" default:"0" placeholder:"PORT" help:"UDP port of TURN; 0 is off."`
	TCPPort        int    `group:"Network" name:"turn-tcp-port" default:"0" placeholder:"PORT" help:"TCP port of TURN; 0 is off. Like --tcp-port and --turn-tls-port it may be the port of --listen, which they then share."`
	TLSPort        int    `group:"Network" name:"turn-tls-port" default:"0" placeholder:"PORT" help:"TCP port of TURN over TLS; 0 is off. 443 passes nearly every firewall."`
	Domain         string `group:"Network" name:"turn-domain" placeholder:"NAME" help:"Host name clients reach TURN by, as in the certificate. Default: the first --node-ip, or address of this machine."`
	MaxAllocations int    `group:"Network" name:"turn-max-allocations" default:"40" placeholder:"N" help:"TURN allocations of one user."`
	MaxBitrate     int    `group:"Network" name:"turn-max-bitrate" default:"50000" placeholder:"KBIT" help:"What TURN relays for one user in both directions, in kbit/s; what is beyond is lost."`
}

// On reports whether TURN is served at all.
func (t TURN) On() bool { return t.UDPPort != 0 || t.TCPPort != 0 || t.TLSPort != 0 }

// ListenPort is the port of --listen, 0 if a free one is to be picked.
func (s Serve) ListenPort() int {
	_, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0
	}
	return n
}
