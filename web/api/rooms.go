package api

import (
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Rooms are those somebody is in. Implemented by room.Service.
type Rooms interface {
	Rooms(context.Context) ([]wire.RoomState, error)
	Room(context.Context, call.RoomID) (wire.RoomState, error)
	CloseRoom(context.Context, call.RoomID, call.Result) error
	SetInfo(context.Context, call.Caller, *wire.SetRoomInfo) (wire.Empty, error)
}

// Hosting is what hosts do in a room, and operators. Implemented by room.Service.
type Hosting interface {
	SetHost(context.Context, call.Caller, *wire.SetHost) (wire.Empty, error)
	MuteUser(context.Context, call.Caller, *wire.MuteUser) (wire.Empty, error)
	MuteAll(context.Context, call.Caller, *wire.MuteAll) (wire.Empty, error)
	Kick(context.Context, call.Caller, *wire.KickUser) (wire.Empty, error)
	Admit(context.Context, call.Caller, *wire.Admit) (wire.Empty, error)
}

func (a *api) roomRoutes() []route {
	return []route{
		{http.MethodGet, "/v1/rooms", a.operator(a.listRooms)},
		{http.MethodGet, "/v1/rooms/{roomID}", a.operator(a.getRoom)},
		{http.MethodPatch, "/v1/rooms/{roomID}", a.operator(a.setRoom)},
		{http.MethodDelete, "/v1/rooms/{roomID}", a.operator(a.closeRoom)},
		{http.MethodPost, "/v1/rooms/{roomID}/mute", a.operator(a.muteRoom)},
		{http.MethodPost, "/v1/rooms/{roomID}/links", a.operator(a.createLink)},
		{http.MethodGet, "/v1/rooms/{roomID}/links", a.operator(a.listLinks)},
		{http.MethodDelete, "/v1/rooms/{roomID}/links/{linkID}", a.operator(a.revokeLink)},
		{http.MethodPost, "/v1/rooms/{roomID}/lobby/{userID}", a.operator(a.admit)},
		{http.MethodDelete, "/v1/rooms/{roomID}/users/{userID}", a.operator(a.kick)},
		{http.MethodPut, "/v1/rooms/{roomID}/hosts/{userID}", a.operator(a.setHost(true))},
		{http.MethodDelete, "/v1/rooms/{roomID}/hosts/{userID}", a.operator(a.setHost(false))},
	}
}

func roomOf(r *http.Request) call.RoomID { return call.RoomID(r.PathValue("roomID")) }

// roomList answers the question which rooms there are.
type roomList struct {
	Rooms []wire.RoomState `json:"rooms"`
}

func (a *api) listRooms(r *http.Request, _ call.Caller) (any, error) {
	rooms, err := a.Rooms.Rooms(r.Context())
	return roomList{rooms}, err
}

func (a *api) getRoom(r *http.Request, _ call.Caller) (any, error) {
	return a.Rooms.Room(r.Context(), roomOf(r))
}

func (a *api) setRoom(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		Name         *string `json:"name"`
		Locked       *bool   `json:"locked"`
		Lobby        *bool   `json:"lobby"`
		MutedOnEntry *bool   `json:"mutedOnEntry"`
		KeepMuted    *bool   `json:"keepMuted"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	return a.Rooms.SetInfo(r.Context(), caller, &wire.SetRoomInfo{
		RoomID: roomOf(r), Name: asked.Name, Locked: asked.Locked, Lobby: asked.Lobby,
		MutedOnEntry: asked.MutedOnEntry, KeepMuted: asked.KeepMuted,
	})
}

func (a *api) closeRoom(r *http.Request, _ call.Caller) (any, error) {
	return wire.Empty{}, a.Rooms.CloseRoom(r.Context(), roomOf(r), call.ResultRoomClosed)
}

// muteRoom mutes one, or all but the hosts.
func (a *api) muteRoom(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		UserID call.UserID `json:"userID"`
		Audio  bool        `json:"audio"`
		Video  bool        `json:"video"`
		Screen bool        `json:"screen"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.UserID == "" {
		return a.Hosting.MuteAll(r.Context(), caller, &wire.MuteAll{
			RoomID: roomOf(r), Audio: asked.Audio, Video: asked.Video, Screen: asked.Screen,
		})
	}
	return a.Hosting.MuteUser(r.Context(), caller, &wire.MuteUser{
		RoomID: roomOf(r), UserID: asked.UserID, Audio: asked.Audio, Video: asked.Video, Screen: asked.Screen,
	})
}

func (a *api) createLink(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		TTL *int `json:"ttl"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	return a.Meetings.CreateLink(r.Context(), caller, &wire.CreateLink{RoomID: roomOf(r), TTL: asked.TTL})
}

func (a *api) listLinks(r *http.Request, caller call.Caller) (any, error) {
	return a.Meetings.ListLinks(r.Context(), caller, &wire.ListLinks{RoomID: roomOf(r)})
}

// revokeLink takes a link back, with ?kick=true also those out who came by it.
func (a *api) revokeLink(r *http.Request, caller call.Caller) (any, error) {
	values := r.URL.Query()
	if err := checkNames(values, "kick"); err != nil {
		return nil, err
	}
	kick := values.Get("kick")
	if kick != "" && kick != "true" && kick != "false" {
		return nil, invalid("kick %v", must("true or false"))
	}
	return a.Meetings.RevokeLink(r.Context(), caller, &wire.RevokeLink{
		RoomID: roomOf(r), LinkID: call.LinkID(r.PathValue("linkID")), Kick: kick == "true",
	})
}

func (a *api) admit(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		Admit *bool `json:"admit"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.Admit == nil {
		return nil, invalid("admit is missing; true lets them in, false turns them away")
	}
	return a.Hosting.Admit(r.Context(), caller, &wire.Admit{RoomID: roomOf(r), UserID: userOf(r), Admit: *asked.Admit})
}

func (a *api) kick(r *http.Request, caller call.Caller) (any, error) {
	return a.Hosting.Kick(r.Context(), caller, &wire.KickUser{RoomID: roomOf(r), UserID: userOf(r)})
}

func (a *api) setHost(host bool) func(*http.Request, call.Caller) (any, error) {
	return func(r *http.Request, caller call.Caller) (any, error) {
		return a.Hosting.SetHost(r.Context(), caller, &wire.SetHost{RoomID: roomOf(r), UserID: userOf(r), Host: host})
	}
}
