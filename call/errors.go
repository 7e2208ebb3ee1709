package call

import (
	"errors"
	"fmt"
	"time"
)

// Code is a machine-readable error number. Below 9000 they are TIM's own, so
// that clients written for TIM recognise them.
type Code int

// The codes this service answers with. docs/errors.md says cause and cure of each.
const (
	CodeNotLoggedIn      Code = 6014  // no session
	CodeInvalidParameter Code = 6017  // right type, wrong value
	CodeTokenExpired     Code = 70001 // the credential was good once
	CodeTokenInvalid     Code = 70003 // the credential never was
	CodeMessageTooLarge  Code = 8001  // over 12 KiB
	CodeInviteUnknown    Code = 8010  // unknown, or already ended for you
	CodeInviteNotAllowed Code = 8011  // not yours to cancel, accept or reject
	CodeAlreadyExists    Code = 8012
	CodeGroupPermission  Code = 10007
	CodeGroupUnknown     Code = 10010
	CodeGroupIDInvalid   Code = 10015
	CodeGroupMuted       Code = 10017 // a member who may not write in the group
	CodeGroupMessageRate Code = 10023 // too many messages in the group
	CodeGroupFull        Code = 10038 // as many members, or groups, as are allowed
	CodeAttributeRate    Code = 10049 // the group's attributes change too often
	CodeUserUnknown      Code = 20003
	CodeBlackListed      Code = 20007 // the other has blocked you
	CodeMuted            Code = 20012
	CodeRoomFull         Code = 9001
	CodeNotInRoom        Code = 9002
	CodeRoomClosed       Code = 9003
	CodeSDP              Code = 9004
	CodeRateLimited      Code = 9005 // data.retryAfterMs says when
	CodeDraining         Code = 9006
	CodeRoomForbidden    Code = 9007
	CodePublishForbidden Code = 9008
	CodeCallUnknown      Code = 9009 // no such call, or not one of yours
	CodeInternal         Code = 9099 // our fault; the log has the details
)

// Error is an error meant for whoever made the request: what is wrong and how
// to mend it. Anything else that reaches an edge is reported as CodeInternal
// and logged there.
type Error struct {
	Code       Code
	Message    string
	RetryAfter time.Duration // for what is refused because it comes too fast
}

// After says when to try again, and returns the error.
func (e *Error) After(wait time.Duration) *Error {
	e.RetryAfter = wait
	return e
}

// Error returns the message with its code.
func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

// Is makes errors.Is compare codes.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Errorf makes an Error.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of the first Error in err's chain, CodeInternal if
// there is none, and zero for nil.
func CodeOf(err error) Code {
	if err == nil {
		return 0
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
