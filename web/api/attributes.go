package api

import (
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Attributes are what groups carry for their applications. Implemented by
// im.Service.
type Attributes interface {
	Attributes(ctx context.Context, who call.Caller, p *wire.GetGroupAttributes) (wire.GetGroupAttributesResult, error)
	SetAttributes(ctx context.Context, who call.Caller, p *wire.SetGroupAttributes) (wire.Empty, error)
	DeleteAttributes(ctx context.Context, who call.Caller, p *wire.DeleteGroupAttributes) (wire.Empty, error)
}

func (a *api) getAttributes(r *http.Request, caller call.Caller) (any, error) {
	return a.Attributes.Attributes(r.Context(), caller, &wire.GetGroupAttributes{GroupID: groupOf(r)})
}

// setAttributes sets some and leaves the others.
func (a *api) setAttributes(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		Attributes map[string]string `json:"attributes"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	return a.Attributes.SetAttributes(r.Context(), caller, &wire.SetGroupAttributes{GroupID: groupOf(r), Attributes: asked.Attributes})
}

// deleteAttributes deletes the one that the path names, or all.
func (a *api) deleteAttributes(r *http.Request, caller call.Caller) (any, error) {
	var keys []string
	if key := r.PathValue("key"); key != "" {
		keys = []string{key}
	}
	return a.Attributes.DeleteAttributes(r.Context(), caller, &wire.DeleteGroupAttributes{GroupID: groupOf(r), Keys: keys})
}
