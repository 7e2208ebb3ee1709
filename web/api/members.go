package api

import (
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Members come into groups and go. Implemented by im.Service.
type Members interface {
	ListMembers(ctx context.Context, who call.Caller, p *wire.ListMembers) (wire.ListMembersResult, error)
	Invite(ctx context.Context, who call.Caller, p *wire.InviteToGroup) (wire.InviteToGroupResult, error)
	Kick(ctx context.Context, who call.Caller, p *wire.KickFromGroup) (wire.Empty, error)
	SetRole(ctx context.Context, who call.Caller, p *wire.SetMemberRole) (wire.Empty, error)
	Transfer(ctx context.Context, who call.Caller, p *wire.TransferGroup) (wire.Empty, error)
	Mute(ctx context.Context, who call.Caller, p *wire.MuteMember) (wire.Empty, error)
}

func userOf(r *http.Request) call.UserID { return call.UserID(r.PathValue("userID")) }

// defaultMembers is how many members a page has that asks for no number.
const defaultMembers = 500

// memberPage is one page of members.
type memberPage struct {
	Members []wire.GroupMember `json:"members"`
	// For the next page; empty after the last.
	Cursor string `json:"cursor"`
}

func (a *api) listMembers(r *http.Request, caller call.Caller) (any, error) {
	values := r.URL.Query()
	if err := checkNames(values, "cursor", "limit"); err != nil {
		return nil, err
	}
	limit, err := limitOf(values)
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = defaultMembers
	}
	page, err := a.Members.ListMembers(r.Context(), caller, &wire.ListMembers{
		GroupID: groupOf(r), Cursor: values.Get("cursor"), Limit: limit,
	})
	return memberPage{page.Members, page.Cursor}, err
}

func (a *api) addMembers(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		Members []call.UserID `json:"members"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	return a.Members.Invite(r.Context(), caller, &wire.InviteToGroup{GroupID: groupOf(r), Members: asked.Members})
}

// setMemberRole sets a member's role; a new owner is made by transfer.
func (a *api) setMemberRole(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		Role call.GroupRole `json:"role"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.Role == call.GroupOwner {
		return a.Members.Transfer(r.Context(), caller, &wire.TransferGroup{GroupID: groupOf(r), UserID: userOf(r)})
	}
	return a.Members.SetRole(r.Context(), caller, &wire.SetMemberRole{
		GroupID: groupOf(r), UserID: userOf(r), Role: string(asked.Role),
	})
}

// muteMember keeps a member from writing for a time; 0 lets them again.
func (a *api) muteMember(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		Seconds *int `json:"seconds"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.Seconds == nil {
		return nil, invalid("seconds is missing; 0 lets the member write again")
	}
	return a.Members.Mute(r.Context(), caller, &wire.MuteMember{GroupID: groupOf(r), UserID: userOf(r), Seconds: *asked.Seconds})
}

func (a *api) removeMember(r *http.Request, caller call.Caller) (any, error) {
	return a.Members.Kick(r.Context(), caller, &wire.KickFromGroup{GroupID: groupOf(r), Members: []call.UserID{userOf(r)}})
}
