package im

import "callsvc/call"

// The cursors are read here for their fuzzer: in a request they only lead to
// questions to the store.

// ParseCursor reads a cursor of conversations and writes it again.
func ParseCursor(cursor string, who call.Caller) (again string, err error) {
	m, err := parseCursor(cursor, who)
	if err != nil {
		return "", err
	}
	return cursorOf(who, m), nil
}

// ParseMember reads a cursor of members and writes it again.
func ParseMember(cursor string) (again string, err error) {
	m, err := parseMember(cursor)
	if err != nil || m.UserID == "" {
		return "", err
	}
	return cursorAfter(m), nil
}
