package testkit

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The credentials of a server started with --dev.
const (
	DevKey    = "dev"
	DevSecret = "known-to-all-good-for-development-only"
	// SDKAppID is what a Service of this package checks UserSigs with.
	SDKAppID = 1400000001
)

// JWT signs claims with HS256 (RFC 7519).
func JWT(secret string, claims P) string {
	head := SignedPart(P{"alg": "HS256", "typ": "JWT"}) + "." + SignedPart(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(head))
	return head + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// SignedPart encodes one part of a JWT.
func SignedPart(p P) string {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // a test's own mistake
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Claims are those of a token that a server started with --dev believes.
func Claims(user string) P {
	return P{"iss": DevKey, "sub": user, "exp": time.Now().Add(time.Hour).Unix()}
}

// UserSig signs a TIM UserSig of version 2.0.
func UserSig(secret string, appID int, user string, made time.Time, expire time.Duration) string {
	seconds := int64(expire / time.Second)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "TLS.identifier:%s\nTLS.sdkappid:%d\nTLS.time:%d\nTLS.expire:%d\n", user, appID, made.Unix(), seconds)
	plain, err := json.Marshal(P{
		"TLS.ver": "2.0", "TLS.identifier": user, "TLS.sdkappid": appID, "TLS.time": made.Unix(), "TLS.expire": seconds,
		"TLS.sig": base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(plain); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return strings.NewReplacer("+", "*", "/", "-", "=", "_").Replace(base64.StdEncoding.EncodeToString(packed.Bytes()))
}
