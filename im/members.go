package im

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// maxMembersPage bounds a page that asks for a limit; without one everybody is
// on it.
const maxMembersPage = 1000

// ListMembers says who is in a group one is in, in the order they came.
func (s *Service) ListMembers(ctx context.Context, who call.Caller, p *wire.ListMembers) (wire.ListMembersResult, error) {
	limit, err := limitOf(p.Limit, s.options.MaxMembers, maxMembersPage)
	if err != nil {
		return wire.ListMembersResult{}, err
	}
	after, err := parseMember(p.Cursor)
	if err != nil {
		return wire.ListMembersResult{}, err
	}
	var members []call.Member
	err = s.ask(ctx, p.GroupID, func(g *group) error {
		members = slices.Clone(g.Members)
		return insiders(g, who)
	})
	if err != nil {
		return wire.ListMembersResult{}, err
	}
	slices.SortFunc(members, call.ByArrival)
	first, found := slices.BinarySearchFunc(members, after, call.ByArrival)
	if found {
		first++
	}
	page := members[first:min(first+limit, len(members))]
	result := wire.ListMembersResult{Members: make([]wire.GroupMember, len(page))}
	at := now()
	for i, m := range page {
		result.Members[i] = wire.GroupMember{UserID: m.UserID, Role: m.Role, JoinedAt: m.JoinedAt}
		if m.MutedUntil > at {
			result.Members[i].MuteEndsAt = m.MutedUntil
		}
	}
	if first+limit < len(members) {
		result.Cursor = cursorAfter(page[len(page)-1])
	}
	return result, nil
}

// cursorAfter is where a page of members ends, opaque to clients. Who leaves or
// comes between two pages moves nobody to the other.
func cursorAfter(m call.Member) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(int64(m.JoinedAt), 10) + " " + string(m.UserID)))
}

// parseMember reads what cursorAfter wrote; none is before everybody.
func parseMember(cursor string) (call.Member, error) {
	if cursor == "" {
		return call.Member{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return call.Member{}, brokenCursor()
	}
	at, user, _ := strings.Cut(string(raw), " ")
	joined, err := strconv.ParseInt(at, 10, 64)
	if err != nil || !call.UserID(user).Valid() {
		return call.Member{}, brokenCursor()
	}
	return call.Member{UserID: call.UserID(user), JoinedAt: call.Millis(joined)}, nil
}

func brokenCursor() error {
	return call.Errorf(call.CodeInvalidParameter,
		"cursor is broken; pass the cursor of the page before unchanged, or none for the first page")
}
