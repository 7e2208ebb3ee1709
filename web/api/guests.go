package api

import (
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Meetings makes links into rooms, and guests of who has one. Implemented by
// app.App.
type Meetings interface {
	CreateLink(context.Context, call.Caller, *wire.CreateLink) (wire.CreateLinkResult, error)
	ListLinks(context.Context, call.Caller, *wire.ListLinks) (wire.ListLinksResult, error)
	RevokeLink(context.Context, call.Caller, *wire.RevokeLink) (wire.Empty, error)
	// Receive makes a guest. The request says where they come from.
	Receive(r *http.Request, invite, name string) (Guest, error)
}

// Guest is somebody who came by a meeting link.
type Guest struct {
	Token  string      `json:"token"`
	UserID call.UserID `json:"userID"`
	RoomID call.RoomID `json:"roomID"`
}

// receiveGuest is for who has a meeting link and no account.
func (a *api) receiveGuest(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Invite string `json:"invite"`
		Name   string `json:"name"`
	}
	if err := decode(r, &asked); err != nil {
		return err
	}
	guest, err := a.Meetings.Receive(r, asked.Invite, asked.Name)
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, guest)
}
