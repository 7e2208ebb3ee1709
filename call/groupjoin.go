package call

import "slices"

// JoinOption says what becomes of who wants to join a Public or Meeting group
// (TIM ApplyJoinOption).
type JoinOption string

// The options. The empty one is JoinFree.
const (
	JoinFree            JoinOption = "FreeAccess"     // they are in
	JoinNeedsPermission JoinOption = "NeedPermission" // owner or an admin decides
	JoinDisabled        JoinOption = "DisableApply"   // only invitations bring people in
)

// Application is somebody's wish to join a group that waits for a decision.
type Application struct {
	UserID  UserID `json:"userID"`
	Message string `json:"message,omitempty"`
	At      Millis `json:"at"`
}

// DecideApplication lets an applicant in, or not. Owner and admins may.
type DecideApplication struct {
	By    Actor
	User  UserID
	Agree bool
	Arrival
}

func (DecideApplication) groupEvent() {}

// The limits of applications.
const (
	maxApplications       = 100 // of one group
	maxApplicationMessage = 300 // bytes (TIM)
)

// Joining is what becomes of who wants to join.
func (g *Group) Joining() JoinOption {
	switch {
	case g.Type == GroupWork:
		return JoinDisabled
	case g.JoinOption == "":
		return JoinFree
	}
	return g.JoinOption
}

func (g *Group) setJoinOption(o JoinOption) error {
	if g.Type == GroupWork {
		return Errorf(CodeInvalidParameter, "joinOption: nobody joins a Work group by themselves")
	}
	if o != JoinFree && o != JoinNeedsPermission && o != JoinDisabled {
		return Errorf(CodeInvalidParameter, "joinOption: must be FreeAccess, NeedPermission or DisableApply")
	}
	g.JoinOption = o
	return nil
}

// join lets somebody in, or keeps their application: then nobody is returned.
func (g *Group) join(ev JoinGroup) ([]UserID, error) {
	switch {
	case g.Type == GroupWork:
		return nil, Errorf(CodeGroupPermission, "nobody joins a Work group by themselves; ask a member to invite you")
	case g.Member(ev.By) != nil:
		return nil, Errorf(CodeAlreadyExists, "you are a member of this group already")
	case g.Joining() == JoinDisabled:
		return nil, Errorf(CodeGroupPermission, "nobody joins this group by themselves; ask a member to invite you")
	case g.Joining() == JoinFree:
		return g.admit([]UserID{ev.By}, ev.Arrival)
	}
	return nil, g.applyFor(ev)
}

// applyFor keeps an application; of who applies again only the last counts.
func (g *Group) applyFor(ev JoinGroup) error {
	others := slices.DeleteFunc(slices.Clone(g.Applications), func(a Application) bool { return a.UserID == ev.By })
	switch {
	case !ev.By.Valid():
		return Errorf(CodeInvalidParameter, "userID: is not a user id")
	case len(ev.Message) > maxApplicationMessage:
		return Errorf(CodeInvalidParameter, "message: %d bytes, at most %d are allowed", len(ev.Message), maxApplicationMessage)
	case len(others) >= maxApplications:
		return Errorf(CodeRateLimited, "%d people wait to be let in, which is the most: try again later", len(others))
	}
	g.Applications = append(others, Application{UserID: ev.By, Message: ev.Message, At: ev.At})
	return nil
}

func (g *Group) decideApplication(ev DecideApplication) ([]UserID, error) {
	if err := g.need(ev.By, rankAdmin, "only owner and admins decide on applications"); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(g.Applications, func(a Application) bool { return a.UserID == ev.User }) {
		return nil, Errorf(CodeInvalidParameter, "userID: has not applied, or somebody has decided already")
	}
	if ev.Agree {
		return g.admit([]UserID{ev.User}, ev.Arrival)
	}
	g.settleApplications([]UserID{ev.User})
	return nil, nil
}

// settleApplications forgets what has been decided.
func (g *Group) settleApplications(users []UserID) {
	if slices.ContainsFunc(g.Applications, func(a Application) bool { return slices.Contains(users, a.UserID) }) {
		g.Applications = slices.DeleteFunc(slices.Clone(g.Applications), func(a Application) bool { return slices.Contains(users, a.UserID) })
	}
}

// Managers are who decides on applications.
func (g *Group) Managers() (users []UserID) {
	for i := range g.Members {
		if g.Members[i].Role != GroupMember {
			users = append(users, g.Members[i].UserID)
		}
	}
	return users
}
