package wire

import "callsvc/call"

func userMethods() []Method {
	return []Method{
		{"user.getUsersInfo", func() Request { return new(GetUsersInfo) }, GetUsersInfoResult{}},
		{"user.setSelfInfo", func() Request { return new(SetSelfInfo) }, Empty{}},
		{"user.addToBlackList", func() Request { return new(AddToBlackList) }, Empty{}},
		{"user.deleteFromBlackList", func() Request { return new(DeleteFromBlackList) }, Empty{}},
		{"user.getBlackList", func() Request { return new(GetBlackList) }, GetBlackListResult{}},
		{"user.setAllReceiveMessageOpt", func() Request { return new(SetAllReceiveMessageOpt) }, Empty{}},
		{"user.getAllReceiveMessageOpt", func() Request { return new(GetAllReceiveMessageOpt) }, call.ReceiveMessageOpt{}},
		{"history.getMissed", func() Request { return new(GetMissed) }, call.MissedCalls{}},
		{"history.markMissedSeen", func() Request { return new(MarkMissedSeen) }, Empty{}},
	}
}

// GetUsersInfo asks what users show of themselves (TIM getUsersInfo).
type GetUsersInfo struct {
	// 1 to 100.
	UserIDList []call.UserID `json:"userIDList" wire:"required"`
}

// GetUsersInfoResult has the users in the order they were asked for.
type GetUsersInfoResult struct {
	Users []UserInfo `json:"users"`
}

// UserInfo is what a user shows of themselves (TIM V2TIMUserFullInfo).
type UserInfo struct {
	UserID call.UserID `json:"userID"`
	// The one they set, else that of their newest token; empty if there is none.
	Name      string `json:"name"`
	AvatarURL string `json:"avatarURL"`
}

// SetSelfInfo changes what one shows of oneself (TIM setSelfInfo). Absent
// members are left as they are.
type SetSelfInfo struct {
	// At most 500 bytes; empty: the token's again.
	Name *string `json:"name,omitempty"`
	// The http or https address of a picture, at most 500 bytes; empty: none.
	AvatarURL *string `json:"avatarURL,omitempty"`
}

// AddToBlackList blocks users: what they send and the invitations they make to
// oneself alone are refused with 20007, and they bring one into no group (TIM
// addToBlackList).
type AddToBlackList struct {
	// 1 to 100, not oneself. 10,000 may be on the list.
	UserIDList []call.UserID `json:"userIDList" wire:"required"`
}

// DeleteFromBlackList takes users off the black list (TIM deleteFromBlackList).
type DeleteFromBlackList struct {
	// 1 to 100.
	UserIDList []call.UserID `json:"userIDList" wire:"required"`
}

// GetBlackList asks whom one has blocked (TIM getBlackList).
type GetBlackList struct{}

// GetBlackListResult is the whole list.
type GetBlackListResult struct {
	UserIDList []call.UserID `json:"userIDList"`
}

// SetAllReceiveMessageOpt turns do-not-disturb on and off (TIM
// setAllReceiveMessageOpt). Everything still arrives; nothing is pushed, and a
// client does not ring.
type SetAllReceiveMessageOpt struct {
	// 0 receive and notify, 2 receive without notifying.
	Opt call.ReceiveOpt `json:"opt" wire:"required"`
	// When it begins to hold; now if absent.
	StartAt call.Millis `json:"startAt,omitempty"`
	// How long it holds in seconds; until it is changed if absent.
	Duration int64 `json:"duration,omitempty"`
}

// GetAllReceiveMessageOpt asks for what was set, as long as it has not run out.
type GetAllReceiveMessageOpt struct{}

// GetMissed asks how many calls one has missed since they were last marked as seen.
type GetMissed struct{}

// MarkMissedSeen says that one has seen which calls were missed, on all devices.
type MarkMissedSeen struct{}

// SelfInfoUpdated: what you show of yourself is this now (TIM onSelfInfoUpdated).
type SelfInfoUpdated struct{ UserInfo }

// BlackListChanged: whom you have blocked, all of them.
type BlackListChanged struct {
	UserIDList []call.UserID `json:"userIDList"`
}

// AllReceiveMessageOptChanged: do-not-disturb is this now (TIM
// onAllReceiveMessageOptChanged).
type AllReceiveMessageOptChanged struct{ call.ReceiveMessageOpt }

// MissedCallsChanged: a call was missed, or they were marked as seen elsewhere.
// Also the first thing a new session is told, if there are any.
type MissedCallsChanged struct{ call.MissedCalls }

// Name implements Event.
func (SelfInfoUpdated) Name() string { return "onSelfInfoUpdated" }

// Name implements Event.
func (BlackListChanged) Name() string { return "onBlackListChanged" }

// Name implements Event.
func (AllReceiveMessageOptChanged) Name() string { return "onAllReceiveMessageOptChanged" }

// Name implements Event.
func (MissedCallsChanged) Name() string { return "onMissedCallsChanged" }

func (*GetUsersInfo) request()            {}
func (*SetSelfInfo) request()             {}
func (*AddToBlackList) request()          {}
func (*DeleteFromBlackList) request()     {}
func (*GetBlackList) request()            {}
func (*SetAllReceiveMessageOpt) request() {}
func (*GetAllReceiveMessageOpt) request() {}
func (*GetMissed) request()               {}
func (*MarkMissedSeen) request()          {}
