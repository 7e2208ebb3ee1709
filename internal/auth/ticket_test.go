package auth_test

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
)

func TestATicketSaysWhoWasInWhichRoomAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t)
		ticket, err := v.IssueTicket("ana", "r1", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		issued := time.Now()
		link, err := v.IssueLink(linkOf("ana", "r1", time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		token, err := v.Issue("ana", "", false, []call.RoomID{"r1"}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what, ticket string, user call.UserID, room call.RoomID, before time.Time, want call.Code) {
			t.Helper()
			if err := v.VerifyTicket(ticket, user, room, before); call.CodeOf(err) != want {
				t.Errorf("%s: %v, want code %d", what, err, want)
			}
		}
		check("its own", ticket, "ana", "r1", issued, 0)
		check("another user", ticket, "bo", "r1", issued, call.CodeTokenInvalid)
		check("another room", ticket, "ana", "r2", issued, call.CodeTokenInvalid)
		check("an earlier moment", ticket, "ana", "r1", issued.Add(-time.Second), call.CodeTokenInvalid)
		check("a link", link, "ana", "r1", issued, call.CodeTokenInvalid)
		check("a session's token", token, "ana", "r1", issued, call.CodeTokenInvalid)
		check("a session's token for no room", token, "ana", "", issued, call.CodeTokenInvalid)
		check("nothing", "", "ana", "r1", issued, call.CodeTokenInvalid)
		if _, err := v.VerifyToken(ticket); call.CodeOf(err) != call.CodeTokenInvalid {
			t.Errorf("it opens a session: %v", err)
		}
		if _, err := v.VerifyLink(ticket); call.CodeOf(err) != call.CodeTokenInvalid {
			t.Errorf("it makes guests: %v", err)
		}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", nil)
		r.Header.Set("Authorization", "Bearer "+ticket)
		if _, err := v.AuthenticateAnswer(r, "i1"); call.CodeOf(err) != call.CodeTokenInvalid {
			t.Errorf("it answers an invitation: %v", err)
		}
		time.Sleep(time.Hour)
		check("when its time is up", ticket, "ana", "r1", issued, call.CodeTokenExpired)
	})
}
