package api

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"callsvc/call"
)

// A route is what is done at one path with one method. GET serves HEAD too.
type route struct {
	method, path string
	serve        handlerFunc
}

// methods are what a path can be asked with.
type methods map[string]handlerFunc

func byPath(routes []route) map[string]methods {
	paths := map[string]methods{}
	for _, r := range routes {
		if paths[r.path] == nil {
			paths[r.path] = methods{}
		}
		paths[r.path][r.method] = r.serve
		if r.method == http.MethodGet {
			paths[r.path][http.MethodHead] = r.serve
		}
	}
	return paths
}

// serve passes a request on by its method (RFC 9110 section 15.5.6).
func (m methods) serve(w http.ResponseWriter, r *http.Request) error {
	if serve := m[r.Method]; serve != nil {
		return serve(w, r)
	}
	allowed := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	w.Header().Set("Allow", allowed)
	return statusError{
		http.StatusMethodNotAllowed,
		call.Errorf(call.CodeInvalidParameter, "%s is not for %s; use %s", r.Method, r.URL.Path, allowed),
	}
}

// maxBodyBytes bounds a request's body: the members of a large group are some
// 80 KiB. The time in which it must come is bounded by who serves the API.
const maxBodyBytes = 256 << 10

// decode reads a request's body, one JSON object, into v. A member that v does
// not have is refused: it would be one that is misspelt. No body is an empty
// object.
func decode(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	switch err := d.Decode(v); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return bodyFault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid("the body must be one JSON object and nothing after it")
	}
	return nil
}

func bodyFault(err error) error {
	var large *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &large):
		return call.Errorf(call.CodeMessageTooLarge, "the body is larger than %d bytes: send it in parts", large.Limit)
	case errors.As(err, &wrong) && wrong.Field != "":
		return invalid("%s must not be a JSON %s; /openapi.yaml describes the body", wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return invalid("the body must be a JSON object as /openapi.yaml describes it, not a JSON %s", wrong.Value)
	}
	// What encoding/json says of members it is to refuse has no type of its own.
	if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		return invalid("the body has a member %.80s, which means nothing here; /openapi.yaml describes the body", name)
	}
	return invalid("the body must be a JSON object as /openapi.yaml describes it: %v", err)
}
