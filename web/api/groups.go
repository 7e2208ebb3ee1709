package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Groups are made, shown and ended for an operator's back end. Implemented by
// im.Service, whose decisions are those about the requests of users too.
type Groups interface {
	CreateFor(ctx context.Context, who call.Caller, owner call.UserID, p *wire.CreateGroup) (wire.CreateGroupResult, error)
	ListAll(ctx context.Context, who call.Caller, cursor string, limit int) (page []wire.GroupInfo, next string, err error)
	List(ctx context.Context, who call.Caller) (wire.ListGroupsResult, error)
	Info(ctx context.Context, who call.Caller, p *wire.GetGroupInfo) (wire.GroupInfo, error)
	SetInfo(ctx context.Context, who call.Caller, p *wire.SetGroupInfo) (wire.Empty, error)
	Dismiss(ctx context.Context, who call.Caller, p *wire.DismissGroup) (wire.Empty, error)
}

func (a *api) groupRoutes() []route {
	return []route{
		{http.MethodGet, "/v1/groups", a.operator(a.listGroups)},
		{http.MethodPost, "/v1/groups", a.operator(a.createGroup)},
		{http.MethodGet, "/v1/groups/{groupID}", a.operator(a.getGroup)},
		{http.MethodPatch, "/v1/groups/{groupID}", a.operator(a.changeGroup)},
		{http.MethodDelete, "/v1/groups/{groupID}", a.operator(a.dismissGroup)},
		{http.MethodGet, "/v1/groups/{groupID}/members", a.operator(a.listMembers)},
		{http.MethodPost, "/v1/groups/{groupID}/members", a.operator(a.addMembers)},
		{http.MethodPut, "/v1/groups/{groupID}/members/{userID}", a.operator(a.setMemberRole)},
		{http.MethodDelete, "/v1/groups/{groupID}/members/{userID}", a.operator(a.removeMember)},
		{http.MethodPut, "/v1/groups/{groupID}/members/{userID}/mute", a.operator(a.muteMember)},
		{http.MethodGet, "/v1/groups/{groupID}/attributes", a.operator(a.getAttributes)},
		{http.MethodPatch, "/v1/groups/{groupID}/attributes", a.operator(a.setAttributes)},
		{http.MethodDelete, "/v1/groups/{groupID}/attributes", a.operator(a.deleteAttributes)},
		{http.MethodDelete, "/v1/groups/{groupID}/attributes/{key}", a.operator(a.deleteAttributes)},
		{http.MethodPost, "/v1/groups/{groupID}/notifications", a.operator(a.announce)},
		{http.MethodPost, "/v1/messages", a.operator(a.sendMessage)},
	}
}

func groupOf(r *http.Request) call.GroupID { return call.GroupID(r.PathValue("groupID")) }

// groupPage is one page of groups.
type groupPage struct {
	Groups []wire.GroupInfo `json:"groups"`
	// For the next page; empty after the last.
	Cursor string `json:"cursor"`
}

func (a *api) listGroups(r *http.Request, caller call.Caller) (any, error) {
	values := r.URL.Query()
	if err := checkNames(values, "member", "cursor", "limit"); err != nil {
		return nil, err
	}
	if user := call.UserID(values.Get("member")); user != "" {
		if !user.Valid() {
			return nil, invalid("member %v", must("a user id: 1 to 32 characters of A-Z, a-z, 0-9, _ and -"))
		}
		joined, err := a.Groups.List(r.Context(), call.Caller{UserID: user})
		return groupPage{Groups: joined.Groups}, err
	}
	limit, err := limitOf(values)
	if err != nil {
		return nil, err
	}
	page, next, err := a.Groups.ListAll(r.Context(), caller, values.Get("cursor"), limit)
	return groupPage{Groups: page, Cursor: next}, err
}

// newGroup is the body of a request to make a group.
type newGroup struct {
	wire.CreateGroup
	Owner call.UserID `json:"owner"`
}

func (a *api) createGroup(r *http.Request, caller call.Caller) (any, error) {
	var asked newGroup
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	return a.Groups.CreateFor(r.Context(), caller, asked.Owner, &asked.CreateGroup)
}

func (a *api) getGroup(r *http.Request, caller call.Caller) (any, error) {
	return a.Groups.Info(r.Context(), caller, &wire.GetGroupInfo{GroupID: groupOf(r)})
}

func (a *api) changeGroup(r *http.Request, caller call.Caller) (any, error) {
	var asked wire.SetGroupInfo
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.GroupID != "" && asked.GroupID != groupOf(r) {
		return nil, invalid("groupID: the body names another group than the path; leave it out")
	}
	asked.GroupID = groupOf(r)
	return a.Groups.SetInfo(r.Context(), caller, &asked)
}

func (a *api) dismissGroup(r *http.Request, caller call.Caller) (any, error) {
	return a.Groups.Dismiss(r.Context(), caller, &wire.DismissGroup{GroupID: groupOf(r)})
}

// limitOf reads how large a page is to be; 0 leaves it to who makes the page.
func limitOf(values url.Values) (int, error) {
	text := values.Get("limit")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, invalid("limit %v", must("a whole number from 1 on"))
	}
	return n, nil
}
