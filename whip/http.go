package whip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"callsvc/call"
)

// The media types of SDP (RFC 8866) and of fragments of it (RFC 8840).
const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// maxBodyBytes bounds a request's body. The time in which it must come is
// bounded by who serves it.
const maxBodyBytes = 128 << 10

// ServeHTTP serves everything under /whip/ and /whep/.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Tokens come in a header that only the page's own code can set, so every
	// origin may ask; there are no cookies that could be abused.
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Location, ETag, Link, Accept-Patch, Accept-Post, Retry-After, WWW-Authenticate")
	h.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

func (s *Service) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/whip/{roomID}", s.answer(s.endpoint(false)))
	mux.Handle("/whep/{roomID}", s.answer(s.endpoint(true)))
	mux.Handle("/whip/{roomID}/{key}", s.answer(s.resource))
	mux.Handle("/whep/{roomID}/{key}", s.answer(s.resource))
	mux.Handle("/", s.answer(func(http.ResponseWriter, *http.Request) error {
		return problem{http.StatusNotFound, "there is no such endpoint: use /whip/{roomID} to publish and /whep/{roomID} to play"}
	}))
	return mux
}

// answer lets a handler return why it did not answer.
func (s *Service) answer(serve func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := serve(w, r); err != nil {
			s.refuse(w, r, err)
		}
	})
}

// endpoint serves where sessions begin (RFC 9725 section 4.2).
func (s *Service) endpoint(plays bool) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		switch r.Method {
		case http.MethodOptions:
			w.Header().Set("Accept-Post", typeSDP)
			return preflight(w, "POST, OPTIONS")
		case http.MethodPost:
			return s.post(w, r, plays)
		}
		return notAllowed(w, "POST, OPTIONS")
	}
}

// resource serves a session that has begun.
func (s *Service) resource(w http.ResponseWriter, r *http.Request) error {
	switch r.Method {
	case http.MethodOptions:
		w.Header().Set("Accept-Patch", typeFragment)
		return preflight(w, "PATCH, DELETE, OPTIONS")
	case http.MethodPatch, http.MethodDelete:
	default:
		return notAllowed(w, "PATCH, DELETE, OPTIONS")
	}
	x := s.find(r.PathValue("key"))
	if x == nil || x.path() != r.URL.Path {
		return problem{http.StatusNotFound, "there is no such session, or it is over"}
	}
	if err := s.mayTouch(r, x); err != nil {
		return err
	}
	if r.Method == http.MethodDelete {
		if err := s.end(r.Context(), x); err != nil {
			return err
		}
		w.WriteHeader(http.StatusOK)
		return nil
	}
	return s.patch(w, r, x)
}

// preflight answers a browser that asks what it may send (Fetch, section 3.2.2).
func preflight(w http.ResponseWriter, methods string) error {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func notAllowed(w http.ResponseWriter, methods string) error {
	w.Header().Set("Allow", methods)
	return problem{http.StatusMethodNotAllowed, "use one of " + methods}
}

// post begins a session.
func (s *Service) post(w http.ResponseWriter, r *http.Request, plays bool) error {
	room := call.RoomID(r.PathValue("roomID"))
	who, expires, err := s.admit(r, room)
	if err != nil {
		return err
	}
	view, err := viewOf(r, plays)
	if err != nil {
		return err
	}
	offer, err := readBody(w, r, typeSDP)
	if err != nil {
		return err
	}
	x, err := s.add(who, expires, room, plays)
	if err != nil {
		return err
	}
	x.turn <- struct{}{} // nobody knows of it yet
	defer func() { <-x.turn }()
	// From here on Kick finds the session. Who was revoked before, while the offer
	// was on its way, is refused now.
	_, _, err = s.admit(r, room)
	var answer string
	if err == nil {
		answer, err = s.begin(r.Context(), x, offer, view)
	}
	if err != nil {
		s.remove(x)
		return errors.Join(err, s.leave(context.WithoutCancel(r.Context()), x))
	}
	h := w.Header()
	h.Set("Location", x.path())
	h.Set("ETag", x.etag())
	h.Set("Accept-Patch", typeFragment)
	s.link(h, who.UserID)
	return write(w, http.StatusCreated, typeSDP, answer)
}

// admit says who may begin a session in a room: who has a token that names it.
func (s *Service) admit(r *http.Request, room call.RoomID) (who call.Caller, expires time.Time, err error) {
	if !bearer(r) {
		return who, expires, call.Errorf(call.CodeNotLoggedIn, "the request has no Authorization: Bearer TOKEN")
	}
	who, expires, err = s.opts.Auth.Identify(r)
	switch {
	case err != nil:
	case !room.Valid():
		err = call.Errorf(call.CodeInvalidParameter, "not a room id (1 to 64 of A-Z a-z 0-9 _ . : -)")
	case who.Guest:
		err = call.Errorf(call.CodeGroupPermission, "you are a guest of a meeting: take part in it by its page; WHIP and WHEP take a token that names a room")
	case !slices.Contains(who.Rooms, room):
		err = call.Errorf(call.CodeRoomForbidden, "the token does not name room %s in its claim \"room\"", room)
	}
	return who, expires, err
}

// mayTouch refuses a token that is not the session's own. Without one the
// session's URL is enough, which nobody can guess: not all clients send their
// token again. One that is good for longer than the one before keeps the session
// as long.
func (s *Service) mayTouch(r *http.Request, x *session) error {
	if r.Header.Get("Authorization") == "" {
		return nil
	}
	who, expires, err := s.opts.Auth.Identify(r)
	switch {
	case err != nil:
		return err
	case who.UserID != x.who.UserID:
		return problem{http.StatusForbidden, "the session is not one of your token's user"}
	}
	s.extend(x, expires)
	return nil
}

func bearer(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") && token != ""
}

// viewOf reads what a player wants to see.
func viewOf(r *http.Request, plays bool) (call.View, error) {
	view := call.View{Stream: call.SourceCamera}
	if !plays {
		return view, nil
	}
	q := r.URL.Query()
	view.UserID = call.UserID(q.Get("user"))
	if view.UserID != "" && !view.UserID.Valid() {
		return view, call.Errorf(call.CodeInvalidParameter, "user: not a user id (1 to 32 of A-Z a-z 0-9 _ -)")
	}
	if stream := q.Get("stream"); stream != "" {
		view.Stream = call.Source(stream)
	}
	if view.Stream != call.SourceCamera && view.Stream != call.SourceScreen {
		return view, call.Errorf(call.CodeInvalidParameter, "stream: use camera or screen")
	}
	return view, nil
}

// patch takes trickled candidates, and restarts ICE (RFC 9725 section 4.3.1).
func (s *Service) patch(w http.ResponseWriter, r *http.Request, x *session) error {
	body, err := readBody(w, r, typeFragment)
	if err != nil {
		return err
	}
	wanted, err := readFragment(body)
	if err != nil {
		return err
	}
	select {
	case x.turn <- struct{}{}:
	case <-r.Context().Done():
		return r.Context().Err()
	}
	defer func() { <-x.turn }()
	same := wanted == credentialsOf(x.offer)
	switch match := r.Header.Get("If-Match"); {
	case match == "*" || match == x.etag():
	case match == "" && x.plays && same:
		// draft-ietf-wish-whep's own client sends none; its fragment names the
		// ICE session all the same.
	case match == "":
		return problem{http.StatusPreconditionRequired, `name the ICE session in If-Match: its ETag, or "*" to begin another`}
	default:
		return problem{http.StatusPreconditionFailed, "this is not the ICE session there is; its ETag is " + x.etag()}
	}
	if same {
		w.Header().Set("ETag", x.etag())
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	answer, err := s.restart(r.Context(), x, wanted)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", x.etag())
	s.link(w.Header(), x.who.UserID)
	return write(w, http.StatusOK, typeFragment, fragmentOf(answer))
}

// link tells of the servers for ICE (RFC 9725 section 4.6).
func (s *Service) link(h http.Header, user call.UserID) {
	for _, server := range s.opts.ICEServers(user) {
		for _, url := range server.URLs {
			value := fmt.Sprintf(`<%s>; rel="ice-server"`, url)
			if server.Username != "" {
				value += fmt.Sprintf(`; username=%q; credential=%q; credential-type="password"`, server.Username, server.Credential)
			}
			h.Add("Link", value)
		}
	}
}

// readBody reads a body of some type.
func readBody(w http.ResponseWriter, r *http.Request, want string) (string, error) {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != want {
		return "", problem{http.StatusUnsupportedMediaType, "send Content-Type: " + want}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return "", problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d bytes are read", tooLarge.Limit)}
	}
	if err != nil {
		return "", problem{http.StatusBadRequest, "the body did not come"}
	}
	return string(body), nil
}

func write(w http.ResponseWriter, status int, contentType, body string) error {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // the client is gone: its transport will not come up
	return nil
}
