package call

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// The limits of what users set.
const (
	// MaxProfileBytes bounds a user's name, and the address of their picture (TIM: 500).
	MaxProfileBytes = 500
	// MaxMissed is up to where missed calls are counted.
	MaxMissed = 99
	// maxSilence bounds how long do-not-disturb may be set for: ten years.
	maxSilence = 10 * 366 * 24 * 3600
	// latest is a moment that no clock of ours will show: the end of the year 9999.
	latest = Millis(253_402_300_799_999)
)

// User is what is kept of somebody besides their messages and calls. The zero
// value with a UserID is a stranger, of whom nothing is known.
type User struct {
	UserID     UserID            `json:"userID"`
	Known      bool              `json:"known,omitempty"` // has signed in, or an operator has named them
	Name       string            `json:"name,omitempty"`
	AvatarURL  string            `json:"avatarURL,omitempty"`
	SeenName   string            `json:"seenName,omitempty"` // in the newest credential that had one
	ReceiveOpt ReceiveMessageOpt `json:"receiveOpt,omitzero"`
	Missed     MissedCalls       `json:"missed,omitzero"`
}

// DisplayName is the name that others see: the one the user set, else that of
// their credential, else none.
func (u *User) DisplayName() string {
	if u.Name != "" {
		return u.Name
	}
	return u.SeenName
}

// SignIn notes that the user presented a credential with that name, and reports
// whether that was news. No name leaves the one seen before; one that is too
// long is cut.
func (u *User) SignIn(name string) bool {
	if len(name) > MaxProfileBytes {
		name = strings.ToValidUTF8(name[:MaxProfileBytes], "")
	}
	before := *u
	u.Known = true
	if name != "" {
		u.SeenName = name
	}
	return *u != before
}

// SetProfile changes what the user shows of themselves; nil members are left as
// they are, an empty name is that of the credential again. It is all or
// nothing. Errors: CodeInvalidParameter.
func (u *User) SetProfile(name, avatarURL *string) error {
	if name != nil {
		if err := checkName(*name); err != nil {
			return err
		}
	}
	if avatarURL != nil {
		if err := checkAvatar(*avatarURL); err != nil {
			return err
		}
		u.AvatarURL = *avatarURL
	}
	if name != nil {
		u.Name = *name
	}
	return nil
}

func checkName(name string) error {
	switch {
	case len(name) > MaxProfileBytes:
		return Errorf(CodeInvalidParameter, "name: %d bytes, at most %d are allowed", len(name), MaxProfileBytes)
	case !utf8.ValidString(name):
		return Errorf(CodeInvalidParameter, "name: is not UTF-8")
	}
	return nil
}

func checkAvatar(address string) error {
	if address == "" {
		return nil
	}
	if len(address) > MaxProfileBytes {
		return Errorf(CodeInvalidParameter, "avatarURL: %d bytes, at most %d are allowed", len(address), MaxProfileBytes)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return Errorf(CodeInvalidParameter, "avatarURL: must be the address of a picture, with https:// or http:// in front")
	}
	return nil
}

// ReceiveOpt says whether what is sent to a user notifies them (TIM
// V2TIMReceiveMessageOpt).
type ReceiveOpt int

// The options. TIM's 1, not to receive at all, is not offered: whoever wants
// that of somebody blocks them.
const (
	ReceiveAndNotify ReceiveOpt = 0
	ReceiveNotNotify ReceiveOpt = 2 // do not disturb
)

// ReceiveMessageOpt is a user's do-not-disturb setting (TIM
// V2TIMReceiveMessageOptInfo).
type ReceiveMessageOpt struct {
	// 0 receive and notify, 2 receive without notifying: do not disturb.
	Opt ReceiveOpt `json:"opt"`
	// When 2 begins to hold; 0: it held from the start.
	StartAt Millis `json:"startAt"`
	// How long 2 holds from StartAt on, in seconds; 0: until it is changed.
	Duration int64 `json:"duration"`
}

// NewReceiveMessageOpt checks a setting made at a moment. One that is bounded
// without saying from when holds from that moment. Errors: CodeInvalidParameter.
func NewReceiveMessageOpt(opt ReceiveOpt, startAt Millis, duration int64, at Millis) (ReceiveMessageOpt, error) {
	switch {
	case opt != ReceiveAndNotify && opt != ReceiveNotNotify:
		return ReceiveMessageOpt{}, Errorf(CodeInvalidParameter, "opt: must be 0 (receive and notify) or 2 (receive without notifying)")
	case startAt < 0 || startAt > latest:
		return ReceiveMessageOpt{}, Errorf(CodeInvalidParameter, "startAt: must be a moment in Unix milliseconds")
	case duration < 0 || duration > maxSilence:
		return ReceiveMessageOpt{}, Errorf(CodeInvalidParameter, "duration: must be seconds from 0 to %d, 0 meaning until it is changed", maxSilence)
	case opt == ReceiveAndNotify:
		return ReceiveMessageOpt{}, nil // there is nothing to bound
	case duration > 0 && startAt == 0:
		startAt = at
	}
	return ReceiveMessageOpt{Opt: opt, StartAt: startAt, Duration: duration}, nil
}

// LeftAt is what is left of the setting at a moment: nothing once its time is over.
func (o ReceiveMessageOpt) LeftAt(at Millis) ReceiveMessageOpt {
	if o.Duration > 0 && at >= o.StartAt+Millis(o.Duration)*1000 {
		return ReceiveMessageOpt{}
	}
	return o
}

// Silent reports whether nothing may notify the user at that moment.
func (o ReceiveMessageOpt) Silent(at Millis) bool {
	return o.LeftAt(at).Opt == ReceiveNotNotify && at >= o.StartAt
}

// MissedCalls are the calls a user was asked into and did not answer, since they
// looked last.
type MissedCalls struct {
	// Up to 99; more are 99.
	Count int `json:"count"`
	// When they were marked as seen last; 0 if they never were.
	SeenAt Millis `json:"seenAt"`
}

// Add counts one more.
func (m *MissedCalls) Add() { m.Count = min(m.Count+1, MaxMissed) }

// See marks all as seen and reports whether there were any.
func (m *MissedCalls) See(at Millis) bool {
	if m.Count == 0 {
		return false
	}
	*m = MissedCalls{SeenAt: at}
	return true
}

// The changes of users.
type (
	// SaveUser inserts or replaces what is kept of a user.
	SaveUser struct{ User User }
	// SaveBlocked puts users on somebody's black list.
	SaveBlocked struct {
		By    UserID
		Users []UserID
	}
	// DropBlocked takes users off it.
	DropBlocked struct {
		By    UserID
		Users []UserID
	}
)

func (SaveUser) change()    {}
func (SaveBlocked) change() {}
func (DropBlocked) change() {}
