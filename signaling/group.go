package signaling

import (
	"context"
	"maps"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// maxInvitees bounds who one invitation asks. It is the largest group.
const maxInvitees = 6000

// InviteInGroup asks members of a group something; every member is told.
// Errors: as Invite, CodeGroupIDInvalid, CodeGroupUnknown, and
// CodeGroupPermission if the inviter or an invitee is no member.
func (s *Service) InviteInGroup(ctx context.Context, who call.Caller, p *wire.InviteInGroup) (wire.InviteResult, error) {
	inv, err := newGroupInvitation(who, p)
	if err != nil {
		return wire.InviteResult{}, err
	}
	return s.begin(ctx, who, inv)
}

// newGroupInvitation checks the params, but for the group itself, and makes an
// invitation of them.
func newGroupInvitation(who call.Caller, p *wire.InviteInGroup) (*call.Invitation, error) {
	switch n := len(p.InviteeList); {
	case !p.GroupID.Valid():
		return nil, call.Errorf(call.CodeGroupIDInvalid, "groupID: not a group id")
	case n == 0:
		return nil, call.Errorf(call.CodeInvalidParameter, "inviteeList: names nobody")
	case n > maxInvitees:
		return nil, call.Errorf(call.CodeInvalidParameter, "inviteeList: names %d people, at most %d can be asked at once", n, maxInvitees)
	}
	inv, err := draft(who, p.Data, p.Timeout, p.OnlineUserOnly, p.OfflinePushInfo)
	if err != nil {
		return nil, err
	}
	inv.GroupID = p.GroupID
	inv.Invitees = make([]call.Invitee, len(p.InviteeList))
	named := make(map[call.UserID]struct{}, len(p.InviteeList))
	for i, u := range p.InviteeList {
		switch _, twice := named[u]; {
		case !u.Valid():
			return nil, call.Errorf(call.CodeInvalidParameter, "inviteeList: its entry %d is no user id (1 to 32 of A-Z a-z 0-9 _ -)", i)
		case u == who.UserID:
			return nil, call.Errorf(call.CodeInvalidParameter, "inviteeList: you cannot invite yourself")
		case twice:
			return nil, call.Errorf(call.CodeInvalidParameter, "inviteeList: names %s twice", u)
		}
		named[u] = struct{}{}
		inv.Invitees[i] = call.Invitee{UserID: u, State: call.InviteePending}
	}
	return inv, nil
}

// checkInviter refuses an invitation in a group by who is no member of it.
func (s *Service) checkInviter(inv *call.Invitation) error {
	if inv.GroupID == "" {
		return nil
	}
	if _, ok := s.groups.Members(inv.GroupID); !ok {
		return call.Errorf(call.CodeGroupUnknown, "there is no group %s", inv.GroupID)
	}
	if !s.membersOf(inv.GroupID)[inv.Inviter] {
		return call.Errorf(call.CodeGroupPermission, "you are no member of group %s: join it to invite in it", inv.GroupID)
	}
	return nil
}

// checkInvitees refuses an invitation in a group of who is no member of it. A
// client's own call-end may name anybody: old ones name nobody real.
func (s *Service) checkInvitees(inv *call.Invitation) error {
	if inv.GroupID == "" || inv.CallEnd {
		return nil
	}
	members := s.membersOf(inv.GroupID)
	for _, e := range inv.Invitees {
		if !members[e.UserID] {
			return call.Errorf(call.CodeGroupPermission, "inviteeList: %s is no member of group %s", e.UserID, inv.GroupID)
		}
	}
	return nil
}

// membersIn is how many members a group has.
func (s *Service) membersIn(id call.GroupID) int {
	list, _ := s.groups.Members(id)
	return len(list)
}

func (s *Service) membersOf(id call.GroupID) map[call.UserID]bool {
	list, _ := s.groups.Members(id)
	members := make(map[call.UserID]bool, len(list))
	for _, u := range list {
		members[u] = true
	}
	return members
}

// MemberLeft answers what a user is pending for in a group that they leave: it
// is as if they had rejected one after the other, the oldest first.
func (s *Service) MemberLeft(tx *commit.Tx, group call.GroupID, user call.UserID) {
	for _, id := range slices.Sorted(maps.Keys(s.pending[user])) {
		if s.pending[user][id].GroupID != group {
			continue
		}
		if err := s.apply(tx, id, "", call.RejectInvitation{By: user, At: now()}); err != nil {
			s.log.Error("an invitation of a group could not be rejected for a member who left", "inviteID", id, "error", err)
		}
	}
}
