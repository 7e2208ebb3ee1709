package sqlstore_test

import (
	"strings"
	"testing"

	"callsvc/call"
)

func oneServer(t *testing.T, f *fixture) {
	f.commit(call.SaveInvitation{Invitation: invitation("i1", 1000)})
	second := &fixture{t: t, dsn: f.dsn}
	second.openToRead()
	if err := second.Claim(t.Context()); err == nil || !strings.Contains(err.Error(), "another server") || !strings.Contains(err.Error(), "--db") {
		t.Errorf("a second server was told %v", err)
	}
	if get[*call.Invitation](t)(second.Invitation(t.Context(), "i1")) == nil {
		t.Error("who only reads finds nothing")
	}
	f.commit(told(1, false), call.Remember{UserID: "ana", RequestID: "q", Result: []byte(`1`), At: 1})
	f.close(f.Store)
	if err := second.Claim(t.Context()); err != nil {
		t.Errorf("the first server has stopped, and a second may not begin: %v", err)
	}
	second.commit(told(2, false), call.Remember{UserID: "bo", RequestID: "q", Result: []byte(`2`), At: 2})
	equal(t, "callbacks", second.callbacks(), []int64{1, 2})
	equal(t, "the first server's answer", second.look("ana", "q", 0), "1")
	equal(t, "the second's", second.look("bo", "q", 0), "2")
}
