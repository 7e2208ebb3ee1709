package signaling

import (
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
)

// Options are the limits that keep invitations from becoming a nuisance. The
// zero value limits nothing.
type Options struct {
	// Invitees is what one user may get from all others, but for invitations in
	// groups; half of it from one of them, groups included.
	Invitees limit.Rate
	// What may be sent in a group, and what a user may do in groups, counted by
	// those who are told of it. Messaging spends of both too. nil limits nothing.
	GroupMessages *limit.Keyed[call.GroupID]
	Broadcasts    *limit.Keyed[call.UserID]
	// Retention is how long an invitation with timeout 0 is kept; then it times
	// out after all. 0 keeps it for ever.
	Retention time.Duration
}

// floods refuse invitations that come too fast for who is to be told of them.
type floods struct {
	Options
	invitees *limit.Keyed[call.UserID]
	pairs    *limit.Keyed[pair]
}

// pair is an inviter and one they invite.
type pair struct{ inviter, invitee call.UserID }

func newFloods(o Options) floods {
	half := limit.Rate{PerSecond: o.Invitees.PerSecond / 2, Burst: (o.Invitees.Burst + 1) / 2}
	return floods{Options: o, invitees: limit.NewKeyed[call.UserID](o.Invitees), pairs: limit.NewKeyed[pair](half)}
}

// admit refuses an invitation that is too much for the invitee, or for the
// group, whose members are told of it.
func (f *floods) admit(inv *call.Invitation, told int) error {
	at := time.Now()
	if inv.GroupID != "" {
		return f.admitInGroup(inv, told, at)
	}
	p := pair{inv.Inviter, inv.Invitees[0].UserID}
	// Who asks too often must not use up what others may ask.
	if wait := f.pairs.Take(p, 1, at); wait > 0 {
		return call.Errorf(call.CodeRateLimited, "you invite %s too often: wait", p.invitee).After(wait)
	}
	if wait := f.invitees.Take(p.invitee, 1, at); wait > 0 {
		return call.Errorf(call.CodeRateLimited, "%s is invited too often: wait", p.invitee).After(wait)
	}
	return nil
}

// admitInGroup holds the inviter to what one may ask of another too: a group
// is soon made in which to ring somebody.
func (f *floods) admitInGroup(inv *call.Invitation, told int, at time.Time) error {
	asked := inv.InviteeIDs()
	if inv.CallEnd {
		asked = nil // it asks nobody, and may name anybody
	}
	for _, u := range asked {
		if wait := f.pairs.Wait(pair{inv.Inviter, u}, 1, at); wait > 0 {
			return call.Errorf(call.CodeRateLimited, "you invite %s too often: wait", u).After(wait)
		}
	}
	if err := f.tell(inv.Inviter, told, at); err != nil {
		return err
	}
	if wait := f.GroupMessages.Take(inv.GroupID, 1, at); wait > 0 {
		return call.Errorf(call.CodeGroupMessageRate, "too many messages are sent in this group: wait").After(wait)
	}
	for _, u := range asked {
		f.pairs.Take(pair{inv.Inviter, u}, 1, at)
	}
	return nil
}

// tell refuses what would be told to too many people a second.
func (f *floods) tell(by call.UserID, told int, at time.Time) error {
	if wait := f.Broadcasts.Take(by, told, at); wait > 0 {
		return call.Errorf(call.CodeRateLimited, "what you do in groups is told to too many people a second: wait").After(wait)
	}
	return nil
}
