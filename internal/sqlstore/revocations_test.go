package sqlstore_test

import (
	"testing"

	"callsvc/call"
)

func revocations(t *testing.T, f *fixture) {
	revoke := func(user call.UserID, at call.Millis) call.Change {
		return call.SaveRevocation{Revocation: call.Revocation{UserID: user, At: at}}
	}
	equal(t, "an empty store", get[[]call.Revocation](t)(f.Revocations(t.Context())), []call.Revocation(nil))
	f.commit(revoke("bo", 5000), revoke("ana", 3000), revoke("ana", 2000))
	f.commit(revoke("bo", 4000), revoke("ana", 6000))
	f.restart()
	equal(t, "after a restart", get[[]call.Revocation](t)(f.Revocations(t.Context())),
		[]call.Revocation{{UserID: "ana", At: 6000}, {UserID: "bo", At: 5000}})
}
