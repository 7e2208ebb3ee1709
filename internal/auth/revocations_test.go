package auth_test

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"callsvc/call"
	"callsvc/internal/auth"
)

func TestRevokedCredentials(t *testing.T) {
	// TIM and JWT count whole seconds.
	now := time.Now().Truncate(time.Second)
	revoked := auth.NewRevocations([]call.Revocation{
		{UserID: "ana", At: call.MillisOf(now)},
		{UserID: "ana", At: call.MillisOf(now.Add(-time.Hour))}, // changes nothing
	})
	v, err := auth.New(auth.Config{APIKey: apiKey, APISecret: apiSecret, SDKAppID: sdkAppID, Revoked: revoked})
	if err != nil {
		t.Fatal(err)
	}
	dated := func(user string, iat time.Time, exp time.Duration) string {
		claims := jwt.MapClaims{"iss": apiKey, "sub": user, "exp": now.Add(exp).Unix()}
		if !iat.IsZero() {
			claims["iat"] = iat.Unix()
		}
		return sign(t, jwt.SigningMethodHS256, []byte(apiSecret), claims)
	}
	for _, tt := range []struct {
		name, token string
		code        call.Code
	}{
		{"issued the second before", dated("ana", now.Add(-time.Second), time.Hour), call.CodeTokenInvalid},
		{"issued at that second", dated("ana", now, time.Hour), 0},
		{"issued later", dated("ana", now.Add(time.Second), time.Hour), 0},
		{"undated", dated("ana", time.Time{}, time.Hour), call.CodeTokenInvalid},
		{"expired besides", dated("ana", now.Add(-time.Hour), -time.Minute), call.CodeTokenExpired},
		{"another user's, undated", dated("bo", time.Time{}, time.Hour), 0},
	} {
		if _, err := v.VerifyToken(tt.token); call.CodeOf(err) != tt.code {
			t.Errorf("a token %s: %v, want code %d", tt.name, err, tt.code)
		}
	}
	for _, tt := range []struct {
		name string
		made time.Time
		code call.Code
	}{
		{"the second before", now.Add(-time.Second), call.CodeTokenInvalid},
		{"at that second", now, 0},
	} {
		sig := signed(t, "2.0", "ana", sdkAppID, tt.made.Unix(), 3600)
		if _, err := v.VerifyUserSig("ana", sig); call.CodeOf(err) != tt.code {
			t.Errorf("a UserSig made %s: %v, want code %d", tt.name, err, tt.code)
		}
	}
}
