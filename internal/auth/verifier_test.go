package auth_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"callsvc/call"
	"callsvc/internal/auth"
)

const (
	apiKey    = "key1"
	apiSecret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	sdkAppID  = 1400000001
)

func newVerifier(t testing.TB) *auth.Verifier {
	t.Helper()
	v, err := auth.New(auth.Config{APIKey: apiKey, APISecret: apiSecret, SDKAppID: sdkAppID})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestVerifierWantsAKey(t *testing.T) {
	for _, cfg := range []auth.Config{{}, {APIKey: "k"}, {APISecret: "s"}} {
		if _, err := auth.New(cfg); err == nil {
			t.Errorf("New(%+v) succeeded: anybody could sign", cfg)
		}
	}
}

func TestTokens(t *testing.T) {
	v := newVerifier(t)
	soon := time.Now().Add(time.Hour).Unix()
	past := time.Now().Add(-time.Hour).Unix()
	good := func(change func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{"iss": apiKey, "sub": "ana", "exp": soon}
		if change != nil {
			change(c)
		}
		return c
	}
	secret := []byte(apiSecret)
	tests := []struct {
		name  string
		token string
		code  call.Code
		want  call.Caller
	}{
		{name: "a plain token is good", token: sign(t, jwt.SigningMethodHS256, secret, good(nil)), want: call.Caller{UserID: "ana"}},
		{name: "a token may name one room", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) {
			c["name"], c["admin"], c["room"] = "Ana", true, "r1"
		})), want: call.Caller{UserID: "ana", Name: "Ana", Admin: true, Rooms: []call.RoomID{"r1"}}},
		{name: "a token may name many rooms", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) {
			c["room"] = []string{"r1", "r2"}
		})), want: call.Caller{UserID: "ana", Rooms: []call.RoomID{"r1", "r2"}}},
		{name: "claims we do not know are ignored", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) {
			c["video"] = map[string]any{"roomJoin": true}
		})), want: call.Caller{UserID: "ana"}},
		{name: "an old token has expired", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["exp"] = past })), code: call.CodeTokenExpired},
		{name: "the leeway for clocks does not lengthen a life", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["exp"] = time.Now().Unix() - 2 })), code: call.CodeTokenExpired},
		{name: "a forged old token is just forged", token: sign(t, jwt.SigningMethodHS256, []byte("other"), good(func(c jwt.MapClaims) { c["exp"] = past })), code: call.CodeTokenInvalid},
		{name: "an old token of another issuer never was good", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["exp"], c["iss"] = past, "x" })), code: call.CodeTokenInvalid},
		{name: "an old token for no user never was good", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["exp"], c["sub"] = past, "" })), code: call.CodeTokenInvalid},
		{name: "a token must expire", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { delete(c, "exp") })), code: call.CodeTokenInvalid},
		{name: "a token must name its issuer", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { delete(c, "iss") })), code: call.CodeTokenInvalid},
		{name: "a token of tomorrow is not good yet", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["nbf"] = soon })), code: call.CodeTokenInvalid},
		{name: "a user id keeps to its rule", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["sub"] = "a b" })), code: call.CodeTokenInvalid},
		{name: "a room keeps to its rule", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["room"] = []string{"r1", "../x"} })), code: call.CodeTokenInvalid},
		{name: "a room is no number", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["room"] = 7 })), code: call.CodeTokenInvalid},
		{name: "admin is a boolean", token: sign(t, jwt.SigningMethodHS256, secret, good(func(c jwt.MapClaims) { c["admin"] = "yes" })), code: call.CodeTokenInvalid},
		{name: "another secret is refused", token: sign(t, jwt.SigningMethodHS256, []byte("other"), good(nil)), code: call.CodeTokenInvalid},
		{name: "alg none is refused", token: sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good(nil)), code: call.CodeTokenInvalid},
		{name: "HS512 is refused", token: sign(t, jwt.SigningMethodHS512, secret, good(nil)), code: call.CodeTokenInvalid},
		{name: "rubbish is refused", token: "a.b.c", code: call.CodeTokenInvalid},
		{name: "nothing is refused", token: "", code: call.CodeTokenInvalid},
		{name: "a novel is refused unread", token: string(make([]byte, 1<<20)), code: call.CodeTokenInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id, err := v.VerifyToken(tt.token)
			if call.CodeOf(err) != tt.code {
				t.Fatalf("error %v, want code %d", err, tt.code)
			}
			if diff := cmp.Diff(tt.want, id.Caller); diff != "" {
				t.Errorf("caller (-want +got):\n%s", diff)
			}
			if err == nil && id.ExpiresAt.Unix() != soon {
				t.Errorf("expires %v, want %v", id.ExpiresAt.Unix(), soon)
			}
		})
	}
}

func TestIssuedTokensAreGood(t *testing.T) {
	v := newVerifier(t)
	token, err := v.Issue("ana", "Ana", true, []call.RoomID{"r1", "r:2"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	id, err := v.VerifyToken(token)
	if err != nil {
		t.Fatal(err)
	}
	want := call.Caller{UserID: "ana", Name: "Ana", Admin: true, Rooms: []call.RoomID{"r1", "r:2"}}
	if diff := cmp.Diff(want, id.Caller); diff != "" {
		t.Errorf("caller (-want +got):\n%s", diff)
	}
	if left := time.Until(id.ExpiresAt); left > time.Minute || left < 50*time.Second {
		t.Errorf("good for %v, want a minute", left)
	}
	for _, bad := range []struct {
		user call.UserID
		room []call.RoomID
	}{{"", nil}, {"a b", nil}, {"ana", []call.RoomID{""}}} {
		if _, err := v.Issue(bad.user, "", false, bad.room, time.Minute); call.CodeOf(err) != call.CodeInvalidParameter {
			t.Errorf("Issue(%q, %q): %v, want 6017", bad.user, bad.room, err)
		}
	}
}

func TestWhereACredentialIsFound(t *testing.T) {
	v := newVerifier(t)
	token, err := v.Issue("ana", "", false, nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := v.IssueUserSig("bo", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, url, header string
		code              call.Code
		user              call.UserID
	}{
		{name: "in the header", url: "/", header: "Bearer " + token, user: "ana"},
		{name: "in the header, whatever the case of Bearer", url: "/", header: "bearer " + token, user: "ana"},
		{name: "in the query", url: "/ws?token=" + token, user: "ana"},
		{name: "as a UserSig", url: "/ws?userID=bo&userSig=" + sig, user: "bo"},
		{name: "the header goes before the query", url: "/ws?token=" + token, header: "Bearer x", code: call.CodeTokenInvalid},
		{name: "nowhere", url: "/ws?userID=ana", code: call.CodeNotLoggedIn},
		{name: "another scheme", url: "/", header: "Basic YTpi", code: call.CodeTokenInvalid},
		{name: "an empty token", url: "/ws?token=", code: call.CodeTokenInvalid},
		{name: "somebody else's UserSig", url: "/ws?userID=ana&userSig=" + sig, code: call.CodeTokenInvalid},
		{name: "a UserSig for nobody", url: "/ws?userSig=" + sig, code: call.CodeTokenInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", tt.url, nil)
			if tt.header != "" {
				r.Header.Set("Authorization", tt.header)
			}
			who, expires, err := v.Identify(r)
			if call.CodeOf(err) != tt.code || who.UserID != tt.user {
				t.Fatalf("Identify: user %q, error %v; want %q, code %d", who.UserID, err, tt.user, tt.code)
			}
			if err == nil && time.Until(expires) < 50*time.Minute {
				t.Errorf("expires %v", expires)
			}
			if again, err := v.Authenticate(r); again.UserID != who.UserID || call.CodeOf(err) != tt.code {
				t.Errorf("Authenticate differs: %q, %v", again.UserID, err)
			}
		})
	}
}

func FuzzVerifyToken(f *testing.F) {
	v := newVerifier(f)
	token, err := v.Issue("ana", "Ana", true, []call.RoomID{"r1"}, 1000*time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := v.VerifyToken(s)
		if err == nil && s != token {
			t.Errorf("%q was accepted as %q", s, id.UserID)
		}
		if code := call.CodeOf(err); err != nil && code != call.CodeTokenInvalid && code != call.CodeTokenExpired {
			t.Errorf("%q: %v is no error of ours", s, err)
		}
	})
}
