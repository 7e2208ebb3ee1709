package media

import (
	"net"
	"net/netip"

	"github.com/pion/transport/v5"
)

// Limits on what an offer may ask for. A stranger writes offers.
const (
	defaultMaxSlots  = 64
	defaultMaxTracks = 4
	maxSendLines     = 8         // sending m-lines, and those that are neither
	maxOfferBytes    = 512 << 10 // a slot costs about 3 kB of SDP at worst
	maxCandidates    = 64
	maxFingerprints  = 8   // of certificates that may be shown; a browser has one
	maxAttributes    = 512 // of one m-line
	maxFormats       = 128 // payload types of one m-line
	maxLayers        = 4   // simulcast rids of one m-line
)

// Config is how an Engine reaches the network and how much one offer may ask for.
type Config struct {
	// UDPPort is the one port all media uses; 0 picks a free one.
	UDPPort int
	// TCP is where ICE over TCP (RFC 6544) is accepted; nil is nowhere. The
	// engine closes it, also if New fails.
	TCP net.Listener
	// TURN is the TURN server for who reaches none of these; nil is none. The
	// engine closes its listeners, also if New fails.
	TURN *TURNConfig
	// NodeIPs are the addresses advertised as candidates. Empty advertises
	// every address of the host, loopback included.
	NodeIPs []netip.Addr
	// MaxSlots bounds the receive slots of one participant; 0 means 64. The
	// smaller of this and JoinMedia.MaxSlots holds.
	MaxSlots int
	// MaxTracks bounds the streams one participant publishes; 0 means 4, one of
	// each source.
	MaxTracks int
	// MaxPublishBitrate bounds what one participant publishes, in bits a second;
	// 0 is no limit. Pictures beyond it are dropped, sound only if it alone is.
	MaxPublishBitrate int
	// Net replaces the operating system's network, for tests on pion's vnet.
	Net transport.Net
}
