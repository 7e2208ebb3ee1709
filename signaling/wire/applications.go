package wire

import "callsvc/call"

func applicationMethods() []Method {
	return []Method{
		{"group.getApplicationList", func() Request { return new(ListApplications) }, ListApplicationsResult{}},
		{"group.acceptApplication", func() Request { return new(AcceptApplication) }, Empty{}},
		{"group.refuseApplication", func() Request { return new(RefuseApplication) }, Empty{}},
	}
}

// ListApplications asks who waits to be let into the groups one owns or
// administers (TIM getGroupApplicationList).
type ListApplications struct{}

// ListApplicationsResult lists them by group, in each the oldest first.
type ListApplicationsResult struct {
	Applications []GroupApplication `json:"applications"`
}

// GroupApplication is somebody's wish to join a group.
type GroupApplication struct {
	GroupID call.GroupID `json:"groupID"`
	UserID  call.UserID  `json:"userID"`
	Message string       `json:"message"`
	At      call.Millis  `json:"at"`
}

// AcceptApplication lets an applicant in; the owner and admins may (TIM
// acceptGroupApplication).
type AcceptApplication struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	UserID  call.UserID  `json:"userID" wire:"required"`
}

// RefuseApplication does not let an applicant in; the owner and admins may (TIM
// refuseGroupApplication).
type RefuseApplication struct {
	GroupID call.GroupID `json:"groupID" wire:"required"`
	UserID  call.UserID  `json:"userID" wire:"required"`
	// For the applicant, at most 300 bytes.
	Reason string `json:"reason,omitempty"`
}

// ReceiveJoinApplication: somebody wants to join a group one owns or
// administers (TIM onReceiveJoinApplication).
type ReceiveJoinApplication struct{ GroupApplication }

// ApplicationProcessed: it was decided on an application; told to the applicant
// and to those who may decide (TIM onApplicationProcessed).
type ApplicationProcessed struct {
	GroupID call.GroupID `json:"groupID"`
	UserID  call.UserID  `json:"userID"`
	OpUser  call.UserID  `json:"opUser"`
	IsAgree bool         `json:"isAgree"`
	Reason  string       `json:"reason"`
	At      call.Millis  `json:"at"`
}

// Name implements Event.
func (ReceiveJoinApplication) Name() string { return "onReceiveJoinApplication" }

// Name implements Event.
func (ApplicationProcessed) Name() string { return "onApplicationProcessed" }

func (*ListApplications) request()  {}
func (*AcceptApplication) request() {}
func (*RefuseApplication) request() {}
