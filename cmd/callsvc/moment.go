package main

import (
	"fmt"
	"strconv"
	"time"

	"callsvc/call"
)

// moment is a time as a person types it. Empty is none.
type moment struct{ call.Millis }

// UnmarshalText reads a day (its beginning, UTC), a time of RFC 3339, or Unix
// milliseconds.
func (m *moment) UnmarshalText(text []byte) error {
	s := string(text)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		m.Millis = call.Millis(n)
		return nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			m.Millis = call.MillisOf(t)
			return nil
		}
	}
	return fmt.Errorf("%q is no time, write 2006-01-02, 2006-01-02T15:04:05Z or Unix milliseconds", s)
}
