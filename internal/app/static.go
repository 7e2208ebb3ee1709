package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// contentSecurityPolicy lets the page load and run only what we serve. There is
// no inline script and no inline style. Pictures come from anywhere, since users
// say where theirs is.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; " +
	"media-src 'self' blob: mediastream:; connect-src 'self' ws: wss:; font-src 'self'; manifest-src 'self'; " +
	"worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// page serves the web app from memory. Files are validated by a tag of their
// content, so that a new version is seen at once and an old one is not sent
// again.
type page struct {
	files map[string][]byte // by URL path
	tags  map[string]string
}

func newPage(static fs.FS) (*page, error) {
	p := &page{files: map[string][]byte{}, tags: map[string]string{}}
	err := fs.WalkDir(static, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(static, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		p.files["/"+name], p.tags["/"+name] = content, `"`+hex.EncodeToString(sum[:8])+`"`
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the embedded page: %w", err)
	}
	return p, nil
}

// ServeHTTP serves one file; "/" is index.html.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := path.Clean(r.URL.Path)
	if name == "/" {
		name = "/index.html"
	}
	content, ok := p.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", p.tags[name])
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// secureHeaders sets what every answer over HTTP carries.
func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
