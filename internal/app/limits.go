package app

import (
	"net"
	"net/netip"

	"callsvc/call"
	"callsvc/internal/config"
	"callsvc/internal/limit"
)

// limits are what several parts share of the limits on strangers and users.
type limits struct {
	addresses     limit.Addresses
	groupMessages *limit.Keyed[call.GroupID] // messages and invitations in a group
	broadcasts    *limit.Keyed[call.UserID]  // what a user does in groups and rooms, by who is told
	guests        *limit.Keyed[netip.Addr]   // who become guests
}

func newLimits(cfg config.Serve) limits {
	l := limits{
		groupMessages: limit.NewKeyed[call.GroupID](rateOf(cfg.GroupMessageRate, 1)),
		broadcasts:    limit.NewKeyed[call.UserID](rateOf(cfg.BroadcastRate, 5)),
		guests:        limit.NewKeyed[netip.Addr](rateOf(cfg.GuestRate, 60)),
	}
	for _, p := range cfg.TrustedProxy {
		l.addresses.Proxies = append(l.addresses.Proxies, p.Prefix)
	}
	return l
}

// connsPerSession is how many connections of HTTP an address may have for each
// session it may have: a page opens some besides its WebSocket.
const connsPerSession = 4

// bounded is the listener of HTTP with a bound on the connections of an address,
// each of which costs memory before anybody has shown a credential.
func (a *App) bounded() net.Listener {
	return limit.NewListener(a.listener, a.limits.addresses, connsPerSession*a.cfg.MaxSessionsPerAddress, a.log)
}

// rateOf is so much a second, and at once as much as in some seconds.
func rateOf(perSecond, seconds int) limit.Rate {
	return limit.Rate{PerSecond: float64(perSecond), Burst: perSecond * seconds}
}
