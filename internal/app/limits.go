package app

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"callsvc/call"
	"callsvc/internal/auth"
	"callsvc/internal/config"
	"callsvc/internal/limit"
)

// limits are what several parts share of the limits on strangers and users.
type limits struct {
	addresses     limit.Addresses
	groupMessages *limit.Keyed[call.GroupID] // messages and invitations in a group
	broadcasts    *limit.Keyed[call.UserID]  // what a user does in groups and rooms, by who is told
	guests        *limit.Keyed[netip.Addr]   // who become guests
	requests      *limit.Keyed[call.UserID]  // over REST
}

func newLimits(cfg config.Serve) limits {
	l := limits{
		groupMessages: limit.NewKeyed[call.GroupID](rateOf(cfg.GroupMessageRate, 1)),
		broadcasts:    limit.NewKeyed[call.UserID](rateOf(cfg.BroadcastRate, 5)),
		guests:        limit.NewKeyed[netip.Addr](rateOf(cfg.GuestRate, 60)),
		requests:      limit.NewKeyed[call.UserID](rateOf(cfg.UserRequestRate, 3)),
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

// exportCost is how many requests an export counts for.
const exportCost = 20

// throttledGuard is the guard of the REST API: who comes too often is refused
// there too. An operator's back end is not held to it.
type throttledGuard struct {
	*auth.Guard
	requests *limit.Keyed[call.UserID]
}

// Authenticate implements api.Authenticator. Errors: those of auth.Guard, and
// CodeRateLimited.
func (g throttledGuard) Authenticate(r *http.Request) (call.Caller, error) {
	who, err := g.Guard.Authenticate(r)
	if err != nil || who.Admin {
		return who, err
	}
	cost := 1
	if r.URL.Path == "/v1/calls/export" {
		cost = exportCost
	}
	if wait := g.requests.Take(who.UserID, cost, time.Now()); wait > 0 {
		return who, call.Errorf(call.CodeRateLimited, "your requests come too fast: wait").After(wait)
	}
	return who, nil
}
