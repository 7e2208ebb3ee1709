package call

import (
	"cmp"
	"maps"
	"slices"
)

// GroupType is one of TIM's kinds of group.
type GroupType string

// The types of group.
const (
	// GroupWork: people who know each other. Members bring members in; nobody
	// joins by themselves; no admins.
	GroupWork GroupType = "Work"
	// GroupPublic: anybody may join. Who joins sees what is said from then on.
	GroupPublic GroupType = "Public"
	// GroupMeeting: anybody may join and sees what was said before, too.
	GroupMeeting GroupType = "Meeting"
)

// Valid reports whether there is such a type.
func (t GroupType) Valid() bool {
	return t == GroupWork || t == GroupPublic || t == GroupMeeting
}

// GroupRole is what a member may do.
type GroupRole string

// The roles of a group.
const (
	GroupOwner  GroupRole = "owner"
	GroupAdmin  GroupRole = "admin"
	GroupMember GroupRole = "member"
)

// Member is somebody in a group.
type Member struct {
	UserID   UserID
	Role     GroupRole
	JoinedAt Millis
	SinceSeq int64 // the messages up to it are not theirs to see
	// MutedUntil is when they may write again; of the past if they may.
	MutedUntil Millis
}

// Group is a group of users. Its zero value is not one: make it with NewGroup.
type Group struct {
	GroupID      GroupID           `json:"groupID"`
	Type         GroupType         `json:"type"`
	Name         string            `json:"name"`
	Introduction string            `json:"introduction,omitempty"`
	Notification string            `json:"notification,omitempty"`
	FaceURL      string            `json:"faceURL,omitempty"`
	Attributes   map[string]string `json:"attributes,omitempty"`
	CreatedAt    Millis            `json:"createdAt"`
	JoinOption   JoinOption        `json:"joinOption,omitempty"`
	AllMuted     bool              `json:"allMuted,omitempty"`     // only owner and admins write
	Applications []Application     `json:"applications,omitempty"` // oldest first; replaced, never changed
	// FirstSeq is the last message of an earlier group of that id: nobody sees
	// it and what was before.
	FirstSeq int64 `json:"firstSeq,omitempty"`

	Members []Member `json:"-"` // by UserID
	Owner   UserID   `json:"-"` // the member of that role
}

// Arrival is how members come into a group.
type Arrival struct {
	At    Millis
	Seq   int64 // of the conversation's last message
	Limit int   // how many members a group may have
}

// NewGroup makes a group of its owner and others. Errors: CodeInvalidParameter,
// CodeGroupFull.
func NewGroup(id GroupID, t GroupType, name string, owner UserID, others []UserID, a Arrival) (*Group, error) {
	if !t.Valid() {
		return nil, Errorf(CodeInvalidParameter, "type: must be Work, Public or Meeting")
	}
	g := &Group{GroupID: id, Type: t, CreatedAt: a.At, FirstSeq: a.Seq}
	if err := g.setInfo(GroupProfile{Name: &name}); err != nil {
		return nil, err
	}
	if _, err := g.admit(append([]UserID{owner}, others...), a); err != nil {
		return nil, err
	}
	g.own(owner)
	return g, nil
}

// Member returns the member of that id, nil if they are none. It points into
// the group.
func (g *Group) Member(u UserID) *Member {
	if i, ok := g.find(u); ok {
		return &g.Members[i]
	}
	return nil
}

func (g *Group) find(u UserID) (int, bool) {
	return slices.BinarySearchFunc(g.Members, u, func(m Member, u UserID) int { return cmp.Compare(m.UserID, u) })
}

// MemberIDs lists everybody, in order.
func (g *Group) MemberIDs() []UserID {
	ids := make([]UserID, len(g.Members))
	for i := range g.Members {
		ids[i] = g.Members[i].UserID
	}
	return ids
}

// Profile copies the group without its members, so that a copy on its way to
// the store does not see later changes.
func (g *Group) Profile() *Group {
	c := *g
	c.Members, c.Attributes = nil, maps.Clone(g.Attributes)
	return &c
}

// admit takes in those who are not members yet and returns them, in order.
func (g *Group) admit(users []UserID, a Arrival) ([]UserID, error) {
	var fresh []UserID
	for _, u := range users {
		if !u.Valid() {
			return nil, Errorf(CodeInvalidParameter, "members: %.40q is not a user id (1 to 32 of A-Z a-z 0-9 _ -)", u)
		}
		if u.Guest() {
			return nil, Errorf(CodeInvalidParameter, "members: %s is a guest of a meeting, who can be in no group", u)
		}
		if g.Member(u) == nil {
			fresh = append(fresh, u)
		}
	}
	slices.Sort(fresh)
	fresh = slices.Compact(fresh)
	if len(g.Members)+len(fresh) > a.Limit {
		return nil, Errorf(CodeGroupFull, "the group would have %d members, at most %d are allowed", len(g.Members)+len(fresh), a.Limit)
	}
	since := a.Seq
	if g.Type == GroupMeeting {
		since = g.FirstSeq
	}
	for _, u := range fresh {
		g.Members = append(g.Members, Member{UserID: u, Role: GroupMember, JoinedAt: a.At, SinceSeq: since})
	}
	g.sort()
	g.settleApplications(fresh)
	return fresh, nil
}

func (g *Group) sort() {
	slices.SortFunc(g.Members, func(a, b Member) int { return cmp.Compare(a.UserID, b.UserID) })
}

// Restore gives a group that was read from a store its members, in any order.
func (g *Group) Restore(members []Member) {
	g.Members = members
	g.sort()
	for _, m := range members {
		if m.Role == GroupOwner {
			g.Owner = m.UserID
		}
	}
}

// own makes a member the owner.
func (g *Group) own(u UserID) {
	g.Member(u).Role = GroupOwner
	g.Owner = u
}

// ByArrival orders members by when they came.
func ByArrival(a, b Member) int {
	return cmp.Or(cmp.Compare(a.JoinedAt, b.JoinedAt), cmp.Compare(a.UserID, b.UserID))
}

// remove takes members out.
func (g *Group) remove(users []UserID) {
	for _, u := range users {
		if i, ok := g.find(u); ok {
			g.Members = slices.Delete(g.Members, i, i+1)
		}
	}
}

// The changes of groups.
type (
	// SaveGroup inserts or replaces a group, without its members.
	SaveGroup struct{ Group *Group }
	// SaveMembers inserts or replaces members of a group.
	SaveMembers struct {
		GroupID GroupID
		Members []Member
	}
	// DropMembers deletes members of a group.
	DropMembers struct {
		GroupID GroupID
		Users   []UserID
	}
	// DropGroup deletes a group. Its members are dropped beside.
	DropGroup struct{ GroupID GroupID }
)

func (SaveGroup) change()   {}
func (SaveMembers) change() {}
func (DropMembers) change() {}
func (DropGroup) change()   {}
