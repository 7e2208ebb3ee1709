package call

import (
	"cmp"
	"slices"
)

// ending is how a call would end if it ended by the event in hand.
type ending struct {
	result Result
	by     string
	at     Millis
	from   UserID // in whose name the final invitation goes out; empty = the one left behind
}

// settle ends the call if it cannot go on: nobody left to talk to.
func (c *Call) settle(e ending) []Effect {
	switch c.State {
	case StateRinging:
		if c.pending() && !c.inviterLeft() {
			return nil
		}
	case StateConnecting:
		if c.pending() || c.inside() >= 2 || !c.hopeless() {
			return nil
		}
	case StateActive:
		if n := c.inside(); n >= 2 || n == 1 && (c.pending() || c.awaited()) {
			return nil
		}
	case StateRecovering, StateEnded:
		return nil
	}
	return c.end(e)
}

// hopeless reports whether a call somebody accepted can get no second person
// any more: those who might still come have all been in and left by themselves.
// Who lost the connection may come back until the deadline.
func (c *Call) hopeless() bool {
	able := 0
	for _, p := range c.People {
		if p.State != ParticipantCaller && p.State != ParticipantAccepted {
			continue
		}
		n := len(p.Intervals)
		if n == 0 || p.in() || p.Intervals[n-1].Reason != LeaveNormal {
			able++
		}
	}
	return able < 2
}

// inviterLeft reports whether the inviter was in the room and went, or lost it.
// One whom the server lost by dying may still come back.
func (c *Call) inviterLeft() bool {
	p := c.Person(c.Inviter)
	n := len(p.Intervals)
	return n > 0 && !p.in() && p.Intervals[n-1].Reason != LeaveCrash
}

// pending reports whether somebody is still being asked.
func (c *Call) pending() bool {
	return slices.ContainsFunc(c.People, func(p *Person) bool { return p.State == ParticipantPending })
}

// awaited reports whether somebody accepted a moment ago and is on the way in.
func (c *Call) awaited() bool {
	return c.Deadline != 0 && slices.ContainsFunc(c.People, (*Person).expected)
}

// unanswered is the result of a call that nobody accepted, from what became of
// those asked: a no outweighs a busy line, that outweighs silence. A call that
// had begun before stays answered.
func (c *Call) unanswered() Result {
	if c.StartedAt != 0 {
		return ResultAnswered
	}
	rank := []Result{ResultDeclined, ResultBusy, ResultNoAnswer, ResultUnreachable, ResultCancelled}
	best := len(rank) - 1
	for _, p := range c.People {
		if i := slices.Index(rank, p.outcome()); i >= 0 && i < best {
			best = i
		}
	}
	return rank[best]
}

// outcome is what one invitee's state means for the call, empty if nothing.
func (p *Person) outcome() Result {
	switch p.State {
	case ParticipantRejected:
		return ResultDeclined
	case ParticipantBusy:
		return ResultBusy
	case ParticipantCancelled:
		return ResultCancelled
	case ParticipantTimedOut:
		switch {
		case p.WasBusy:
			return ResultBusy
		case p.Unreached:
			return ResultUnreachable
		}
		return ResultNoAnswer
	case ParticipantCaller, ParticipantPending, ParticipantAccepted:
	}
	return ""
}

// end closes the call. A call that was active gets its final call-end
// invitation; whoever is still being asked is asked no more.
func (c *Call) end(e ending) []Effect {
	var effects []Effect
	if ids := c.cancelPending(e.at); ids != nil {
		effects = append(effects, CancelRinging{ids})
	}
	c.State, c.Deadline = StateEnded, 0
	c.Result, c.EndedBy = e.result, e.by
	c.EndedAt = max(e.at, c.StartedAt, c.CreatedAt)
	if c.StartedAt != 0 {
		from, to := c.endParties(e.from)
		effects = append(effects, SendEnd{From: from, To: to, Seconds: c.Seconds()})
	}
	for _, p := range c.People {
		if p.in() {
			iv := &p.Intervals[len(p.Intervals)-1]
			iv.LeftAt = max(c.EndedAt, iv.EnteredAt)
		}
	}
	return append(effects, Ended{})
}

func (c *Call) cancelPending(at Millis) []InviteID {
	var ids []InviteID
	for _, p := range c.People {
		if p.State != ParticipantPending {
			continue
		}
		p.State, p.AnsweredAt = ParticipantCancelled, at
		if !slices.Contains(ids, p.InviteID) {
			ids = append(ids, p.InviteID)
		}
	}
	return ids
}

// endParties says in whose name the final invitation goes out, the one left
// behind or else the last to leave, and to whom: everyone else who was in.
func (c *Call) endParties(from UserID) (UserID, []UserID) {
	if from == "" {
		from = c.lastInside()
	}
	var to []UserID
	for _, p := range c.People {
		if p.UserID != from && len(p.Intervals) > 0 {
			to = append(to, p.UserID)
		}
	}
	return from, to
}

// EndConversations are where the call's end stands: in its group's, or for each
// who was in a direct call in the one between them and who asked them.
func (c *Call) EndConversations() []Conversation {
	if c.GroupID != "" {
		return []Conversation{GroupConversation(c.GroupID)}
	}
	var all []Conversation
	for _, p := range c.People {
		if p.Role == RoleCaller || len(p.Intervals) == 0 {
			continue
		}
		with := DirectConversation(cmp.Or(p.InvitedBy, c.Inviter), p.UserID)
		if !slices.Contains(all, with) {
			all = append(all, with)
		}
	}
	return all
}

// lastInside is who is still in the room, or was longest.
func (c *Call) lastInside() UserID {
	var last UserID
	var latest Millis = -1
	for _, p := range c.People {
		n := len(p.Intervals)
		if n == 0 {
			continue
		}
		until := p.Intervals[n-1].LeftAt
		if p.in() {
			until = c.EndedAt + 1
		}
		if until > latest {
			last, latest = p.UserID, until
		}
	}
	return last
}
