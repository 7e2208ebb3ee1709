package auth_test

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"callsvc/call"
	"callsvc/internal/auth"
)

func TestAMeetingLinkOpensItsRoomAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t)
		link, err := v.IssueLink("ana", "r1", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		room, expires, err := v.VerifyLink(link)
		if err != nil || room != "r1" || !expires.Equal(time.Now().Truncate(time.Second).Add(time.Hour)) {
			t.Errorf("opens %s until %v (%v)", room, expires, err)
		}
		if _, err := v.VerifyToken(link); call.CodeOf(err) != call.CodeTokenInvalid {
			t.Errorf("it opens a session: %v", err)
		}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", nil)
		r.Header.Set("Authorization", "Bearer "+link)
		if _, err := v.AuthenticateAnswer(r, "i1"); call.CodeOf(err) != call.CodeTokenInvalid {
			t.Errorf("it answers an invitation: %v", err)
		}
		token, err := v.Issue("ana", "", true, []call.RoomID{"r1"}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for what, link := range map[string]string{"a session's token": token, "nothing": "", "rubbish": "a.b.c"} {
			if _, _, err := v.VerifyLink(link); call.CodeOf(err) != call.CodeTokenInvalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		time.Sleep(time.Hour)
		if _, _, err := v.VerifyLink(link); call.CodeOf(err) != call.CodeTokenExpired {
			t.Errorf("when its time is up: %v", err)
		}
	})
}

func TestALinkEndsWithTheCredentialsOfWhoMadeIt(t *testing.T) {
	revoked := auth.NewRevocations(nil)
	v, err := auth.New(auth.Config{APIKey: apiKey, APISecret: apiSecret, Revoked: revoked})
	if err != nil {
		t.Fatal(err)
	}
	link, err := v.IssueLink("ana", "r1", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	revoked.Revoke(call.Revocation{UserID: "ana", At: call.MillisOf(time.Now().Add(time.Second))})
	if _, _, err := v.VerifyLink(link); call.CodeOf(err) != call.CodeTokenInvalid {
		t.Errorf("ana's credentials were revoked, her link: %v", err)
	}
}

func TestAGuestIsSomebodyNewInOneRoom(t *testing.T) {
	v := newVerifier(t)
	user, token, err := v.IssueGuest("Gus", "r1", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := v.IssueGuest("Gus", "r1", time.Hour)
	if err != nil || other == user || !other.Valid() || !other.Guest() {
		t.Errorf("two guests are %s and %s (%v)", user, other, err)
	}
	id, err := v.VerifyToken(token)
	if err != nil {
		t.Fatal(err)
	}
	if who := id.Caller; who.UserID != user || who.Name != "Gus" || !who.Guest || who.Admin || len(who.Rooms) != 1 || who.Rooms[0] != "r1" {
		t.Errorf("the token speaks for %+v", who)
	}
}

func TestAGuestsTokenIsNoMoreThanThat(t *testing.T) {
	v := newVerifier(t)
	for name, change := range map[string]func(jwt.MapClaims){
		"an operator":      func(c jwt.MapClaims) { c["admin"] = true },
		"two rooms":        func(c jwt.MapClaims) { c["room"] = []string{"r1", "r2"} },
		"no room":          func(c jwt.MapClaims) { delete(c, "room") },
		"somebody's id":    func(c jwt.MapClaims) { c["sub"] = "ana" },
		"a link besides":   func(c jwt.MapClaims) { c["link"] = "r1" },
		"an answer beside": func(c jwt.MapClaims) { c["invite"] = "i1" },
	} {
		claims := jwt.MapClaims{"iss": apiKey, "sub": "guest-1", "exp": time.Now().Add(time.Hour).Unix(), "guest": true, "room": "r1"}
		if _, err := v.VerifyToken(sign(t, jwt.SigningMethodHS256, []byte(apiSecret), claims)); err != nil {
			t.Fatal(err)
		}
		change(claims)
		if _, err := v.VerifyToken(sign(t, jwt.SigningMethodHS256, []byte(apiSecret), claims)); call.CodeOf(err) != call.CodeTokenInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
