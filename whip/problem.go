package whip

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"callsvc/call"
)

// problem is an error of HTTP's own.
type problem struct {
	status int
	detail string
}

// Error is error's.
func (p problem) Error() string { return p.detail }

// details are problem details (RFC 9457), with the code of docs/errors.md.
type details struct {
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Detail string    `json:"detail"`
	Code   call.Code `json:"code,omitempty"`
}

// refuse answers with an error. Whose cause is not the client's is logged.
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, d := detailsOf(err)
	switch {
	case r.Context().Err() != nil:
		s.opts.Logger.Debug("the client went away", "path", r.URL.Path, "error", err)
	case status == http.StatusInternalServerError:
		s.opts.Logger.Error("a WHIP request failed", "path", r.URL.Path, "error", err)
	}
	var told *call.Error
	if errors.As(err, &told) && told.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(told.RetryAfter.Seconds()))))
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="callsvc"`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(d) // the client is gone: nobody is left to tell
}

func detailsOf(err error) (int, details) {
	var own problem
	if errors.As(err, &own) {
		return own.status, details{http.StatusText(own.status), own.status, own.detail, 0}
	}
	status := statusOf(call.CodeOf(err))
	d := details{Title: http.StatusText(status), Status: status, Detail: "the log of the server has the details", Code: call.CodeOf(err)}
	var told *call.Error
	if errors.As(err, &told) {
		d.Detail = told.Message
	}
	return status, d
}

// statusOf is the HTTP status of an error (RFC 9725 sections 4.2 and 4.5).
func statusOf(code call.Code) int {
	switch code {
	case call.CodeNotLoggedIn, call.CodeTokenExpired, call.CodeTokenInvalid:
		return http.StatusUnauthorized
	case call.CodeRoomForbidden, call.CodePublishForbidden, call.CodeGroupPermission:
		return http.StatusForbidden
	case call.CodeNotInRoom, call.CodeRoomClosed:
		return http.StatusNotFound
	case call.CodeRateLimited:
		return http.StatusTooManyRequests
	case call.CodeDraining, call.CodeRoomFull:
		return http.StatusServiceUnavailable
	case call.CodeInternal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
