package call_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callsvc/call"
)

// club is a group of an owner, an admin (a member in a Work group) and two members.
func club(t testing.TB, kind call.GroupType) *call.Group {
	t.Helper()
	g, err := call.NewGroup("g", kind, "club", "owner", []call.UserID{"admin", "bo", "cy"}, call.Arrival{At: 1, Limit: 6})
	if err != nil {
		t.Fatal(err)
	}
	if kind != call.GroupWork {
		if _, err := g.Apply(call.SetMemberRole{By: as("owner"), User: "admin", Role: call.GroupAdmin}); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func as(u call.UserID) call.Actor { return call.Actor{UserID: u, Operator: u == "operator"} }

func TestWhoMayDoWhatInAGroup(t *testing.T) {
	const all, open, work = "Work Public Meeting", "Public Meeting", "Work"
	come := call.Arrival{At: 2, Limit: 6}
	di := []call.UserID{"di"}
	name, yes := "new", true
	const guest call.UserID = "guest-0123456789abcdef0123"
	tests := []struct {
		name  string
		ev    call.GroupEvent
		kinds string
		code  call.Code
	}{
		{"a stranger joins", call.JoinGroup{By: "di", Arrival: come}, open, 0},
		{"a stranger joins a Work group", call.JoinGroup{By: "di", Arrival: come}, work, call.CodeGroupPermission},
		{"a member joins again", call.JoinGroup{By: "bo", Arrival: come}, open, call.CodeAlreadyExists},
		{"a stranger joins a full group", call.JoinGroup{By: "di", Arrival: call.Arrival{Limit: 4}}, open, call.CodeGroupFull},
		{"a member invites", call.InviteToGroup{By: as("bo"), Users: di, Arrival: come}, all, 0},
		{"an operator invites", call.InviteToGroup{By: as("operator"), Users: di, Arrival: come}, all, 0},
		{"a stranger invites", call.InviteToGroup{By: as("di"), Users: di, Arrival: come}, all, call.CodeGroupPermission},
		{"a member invites nobody", call.InviteToGroup{By: as("bo"), Arrival: come}, all, call.CodeInvalidParameter},
		{"a member invites members", call.InviteToGroup{By: as("bo"), Users: []call.UserID{"cy"}, Arrival: come}, all, call.CodeAlreadyExists},
		{"a member invites no user id", call.InviteToGroup{By: as("bo"), Users: []call.UserID{"di", "d i"}, Arrival: come}, all, call.CodeInvalidParameter},
		{"a member invites too many", call.InviteToGroup{By: as("bo"), Users: []call.UserID{"di", "ed", "fi"}, Arrival: come}, all, call.CodeGroupFull},
		{"a member quits", call.QuitGroup{By: "bo"}, all, 0},
		{"a stranger quits", call.QuitGroup{By: "di"}, all, call.CodeGroupPermission},
		{"the owner quits", call.QuitGroup{By: "owner"}, open, call.CodeGroupPermission},
		{"the owner quits a Work group", call.QuitGroup{By: "owner"}, work, 0},
		{"the owner kicks", call.KickFromGroup{By: as("owner"), Users: []call.UserID{"bo", "admin"}}, all, 0},
		{"an operator kicks", call.KickFromGroup{By: as("operator"), Users: []call.UserID{"admin"}}, all, 0},
		{"an admin kicks a member", call.KickFromGroup{By: as("admin"), Users: []call.UserID{"bo"}}, open, 0},
		{"an admin kicks the owner", call.KickFromGroup{By: as("admin"), Users: []call.UserID{"bo", "owner"}}, open, call.CodeGroupPermission},
		{"an operator kicks the owner", call.KickFromGroup{By: as("operator"), Users: []call.UserID{"owner"}}, all, call.CodeGroupPermission},
		{"the owner kicks themselves", call.KickFromGroup{By: as("owner"), Users: []call.UserID{"owner"}}, all, call.CodeInvalidParameter},
		{"the owner kicks a stranger", call.KickFromGroup{By: as("owner"), Users: []call.UserID{"bo", "di"}}, all, call.CodeInvalidParameter},
		{"the owner kicks nobody", call.KickFromGroup{By: as("owner")}, all, call.CodeInvalidParameter},
		{"a member kicks", call.KickFromGroup{By: as("bo"), Users: []call.UserID{"cy"}}, all, call.CodeGroupPermission},
		{"the owner dismisses", call.DismissGroup{By: as("owner")}, all, 0},
		{"an operator dismisses", call.DismissGroup{By: as("operator")}, all, 0},
		{"an admin dismisses", call.DismissGroup{By: as("admin")}, all, call.CodeGroupPermission},
		{"the owner makes an admin", call.SetMemberRole{By: as("owner"), User: "bo", Role: call.GroupAdmin}, open, 0},
		{"the owner makes an admin of a Work group", call.SetMemberRole{By: as("owner"), User: "bo", Role: call.GroupAdmin}, work, call.CodeInvalidParameter},
		{"an admin makes an admin", call.SetMemberRole{By: as("admin"), User: "bo", Role: call.GroupAdmin}, all, call.CodeGroupPermission},
		{"the owner makes an owner", call.SetMemberRole{By: as("owner"), User: "bo", Role: call.GroupOwner}, all, call.CodeInvalidParameter},
		{"the owner makes themselves a member", call.SetMemberRole{By: as("owner"), User: "owner", Role: call.GroupMember}, all, call.CodeInvalidParameter},
		{"the owner makes a stranger a member", call.SetMemberRole{By: as("owner"), User: "di", Role: call.GroupMember}, all, call.CodeInvalidParameter},
		{"the owner mutes an admin", call.MuteMember{By: as("owner"), User: "admin", Until: 9}, open, 0},
		{"an admin mutes a member", call.MuteMember{By: as("admin"), User: "bo", Until: 9}, open, 0},
		{"an operator mutes an admin", call.MuteMember{By: as("operator"), User: "admin", Until: 9}, open, 0},
		{"an operator mutes the owner", call.MuteMember{By: as("operator"), User: "owner", Until: 9}, open, call.CodeGroupPermission},
		{"the owner mutes in a Work group", call.MuteMember{By: as("owner"), User: "bo", Until: 9}, work, call.CodeInvalidParameter},
		{"an admin mutes the owner", call.MuteMember{By: as("admin"), User: "owner", Until: 9}, open, call.CodeGroupPermission},
		{"an admin mutes themselves", call.MuteMember{By: as("admin"), User: "admin", Until: 9}, open, call.CodeInvalidParameter},
		{"a member mutes", call.MuteMember{By: as("bo"), User: "cy", Until: 9}, all, call.CodeGroupPermission},
		{"a stranger mutes", call.MuteMember{By: as("di"), User: "cy", Until: 9}, all, call.CodeGroupPermission},
		{"the owner mutes a stranger", call.MuteMember{By: as("owner"), User: "di", Until: 9}, open, call.CodeInvalidParameter},
		{"the owner mutes all", call.SetGroupProfile{By: as("owner"), GroupProfile: call.GroupProfile{AllMuted: &yes}}, open, 0},
		{"an admin mutes all", call.SetGroupProfile{By: as("admin"), GroupProfile: call.GroupProfile{AllMuted: &yes}}, open, 0},
		{"an operator mutes all", call.SetGroupProfile{By: as("operator"), GroupProfile: call.GroupProfile{AllMuted: &yes}}, open, 0},
		{"a member mutes all", call.SetGroupProfile{By: as("bo"), GroupProfile: call.GroupProfile{AllMuted: &yes}}, open, call.CodeGroupPermission},
		{"the owner mutes all of a Work group", call.SetGroupProfile{By: as("owner"), GroupProfile: call.GroupProfile{Name: &name, AllMuted: &yes}}, work, call.CodeInvalidParameter},
		{"a member invites a guest of a meeting", call.InviteToGroup{By: as("bo"), Users: []call.UserID{"di", guest}, Arrival: come}, all, call.CodeInvalidParameter},
		{"the owner transfers", call.TransferGroup{By: as("owner"), To: "bo"}, all, 0},
		{"the owner transfers to a stranger", call.TransferGroup{By: as("owner"), To: "di"}, all, call.CodeInvalidParameter},
		{"the owner transfers to themselves", call.TransferGroup{By: as("owner"), To: "owner"}, all, call.CodeInvalidParameter},
		{"an admin transfers", call.TransferGroup{By: as("admin"), To: "admin"}, all, call.CodeGroupPermission},
		{"a member renames", call.SetGroupProfile{By: as("bo"), GroupProfile: call.GroupProfile{Name: &name}}, work, 0},
		{"a member renames", call.SetGroupProfile{By: as("bo"), GroupProfile: call.GroupProfile{Name: &name}}, open, call.CodeGroupPermission},
		{"an admin renames", call.SetGroupProfile{By: as("admin"), GroupProfile: call.GroupProfile{Name: &name}}, all, 0},
		{"a stranger renames", call.SetGroupProfile{By: as("di"), GroupProfile: call.GroupProfile{Name: &name}}, all, call.CodeGroupPermission},
		{"a member sets an attribute", call.SetGroupAttributes{By: as("bo"), Set: map[string]string{"k": "v"}}, all, 0},
		{"a stranger sets an attribute", call.SetGroupAttributes{By: as("di"), Set: map[string]string{"k": "v"}}, all, call.CodeGroupPermission},
		{"a stranger deletes attributes", call.DeleteGroupAttributes{By: as("di")}, all, call.CodeGroupPermission},
	}
	for _, tt := range tests {
		for _, kind := range strings.Fields(tt.kinds) {
			t.Run(tt.name+" "+kind, func(t *testing.T) {
				g := club(t, call.GroupType(kind))
				before := fmt.Sprint(*g.Profile(), g.Members)
				_, err := g.Apply(tt.ev)
				if call.CodeOf(err) != tt.code {
					t.Fatalf("error %v, want code %d", err, tt.code)
				}
				if after := fmt.Sprint(*g.Profile(), g.Members); err != nil && after != before {
					t.Errorf("a refusal made\n%s\nof\n%s", after, before)
				}
			})
		}
	}
}

func TestTheLimitsOfAttributes(t *testing.T) {
	many := map[string]string{}
	for i := range 17 {
		many[fmt.Sprint("k", i)] = "v"
	}
	big := strings.Repeat("x", 4<<10)
	tests := []struct {
		name string
		set  map[string]string
		code call.Code
	}{
		{"none", nil, call.CodeInvalidParameter},
		{"no key", map[string]string{"": "v"}, call.CodeInvalidParameter},
		{"a key of 32 bytes", map[string]string{strings.Repeat("k", 32): "v"}, 0},
		{"a key of 33 bytes", map[string]string{strings.Repeat("k", 33): "v"}, call.CodeInvalidParameter},
		{"a value of 4 KiB", map[string]string{"k": big}, 0},
		{"a value of more", map[string]string{"k": big + "x"}, call.CodeInvalidParameter},
		{"17 keys", many, call.CodeInvalidParameter},
		{"over 16 KiB", map[string]string{"a": big, "b": big, "c": big, "d": big}, call.CodeInvalidParameter},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := club(t, call.GroupPublic)
			if _, err := g.Apply(call.SetGroupAttributes{By: as("bo"), Set: tt.set}); call.CodeOf(err) != tt.code {
				t.Fatalf("error %v, want code %d", err, tt.code)
			}
			if got := len(g.Attributes); tt.code != 0 && got != 0 || tt.code == 0 && got != len(tt.set) {
				t.Errorf("%d attributes", got)
			}
		})
	}
}

// Whatever happens, a group of somebody has one owner, its members are in
// order and no more than allowed, and who an event names has come or gone.
func TestWhateverHappensAGroupStaysOne(t *testing.T) {
	users := []call.UserID{"a", "b", "c", "d", "e", "f"}
	user := rapid.SampledFrom(users)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]call.GroupType{call.GroupWork, call.GroupPublic, call.GroupMeeting}).Draw(t, "type")
		g, err := call.NewGroup("g", kind, "club", "a", nil, call.Arrival{Limit: 4})
		if err != nil {
			t.Fatal(err)
		}
		model := map[call.UserID]bool{"a": true}
		for i := range rapid.IntRange(1, 50).Draw(t, "events") {
			u, by := user.Draw(t, "user"), call.Actor{UserID: user.Draw(t, "by"), Operator: rapid.IntRange(0, 9).Draw(t, "operator") == 0}
			come, some := call.Arrival{At: call.Millis(i), Limit: 4}, rapid.SliceOfN(user, 0, 3).Draw(t, "users")
			ev := rapid.SampledFrom([]call.GroupEvent{
				call.JoinGroup{By: u, Arrival: come},
				call.QuitGroup{By: u},
				call.InviteToGroup{By: by, Users: some, Arrival: come},
				call.KickFromGroup{By: by, Users: some},
				call.TransferGroup{By: by, To: u},
				call.SetMemberRole{By: by, User: u, Role: call.GroupAdmin},
				call.SetMemberRole{By: by, User: u, Role: call.GroupMember},
			}).Draw(t, "event")
			concerned, err := g.Apply(ev)
			if err == nil {
				follow(model, ev, concerned)
			}
			checkGroup(t, g, model)
			if len(model) == 0 {
				break // nothing happens to a group of nobody
			}
		}
	})
}

func follow(model map[call.UserID]bool, ev call.GroupEvent, concerned []call.UserID) {
	switch ev.(type) {
	case call.JoinGroup, call.InviteToGroup:
		for _, u := range concerned {
			model[u] = true
		}
	case call.KickFromGroup:
		for _, u := range concerned {
			delete(model, u)
		}
	case call.QuitGroup: // the second, if any, is the heir
		delete(model, concerned[0])
	}
}

func checkGroup(t *rapid.T, g *call.Group, model map[call.UserID]bool) {
	ids := g.MemberIDs()
	owners := slices.DeleteFunc(slices.Clone(ids), func(u call.UserID) bool { return g.Member(u).Role != call.GroupOwner })
	if !slices.IsSorted(ids) || len(ids) > 4 || len(ids) != len(model) {
		t.Fatalf("members %v, want %v", ids, model)
	}
	for _, u := range ids {
		if !model[u] {
			t.Fatalf("%s is a member, want %v", u, model)
		}
	}
	if len(ids) > 0 && (len(owners) != 1 || owners[0] != g.Owner) {
		t.Fatalf("owners %v, Owner says %s", owners, g.Owner)
	}
}
