package auth_test

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
)

func TestAnAnswerTokenIsGoodForOneInvitationOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t)
		answer, err := v.IssueAnswer("bo", "i1", 29*time.Second+time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		session, err := v.Issue("bo", "", false, nil, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what, header string, id call.InviteID, want call.Code) {
			t.Helper()
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/", nil)
			r.Header.Set("Authorization", header)
			who, err := v.AuthenticateAnswer(r, id)
			if call.CodeOf(err) != want {
				t.Errorf("%s: %v, want code %d", what, err, want)
			}
			if err == nil && who.UserID != "bo" {
				t.Errorf("%s: answers as %s", what, who.UserID)
			}
		}
		check("its own", "Bearer "+answer, "i1", 0)
		check("another", "Bearer "+answer, "i2", call.CodeTokenInvalid)
		check("no invitation", "Bearer "+answer, "", call.CodeTokenInvalid)
		check("a session's token", "Bearer "+session, "i1", call.CodeTokenInvalid)
		check("a session's token for nothing", "Bearer "+session, "", call.CodeTokenInvalid)
		check("nothing", "", "i1", call.CodeNotLoggedIn)
		check("another scheme", "Basic "+answer, "i1", call.CodeTokenInvalid)
		if _, err := v.VerifyToken(answer); call.CodeOf(err) != call.CodeTokenInvalid {
			t.Errorf("it opens a session: %v", err)
		}
		time.Sleep(30 * time.Second)
		check("when its time is up", "Bearer "+answer, "i1", call.CodeTokenExpired)
		check("another when its time is up", "Bearer "+answer, "i2", call.CodeTokenInvalid)
	})
}

func TestAnAnswerTokenNeedsAUserAndAnInvitation(t *testing.T) {
	v := newVerifier(t)
	if _, err := v.IssueAnswer("a b", "i1", time.Minute); call.CodeOf(err) != call.CodeInvalidParameter {
		t.Errorf("for nobody: %v", err)
	}
	if _, err := v.IssueAnswer("bo", "", time.Minute); call.CodeOf(err) != call.CodeInvalidParameter {
		t.Errorf("for nothing: %v", err)
	}
}
