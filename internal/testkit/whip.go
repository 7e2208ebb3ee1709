package testkit

import (
	"net/http"
	"strings"
	"testing"
)

// Stream is a session of WHIP or WHEP.
type Stream struct {
	*Media
	tb            testing.TB
	svc           *Service
	path, session string
}

// Whip publishes into a room as a client that knows nothing of rooms. WHEP, with
// its query, is the same with another path and Sends that send nothing.
func (s *Service) Whip(user, path string, sends Sends) *Stream {
	s.tb.Helper()
	m, err := newMedia(s.tb, user, "", sends)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(m.Close)
	x := &Stream{Media: m, tb: s.tb, svc: s, path: path}
	room, _, _ := strings.Cut(path[len("/whip/"):], "?")
	status, header, answer := s.stream(http.MethodPost, path, s.Token(user, "&room="+room), m.Offer(false))
	if status != http.StatusCreated {
		s.tb.Fatalf("POST %s: %d %s", path, status, answer)
	}
	x.session = header.Get("Location")
	m.Take(answer)
	return x
}

// Gone reports whether the session is over.
func (x *Stream) Gone() bool {
	x.tb.Helper()
	status, _, _ := x.svc.stream(http.MethodPatch, x.session, "", "")
	return status == http.StatusNotFound
}

// Again begins another session with the same offer and returns the status.
func (s *Service) Again(user, path string) int {
	s.tb.Helper()
	m, err := newMedia(s.tb, user, "", Sends{Pairs: -1})
	if err != nil {
		s.tb.Fatal(err)
	}
	defer m.Close()
	status, _, _ := s.stream(http.MethodPost, path, s.Token(user, "&room="+path[len("/whip/"):]), m.Offer(false))
	return status
}

func (s *Service) stream(method, path, token, sdp string) (status int, header http.Header, body string) {
	s.tb.Helper()
	return s.exchange(method, path, token, "application/sdp", strings.NewReader(sdp))
}
