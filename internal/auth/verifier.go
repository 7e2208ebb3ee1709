package auth

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"callsvc/call"
)

// maxCredentialBytes bounds what is looked at, before any cryptography.
const maxCredentialBytes = 8 << 10

// Config is what credentials are checked against.
type Config struct {
	APIKey    string // iss of every JWT
	APISecret string // HS256 key of every JWT
	// SDKAppID of the TIM application whose UserSigs are accepted; 0 accepts none.
	SDKAppID uint32
	// UserSigSecret signs UserSigs; empty means APISecret.
	UserSigSecret string
	// Revoked are the credentials taken back; nil if none ever are.
	Revoked *Revocations
	// Links are the meeting links there are; nil if none is ever revoked.
	Links *Links
}

// Identity is who a credential speaks for, and until when.
type Identity struct {
	call.Caller
	ExpiresAt time.Time
}

// Verifier checks and issues credentials. It is safe for use by many goroutines.
type Verifier struct {
	cfg Config
}

// New makes a Verifier. Without key and secret anybody could sign, so both
// must be there.
func New(cfg Config) (*Verifier, error) {
	if cfg.APIKey == "" || cfg.APISecret == "" {
		return nil, errors.New("auth: an API key and an API secret are needed to check credentials")
	}
	if cfg.UserSigSecret == "" {
		cfg.UserSigSecret = cfg.APISecret
	}
	return &Verifier{cfg: cfg}, nil
}

// Authenticate says who makes the request. See the package comment for where
// it looks and how it fails.
func (v *Verifier) Authenticate(r *http.Request) (call.Caller, error) {
	id, err := v.credential(r)
	return id.Caller, err
}

// Identify is Authenticate for connections that outlive the request: it also
// says when the credential expires.
func (v *Verifier) Identify(r *http.Request) (call.Caller, time.Time, error) {
	id, err := v.credential(r)
	return id.Caller, id.ExpiresAt, err
}

func (v *Verifier) credential(r *http.Request) (Identity, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		token, err := bearer(header)
		if err != nil {
			return Identity{}, err
		}
		return v.VerifyToken(token)
	}
	query := r.URL.Query()
	switch {
	case query.Has("token"):
		return v.VerifyToken(query.Get("token"))
	case query.Has("userSig"):
		return v.VerifyUserSig(call.UserID(query.Get("userID")), query.Get("userSig"))
	}
	return Identity{}, call.Errorf(call.CodeNotLoggedIn,
		"no credential: send \"Authorization: Bearer TOKEN\", ?token=TOKEN, or ?userID=ID&userSig=SIG")
}

// bearer takes the token out of an Authorization header (RFC 6750 §2.1).
func bearer(header string) (string, error) {
	scheme, token, _ := strings.Cut(header, " ")
	switch {
	case header == "":
		return "", call.Errorf(call.CodeNotLoggedIn, "no credential: send \"Authorization: Bearer TOKEN\"")
	case !strings.EqualFold(scheme, "Bearer"):
		return "", invalid("the Authorization header must be \"Bearer TOKEN\"")
	}
	return strings.TrimSpace(token), nil
}

func invalid(format string, args ...any) error {
	return call.Errorf(call.CodeTokenInvalid, format, args...)
}

func expired(at time.Time) error {
	return call.Errorf(call.CodeTokenExpired, "the credential expired at %s: get a new one",
		at.UTC().Format(time.RFC3339))
}
