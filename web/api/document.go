package api

import (
	_ "embed" // the document
	"net/http"
	"strconv"
)

//go:embed openapi.yaml
var document []byte

func serveDocument(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8") // RFC 9512
	w.Header().Set("Content-Length", strconv.Itoa(len(document)))
	_, err := w.Write(document)
	return err
}
