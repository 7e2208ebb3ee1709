// Package portmux lets several protocols share one TCP port, so that a network
// which lets out port 443 alone lets out everything. The first bytes of a
// connection say what it is:
//
//	TLS handshake (0x16)                      TLS; what is inside says the rest
//	STUN: magic cookie at offset 4 (RFC 8489) TURN over TCP, or over TLS
//	framed STUN: cookie at 6 (RFC 4571)       ICE over TCP (RFC 6544)
//	anything else                             HTTP
//
// A [Mux] accepts, looks, and hands each connection, with nothing of it lost,
// to the listener that is for it.
package portmux
