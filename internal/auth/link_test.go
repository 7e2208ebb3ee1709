package auth_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"callsvc/call"
	"callsvc/internal/auth"
)

// linkOf is a link of now.
func linkOf(user call.UserID, room call.RoomID, ttl time.Duration) call.MeetingLink {
	now := time.Now().Truncate(time.Second)
	return call.MeetingLink{LinkID: "l1", RoomID: room, UserID: user, CreatedAt: call.MillisOf(now), ExpiresAt: call.MillisOf(now.Add(ttl))}
}

func TestAMeetingLinkOpensItsRoomAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t)
		link, err := v.IssueLink(linkOf("ana", "r1", time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.VerifyLink(link)
		want := linkOf("ana", "r1", time.Hour)
		want.CreatedAt = 0
		if err != nil || got != want {
			t.Errorf("opens %+v (%v), want %+v", got, err, want)
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
			if _, err := v.VerifyLink(link); call.CodeOf(err) != call.CodeTokenInvalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		time.Sleep(time.Hour)
		if _, err := v.VerifyLink(link); call.CodeOf(err) != call.CodeTokenExpired {
			t.Errorf("when its time is up: %v", err)
		}
	})
}

func TestALinkIsRevokedByItself(t *testing.T) {
	links := auth.NewLinks(nil, time.Hour)
	v, err := auth.New(auth.Config{APIKey: apiKey, APISecret: apiSecret, Links: links})
	if err != nil {
		t.Fatal(err)
	}
	first, second := linkOf("ana", "r1", time.Hour), linkOf("ana", "r1", time.Hour)
	second.LinkID = "l2"
	var invites []string
	for _, l := range []call.MeetingLink{first, second} {
		if err := links.Add(l, true); err != nil {
			t.Fatal(err)
		}
		invite, err := v.IssueLink(l)
		if err != nil {
			t.Fatal(err)
		}
		invites = append(invites, invite)
	}
	now := call.MillisOf(time.Now())
	first = links.Revoke(first, now)
	if _, err := v.VerifyLink(invites[0]); call.CodeOf(err) != call.CodeTokenInvalid {
		t.Errorf("the one revoked: %v", err)
	}
	if _, err := v.VerifyLink(invites[1]); err != nil {
		t.Errorf("the other: %v", err)
	}
	if good := links.Of("r1", now); len(good) != 1 || good[0] != second {
		t.Errorf("good are %+v", good)
	}
	if again := links.Revoke(first, now+1); again.RevokedAt != now {
		t.Errorf("revoked again, it was revoked at %d, not %d", again.RevokedAt, now)
	}
	links.Forget(first.ExpiresAt.Add(time.Hour - 1))
	if _, known := links.Get("l1"); !known {
		t.Error("it is forgotten while a guest's token may be good")
	}
	links.Forget(first.ExpiresAt.Add(time.Hour))
	if _, known := links.Get("l1"); known {
		t.Error("it is never forgotten")
	}
}

func TestLinksAreCounted(t *testing.T) {
	links := auth.NewLinks(nil, time.Hour)
	add := func(n int, room string, limited bool) error {
		link := linkOf("ana", call.RoomID(room), time.Hour)
		link.LinkID = call.LinkID(fmt.Sprint(n))
		return links.Add(link, limited)
	}
	made := 0
	fill := func(room string) {
		for range 100 {
			made++
			if err := add(made, room, true); err != nil {
				t.Fatalf("link %d: %v", made, err)
			}
		}
	}
	fill("r0")
	for _, limited := range []bool{true, false} {
		if err := add(0, "r0", limited); call.CodeOf(err) != call.CodeRateLimited {
			t.Errorf("one more into the room: %v", err)
		}
	}
	for room := 1; room < 10; room++ {
		fill(fmt.Sprint("r", room))
	}
	if err := add(0, "r10", true); call.CodeOf(err) != call.CodeRateLimited {
		t.Errorf("one more of the user: %v", err)
	}
	if err := add(0, "r10", false); err != nil {
		t.Errorf("one more of an operator: %v", err)
	}
}

func TestALinkEndsWithTheCredentialsOfWhoMadeIt(t *testing.T) {
	revoked := auth.NewRevocations(nil)
	v, err := auth.New(auth.Config{APIKey: apiKey, APISecret: apiSecret, Revoked: revoked})
	if err != nil {
		t.Fatal(err)
	}
	link, err := v.IssueLink(linkOf("ana", "r1", time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	revoked.Revoke(call.Revocation{UserID: "ana", At: call.MillisOf(time.Now().Add(time.Second))})
	if _, err := v.VerifyLink(link); call.CodeOf(err) != call.CodeTokenInvalid {
		t.Errorf("ana's credentials were revoked, her link: %v", err)
	}
}

func TestAGuestIsSomebodyNewInOneRoom(t *testing.T) {
	v := newVerifier(t)
	user, token, err := v.IssueGuest("Gus", call.MeetingLink{LinkID: "l1", RoomID: "r1"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := v.IssueGuest("Gus", call.MeetingLink{LinkID: "l1", RoomID: "r1"}, time.Hour)
	if err != nil || other == user || !other.Valid() || !other.Guest() {
		t.Errorf("two guests are %s and %s (%v)", user, other, err)
	}
	id, err := v.VerifyToken(token)
	if err != nil {
		t.Fatal(err)
	}
	if who := id.Caller; who.UserID != user || who.Name != "Gus" || !who.Guest || who.LinkID != "l1" || who.Admin || len(who.Rooms) != 1 || who.Rooms[0] != "r1" {
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
