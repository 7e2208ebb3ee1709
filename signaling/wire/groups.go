package wire

import "callsvc/call"

func groupMethods() []Method {
	return []Method{
		{"group.create", func() Request { return new(CreateGroup) }, CreateGroupResult{}},
		{"group.join", func() Request { return new(JoinGroup) }, JoinGroupResult{}},
		{"group.quit", func() Request { return new(QuitGroup) }, Empty{}},
		{"group.invite", func() Request { return new(InviteToGroup) }, InviteToGroupResult{}},
		{"group.kick", func() Request { return new(KickFromGroup) }, Empty{}},
		{"group.dismiss", func() Request { return new(DismissGroup) }, Empty{}},
		{"group.members", func() Request { return new(ListMembers) }, ListMembersResult{}},
		{"group.list", func() Request { return new(ListGroups) }, ListGroupsResult{}},
		{"group.setRole", func() Request { return new(SetMemberRole) }, Empty{}},
		{"group.transfer", func() Request { return new(TransferGroup) }, Empty{}},
		{"group.getInfo", func() Request { return new(GetGroupInfo) }, GroupInfo{}},
		{"group.setInfo", func() Request { return new(SetGroupInfo) }, Empty{}},
		{"group.getAttributes", func() Request { return new(GetGroupAttributes) }, GetGroupAttributesResult{}},
		{"group.setAttributes", func() Request { return new(SetGroupAttributes) }, Empty{}},
		{"group.deleteAttributes", func() Request { return new(DeleteGroupAttributes) }, Empty{}},
	}
}

func groupEvents() []Event {
	return []Event{
		GroupCreated{},
		GroupDismissed{},
		GroupInfoChanged{},
		GroupAttributeChanged{},
		MemberEnter{},
		MemberLeave{},
		QuitFromGroup{},
		MemberInvited{},
		MemberKicked{},
		GrantAdministrator{},
		RevokeAdministrator{},
		MemberInfoChanged{},
		AllGroupMembersMuted{},
		ReceiveJoinApplication{},
		ApplicationProcessed{},
		ReceiveRESTCustomData{},
	}
}

// CreateGroup makes a group of oneself and others; its owner is oneself (TIM createGroup).
type CreateGroup struct {
	// Made by the server if absent. 1 to 48 of A-Z a-z 0-9 _ . : @ # -, and not @TGS# first.
	GroupID call.GroupID `json:"groupID,omitempty"`
	// 1 to 100 bytes.
	Name string `json:"name" wire:"required"`
	// Work: members bring members in. Public: anybody joins. Meeting: anybody joins and sees what was said before.
	Type string `json:"type" wire:"required" oneof:"Work,Public,Meeting"`
	// Who is in it from the start, besides oneself.
	Members []call.UserID `json:"members,omitempty"`
	// Of a Public or Meeting group: who joins is in, waits for the owner or an admin, or is refused. FreeAccess if absent.
	JoinOption string `json:"joinOption,omitempty" oneof:"FreeAccess,NeedPermission,DisableApply"`
}

// CreateGroupResult names the group.
type CreateGroupResult struct {
	GroupID call.GroupID `json:"groupID"`
}

// JoinGroup goes into a Public or Meeting group, or applies to (TIM joinGroup).
type JoinGroup struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	// For who decides, where the group's joinOption is NeedPermission. At most 300 bytes.
	Message string `json:"message,omitempty"`
}

// JoinGroupResult says whether one is in.
type JoinGroupResult struct {
	// The application waits for a decision.
	Waiting bool `json:"waiting,omitempty"`
}

// QuitGroup leaves a group (TIM quitGroup). The owner of a Work group leaves it
// to who is in it longest; other owners transfer it first.
type QuitGroup struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
}

// InviteToGroup brings others in; any member may (TIM inviteUserToGroup). Who
// is in already stays as they are.
type InviteToGroup struct {
	GroupID call.GroupID  `json:"groupID" wire:"required"`
	Members []call.UserID `json:"members" wire:"required"`
}

// InviteToGroupResult says who came in.
type InviteToGroupResult struct {
	Members []call.UserID `json:"members"`
}

// KickFromGroup puts members out: the owner anybody, admins plain members (TIM
// kickGroupMember). All of them or, if one may not be, none.
type KickFromGroup struct {
	GroupID call.GroupID  `json:"groupID" wire:"required"`
	Members []call.UserID `json:"members" wire:"required"`
}

// DismissGroup ends a group; its owner and operators may (TIM dismissGroup).
type DismissGroup struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
}

// ListMembers asks who is in a group one is in (TIM getGroupMemberList).
type ListMembers struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	// That of the page before, for the one that follows it.
	Cursor string `json:"cursor,omitempty"`
	// How many a page has at most, 1 to 1,000; everybody if absent.
	Limit int `json:"limit,omitempty"`
}

// ListMembersResult lists them in the order they came.
type ListMembersResult struct {
	Members []GroupMember `json:"members"`
	// For the next page; absent after the last.
	Cursor string `json:"cursor,omitempty"`
}

// GroupMember is somebody in a group.
type GroupMember struct {
	UserID   call.UserID    `json:"userID"`
	Role     call.GroupRole `json:"role"`
	JoinedAt call.Millis    `json:"joinedAt"`
	// When a muted member may write again; absent if they may.
	MuteEndsAt call.Millis `json:"muteEndsAt,omitempty"`
}

// ListGroups asks for the groups one is in (TIM getJoinedGroupList).
type ListGroups struct{}

// ListGroupsResult lists them by id.
type ListGroupsResult struct {
	Groups []GroupInfo `json:"groups"`
}

// GroupInfo is a group without its members (TIM V2TIMGroupInfo).
type GroupInfo struct {
	GroupID      call.GroupID   `json:"groupID"`
	Type         call.GroupType `json:"type"`
	GroupName    string         `json:"name"`
	Introduction string         `json:"introduction"`
	Notification string         `json:"notification"`
	FaceURL      string         `json:"faceURL"`
	Owner        call.UserID    `json:"owner"`
	MemberCount  int            `json:"memberCount"`
	CreatedAt    call.Millis    `json:"createdAt"`
	// What becomes of who joins: they are in, wait for a decision, or are refused.
	JoinOption call.JoinOption `json:"joinOption"`
	// Only owner and admins write.
	AllMuted bool `json:"allMuted"`
	// One's own role; absent if one is not in it.
	Role call.GroupRole `json:"role,omitempty"`
}

// SetMemberRole makes a member an admin or a plain member again; the owner may
// (TIM setGroupMemberRole). A Work group has no admins.
type SetMemberRole struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	UserID  call.UserID  `json:"userID" wire:"required"`
	Role    string       `json:"role" wire:"required" oneof:"admin,member"`
}

// TransferGroup makes another member the owner; the owner may (TIM transferGroupOwner).
type TransferGroup struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	UserID  call.UserID  `json:"userID" wire:"required"`
}

// GetGroupInfo asks about a group: a Work group one is in, any other (TIM getGroupsInfo).
type GetGroupInfo struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
}

// SetGroupInfo changes what a group shows of itself: in a Work group any member
// may, elsewhere owner and admins (TIM setGroupInfo). Absent members are left
// as they are.
type SetGroupInfo struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	// 1 to 100 bytes.
	Name *string `json:"name,omitempty"`
	// At most 240 bytes.
	Introduction *string `json:"introduction,omitempty"`
	// At most 300 bytes.
	Notification *string `json:"notification,omitempty"`
	// At most 500 bytes.
	FaceURL *string `json:"faceURL,omitempty"`
	// FreeAccess, NeedPermission or DisableApply; not of a Work group.
	JoinOption *call.JoinOption `json:"joinOption,omitempty"`
	// Whether only owner and admins write (TIM muteAllGroupMembers); not of a Work group.
	AllMuted *bool `json:"allMuted,omitempty"`
}

// GetGroupAttributes asks for the attributes of a group one is in (TIM getGroupAttributes).
type GetGroupAttributes struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
}

// GetGroupAttributesResult has all of them.
type GetGroupAttributesResult struct {
	Attributes map[string]string `json:"attributes"`
}

// SetGroupAttributes sets some attributes of a group and leaves the others; any
// member may (TIM setGroupAttributes). At most 16, keys of 32 bytes, values of
// 4 KiB, 16 KiB in all.
type SetGroupAttributes struct {
	GroupID    call.GroupID      `json:"groupID" wire:"required"`
	Attributes map[string]string `json:"attributes" wire:"required"`
}

// DeleteGroupAttributes deletes attributes of a group; any member may (TIM deleteGroupAttributes).
type DeleteGroupAttributes struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	// All of them if absent or empty.
	Keys []string `json:"keys,omitempty"`
}

// GroupChange is what every event of a group's members says.
type GroupChange struct {
	GroupID call.GroupID `json:"groupID"`
	// Who did it; empty if the server did.
	OpUser call.UserID `json:"opUser"`
	// Those it happened to.
	Members []call.UserID `json:"members"`
	At      call.Millis   `json:"at"`
}

// GroupCreated: there is a new group, and you are in it. Members are all of them.
type GroupCreated struct {
	GroupChange
	Group GroupInfo `json:"group"`
}

// GroupDismissed: the group is no more. Members is empty: it is all of them.
type GroupDismissed struct{ GroupChange }

// GroupInfoChanged: what the group shows of itself is another now, or who owns
// it; Members has the new and the old owner then.
type GroupInfoChanged struct {
	GroupChange
	Group GroupInfo `json:"group"`
}

// GroupAttributeChanged: the group's attributes are these now, all of them. The
// server keeps inner_attr_kit_info, which tells of the call that runs in the
// group: JSON {business_type:"callkit", call_id, group_id, room_id,
// room_id_type (1 number, 2 string), call_media_type, user_list:[{userid}]}.
type GroupAttributeChanged struct {
	GroupChange
	Attributes map[string]string `json:"attributes"`
}

// MemberEnter: somebody joined.
type MemberEnter struct{ GroupChange }

// MemberLeave: somebody quit.
type MemberLeave struct{ GroupChange }

// QuitFromGroup: you left the group, at another device of yours (TIM
// onQuitFromGroup). onMemberLeave tells of it too.
type QuitFromGroup struct{ GroupChange }

// MemberInvited: OpUser brought Members in.
type MemberInvited struct{ GroupChange }

// MemberKicked: OpUser put Members out.
type MemberKicked struct{ GroupChange }

// GrantAdministrator: OpUser made Members admins.
type GrantAdministrator struct{ GroupChange }

// RevokeAdministrator: OpUser made Members plain members again.
type RevokeAdministrator struct{ GroupChange }

// ReceiveRESTCustomData: the operator's own system tells the group's members
// something. It stands in no conversation; who is not there does not hear of it.
type ReceiveRESTCustomData struct {
	GroupID call.GroupID `json:"groupID"`
	// Opaque to the server.
	CustomData string      `json:"customData"`
	At         call.Millis `json:"at"`
}

// Name implements Event.
func (ReceiveRESTCustomData) Name() string { return "onReceiveRESTCustomData" }

// Name implements Event.
func (GroupCreated) Name() string { return "onGroupCreated" }

// Name implements Event.
func (GroupDismissed) Name() string { return "onGroupDismissed" }

// Name implements Event.
func (GroupInfoChanged) Name() string { return "onGroupInfoChanged" }

// Name implements Event.
func (GroupAttributeChanged) Name() string { return "onGroupAttributeChanged" }

// Name implements Event.
func (MemberEnter) Name() string { return "onMemberEnter" }

// Name implements Event.
func (MemberLeave) Name() string { return "onMemberLeave" }

// Name implements Event.
func (QuitFromGroup) Name() string { return "onQuitFromGroup" }

// Name implements Event.
func (MemberInvited) Name() string { return "onMemberInvited" }

// Name implements Event.
func (MemberKicked) Name() string { return "onMemberKicked" }

// Name implements Event.
func (GrantAdministrator) Name() string { return "onGrantAdministrator" }

// Name implements Event.
func (RevokeAdministrator) Name() string { return "onRevokeAdministrator" }

func (*CreateGroup) request()           {}
func (*JoinGroup) request()             {}
func (*QuitGroup) request()             {}
func (*InviteToGroup) request()         {}
func (*KickFromGroup) request()         {}
func (*DismissGroup) request()          {}
func (*ListMembers) request()           {}
func (*ListGroups) request()            {}
func (*SetMemberRole) request()         {}
func (*TransferGroup) request()         {}
func (*GetGroupInfo) request()          {}
func (*SetGroupInfo) request()          {}
func (*GetGroupAttributes) request()    {}
func (*SetGroupAttributes) request()    {}
func (*DeleteGroupAttributes) request() {}
