package call

import "slices"

// Apply moves the call by one event and says what must now be done. It never
// fails: an event that does not fit the call's state changes nothing. After
// Ended nothing changes any more.
func (c *Call) Apply(ev Event) []Effect {
	if c.State == StateEnded {
		return nil
	}
	switch ev := ev.(type) {
	case Invited:
		return c.invited(ev)
	case Accepted:
		return c.accepted(ev)
	case Rejected:
		return c.rejected(ev)
	case Cancelled:
		return c.cancelled(ev)
	case TimedOut:
		return c.timedOut(ev)
	case Entered:
		return c.entered(ev)
	case Left:
		return c.left(ev)
	case Measured:
		c.measured(ev)
	case InviterGone:
		return c.inviterGone(ev)
	case EndReported:
		return c.endReported(ev)
	case DeadlinePassed:
		return c.deadlinePassed(ev)
	case Restarted:
		return c.restarted(ev)
	case RoomClosed:
		return c.end(ending{result: ev.Result, by: EndedByServer, at: ev.At})
	}
	return nil
}

func (c *Call) invited(ev Invited) []Effect {
	if c.State == "" {
		c.CallID, c.RoomID, c.GroupID, c.Type, c.Scene = ev.CallID, ev.RoomID, ev.GroupID, ev.Type, ev.Scene
		c.Inviter, c.CreatedAt, c.State = ev.Inviter, ev.At, StateRinging
		c.People = []*Person{{Participant: Participant{
			UserID: ev.Inviter, Role: RoleCaller, State: ParticipantCaller, InvitedAt: ev.At,
		}}}
	}
	for _, u := range ev.Invitees {
		p := c.Person(u)
		if p == nil {
			p = &Person{Participant: Participant{UserID: u, Role: RoleCallee}}
			c.People = append(c.People, p)
		}
		if p.State == ParticipantCaller || p.State == ParticipantPending || p.in() || p.expected() {
			continue
		}
		p.State, p.InvitedAt, p.AnsweredAt = ParticipantPending, ev.At, 0
		p.InviteID, p.InvitedBy = ev.InviteID, ev.Inviter
		p.WasBusy, p.Unreached = slices.Contains(ev.Busy, u), false
	}
	return nil
}

func (c *Call) accepted(ev Accepted) []Effect {
	p := c.Person(ev.By)
	if p == nil || p.State != ParticipantPending {
		return nil
	}
	p.State, p.AnsweredAt = ParticipantAccepted, ev.At
	if c.State == StateRinging {
		c.State = StateConnecting
	}
	if p.expected() && c.State != StateRecovering {
		c.Deadline = ev.At.Add(ConnectTimeout)
	}
	return c.begin(ev.At)
}

func (c *Call) rejected(ev Rejected) []Effect {
	state := ParticipantRejected
	if ev.Busy {
		state = ParticipantBusy
	}
	if !c.closePending([]UserID{ev.By}, state, ev.At) {
		return nil
	}
	return c.settle(ending{result: c.unanswered(), by: string(ev.By), at: ev.At})
}

func (c *Call) cancelled(ev Cancelled) []Effect {
	if !c.closePending(ev.Users, ParticipantCancelled, ev.At) {
		return nil
	}
	by := string(ev.By)
	if by == "" {
		by = EndedByServer
	}
	return c.settle(ending{result: c.unanswered(), by: by, at: ev.At})
}

func (c *Call) timedOut(ev TimedOut) []Effect {
	if !c.closePending(ev.Users, ParticipantTimedOut, ev.At) {
		return nil
	}
	for _, u := range ev.Unreached {
		if p := c.Person(u); p != nil && p.State == ParticipantTimedOut {
			p.Unreached = true
		}
	}
	return c.settle(ending{result: c.unanswered(), by: EndedByServer, at: ev.At})
}

// closePending gives those of users who are pending their final state and
// reports whether there was one.
func (c *Call) closePending(users []UserID, state ParticipantState, at Millis) bool {
	any := false
	for _, u := range users {
		if p := c.Person(u); p != nil && p.State == ParticipantPending {
			p.State, p.AnsweredAt, any = state, at, true
		}
	}
	return any
}

func (c *Call) entered(ev Entered) []Effect {
	p := c.Person(ev.User)
	if p == nil { // let in by a token or by having opened the room
		p = &Person{Participant: Participant{
			UserID: ev.User, Role: RoleCallee, State: ParticipantAccepted,
			InvitedAt: ev.At, AnsweredAt: ev.At,
		}}
		c.People = append(c.People, p)
	}
	if p.in() {
		return nil
	}
	if p.State.final() { // said no, or nothing, and came after all
		p.State, p.AnsweredAt = ParticipantAccepted, ev.At
	}
	p.Intervals = append(p.Intervals, Interval{EnteredAt: ev.At})
	if c.State == StateRinging && p.State == ParticipantAccepted {
		c.State, c.Deadline = StateConnecting, ev.At.Add(ConnectTimeout)
	}
	return c.begin(ev.At)
}

// begin makes the call active once two who belong to it are in the room.
func (c *Call) begin(at Millis) []Effect {
	if c.inside() < 2 {
		return nil
	}
	switch c.State {
	case StateConnecting:
		c.State, c.StartedAt = StateActive, at
		if !slices.ContainsFunc(c.People, (*Person).expected) {
			c.Deadline = 0
		}
		return []Effect{Began{at}}
	case StateRecovering:
		c.State, c.Deadline, c.LastAlive = StateActive, 0, 0
		return []Effect{Began{c.StartedAt}}
	case StateRinging, StateActive, StateEnded:
	}
	return nil
}

// inside counts those in the room who have the call's consent: a pending
// invitee who went in without accepting is not in the call yet.
func (c *Call) inside() int {
	n := 0
	for _, p := range c.People {
		if p.in() && (p.State == ParticipantCaller || p.State == ParticipantAccepted) {
			n++
		}
	}
	return n
}

func (c *Call) left(ev Left) []Effect {
	p := c.Person(ev.User)
	if p == nil || !p.in() {
		return nil
	}
	iv := &p.Intervals[len(p.Intervals)-1]
	iv.LeftAt, iv.Reason = max(ev.At, iv.EnteredAt), ev.Reason
	return c.settle(ending{result: leaveResult(c.State, ev.Reason), by: leaver(ev), at: ev.At})
}

func leaver(ev Left) string {
	if ev.Reason == LeaveNormal {
		return string(ev.User)
	}
	return EndedByServer
}

// leaveResult is the result of a call that ends because somebody left.
func leaveResult(state State, reason LeaveReason) Result {
	if state == StateRinging || state == StateConnecting {
		return ResultCancelled
	}
	switch reason {
	case LeaveLost:
		return ResultNetworkLost
	case LeaveKicked:
		return ResultKicked
	case LeaveDrain:
		return ResultServerDrain
	case LeaveCrash:
		return ResultServerCrash
	case LeaveNormal, LeaveAudience:
	}
	return ResultAnswered
}

func (c *Call) measured(ev Measured) {
	if p := c.Person(ev.User); p != nil {
		p.Quality = &ev.Summary
	}
}

func (c *Call) inviterGone(ev InviterGone) []Effect {
	if c.State != StateRinging || c.InRoom(c.Inviter) {
		return nil
	}
	return c.end(ending{result: ResultCancelled, by: EndedByServer, at: ev.At})
}

func (c *Call) endReported(ev EndReported) []Effect {
	if c.State != StateActive || !c.InRoom(ev.By) || c.inside() > 2 {
		return nil
	}
	return c.end(ending{result: ResultAnswered, by: string(ev.By), at: ev.At, from: ev.By})
}

func (c *Call) deadlinePassed(ev DeadlinePassed) []Effect {
	if c.Deadline == 0 || ev.At < c.Deadline {
		return nil
	}
	c.Deadline = 0
	switch c.State {
	case StateRecovering:
		return c.end(ending{result: ResultServerCrash, by: EndedByServer, at: c.LastAlive})
	case StateConnecting:
		if c.pending() {
			c.Deadline = ev.At.Add(ConnectTimeout)
			return nil
		}
		return c.end(ending{result: ResultMediaFailed, by: EndedByServer, at: ev.At})
	case StateActive:
		return c.settle(ending{result: ResultAnswered, by: EndedByServer, at: ev.At})
	case StateRinging, StateEnded:
	}
	return nil
}

// lastKnown is the last moment the call itself tells of: the server lived then,
// though it may have died before it noted so.
func (c *Call) lastKnown() Millis {
	last := max(c.StartedAt, c.CreatedAt)
	for _, p := range c.People {
		last = max(last, p.AnsweredAt)
		for _, iv := range p.Intervals {
			last = max(last, iv.EnteredAt, iv.LeftAt)
		}
	}
	return last
}

func (c *Call) restarted(ev Restarted) []Effect {
	last := max(ev.LastAlive, c.lastKnown())
	for _, p := range c.People {
		if p.in() {
			iv := &p.Intervals[len(p.Intervals)-1]
			iv.LeftAt, iv.Reason = max(last, iv.EnteredAt), LeaveCrash
		}
	}
	grace := ev.At.Add(RecoveryTimeout)
	switch c.State {
	case StateActive, StateRecovering:
		if c.State == StateActive {
			c.LastAlive = last
		}
		c.State, c.Deadline = StateRecovering, grace
	case StateConnecting:
		c.Deadline = max(c.Deadline, grace)
	case StateRinging, StateEnded:
	}
	return nil
}
