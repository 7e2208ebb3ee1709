package call

import "slices"

// Actor is who does something to a group. An operator may do what its owner
// may, member or not.
type Actor struct {
	UserID   UserID
	Operator bool
}

// GroupEvent is something that happens to a group. Sealed.
type GroupEvent interface{ groupEvent() }

// The events of a group.
type (
	// JoinGroup is somebody's coming in by themselves, or their application to.
	// Not into a Work group.
	JoinGroup struct {
		By      UserID
		Message string // of the application, if it becomes one
		Arrival
	}
	// QuitGroup is a member's leaving. The owner of a Work group leaves it to
	// the member who is there longest; other owners transfer it first.
	QuitGroup struct{ By UserID }
	// InviteToGroup brings others in. Any member may.
	InviteToGroup struct {
		By    Actor
		Users []UserID
		Arrival
	}
	// KickFromGroup puts others out: the owner anybody, admins plain members.
	KickFromGroup struct {
		By    Actor
		Users []UserID
	}
	// DismissGroup ends the group. Its owner may.
	DismissGroup struct{ By Actor }
	// SetMemberRole makes a member an admin, or a plain member again. The owner may.
	SetMemberRole struct {
		By   Actor
		User UserID
		Role GroupRole
	}
	// TransferGroup makes another member the owner. The owner may.
	TransferGroup struct {
		By Actor
		To UserID
	}
	// SetGroupProfile changes what the group shows of itself. In a Work group any
	// member may, elsewhere owner and admins.
	SetGroupProfile struct {
		By Actor
		GroupProfile
	}
	// SetGroupAttributes sets some of the attributes. Any member may.
	SetGroupAttributes struct {
		By  Actor
		Set map[string]string
	}
	// SetKitInfo is the server's word on the call that runs in the group, empty
	// if none does.
	SetKitInfo struct{ Value string }
	// DeleteGroupAttributes deletes attributes, all if no key is given. Any member may.
	DeleteGroupAttributes struct {
		By   Actor
		Keys []string
	}
)

func (JoinGroup) groupEvent()             {}
func (QuitGroup) groupEvent()             {}
func (InviteToGroup) groupEvent()         {}
func (KickFromGroup) groupEvent()         {}
func (DismissGroup) groupEvent()          {}
func (SetMemberRole) groupEvent()         {}
func (TransferGroup) groupEvent()         {}
func (SetGroupProfile) groupEvent()       {}
func (SetGroupAttributes) groupEvent()    {}
func (DeleteGroupAttributes) groupEvent() {}
func (SetKitInfo) groupEvent()            {}

// Apply moves the group by one event and returns the members it is about: who
// came, who went, whose role is another now (of a transfer the new owner
// first, then the old one). A refusal changes nothing: CodeGroupPermission for
// who may not, CodeAlreadyExists for who is in already, CodeGroupFull, and
// CodeInvalidParameter.
func (g *Group) Apply(ev GroupEvent) ([]UserID, error) {
	switch ev := ev.(type) {
	case JoinGroup:
		return g.join(ev)
	case QuitGroup:
		return g.quit(ev.By)
	case InviteToGroup:
		return g.invite(ev)
	case KickFromGroup:
		return g.kick(ev)
	case DismissGroup:
		if err := g.need(ev.By, rankOwner, "only the owner can dismiss the group"); err != nil {
			return nil, err
		}
		return g.MemberIDs(), nil
	case SetMemberRole:
		return g.setRole(ev)
	case TransferGroup:
		return g.transfer(ev)
	case SetGroupProfile:
		least := rankAdmin
		if g.Type == GroupWork {
			least = rankMember
		}
		if err := g.need(ev.By, least, "only owner and admins can change what the group shows"); err != nil {
			return nil, err
		}
		return nil, g.setInfo(ev.GroupProfile)
	case SetGroupAttributes:
		return nil, g.setAttributes(ev)
	case DeleteGroupAttributes:
		return nil, g.deleteAttributes(ev)
	case DecideApplication:
		return g.decideApplication(ev)
	case MuteMember:
		return g.mute(ev)
	case SetKitInfo:
		g.setKitInfo(ev.Value)
		return nil, nil
	}
	return nil, Errorf(CodeInvalidParameter, "unknown event")
}

// rank is what somebody may do, in TIM's numbers of roles.
type rank int

const (
	rankNone   rank = 0
	rankMember rank = 200
	rankAdmin  rank = 300
	rankOwner  rank = 400
)

func (g *Group) rankOf(u UserID) rank {
	m := g.Member(u)
	switch {
	case m == nil:
		return rankNone
	case m.Role == GroupOwner:
		return rankOwner
	case m.Role == GroupAdmin:
		return rankAdmin
	}
	return rankMember
}

func (g *Group) rankOfActor(a Actor) rank {
	if a.Operator {
		return rankOwner
	}
	return g.rankOf(a.UserID)
}

func (g *Group) need(a Actor, least rank, otherwise string) error {
	switch r := g.rankOfActor(a); {
	case r == rankNone:
		return Errorf(CodeGroupPermission, "you are not a member of this group")
	case r < least:
		return Errorf(CodeGroupPermission, "%s", otherwise)
	}
	return nil
}

func (g *Group) quit(by UserID) ([]UserID, error) {
	switch r := g.rankOf(by); {
	case r == rankNone:
		return nil, Errorf(CodeGroupPermission, "you are not a member of this group")
	case r == rankOwner && g.Type != GroupWork:
		return nil, Errorf(CodeGroupPermission, "the owner cannot quit; transfer the group to another member, or dismiss it")
	case r == rankOwner:
		g.remove([]UserID{by})
		if heir := g.eldest(); heir != nil {
			g.own(heir.UserID)
			return []UserID{by, heir.UserID}, nil
		}
		g.Owner = ""
		return []UserID{by}, nil
	}
	g.remove([]UserID{by})
	return []UserID{by}, nil
}

// eldest is who is in the group longest, nil if nobody is.
func (g *Group) eldest() *Member {
	var eldest *Member
	for i := range g.Members {
		if m := &g.Members[i]; eldest == nil || m.JoinedAt < eldest.JoinedAt {
			eldest = m
		}
	}
	return eldest
}

func (g *Group) invite(ev InviteToGroup) ([]UserID, error) {
	if err := g.need(ev.By, rankMember, ""); err != nil {
		return nil, err
	}
	if len(ev.Users) == 0 {
		return nil, Errorf(CodeInvalidParameter, "members: is empty")
	}
	fresh, err := g.admit(ev.Users, ev.Arrival)
	if err == nil && len(fresh) == 0 {
		return nil, Errorf(CodeAlreadyExists, "they are members of this group already")
	}
	return fresh, err
}

func (g *Group) kick(ev KickFromGroup) ([]UserID, error) {
	mine := g.rankOfActor(ev.By)
	if err := g.need(ev.By, rankAdmin, "only owner and admins can kick members"); err != nil {
		return nil, err
	}
	if len(ev.Users) == 0 {
		return nil, Errorf(CodeInvalidParameter, "members: is empty")
	}
	for _, u := range ev.Users {
		switch theirs := g.rankOf(u); {
		case theirs == rankNone:
			return nil, Errorf(CodeInvalidParameter, "members: %.40q is not a member of this group", u)
		case u == ev.By.UserID:
			return nil, Errorf(CodeInvalidParameter, "members: you cannot kick yourself; quit instead")
		case theirs == rankOwner:
			return nil, Errorf(CodeGroupPermission, "the owner cannot be kicked; transfer the group first")
		case theirs >= mine:
			return nil, Errorf(CodeGroupPermission, "admins can kick plain members only")
		}
	}
	gone := slices.Compact(slices.Sorted(slices.Values(ev.Users)))
	g.remove(gone)
	return gone, nil
}

func (g *Group) setRole(ev SetMemberRole) ([]UserID, error) {
	if err := g.need(ev.By, rankOwner, "only the owner can set roles"); err != nil {
		return nil, err
	}
	m := g.Member(ev.User)
	switch {
	case ev.Role != GroupAdmin && ev.Role != GroupMember:
		return nil, Errorf(CodeInvalidParameter, "role: must be admin or member; a new owner is made by transfer")
	case m == nil:
		return nil, Errorf(CodeInvalidParameter, "userID: is not a member of this group")
	case m.Role == GroupOwner:
		return nil, Errorf(CodeInvalidParameter, "userID: is the owner; transfer the group first")
	case g.Type == GroupWork && ev.Role == GroupAdmin:
		return nil, Errorf(CodeInvalidParameter, "role: a Work group has no admins")
	}
	if m.Role == ev.Role {
		return nil, nil
	}
	m.Role = ev.Role
	return []UserID{ev.User}, nil
}

func (g *Group) transfer(ev TransferGroup) ([]UserID, error) {
	if err := g.need(ev.By, rankOwner, "only the owner can transfer the group"); err != nil {
		return nil, err
	}
	to, old := g.Member(ev.To), g.Owner
	switch {
	case to == nil:
		return nil, Errorf(CodeInvalidParameter, "userID: is not a member of this group")
	case ev.To == old:
		return nil, Errorf(CodeInvalidParameter, "userID: is the owner already")
	}
	g.Member(old).Role = GroupMember
	g.own(ev.To)
	return []UserID{ev.To, old}, nil
}
