package api

import (
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Users knows what users show of themselves. Implemented by user.Service.
type Users interface {
	// Info is what a user shows of themselves, for them and for operators.
	Info(ctx context.Context, who call.Caller, user call.UserID) (wire.UserInfo, error)
	// SetInfo replaces it; they and operators may.
	SetInfo(ctx context.Context, who call.Caller, user call.UserID, name, avatarURL string) (wire.UserInfo, error)
}

func (a *api) getUser(w http.ResponseWriter, r *http.Request, caller call.Caller) error {
	info, err := a.Users.Info(r.Context(), caller, call.UserID(r.PathValue("userID")))
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, info)
}

func (a *api) setUser(w http.ResponseWriter, r *http.Request, caller call.Caller) error {
	var asked struct {
		Name      string `json:"name"`
		AvatarURL string `json:"avatarURL"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	info, err := a.Users.SetInfo(r.Context(), caller, call.UserID(r.PathValue("userID")), asked.Name, asked.AvatarURL)
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, info)
}
