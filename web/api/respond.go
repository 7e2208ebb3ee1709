package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// statusError is an error with a status of its own.
type statusError struct {
	status int
	error
}

func (e statusError) Unwrap() error { return e.error }

// fail answers with an error. If the answer has begun it cannot be unsaid, so
// the connection is cut and the client sees that something is missing.
func (a *api) fail(w *recorder, r *http.Request, err error) {
	body := wire.BodyOf(err)
	switch {
	case r.Context().Err() != nil:
		a.Logger.DebugContext(r.Context(), "the client went away", "path", r.URL.Path, "err", err)
	case body.Code == call.CodeInternal:
		a.Logger.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", err)
	}
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	status := statusOf(err)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="callsvc"`)
	}
	if body.Data != nil && body.Data.RetryAfterMs > 0 {
		after := time.Duration(body.Data.RetryAfterMs) * time.Millisecond
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	}
	w.Header().Del("Content-Disposition")
	answer := struct {
		Error wire.ErrorBody `json:"error"`
	}{body}
	if err := respond(w, status, answer); err != nil {
		a.Logger.DebugContext(r.Context(), "the client took no answer", "path", r.URL.Path, "err", err)
	}
}

// statusOf is the HTTP status of an error (RFC 9110, RFC 6585).
func statusOf(err error) int {
	var own statusError
	if errors.As(err, &own) {
		return own.status
	}
	switch call.CodeOf(err) {
	case call.CodeNotLoggedIn, call.CodeTokenExpired, call.CodeTokenInvalid:
		return http.StatusUnauthorized
	case call.CodeGroupPermission, call.CodeInviteNotAllowed, call.CodeRoomForbidden, call.CodePublishForbidden, call.CodeMuted:
		return http.StatusForbidden
	case call.CodeCallUnknown, call.CodeInviteUnknown, call.CodeGroupUnknown, call.CodeUserUnknown, call.CodeNotInRoom, call.CodeRoomClosed:
		return http.StatusNotFound
	case call.CodeAlreadyExists:
		return http.StatusConflict
	case call.CodeMessageTooLarge:
		return http.StatusRequestEntityTooLarge
	case call.CodeRateLimited:
		return http.StatusTooManyRequests
	case call.CodeDraining:
		return http.StatusServiceUnavailable
	case call.CodeInternal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// respond writes a value as JSON.
func respond(w http.ResponseWriter, status int, value any) error {
	body, err := wire.EncodeValue(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}
