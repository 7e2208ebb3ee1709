package auth_test

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/auth"
)

// published is a UserSig made by TIM's own library (tls-sig-api-v2) for
// alice_01, SDKAppID 1400000001, at 1700000000 for 604800 s.
const published = "eJw1ycEKgkAUheF3udtC7uRgMdBmwCiMXNjCVjHkVS6VTDqlGb174NjZne--wHGfBS9qQMEiQJiPnwuqHZc8srnxhc4optYWV2MtF6CERD-hi*M7gRLLSdEr9ZYbAhWhXP2t5QoUOPnsdlV0wDDETmu9Hewj7ZPcZrFObVxvykHoWf5OzGkN3x8uVzFT"

// pack makes a UserSig of any JSON.
func pack(t testing.TB, plain string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("+", "*", "/", "-", "=", "_").Replace(base64.StdEncoding.EncodeToString(b.Bytes()))
}

func mac(lines string) string {
	m := hmac.New(sha256.New, []byte(apiSecret))
	m.Write([]byte(lines))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// signed makes a correctly signed UserSig of any values.
func signed(t testing.TB, version, user string, app, at, expire int64) string {
	t.Helper()
	sig := mac(fmt.Sprintf("TLS.identifier:%s\nTLS.sdkappid:%d\nTLS.time:%d\nTLS.expire:%d\n", user, app, at, expire))
	return pack(t, fmt.Sprintf(`{"TLS.ver":%q,"TLS.identifier":%q,"TLS.sdkappid":%d,"TLS.time":%d,"TLS.expire":%d,"TLS.sig":%q}`,
		version, user, app, at, expire, sig))
}

func TestPublishedUserSig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVerifier(t)
		at := func(unix int64) { time.Sleep(time.Until(time.Unix(unix, 0))) }
		check := func(want call.Code) {
			t.Helper()
			id, err := v.VerifyUserSig("alice_01", published)
			if call.CodeOf(err) != want {
				t.Fatalf("at %d: %v, want code %d", time.Now().Unix(), err, want)
			}
			if err == nil && (id.UserID != "alice_01" || id.ExpiresAt.Unix() != 1700604800) {
				t.Errorf("identity %+v", id)
			}
		}
		at(1699999900)
		check(call.CodeTokenInvalid) // not made yet
		at(1700000000)
		check(0)
		at(1700604799)
		check(0)
		at(1700604800)
		check(call.CodeTokenExpired)
	})
}

func TestUserSigWithUserbuf(t *testing.T) {
	now := time.Now().Unix()
	head := fmt.Sprintf("TLS.identifier:ana\nTLS.sdkappid:%d\nTLS.time:%d\nTLS.expire:60\n", sdkAppID, now)
	body := fmt.Sprintf(`{"TLS.ver":"2.0","TLS.identifier":"ana","TLS.sdkappid":%d,"TLS.time":%d,"TLS.expire":60,"TLS.userbuf":"AAEC","TLS.sig":`, sdkAppID, now)
	v := newVerifier(t)
	if _, err := v.VerifyUserSig("ana", pack(t, fmt.Sprintf(`%s%q}`, body, mac(head+"TLS.userbuf:AAEC\n")))); err != nil {
		t.Errorf("a signed userbuf is refused: %v", err)
	}
	if _, err := v.VerifyUserSig("ana", pack(t, fmt.Sprintf(`%s%q}`, body, mac(head)))); call.CodeOf(err) != call.CodeTokenInvalid {
		t.Errorf("an unsigned userbuf: %v, want 70003", err)
	}
}

func TestUserSigVectorsOfRoomPermissions(t *testing.T) {
	// TIM's published signatures over a userbuf, long expired: genuine, so 70001 and not 70003.
	v := newVerifier(t)
	for _, vector := range []struct{ userbuf, sig string }{
		{"AAAIYWxpY2VfMDFTck4BAAAwOWVdK4AAAAD/AAAAAA==", "qTaDZVpINM+fA0aGF9PuhKhG927FSTieRHuikTwHAos="},
		{"AQAIYWxpY2VfMDFTck4BAAAAAGVdK4AAAAAqAAAAAAAGcm9vbS1h", "Xi9lPW41rmNj+gsptWfA7p/VmIDgsa/Jo/AVeYJqKDc="},
	} {
		sig := pack(t, fmt.Sprintf(`{"TLS.ver":"2.0","TLS.identifier":"alice_01","TLS.sdkappid":1400000001,"TLS.time":1700000000,"TLS.expire":604800,"TLS.userbuf":%q,"TLS.sig":%q}`, vector.userbuf, vector.sig))
		if _, err := v.VerifyUserSig("alice_01", sig); call.CodeOf(err) != call.CodeTokenExpired {
			t.Errorf("userbuf %s: %v, want 70001", vector.userbuf, err)
		}
	}
}

func TestUserSigsThatAreRefused(t *testing.T) {
	v := newVerifier(t)
	now := time.Now().Unix()
	tests := []struct {
		name, sig string
		user      call.UserID
	}{
		{"nothing", "", "ana"},
		{"not base64", "%%%", "ana"},
		{"base64, but not zlib", "QUJD", "ana"},
		{"a bomb", pack(t, strings.Repeat(" ", 1<<20)), "ana"},
		{"too long to be one", strings.Repeat("A", 1<<20), "ana"},
		{"not JSON", pack(t, "hello"), "ana"},
		{"unsigned", pack(t, fmt.Sprintf(`{"TLS.ver":"2.0","TLS.identifier":"ana","TLS.sdkappid":%d,"TLS.time":%d,"TLS.expire":60,"TLS.sig":""}`, sdkAppID, now)), "ana"},
		{"for another application", signed(t, "2.0", "ana", sdkAppID+1, now, 60), "ana"},
		{"of another version", signed(t, "3.0", "ana", sdkAppID, now, 60), "ana"},
		{"somebody else's", signed(t, "2.0", "bo", sdkAppID, now, 60), "ana"},
		{"for a name that is no user id", signed(t, "2.0", "a b", sdkAppID, now, 60), "a b"},
		{"good for ever", signed(t, "2.0", "ana", sdkAppID, now, 1<<62), "ana"},
		{"with a negative life", signed(t, "2.0", "ana", sdkAppID, now, -5), "ana"},
		{"of before the epoch", signed(t, "2.0", "ana", sdkAppID, -(1 << 62), 60), "ana"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := v.VerifyUserSig(tt.user, tt.sig); call.CodeOf(err) != call.CodeTokenInvalid {
				t.Errorf("error %v, want 70003", err)
			}
		})
	}
	off, err := auth.New(auth.Config{APIKey: apiKey, APISecret: apiSecret})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := off.VerifyUserSig("ana", signed(t, "2.0", "ana", 0, now, 60)); call.CodeOf(err) != call.CodeTokenInvalid {
		t.Errorf("without an SDKAppID: %v, want 70003", err)
	}
}

func TestUserSigHasASecretOfItsOwn(t *testing.T) {
	both, err := auth.New(auth.Config{APIKey: apiKey, APISecret: "jwt", UserSigSecret: apiSecret, SDKAppID: sdkAppID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both.VerifyUserSig("ana", signed(t, "2.0", "ana", sdkAppID, time.Now().Unix(), 60)); err != nil {
		t.Errorf("signed with the UserSig secret: %v", err)
	}
}

func FuzzVerifyUserSig(f *testing.F) {
	v := newVerifier(f)
	f.Add(published)
	f.Add(pack(f, `{"TLS.ver":"2.0","TLS.identifier":"alice_01","TLS.sdkappid":1400000001}`))
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		_, err := v.VerifyUserSig("alice_01", s)
		if code := call.CodeOf(err); code != call.CodeTokenInvalid && code != call.CodeTokenExpired {
			t.Errorf("%q: %v", s, err)
		}
	})
}
