package sqlstore_test

import (
	"strings"
	"testing"

	"callsvc/call"
)

func oneServer(t *testing.T, f *fixture) {
	if err := f.Claim(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.commit(call.SaveInvitation{Invitation: invitation("i1", 1000)})
	second := &fixture{t: t, dsn: f.dsn}
	second.open()
	if err := second.Claim(t.Context()); err == nil || !strings.Contains(err.Error(), "another server") || !strings.Contains(err.Error(), "--db") {
		t.Errorf("a second server was told %v", err)
	}
	if get[*call.Invitation](t)(second.Invitation(t.Context(), "i1")) == nil {
		t.Error("who only reads finds nothing")
	}
	f.close(f.Store)
	if err := second.Claim(t.Context()); err != nil {
		t.Errorf("the first server has stopped, and a second may not begin: %v", err)
	}
}
