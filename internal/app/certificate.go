package app

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateCheck is how often the files may be looked at.
const certificateCheck = 10 * time.Second

// certificate is a TLS certificate in files, which is read again when they
// change: whoever renews it need not restart anything.
type certificate struct {
	chain, key string
	log        *slog.Logger

	mu      sync.Mutex // guards the following
	current *tls.Certificate
	changed [2]time.Time // when the files were, as they were read
	checked time.Time
}

// openCertificate reads the files for the first time.
func openCertificate(chain, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{chain: chain, key: key, log: log}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("--tls-certificate: %w", err)
	}
	return c, nil
}

// config is for servers of TLS. HTTP/2 would need connections that are not
// shared with TURN, and WebSockets do not use it.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: c.get}
}

// read takes the files as they are.
func (c *certificate) read() error {
	changed, err := c.times()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.chain, c.key)
	if err != nil {
		return err
	}
	c.current, c.changed = &pair, changed
	return nil
}

func (c *certificate) times() (changed [2]time.Time, err error) {
	for i, path := range []string{c.chain, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return changed, err
		}
		changed[i] = info.ModTime()
	}
	return changed, nil
}

// get is tls.Config's. Files that cannot be read leave what was read before.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.checked) >= certificateCheck {
		c.checked = now
		changed, err := c.times()
		if err == nil && changed != c.changed {
			if err = c.read(); err == nil {
				c.log.Info("a new TLS certificate is used", "file", c.chain)
			}
		}
		if err != nil {
			c.log.Warn("the TLS certificate cannot be read again; the old one stays", "error", err)
		}
	}
	return c.current, nil
}
