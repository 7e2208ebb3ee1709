// Package web holds the browser's side of the service: the client SDK, the
// call components built on it and the app built on those. The files under
// static are plain ES modules, source and product in one, so that a Go build
// needs no other tool; package.json beside them only checks their types and
// runs their tests.
package web

import (
	"embed"
	"io/fs"
)

//go:embed static
var static embed.FS

// Static returns the files to be served at "/": index.html and all it asks
// for. The tree is read-only and safe for concurrent use.
func Static() fs.FS {
	root, err := fs.Sub(static, "static")
	if err != nil {
		panic("web: static is embedded by this very package: " + err.Error())
	}
	return root
}
