package auth

import (
	"net/http"
	"net/netip"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
)

// Guard is a Verifier that strangers cannot keep busy: an address from which
// too many bad credentials came is refused unlooked at, until it has waited.
// The zero Addr is one that is not known and not refused.
type Guard struct {
	verifier  *Verifier
	addressOf func(*http.Request) netip.Addr
	failures  *limit.Keyed[netip.Addr]
}

// NewGuard makes a Guard that forgives so many bad credentials of an address.
func NewGuard(v *Verifier, addressOf func(*http.Request) netip.Addr, failures limit.Rate) *Guard {
	return &Guard{verifier: v, addressOf: addressOf, failures: limit.NewKeyed[netip.Addr](failures)}
}

// Authenticate is Verifier.Authenticate, or call.CodeRateLimited.
func (g *Guard) Authenticate(r *http.Request) (call.Caller, error) {
	who, _, err := g.Identify(r)
	return who, err
}

// Identify is Verifier.Identify, or call.CodeRateLimited.
func (g *Guard) Identify(r *http.Request) (who call.Caller, expires time.Time, err error) {
	address := g.addressOf(r)
	if !address.IsValid() {
		return g.verifier.Identify(r)
	}
	if wait := g.failures.Wait(address, 1, time.Now()); wait > 0 {
		return who, expires, call.Errorf(call.CodeRateLimited, "too many bad credentials came from this address: wait").After(wait)
	}
	who, expires, err = g.verifier.Identify(r)
	if call.CodeOf(err) == call.CodeTokenInvalid {
		g.failures.Take(address, 1, time.Now())
	}
	return who, expires, err
}
