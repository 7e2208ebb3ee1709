package sqlstore_test

import (
	"cmp"
	"slices"
	"testing"

	"callsvc/call"
)

// userStories are what a store must do about users.
func userStories() []story {
	return []story{
		{"what is kept of users is found, after a restart too", usersAreFound},
		{"black lists are found, the last word counting", blackListsAreFound},
	}
}

func usersAreFound(t *testing.T, f *fixture) {
	ana := call.User{UserID: "ana", Known: true, Name: "Ana \x00 安娜 '", AvatarURL: "https://a.example/a.png", SeenName: "A"}
	bo := call.User{
		UserID: "bo", Missed: call.MissedCalls{Count: 99, SeenAt: 7},
		ReceiveOpt: call.ReceiveMessageOpt{Opt: call.ReceiveNotNotify, StartAt: 5, Duration: 60},
	}
	early := ana
	early.Name = "an earlier one"
	f.commit(call.SaveUser{User: early}, call.SaveUser{User: bo}, call.SaveUser{User: ana})
	bo.Missed.Count = 0
	f.commit(call.SaveUser{User: bo})
	f.restart()
	found := get[[]*call.User](t)(f.Users(t.Context()))
	slices.SortFunc(found, func(a, b *call.User) int { return cmp.Compare(a.UserID, b.UserID) })
	equal(t, "users", found, []*call.User{&ana, &bo})
}

func blackListsAreFound(t *testing.T, f *fixture) {
	f.commit(call.SaveBlocked{By: "ana", Users: []call.UserID{"bo", "cy"}}, call.SaveBlocked{By: "bo", Users: []call.UserID{"ana"}})
	f.commit(call.SaveBlocked{By: "ana", Users: []call.UserID{"cy", "di"}}) // one of them again
	f.commit(
		call.DropBlocked{By: "bo", Users: []call.UserID{"ana", "nobody"}},
		call.DropBlocked{By: "ana", Users: []call.UserID{"bo", "cy"}},
		call.SaveBlocked{By: "ana", Users: []call.UserID{"cy"}},
	)
	f.restart()
	equal(t, "black lists", get[map[call.UserID][]call.UserID](t)(f.BlackLists(t.Context())), map[call.UserID][]call.UserID{"ana": {"cy", "di"}})
}
