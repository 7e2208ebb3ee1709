package app

import (
	"crypto/tls"
	"log/slog"
)

// OpenCertificate is exported for a test that need not wait for a server.
func OpenCertificate(chain, key string) (*tls.Config, error) {
	c, err := openCertificate(chain, key, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return c.config(), nil
}
