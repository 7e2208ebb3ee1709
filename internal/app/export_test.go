package app

import (
	"crypto/tls"
	"log/slog"
	"net/http"
)

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
