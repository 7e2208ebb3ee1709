package sqlstore

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"

	"callsvc/call"
)

// A position is where a page of history ends: the next one holds the calls
// that come after it, newest first.
type position struct {
	createdAt call.Millis
	callID    call.ID
}

var callIDPattern = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// cursor is the position as clients carry it. It is opaque to them: what is
// in it may change.
func (p position) cursor() string {
	text := strconv.FormatInt(int64(p.createdAt), 10) + " " + string(p.callID)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// parseCursor reads what cursor wrote. Anything else is CodeInvalidParameter.
func parseCursor(cursor string) (position, error) {
	broken := call.Errorf(call.CodeInvalidParameter,
		"cursor is broken; pass the cursor of the page before unchanged, or none for the first page")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return position{}, broken
	}
	at, id, _ := strings.Cut(string(raw), " ")
	createdAt, err := strconv.ParseInt(at, 10, 64)
	if err != nil || createdAt < 0 || !callIDPattern.MatchString(id) {
		return position{}, broken
	}
	return position{call.Millis(createdAt), call.ID(id)}, nil
}
