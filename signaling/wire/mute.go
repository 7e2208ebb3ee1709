package wire

import "callsvc/call"

func muteMethods() []Method {
	return []Method{
		{"group.muteMember", func() Request { return new(MuteMember) }, Empty{}},
	}
}

// MuteMember keeps a member of a Public or Meeting group from writing in it for
// a time: the owner anybody, admins plain members (TIM muteGroupMember).
type MuteMember struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	UserID  call.UserID  `json:"userID" wire:"required"`
	// For how long, at most 30 days; 0 lets them write again.
	Seconds int `json:"seconds" wire:"required"`
}

// MemberInfoChanged: a member may not write, or may again (TIM onMemberInfoChanged).
type MemberInfoChanged struct {
	GroupChange
	MemberChangeInfoList []MemberChangeInfo `json:"memberChangeInfoList"`
}

// MemberChangeInfo is what is new about a member (TIM V2TIMGroupMemberChangeInfo).
type MemberChangeInfo struct {
	UserID call.UserID `json:"userID"`
	// Seconds; 0 is not any more.
	MuteTime int `json:"muteTime"`
}

// AllGroupMembersMuted: from now on only owner and admins write in the group, or
// all do again. onGroupInfoChanged tells of it too (TIM onAllGroupMembersMuted).
type AllGroupMembersMuted struct {
	GroupChange
	IsMute bool `json:"isMute"`
}

// Name implements Event.
func (AllGroupMembersMuted) Name() string { return "onAllGroupMembersMuted" }

// Name implements Event.
func (MemberInfoChanged) Name() string { return "onMemberInfoChanged" }

func (*MuteMember) request() {}
