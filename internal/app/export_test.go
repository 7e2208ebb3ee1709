package app

import (
	"crypto/tls"
	"log/slog"
	"net/http"

	"callsvc/call"
	"callsvc/internal/auth"
	"callsvc/internal/limit"
	"callsvc/web/api"
)

// NewThrottledGuard is exported for a test with a clock of its own.
func NewThrottledGuard(g *auth.Guard, perSecond int) api.Authenticator {
	return throttledGuard{g, limit.NewKeyed[call.UserID](rateOf(perSecond, 3))}
}

// BreakStore lets whatever is decided from now on be refused by the store.
func (a *App) BreakStore() error { return a.store.Close() }

// BoundBodies is exported for a test whose connections have a clock of their own.
func BoundBodies(next http.Handler) http.Handler { return boundBodies(next) }

// OpenCertificate is exported for a test that need not wait for a server.
func OpenCertificate(chain, key string) (*tls.Config, error) {
	c, err := openCertificate(chain, key, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return c.config(), nil
}
