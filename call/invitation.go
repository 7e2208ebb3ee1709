package call

import "slices"

// InviteeState is the durable state of one invitee. Every state but pending is
// final.
type InviteeState string

// The states of an invitee.
const (
	InviteePending   InviteeState = "pending"
	InviteeAccepted  InviteeState = "accepted"
	InviteeRejected  InviteeState = "rejected"
	InviteeCancelled InviteeState = "cancelled"
	InviteeTimedOut  InviteeState = "timedOut"
	// InviteeTold is for a final call-end invitation: nothing is asked.
	InviteeTold InviteeState = "told"
)

// Invitee is one of the people asked.
type Invitee struct {
	UserID  UserID       `json:"userID"`
	State   InviteeState `json:"state"`
	At      Millis       `json:"at"`                // when the state became final
	Data    string       `json:"data,omitempty"`    // what came with the answer
	Reached bool         `json:"reached,omitempty"` // while pending a session of theirs was there, or a push service took it for them
}

// Invitation asks people something. Data is opaque to signaling.
type Invitation struct {
	InviteID       InviteID  `json:"inviteID"`
	MessageID      MessageID `json:"messageID,omitempty"` // of the invitation's message; empty if OnlineUserOnly
	MessageSeq     int64     `json:"messageSeq,omitempty"`
	Inviter        UserID    `json:"inviter"`
	GroupID        GroupID   `json:"groupID"`
	Invitees       []Invitee `json:"invitees"`
	Data           string    `json:"data"`
	Timeout        int       `json:"timeout"` // seconds; 0 = never times out
	OnlineUserOnly bool      `json:"onlineUserOnly,omitempty"`
	OfflinePush    string    `json:"offlinePushInfo,omitempty"` // TIM's offlinePushInfo as JSON
	CreatedAt      Millis    `json:"createdAt"`
	CallEnd        bool      `json:"callEnd,omitempty"` // a final call-end invitation: pending for nobody
}

// DueAt is when the invitation times out; 0 = never.
func (inv *Invitation) DueAt() Millis {
	if inv.Timeout == 0 {
		return 0
	}
	return inv.CreatedAt + Millis(inv.Timeout)*1000
}

// InviteeIDs lists those in the given states, all if none is given.
func (inv *Invitation) InviteeIDs(states ...InviteeState) []UserID {
	ids := make([]UserID, 0, len(inv.Invitees))
	for _, e := range inv.Invitees {
		if len(states) == 0 || slices.Contains(states, e.State) {
			ids = append(ids, e.UserID)
		}
	}
	return ids
}

// Over reports whether nobody is pending any more.
func (inv *Invitation) Over() bool {
	return !slices.ContainsFunc(inv.Invitees, func(e Invitee) bool { return e.State == InviteePending })
}

// Invitee returns the invitee of that id, nil if they are not one.
func (inv *Invitation) Invitee(u UserID) *Invitee {
	for i := range inv.Invitees {
		if inv.Invitees[i].UserID == u {
			return &inv.Invitees[i]
		}
	}
	return nil
}

// Clone copies the invitation, so that a copy on its way to the store does not
// see later changes.
func (inv *Invitation) Clone() *Invitation {
	c := *inv
	c.Invitees = slices.Clone(inv.Invitees)
	return &c
}

// InvitationEvent is something that happens to an invitation. Sealed.
type InvitationEvent interface{ invitationEvent() }

// The events of an invitation.
type (
	// AcceptInvitation is one invitee's yes.
	AcceptInvitation struct {
		By   UserID
		Data string
		At   Millis
	}
	// RejectInvitation is one invitee's no, or their leaving the group.
	RejectInvitation struct {
		By   UserID
		Data string
		At   Millis
	}
	// CancelInvitation is the inviter's giving up on all who are pending.
	CancelInvitation struct {
		By   UserID
		Data string
		At   Millis
	}
	// ExpireInvitation is the timer's word: DueAt has come.
	ExpireInvitation struct{ At Millis }
	// ModifyInvitation replaces the data. Only the inviter may; an invitee of
	// an invitation to one may add that it is consumed.
	ModifyInvitation struct {
		By   UserID
		Data string
	}
)

func (AcceptInvitation) invitationEvent() {}
func (RejectInvitation) invitationEvent() {}
func (CancelInvitation) invitationEvent() {}
func (ExpireInvitation) invitationEvent() {}
func (ModifyInvitation) invitationEvent() {}

// Apply moves the invitation by one event and returns the invitees whose state
// became final by it. A refusal changes nothing: CodeInviteUnknown for who
// comes too late, CodeInviteNotAllowed for who may not.
func (inv *Invitation) Apply(ev InvitationEvent) ([]UserID, error) {
	switch ev := ev.(type) {
	case AcceptInvitation:
		return inv.answer(ev.By, InviteeAccepted, ev.Data, ev.At)
	case RejectInvitation:
		return inv.answer(ev.By, InviteeRejected, ev.Data, ev.At)
	case CancelInvitation:
		if ev.By != inv.Inviter {
			return nil, Errorf(CodeInviteNotAllowed, "only the inviter can cancel this invitation")
		}
		return inv.closePending(InviteeCancelled, ev.At)
	case ExpireInvitation:
		return inv.closePending(InviteeTimedOut, ev.At)
	case ModifyInvitation:
		return nil, inv.modify(ev)
	}
	return nil, Errorf(CodeInvalidParameter, "unknown event")
}

func (inv *Invitation) answer(by UserID, state InviteeState, data string, at Millis) ([]UserID, error) {
	e := inv.Invitee(by)
	if e == nil {
		return nil, Errorf(CodeInviteNotAllowed, "you are not invited by this invitation")
	}
	if e.State != InviteePending {
		return nil, Errorf(CodeInviteUnknown, "this invitation has ended for you: it is %s", e.State)
	}
	e.State, e.At, e.Data = state, at, data
	return []UserID{by}, nil
}

func (inv *Invitation) closePending(state InviteeState, at Millis) ([]UserID, error) {
	var closed []UserID
	for i := range inv.Invitees {
		if e := &inv.Invitees[i]; e.State == InviteePending {
			e.State, e.At = state, at
			closed = append(closed, e.UserID)
		}
	}
	if closed == nil {
		return nil, Errorf(CodeInviteUnknown, "this invitation has ended: nobody is pending")
	}
	return closed, nil
}

func (inv *Invitation) modify(ev ModifyInvitation) error {
	if ev.By != inv.Inviter && !inv.consumedBy(ev) {
		return Errorf(CodeInviteNotAllowed, "only the inviter can modify this invitation; its invitee may add data.consumed")
	}
	if inv.OnlineUserOnly {
		return Errorf(CodeInviteNotAllowed, "an online-only invitation cannot be modified")
	}
	if inv.Over() {
		return Errorf(CodeInviteUnknown, "this invitation has ended: nobody is pending")
	}
	inv.Data = ev.Data
	return nil
}

// consumedBy reports whether the one invitee notes that they have seen to it.
func (inv *Invitation) consumedBy(ev ModifyInvitation) bool {
	return inv.GroupID == "" && inv.Invitee(ev.By) != nil && consumes(inv.Data, ev.Data)
}
