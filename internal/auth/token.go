package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"callsvc/call"
)

// clockSkew is how far the clock of who issued a credential may run ahead.
const clockSkew = 10 * time.Second

// claims are the members of a JWT we know; others are ignored (RFC 7519 §4).
type claims struct {
	jwt.RegisteredClaims
	Name  string `json:"name,omitempty"`
	Admin bool   `json:"admin,omitempty"`
	Room  rooms  `json:"room,omitempty"`
	// Invite makes it an answer token: good for that invitation and nothing else.
	Invite call.InviteID `json:"invite,omitempty"`
	// Link makes it the invitation of a meeting link: it opens that room to
	// whoever has it, and nothing else.
	Link call.RoomID `json:"link,omitempty"`
	// Back makes it a ticket: who has it was in that room.
	Back call.RoomID `json:"back,omitempty"`
	// Guest says that they came by such a link, By by which.
	Guest bool        `json:"guest,omitempty"`
	By    call.LinkID `json:"by,omitempty"`
}

// rooms is one room or a list of them.
type rooms []call.RoomID

// UnmarshalJSON reads a string or a list of strings.
func (r *rooms) UnmarshalJSON(data []byte) error {
	var one call.RoomID
	if json.Unmarshal(data, &one) == nil {
		*r = nil
		if one != "" {
			*r = rooms{one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]call.RoomID)(r))
}

// VerifyToken checks a JWT that says who somebody is.
func (v *Verifier) VerifyToken(token string) (Identity, error) {
	c, err := v.parse(token, identifies)
	if err != nil {
		return Identity{}, err
	}
	return Identity{
		Caller: call.Caller{
			UserID: call.UserID(c.Subject), Name: c.Name, Admin: c.Admin, Rooms: c.Room, Guest: c.Guest, LinkID: c.By,
		},
		ExpiresAt: c.ExpiresAt.Time,
	}, nil
}

// identifies refuses claims that say nothing about who somebody is.
func identifies(c claims) error {
	if c.Invite != "" {
		return invalid("the token answers one invitation and is good for nothing else")
	}
	if c.Link != "" {
		return invalid("the token is a meeting link: POST it to /v1/guests, or enter its room with it")
	}
	if c.Back != "" {
		return invalid("the token is a ticket back into a room: enter it with that and a credential")
	}
	for _, r := range c.Room {
		if !r.Valid() {
			return invalid("the token's room %.80q is not a room id", r)
		}
	}
	return c.checkGuest()
}

// parse reads a JWT of ours. fits says whether its claims are those that are
// wanted; whether it is still good is looked at after that.
func (v *Verifier) parse(token string, fits func(claims) error) (c claims, err error) {
	if len(token) > maxCredentialBytes {
		return c, invalid("the token is longer than %d bytes", maxCredentialBytes)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(v.cfg.APIKey),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(clockSkew),
		jwt.WithStrictDecoding(),
	)
	_, err = parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return []byte(v.cfg.APISecret), nil })
	late := onlyExpired(err)
	if err != nil && !late {
		return c, invalid("the token is not valid: %s", tokenFault(err))
	}
	user := call.UserID(c.Subject)
	if !user.Valid() {
		return c, invalid("the token's sub is not a user id: 1 to 32 characters of A-Z a-z 0-9 _ -")
	}
	if err := fits(c); err != nil {
		return c, err
	}
	if late || !time.Now().Before(c.ExpiresAt.Time) {
		return c, expired(c.ExpiresAt.Time)
	}
	var issuedAt time.Time
	if c.IssuedAt != nil {
		issuedAt = c.IssuedAt.Time
	}
	return c, v.cfg.Revoked.check(user, issuedAt)
}

// onlyExpired reports whether nothing but its age speaks against the token.
func onlyExpired(err error) bool {
	if !errors.Is(err, jwt.ErrTokenExpired) {
		return false
	}
	for _, other := range []error{jwt.ErrTokenInvalidIssuer, jwt.ErrTokenNotValidYet, jwt.ErrTokenRequiredClaimMissing} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}

// tokenFault says what is wrong with a token in our words.
func tokenFault(err error) string {
	for _, f := range []struct {
		is   error
		says string
	}{
		{jwt.ErrTokenMalformed, "it is no JWT, or a claim has the wrong type"},
		{jwt.ErrTokenSignatureInvalid, "it is not signed with HS256 and this server's API secret"},
		{jwt.ErrTokenUnverifiable, "it is not signed with HS256 and this server's API secret"},
		{jwt.ErrTokenRequiredClaimMissing, "it lacks iss or exp"},
		{jwt.ErrTokenInvalidIssuer, "its iss is not this server's API key"},
		{jwt.ErrTokenNotValidYet, "its nbf lies in the future"},
	} {
		if errors.Is(err, f.is) {
			return f.says
		}
	}
	return "its claims contradict each other"
}

// Issue signs a JWT for a user, good for ttl (whole seconds).
func (v *Verifier) Issue(user call.UserID, name string, admin bool, opens []call.RoomID, ttl time.Duration) (string, error) {
	if !user.Valid() {
		return "", call.Errorf(call.CodeInvalidParameter, "%.80q is not a user id: 1 to 32 characters of A-Z a-z 0-9 _ -", user)
	}
	for _, r := range opens {
		if !r.Valid() {
			return "", call.Errorf(call.CodeInvalidParameter, "%.80q is not a room id: 1 to 64 characters of A-Z a-z 0-9 _ . : -", r)
		}
	}
	return v.sign(claims{Name: name, Admin: admin, Room: opens}, user, ttl)
}

// sign makes a JWT of ours that is good from now on, for ttl.
func (v *Verifier) sign(c claims, user call.UserID, ttl time.Duration) (string, error) {
	now := time.Now()
	return v.signAt(c, user, now, now.Add(ttl))
}

// signAt makes a JWT of ours. It keeps the ID of the claims (RFC 7519 §4.1.7).
func (v *Verifier) signAt(c claims, user call.UserID, issued, expires time.Time) (string, error) {
	c.Issuer, c.Subject = v.cfg.APIKey, string(user)
	c.IssuedAt, c.ExpiresAt = jwt.NewNumericDate(issued), jwt.NewNumericDate(expires)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte(v.cfg.APISecret))
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return token, nil
}
