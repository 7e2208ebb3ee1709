package im

import (
	"context"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// What only operators may do. Everything else they do as members do it, by the
// same methods: [call.Actor] says what an operator may.

// The pages.
const (
	defaultGroups = 50
	maxGroupsPage = 500
)

// CreateFor makes a group of other users. Errors: CodeGroupPermission for who
// is no operator, and those of Create.
func (s *Service) CreateFor(
	ctx context.Context, who call.Caller, owner call.UserID, p *wire.CreateGroup,
) (wire.CreateGroupResult, error) {
	switch {
	case !who.Admin:
		return wire.CreateGroupResult{}, operatorsOnly()
	case !owner.Valid():
		return wire.CreateGroupResult{}, call.Errorf(call.CodeInvalidParameter, "owner: not a user id (1 to 32 of A-Z a-z 0-9 _ -)")
	}
	return s.create(ctx, who, owner, p)
}

// ListAll returns a page of all groups, by id, and the cursor of the next one,
// empty after the last. Errors:
// CodeGroupPermission for who is no operator, CodeInvalidParameter.
func (s *Service) ListAll(
	ctx context.Context, who call.Caller, cursor string, limit int,
) (page []wire.GroupInfo, next string, err error) {
	if !who.Admin {
		return nil, "", operatorsOnly()
	}
	if limit, err = limitOf(limit, defaultGroups, maxGroupsPage); err != nil {
		return nil, "", err
	}
	if cursor != "" && !call.GroupID(cursor).Valid() {
		return nil, "", brokenCursor()
	}
	ids, err := s.store.GroupIDs(ctx, call.GroupID(cursor), limit)
	if err != nil {
		return nil, "", err
	}
	page = make([]wire.GroupInfo, 0, len(ids))
	err = s.loop.Ask(ctx, func() {
		for _, id := range ids {
			if g := s.groups[id]; g != nil { // not dismissed a moment ago
				page = append(page, infoOf(g, ""))
			}
		}
	})
	if len(ids) == limit {
		next = string(ids[limit-1])
	}
	return page, next, err
}

func operatorsOnly() error {
	return call.Errorf(call.CodeGroupPermission, "this is for operators: use an operator's token")
}

// Announce tells a group's members something of the operator's own (TIM
// send_group_system_notification): all of them, or those named. Errors:
// CodeGroupPermission for who is no operator, CodeGroupIDInvalid,
// CodeGroupUnknown, CodeInvalidParameter for a member who is none,
// CodeMessageTooLarge.
func (s *Service) Announce(ctx context.Context, who call.Caller, id call.GroupID, data string, to []call.UserID) (wire.Empty, error) {
	switch {
	case !who.Admin:
		return wire.Empty{}, operatorsOnly()
	case data == "":
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "data: is empty")
	case len(data) > MaxMessageBytes:
		return wire.Empty{}, call.Errorf(call.CodeMessageTooLarge, "data: %d bytes, at most %d are allowed", len(data), MaxMessageBytes)
	}
	return s.decide(ctx, who, id, func(tx *commit.Tx, g *group, at call.Millis) error {
		audience := g.ids
		if len(to) > 0 {
			audience = slices.Compact(slices.Sorted(slices.Values(to)))
		}
		for _, u := range audience {
			if g.Member(u) == nil {
				return call.Errorf(call.CodeInvalidParameter, "members: %s is no member of group %s", u, id)
			}
		}
		s.tell(tx, audience, "", wire.ReceiveRESTCustomData{GroupID: id, CustomData: data, At: at})
		return nil
	})
}
