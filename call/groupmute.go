package call

// MuteMember keeps a member from writing in the group until a moment; one of
// the past lets them write again. Owner and admins may, of who may less than
// they themselves. In a Work group nobody is muted (TIM).
type MuteMember struct {
	By    Actor
	User  UserID
	Until Millis
}

func (MuteMember) groupEvent() {}

func (g *Group) mute(ev MuteMember) ([]UserID, error) {
	if err := g.need(ev.By, rankAdmin, "only owner and admins can mute members"); err != nil {
		return nil, err
	}
	m := g.Member(ev.User)
	switch {
	case g.Type == GroupWork:
		return nil, Errorf(CodeInvalidParameter, "groupID: in a Work group nobody is muted")
	case m == nil:
		return nil, Errorf(CodeInvalidParameter, "userID: is not a member of this group")
	case ev.User == ev.By.UserID:
		return nil, Errorf(CodeInvalidParameter, "userID: you cannot mute yourself")
	case g.rankOf(ev.User) >= g.rankOfActor(ev.By):
		return nil, Errorf(CodeGroupPermission, "owners and admins can mute only who may less than they")
	}
	m.MutedUntil = ev.Until
	return []UserID{ev.User}, nil
}

// Silences reports whether somebody may not write because all are muted: owner
// and admins may.
func (g *Group) Silences(u UserID) bool { return g.AllMuted && g.rankOf(u) < rankAdmin }

// MutedUntil is when somebody may write in the group again, 0 if they may now.
func (g *Group) MutedUntil(u UserID, at Millis) Millis {
	if m := g.Member(u); m != nil && m.MutedUntil > at {
		return m.MutedUntil
	}
	return 0
}
