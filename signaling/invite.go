package signaling

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// The limits of an invitation.
const (
	// MaxDataBytes bounds the data of an invitation or an answer (TIM: 12 KB a message).
	MaxDataBytes = 12 << 10
	// DefaultTimeout is the timeout in seconds of an invitation that names none.
	DefaultTimeout = 30
	// maxTimeout is a week; who wants longer means 0.
	maxTimeout = 7 * 24 * 3600
	// maxOpen bounds the open invitations of one inviter.
	maxOpen = 1000
)

// Invite asks one user something. Errors: CodeInvalidParameter,
// CodeMessageTooLarge, CodeRateLimited with too many invitations open,
// CodeBlackListed, and whatever refuses a call.
func (s *Service) Invite(ctx context.Context, who call.Caller, p *wire.Invite) (wire.InviteResult, error) {
	inv, err := newInvitation(who, p)
	if err != nil {
		return wire.InviteResult{}, err
	}
	return s.begin(ctx, who, inv)
}

// begin decides on a new invitation.
func (s *Service) begin(ctx context.Context, who call.Caller, inv *call.Invitation) (result wire.InviteResult, err error) {
	if err := s.messages.Prepare(ctx, inv); err != nil {
		return wire.InviteResult{}, err
	}
	err = s.loop.Do(ctx, func(tx *commit.Tx) error {
		if s.sent[who.UserID] >= maxOpen {
			return call.Errorf(call.CodeRateLimited, "you have %d open invitations; cancel some first", maxOpen)
		}
		inv.CreatedAt = now()
		if result, err = s.decide(tx, who, inv); err != nil {
			return err
		}
		return tx.Remember(who, inv.CreatedAt, result)
	})
	return result, err
}

// decide lets a new invitation be what those who know calls say it is.
func (s *Service) decide(tx *commit.Tx, who call.Caller, inv *call.Invitation) (wire.InviteResult, error) {
	if err := s.checkInviter(inv); err != nil {
		return wire.InviteResult{}, err
	}
	verdict, err := s.calls.Consider(tx, inv)
	switch {
	case err != nil:
		return wire.InviteResult{}, err
	case verdict.MergeInto != "":
		return s.merge(tx, who, inv, verdict)
	case verdict.EndedBy != "":
		return wire.InviteResult{InviteID: verdict.EndedBy}, nil
	}
	inv.CallEnd = verdict.CallEnd
	if err := s.checkBlackList(inv); err != nil {
		return wire.InviteResult{}, err
	}
	if err := s.checkInvitees(inv); err != nil {
		return wire.InviteResult{}, err
	}
	// The end of a call that nobody here knows may be no such end, but something
	// to be told to many: it costs what an invitation costs.
	if err := s.groups.CheckMuted(inv.GroupID, inv.Inviter); err != nil {
		return wire.InviteResult{}, err
	}
	if err := s.floods.admit(inv, s.membersIn(inv.GroupID)); err != nil {
		return wire.InviteResult{}, err
	}
	return s.create(tx, who, inv), nil
}

// newInvitation checks the params and makes an invitation of them.
func newInvitation(who call.Caller, p *wire.Invite) (*call.Invitation, error) {
	switch {
	case !p.Invitee.Valid():
		return nil, call.Errorf(call.CodeInvalidParameter, "invitee: not a user id (1 to 32 of A-Z a-z 0-9 _ -)")
	case p.Invitee.Guest():
		return nil, call.Errorf(call.CodeInvalidParameter, "invitee: is a guest of a meeting, whom no invitation reaches; send them a meeting link")
	case p.Invitee == who.UserID:
		return nil, call.Errorf(call.CodeInvalidParameter, "invitee: you cannot invite yourself")
	}
	inv, err := draft(who, p.Data, p.Timeout, p.OnlineUserOnly, p.OfflinePushInfo)
	if err != nil {
		return nil, err
	}
	inv.Invitees = []call.Invitee{{UserID: p.Invitee, State: call.InviteePending}}
	return inv, nil
}

// draft checks what invitations to one and to many have in common.
func draft(who call.Caller, data string, seconds *float64, onlineOnly bool, info *wire.OfflinePushInfo) (*call.Invitation, error) {
	if err := checkData(data); err != nil {
		return nil, err
	}
	timeout, err := timeoutOf(seconds)
	if err != nil {
		return nil, err
	}
	push, err := pushOf(info)
	if err != nil {
		return nil, err
	}
	return &call.Invitation{
		InviteID: call.InviteID(newID()), Inviter: who.UserID, Data: data, Timeout: timeout,
		OnlineUserOnly: onlineOnly, OfflinePush: push,
	}, nil
}

func checkData(data string) error {
	if len(data) > MaxDataBytes {
		return call.Errorf(call.CodeMessageTooLarge, "data: %d bytes, at most %d are allowed", len(data), MaxDataBytes)
	}
	return nil
}

func timeoutOf(t *float64) (int, error) {
	if t == nil {
		return DefaultTimeout, nil
	}
	if *t < 0 || *t != math.Trunc(*t) || *t > maxTimeout {
		return 0, call.Errorf(call.CodeInvalidParameter, "timeout: must be whole seconds from 0 to %d, 0 meaning never", maxTimeout)
	}
	return int(*t), nil
}

func pushOf(info *wire.OfflinePushInfo) (string, error) {
	if info == nil {
		return "", nil
	}
	b, err := json.Marshal(info)
	if err != nil {
		return "", fmt.Errorf("encode offlinePushInfo: %w", err)
	}
	if len(b) > MaxDataBytes {
		return "", call.Errorf(call.CodeMessageTooLarge, "offlinePushInfo: %d bytes, at most %d are allowed", len(b), MaxDataBytes)
	}
	return string(b), nil
}

// checkBlackList refuses an invitation to one user who has blocked the inviter.
// It is asked only once it is clear that the invitation is a new one: who
// answers somebody's call, or ends the one they are in, may have been blocked
// meanwhile.
func (s *Service) checkBlackList(inv *call.Invitation) error {
	if inv.GroupID == "" && s.blocked.Blocks(inv.Invitees[0].UserID, inv.Inviter) {
		return call.Errorf(call.CodeBlackListed, "%s does not take invitations from you", inv.Invitees[0].UserID)
	}
	return nil
}

// create brings the invitation into being.
func (s *Service) create(tx *commit.Tx, who call.Caller, inv *call.Invitation) wire.InviteResult {
	for i := range inv.Invitees {
		e := &inv.Invitees[i]
		e.Reached = s.notify.Online(e.UserID)
		if inv.CallEnd {
			e.State, e.At = call.InviteeTold, inv.CreatedAt
		}
	}
	if inv.CallEnd {
		inv.Timeout = 0
	} else {
		s.keep(tx, inv)
	}
	s.appendInvite(tx, inv)
	for _, w := range s.watchers {
		w.Invited(tx, inv)
	}
	s.calls.Invited(tx, inv)
	tx.Save(call.SaveInvitation{Invitation: inv.Clone()})
	audience := s.audience(inv)
	if inv.CallEnd && inv.GroupID != "" { // whom it names besides is not its business to tell: checkInvitees let it name anybody
		audience, _ = s.groups.Members(inv.GroupID)
	}
	s.tellNew(tx, inv, audience, who.SessionID)
	s.counts.invited.Add(1)
	return wire.InviteResult{InviteID: inv.InviteID, MessageID: inv.MessageID}
}

// merge takes an invitation as the acceptance of the one that crossed it.
func (s *Service) merge(tx *commit.Tx, who call.Caller, inv *call.Invitation, v call.Verdict) (wire.InviteResult, error) {
	err := s.apply(tx, v.MergeInto, who.SessionID, call.AcceptInvitation{By: inv.Inviter, Data: inv.Data, At: inv.CreatedAt})
	return wire.InviteResult{InviteID: v.MergeInto, Merged: true, RoomID: v.RoomID}, err
}

// tellNew sends onReceiveNewInvitation to all sessions of those users but one.
func (s *Service) tellNew(tx *commit.Tx, inv *call.Invitation, users []call.UserID, except call.SessionID) {
	snapshot := inv.Clone()
	tx.After(func() { s.notify.Notify(users, except, newInvitationEvent(snapshot)) })
}

// newInvitationEvent tells of an invitation, with the time that is left now.
func newInvitationEvent(inv *call.Invitation) wire.ReceiveNewInvitation {
	ev := wire.ReceiveNewInvitation{
		InviteID: inv.InviteID, Inviter: inv.Inviter, GroupID: inv.GroupID, InviteeList: inv.InviteeIDs(),
		Data: inv.Data, Timeout: inv.Timeout, CreatedAt: inv.CreatedAt, MessageID: inv.MessageID,
	}
	if due := inv.DueAt(); due != 0 {
		left := max(0, int64(due-now()))
		ev.ExpiresInMs = &left
	}
	return ev
}
