package testkit

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/gorilla/websocket"
)

// User is somebody at one device. Its methods are for the test's goroutine;
// whatever goes wrong ends the test.
type User struct {
	*Inbox
	ID     string
	Client *Client
	Media  *Media // of the room last entered with an offer

	tb      testing.TB
	svc     *Service
	token   string
	session string
}

// SignIn connects a user with a token of /dev/token.
func (s *Service) SignIn(id string) *User {
	s.tb.Helper()
	return s.SignInWith(id, s.Token(id, ""))
}

// SignInWith connects a user with that token. When it returns, the session has
// been opened: whatever happens from then on is told to it.
func (s *Service) SignInWith(id, token string) *User {
	s.tb.Helper()
	u := &User{ID: id, Inbox: NewInbox(), tb: s.tb, svc: s, token: token}
	u.dial(url.Values{"token": {token}})
	s.tb.Cleanup(u.cleanup)
	u.Settle()
	return u
}

func (u *User) cleanup() {
	u.Media.Close()
	u.Client.Drop()
	for _, fault := range u.Faults() {
		u.tb.Errorf("%s: %s", u.ID, fault)
	}
}

func (u *User) dial(query url.Values) {
	u.tb.Helper()
	ctx, cancel := u.patience()
	defer cancel()
	c, err := Dial(ctx, u.svc.Socket(query.Encode()), http.Header{}, u.Add)
	if err != nil {
		u.tb.Fatalf("%s connects: %v", u.ID, err)
	}
	u.Client, u.session = c, c.Welcome.Str("sessionID")
}

func (u *User) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), Patience)
}

// Offline cuts the socket without a word.
func (u *User) Offline() { u.Client.Drop() }

// Resume connects again and goes on with the session after the last event that
// came. It reports whether the server took it so.
func (u *User) Resume() bool {
	u.tb.Helper()
	return u.ResumeAfter(u.Seq())
}

// ResumeAfter is Resume for a client that says it has the events up to seq.
func (u *User) ResumeAfter(seq int64) bool {
	u.tb.Helper()
	ctx, cancel := u.patience()
	defer cancel()
	query := url.Values{"token": {u.token}, "session": {u.session}, "after": {strconv.FormatInt(seq, 10)}}
	c, err := DialOver(ctx, websocket.DefaultDialer, u.svc.Socket(query.Encode()), http.Header{}, u.Add, func(welcome P) {
		if !welcome.Bool("resumed") {
			u.Renumber()
		}
	})
	if err != nil {
		u.tb.Fatalf("%s resumes: %v", u.ID, err)
	}
	u.Client, u.session = c, c.Welcome.Str("sessionID")
	return c.Welcome.Bool("resumed")
}

// Do makes a request that must succeed.
func (u *User) Do(method string, params P) P {
	u.tb.Helper()
	result, err := u.Try(method, params)
	if err != nil {
		u.tb.Fatalf("%s %s: %v", u.ID, method, err)
	}
	return result
}

// Try makes a request and returns what comes of it.
func (u *User) Try(method string, params P) (P, error) {
	ctx, cancel := u.patience()
	defer cancel()
	if params == nil {
		params = P{}
	}
	return u.Client.Do(ctx, method, params)
}

// Refused makes a request that must be refused with that code.
func (u *User) Refused(code int, method string, params P) {
	u.tb.Helper()
	if _, err := u.Try(method, params); CodeOf(err) != code {
		u.tb.Fatalf("%s %s: %v, want code %d", u.ID, method, err, code)
	}
}

// Expect takes the next event, which must be the named one and have these members.
func (u *User) Expect(name string, want P) Event {
	u.tb.Helper()
	e, ok := u.Next(Patience)
	if !ok {
		u.tb.Fatalf("%s waits for %s and nothing comes; so far: %v", u.ID, name, u.All())
	}
	if e.Name != name {
		u.tb.Fatalf("%s waits for %s and gets %v", u.ID, name, e)
	}
	if lacks := e.Lacks(want); lacks != "" {
		u.tb.Fatalf("%s gets %v: %s", u.ID, e, lacks)
	}
	return e
}

// ExpectAll takes the next events, which must be these in any order, and
// returns them by name.
func (u *User) ExpectAll(names ...string) map[string]Event {
	u.tb.Helper()
	left := slices.Clone(names)
	got := map[string]Event{}
	for len(left) > 0 {
		e, ok := u.Next(Patience)
		i := slices.Index(left, e.Name)
		switch {
		case !ok:
			u.tb.Fatalf("%s waits for %v and nothing comes; so far: %v", u.ID, left, u.All())
		case i < 0:
			u.tb.Fatalf("%s waits for %v and gets %v", u.ID, left, e)
		}
		left = slices.Delete(left, i, i+1)
		got[e.Name] = e
	}
	return got
}

// Sees waits until some event, before or after now, is the named one and fits.
func (u *User) Sees(name string, fits func(Event) bool) Event {
	u.tb.Helper()
	e, ok := u.Await(Patience, func(e Event) bool { return e.Name == name && fits(e) })
	if !ok {
		u.tb.Fatalf("%s waits for a certain %s and it does not come; so far: %v", u.ID, name, u.All())
	}
	return e
}

// Quiet lets the server finish what it was at and proves that the user was told
// nothing but what was expected. Rooms are named whose events count.
func (u *User) Quiet(rooms ...string) {
	u.tb.Helper()
	u.Settle(rooms...)
	if more := u.Untaken(); len(more) > 0 {
		u.tb.Fatalf("%s is told more: %v", u.ID, more)
	}
}

// Settle waits until all that the server decided before has been told. A
// request about an invitation that is none goes the way of every decision, and
// one about a room the way of that room. A guest is told of no decisions.
func (u *User) Settle(rooms ...string) {
	u.tb.Helper()
	for _, room := range rooms {
		if _, err := u.Try("room.setPublishing", P{"roomID": room}); CodeOf(err) != 0 && CodeOf(err) != 9002 {
			u.tb.Fatalf("%s: %v", u.ID, err)
		}
	}
	if _, err := u.Try("signaling.cancel", P{"inviteID": "none"}); CodeOf(err) != 8010 && CodeOf(err) != 10007 {
		u.tb.Fatalf("%s: %v", u.ID, err)
	}
}

// Invite asks somebody into a call in a room and returns the invitation's id.
func (u *User) Invite(invitee, room string, more P) string {
	u.tb.Helper()
	p := P{"invitee": invitee, "data": CallData(2, room)}
	for k, v := range more {
		p[k] = v
	}
	return u.Do("signaling.invite", p).Str("inviteID")
}

// Accept accepts an invitation.
func (u *User) Accept(id string) {
	u.tb.Helper()
	u.Do("signaling.accept", P{"inviteID": id, "data": CallData(2, "")})
}

// History returns the newest calls that fit the filter.
func (u *User) History(filter P) []P {
	u.tb.Helper()
	return u.Do("history.query", filter).List("calls")
}

// CallData is TUICalling's payload of an invitation to a call; callType is 1
// for voice and 2 for video.
func CallData(callType int, room string) string {
	data := map[string]any{"cmd": "videoCall", "message": ""}
	p := map[string]any{"version": 4, "businessID": "av_call", "platform": "Web", "call_type": callType, "data": data}
	if callType == 1 {
		data["cmd"] = "audioCall"
	}
	if n, err := strconv.ParseUint(room, 10, 32); err == nil {
		p["room_id"] = n
	} else if room != "" {
		data["str_room_id"] = room
	}
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return string(b)
}
