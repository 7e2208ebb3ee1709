package wire

import "callsvc/call"

// Links into a room, and a look at it from outside.
func linkMethods() []Method {
	return []Method{
		{"room.createLink", func() Request { return new(CreateLink) }, CreateLinkResult{}},
		{"room.listLinks", func() Request { return new(ListLinks) }, ListLinksResult{}},
		{"room.revokeLink", func() Request { return new(RevokeLink) }, Empty{}},
		{"room.openLink", func() Request { return new(OpenLink) }, OpenLinkResult{}},
		{"room.fetchInfo", func() Request { return new(FetchRoomInfo) }, FetchRoomInfoResult{}},
	}
}

// CreateLink makes an invitation into the room that anybody can use who is
// shown it. Hosts only; in a meeting everybody but guests.
type CreateLink struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	// Seconds it is good for, 60 to 2,592,000; a day if absent.
	TTL *int `json:"ttl,omitempty"`
}

// CreateLinkResult is the invitation. A page can be given it as /?meet=INVITE.
type CreateLinkResult struct {
	Invite    string      `json:"invite"`
	LinkID    call.LinkID `json:"linkID"`
	ExpiresAt call.Millis `json:"expiresAt"`
}

// ListLinks asks for the links into a room that are good: hosts for all of them,
// others for those they made, also when nobody is in the room.
type ListLinks struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
}

// ListLinksResult has the links in the order they were made.
type ListLinksResult struct {
	Links []Link `json:"links"`
}

// Link is a meeting link.
type Link struct {
	LinkID call.LinkID `json:"linkID"`
	Invite string      `json:"invite"`
	// Who made it.
	UserID    call.UserID `json:"userID"`
	CreatedAt call.Millis `json:"createdAt"`
	ExpiresAt call.Millis `json:"expiresAt"`
}

// RevokeLink takes one link back: nobody comes in by it any more, who waits to
// be let in by it is turned away, and guests who came by it and leave do not come
// back. For hosts, and for who made it.
type RevokeLink struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	LinkID call.LinkID `json:"linkID" wire:"required"`
	// Take those out, too, who came by it and are in the room. Hosts only.
	Kick bool `json:"kick,omitempty"`
}

// OpenLink asks where an invitation leads to. Room.enter wants both.
type OpenLink struct {
	Invite string `json:"invite" wire:"required"`
}

// OpenLinkResult is the room.
type OpenLinkResult struct {
	RoomID    call.RoomID `json:"roomID"`
	ExpiresAt call.Millis `json:"expiresAt"`
}

// FetchRoomInfo asks what a room is like before one enters it. For who may
// enter, but guests.
type FetchRoomInfo struct {
	RoomID call.RoomID `json:"roomID" wire:"required"`
	// Of a meeting link, where one has no other right to come in.
	Invite string `json:"invite,omitempty"`
}

// FetchRoomInfoResult is the room as it is seen from outside.
type FetchRoomInfoResult struct {
	// Somebody is in it.
	Open bool `json:"open"`
	// One would have to wait until a host admits one, and is told no more.
	Waits bool   `json:"waits"`
	Name  string `json:"name"`
	// How many are in it, oneself on another device left out.
	Count int `json:"count"`
	// At most five of them, the longest present first.
	Users []UserName `json:"users"`
}

// UserName is a user as others see them.
type UserName struct {
	UserID call.UserID `json:"userID"`
	Name   string      `json:"name"`
}

func (*CreateLink) request()    {}
func (*ListLinks) request()     {}
func (*RevokeLink) request()    {}
func (*OpenLink) request()      {}
func (*FetchRoomInfo) request() {}
