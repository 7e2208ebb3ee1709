package auth

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"callsvc/call"
)

// maxInflatedBytes bounds the JSON inside a UserSig; a genuine one has some 250.
const maxInflatedBytes = 8 << 10

// userSig is the JSON inside a UserSig (TIM, version 2.0).
type userSig struct {
	Version    string  `json:"TLS.ver"`
	Identifier string  `json:"TLS.identifier"`
	SDKAppID   uint64  `json:"TLS.sdkappid"`
	Time       int64   `json:"TLS.time"`   // Unix seconds
	Expire     int64   `json:"TLS.expire"` // seconds after Time
	UserBuf    *string `json:"TLS.userbuf,omitempty"`
	Signature  string  `json:"TLS.sig"`
}

// maxLifetime keeps Time plus Expire far from overflow: a hundred years.
const maxLifetime = 100 * 365 * 24 * 3600

// VerifyUserSig checks a TIM UserSig that is presented for that user.
func (v *Verifier) VerifyUserSig(user call.UserID, sig string) (Identity, error) {
	if v.cfg.SDKAppID == 0 {
		return Identity{}, invalid("this server takes no UserSig: it has no SDKAppID")
	}
	s, err := parseUserSig(sig)
	if err != nil {
		return Identity{}, err
	}
	given, err := base64.StdEncoding.Strict().DecodeString(s.Signature)
	if err != nil || !hmac.Equal(given, v.signUserSig(s)) {
		return Identity{}, invalid("the UserSig is not signed with this server's secret")
	}
	switch {
	case s.Version != "2.0":
		return Identity{}, invalid("the UserSig has version %.16q; 2.0 is the one that can be checked", s.Version)
	case s.SDKAppID != uint64(v.cfg.SDKAppID):
		return Identity{}, invalid("the UserSig is for SDKAppID %d, not this server's", s.SDKAppID)
	case s.Identifier != string(user) || !user.Valid():
		return Identity{}, invalid("the UserSig is not for this userID")
	case s.Expire < 0 || s.Expire > maxLifetime || s.Time < 0:
		return Identity{}, invalid("the UserSig's validity makes no sense")
	}
	now, until := time.Now(), time.Unix(s.Time, 0).Add(time.Duration(s.Expire)*time.Second)
	if time.Unix(s.Time, 0).After(now.Add(clockSkew)) {
		return Identity{}, invalid("the UserSig was made in the future")
	}
	if !now.Before(until) {
		return Identity{}, expired(until)
	}
	if err := v.cfg.Revoked.check(user, time.Unix(s.Time, 0)); err != nil {
		return Identity{}, err
	}
	return Identity{Caller: call.Caller{UserID: user}, ExpiresAt: until}, nil
}

// alphabet replaces what base64 has and URLs do not like; it is TIM's own,
// not RFC 4648's base64url.
func alphabet() (toURL, fromURL *strings.Replacer) {
	return strings.NewReplacer("+", "*", "/", "-", "=", "_"), strings.NewReplacer("*", "+", "-", "/", "_", "=")
}

func parseUserSig(sig string) (userSig, error) {
	var s userSig
	if len(sig) > maxCredentialBytes {
		return s, invalid("the UserSig is longer than %d bytes", maxCredentialBytes)
	}
	_, fromURL := alphabet()
	packed, err := base64.StdEncoding.DecodeString(fromURL.Replace(sig))
	if err != nil {
		return s, invalid("the UserSig is not base64 in TIM's alphabet")
	}
	inflater, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return s, invalid("the UserSig is not zlib data")
	}
	plain, err := io.ReadAll(io.LimitReader(inflater, maxInflatedBytes+1))
	if err != nil || len(plain) > maxInflatedBytes {
		return s, invalid("the UserSig does not inflate to at most %d bytes", maxInflatedBytes)
	}
	if err := json.Unmarshal(plain, &s); err != nil {
		return s, invalid("the UserSig does not hold the JSON it should")
	}
	return s, nil
}

// signUserSig computes TLS.sig. A line break inside the identifier or the
// userbuf could imitate another line, so who calls must compare the
// identifier with a valid user id; userbuf comes last and imitates nothing.
func (v *Verifier) signUserSig(s userSig) []byte {
	mac := hmac.New(sha256.New, []byte(v.cfg.UserSigSecret))
	fmt.Fprintf(mac, "TLS.identifier:%s\nTLS.sdkappid:%d\nTLS.time:%d\nTLS.expire:%d\n",
		s.Identifier, s.SDKAppID, s.Time, s.Expire)
	if s.UserBuf != nil {
		fmt.Fprintf(mac, "TLS.userbuf:%s\n", *s.UserBuf)
	}
	return mac.Sum(nil)
}

// IssueUserSig makes a UserSig for a user, good for ttl (whole seconds).
func (v *Verifier) IssueUserSig(user call.UserID, ttl time.Duration) (string, error) {
	if !user.Valid() {
		return "", call.Errorf(call.CodeInvalidParameter, "%.80q is not a user id: 1 to 32 characters of A-Z a-z 0-9 _ -", user)
	}
	s := userSig{
		Version: "2.0", Identifier: string(user), SDKAppID: uint64(v.cfg.SDKAppID),
		Time: time.Now().Unix(), Expire: int64(ttl / time.Second),
	}
	s.Signature = base64.StdEncoding.EncodeToString(v.signUserSig(s))
	plain, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("encode UserSig: %w", err)
	}
	var packed bytes.Buffer
	deflater := zlib.NewWriter(&packed)
	if _, err := deflater.Write(plain); err != nil {
		return "", fmt.Errorf("compress UserSig: %w", err)
	}
	if err := deflater.Close(); err != nil {
		return "", fmt.Errorf("compress UserSig: %w", err)
	}
	toURL, _ := alphabet()
	return toURL.Replace(base64.StdEncoding.EncodeToString(packed.Bytes())), nil
}
