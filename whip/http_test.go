package whip_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
	"callsvc/whip"

	"github.com/google/go-cmp/cmp"
)

const (
	sendingOffer = "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n" +
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=sendonly\r\na=candidate:1 1 udp 1 10.0.0.1 1 typ host\r\n"
	theAnswer = "v=0\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:SRVR\r\na=ice-pwd:srv\r\na=rtcp-mux\r\n" +
		"a=candidate:1 1 udp 1 192.0.2.1 7882 typ host\r\na=end-of-candidates\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=ice-ufrag:SRVR\r\n"
	restarted = "a=ice-ufrag:newU\r\na=ice-pwd:9876543210987654321098\r\n"
)

func receivingOffer() string { return strings.ReplaceAll(sendingOffer, "sendonly", "recvonly") }

// world is a Service with rooms that do what the test says.
type world struct {
	t     *testing.T
	svc   *whip.Service
	fail  error  // what entering fails with
	asked func() // called when somebody enters
	lost  bool   // no credential is good any more

	mu    sync.Mutex
	log   []string // what was asked of the rooms
	users []wire.RoomUser
	last  call.SessionID
}

func newWorld(t *testing.T, change ...func(*whip.Options)) *world {
	w := &world{t: t}
	o := whip.Options{
		Auth: w, Rooms: w, Logger: slog.New(slog.DiscardHandler),
		ICEServers: func(u call.UserID) []wire.ICEServer {
			return []wire.ICEServer{{URLs: []string{"turn:t?transport=udp"}, Username: "1:" + string(u), Credential: "c="}}
		},
	}
	for _, f := range change {
		f(&o)
	}
	w.svc = whip.New(o)
	t.Cleanup(w.svc.Close)
	return w
}

// Identify takes "Bearer USER:ROOM", or "Bearer USER:ROOM:DURATION".
func (w *world) Identify(r *http.Request) (call.Caller, time.Time, error) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	user, rest, ok := strings.Cut(token, ":")
	if !ok || w.lost {
		return call.Caller{}, time.Time{}, call.Errorf(call.CodeTokenInvalid, "no token")
	}
	room, ttl, timed := strings.Cut(rest, ":")
	good := time.Hour
	if timed {
		var err error
		if good, err = time.ParseDuration(ttl); err != nil {
			w.t.Error(err)
		}
	}
	return call.Caller{UserID: call.UserID(user), Rooms: []call.RoomID{call.RoomID(room)}, Guest: user == "gus"}, time.Now().Add(good), nil
}

func (w *world) note(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, line)
}

func (w *world) noted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.log)
}

func (w *world) Enter(_ context.Context, who call.Caller, r *wire.EnterRoom) (wire.EnterRoomResult, error) {
	w.mu.Lock()
	w.last = who.SessionID
	w.mu.Unlock()
	if w.fail != nil {
		return wire.EnterRoomResult{}, w.fail
	}
	if w.asked != nil {
		w.asked()
	}
	w.note(string(who.UserID) + " enters " + string(r.RoomID))
	return wire.EnterRoomResult{Answer: theAnswer, Users: w.users}, nil
}

func (w *world) Offer(_ context.Context, who call.Caller, r *wire.OfferRoom) (wire.OfferRoomResult, error) {
	w.note(string(who.UserID) + " offers " + strings.Join(strings.FieldsFunc(r.Offer, func(c rune) bool { return c == '\r' || c == '\n' })[1:3], " "))
	return wire.OfferRoomResult{Answer: theAnswer}, nil
}

func (w *world) SetViews(_ context.Context, _ call.Caller, r *wire.SetViews) (wire.Empty, error) {
	line := "views"
	for _, v := range r.Views {
		line += " " + v.MID + "=" + string(v.UserID) + "/" + string(v.Stream)
	}
	w.note(line)
	return wire.Empty{}, nil
}

func (w *world) Exit(_ context.Context, who call.Caller, r *wire.ExitRoom) (wire.Empty, error) {
	w.note(string(who.UserID) + " exits " + string(r.RoomID))
	return wire.Empty{}, nil
}

// request is one, with Bearer ana:r and the content type unless the test says otherwise.
type request struct {
	method, path, body string
	header             map[string]string
}

func (w *world) do(r request) *http.Response {
	w.t.Helper()
	req := httptest.NewRequest(r.method, r.path, strings.NewReader(r.body))
	req.Header.Set("Authorization", "Bearer ana:r")
	switch r.method {
	case http.MethodPost:
		req.Header.Set("Content-Type", "application/sdp")
	case http.MethodPatch:
		req.Header.Set("Content-Type", "application/trickle-ice-sdpfrag")
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	w.svc.ServeHTTP(rec, req)
	return rec.Result()
}

func (w *world) begin(path, offer string) *http.Response {
	w.t.Helper()
	res := w.do(request{method: http.MethodPost, path: path, body: offer})
	if res.StatusCode != http.StatusCreated {
		w.t.Fatalf("%s: %s %s", path, res.Status, bodyOf(w.t, res))
	}
	return res
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPublisherComesAndGoes(t *testing.T) {
	w := newWorld(t)
	res := w.begin("/whip/r", sendingOffer)
	if got := bodyOf(t, res); got != theAnswer || res.Header.Get("Content-Type") != "application/sdp" {
		t.Errorf("answered %s %q", res.Header.Get("Content-Type"), got)
	}
	if got, want := res.Header.Get("Link"), `<turn:t?transport=udp>; rel="ice-server"; username="1:ana"; credential="c="; credential-type="password"`; got != want {
		t.Errorf("Link %s, want %s", got, want)
	}
	at := res.Header.Get("Location")
	if !strings.HasPrefix(at, "/whip/r/") || res.Header.Get("ETag") != `"1"` || res.Header.Get("Accept-Patch") != "application/trickle-ice-sdpfrag" {
		t.Errorf("headers %v", res.Header)
	}
	if st := w.svc.Stats(); st != (whip.Stats{Publishers: 1}) {
		t.Errorf("%+v", st)
	}
	if res := w.do(request{method: http.MethodDelete, path: at}); res.StatusCode != http.StatusOK {
		t.Errorf("DELETE: %s", res.Status)
	}
	if res := w.do(request{method: http.MethodDelete, path: at}); res.StatusCode != http.StatusNotFound {
		t.Errorf("DELETE again: %s", res.Status)
	}
	if d := cmp.Diff([]string{"ana enters r", "ana exits r"}, w.noted()); d != "" {
		t.Error(d)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		r      request
		fail   error
		status int
		code   call.Code
	}{
		{"no token", request{"POST", "/whip/r", sendingOffer, map[string]string{"Authorization": ""}}, nil, 401, call.CodeNotLoggedIn},
		{"a token in the query", request{"POST", "/whip/r?token=ana:r", sendingOffer, map[string]string{"Authorization": ""}}, nil, 401, call.CodeNotLoggedIn},
		{"a bad token", request{"POST", "/whip/r", sendingOffer, map[string]string{"Authorization": "Bearer x"}}, nil, 401, call.CodeTokenInvalid},
		{"a token for another room", request{"POST", "/whip/r", sendingOffer, map[string]string{"Authorization": "Bearer ana:s"}}, nil, 403, call.CodeRoomForbidden},
		{"a token for no room", request{"POST", "/whip/r", sendingOffer, map[string]string{"Authorization": "Bearer ana:"}}, nil, 403, call.CodeRoomForbidden},
		{"a guest of the room", request{"POST", "/whip/r", sendingOffer, map[string]string{"Authorization": "Bearer gus:r"}}, nil, 403, call.CodeGroupPermission},
		{"a guest who would play", request{"POST", "/whep/r", receivingOffer(), map[string]string{"Authorization": "Bearer gus:r"}}, nil, 403, call.CodeGroupPermission},
		{"no room id", request{"POST", "/whip/a%20b", sendingOffer, nil}, nil, 400, call.CodeInvalidParameter},
		{"JSON", request{"POST", "/whip/r", "{}", map[string]string{"Content-Type": "application/json"}}, nil, 415, 0},
		{"too much", request{"POST", "/whip/r", strings.Repeat("a", 200<<10), nil}, nil, 413, 0},
		{"no SDP", request{"POST", "/whip/r", "hello", nil}, nil, 400, call.CodeSDP},
		{"a publisher that receives", request{"POST", "/whip/r", receivingOffer(), nil}, nil, 400, call.CodeSDP},
		{"a player that sends", request{"POST", "/whep/r", sendingOffer, nil}, nil, 400, call.CodeSDP},
		{"a player of nobody", request{"POST", "/whep/r?user=a%20b", receivingOffer(), nil}, nil, 400, call.CodeInvalidParameter},
		{"a player of a smell", request{"POST", "/whep/r?stream=smell", receivingOffer(), nil}, nil, 400, call.CodeInvalidParameter},
		{"what the media engine refuses", request{"POST", "/whip/r", sendingOffer, nil}, call.Errorf(call.CodeSDP, "no"), 400, call.CodeSDP},
		{"a full room", request{"POST", "/whip/r", sendingOffer, nil}, call.Errorf(call.CodeRoomFull, "full"), 503, call.CodeRoomFull},
		{"a server that drains", request{"POST", "/whip/r", sendingOffer, nil}, call.Errorf(call.CodeDraining, "bye"), 503, call.CodeDraining},
		{"our own fault", request{"POST", "/whip/r", sendingOffer, nil}, io.ErrUnexpectedEOF, 500, call.CodeInternal},
		{"GET", request{"GET", "/whip/r", "", nil}, nil, 405, 0},
		{"PUT of a session", request{"PUT", "/whip/r/x", "", nil}, nil, 405, 0},
		{"a session that is none", request{"DELETE", "/whip/r/x", "", nil}, nil, 404, 0},
		{"something else", request{"POST", "/whip/", "", nil}, nil, 404, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.fail = tt.fail
			res := w.do(tt.r)
			var d struct {
				Status int
				Detail string
				Code   call.Code
			}
			if err := json.NewDecoder(res.Body).Decode(&d); err != nil || res.Header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("no problem details: %v, %v", err, res.Header)
			}
			if res.StatusCode != tt.status || d.Status != tt.status || d.Code != tt.code || d.Detail == "" {
				t.Errorf("%s %+v, want %d and code %d", res.Status, d, tt.status, tt.code)
			}
			if tt.status == 401 && res.Header.Get("WWW-Authenticate") == "" || tt.status == 405 && res.Header.Get("Allow") == "" {
				t.Errorf("headers %v", res.Header)
			}
			if st := w.svc.Stats(); st != (whip.Stats{}) {
				t.Errorf("%+v", st)
			}
		})
	}
}

func TestPatch(t *testing.T) {
	same := "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 10.0.0.1 1 typ host\r\n"
	for _, tt := range []struct {
		name, kind, match, body string
		status                  int
		etag                    string
		asked                   []string
	}{
		{"candidates", "whip", `"1"`, same, 204, `"1"`, nil},
		{"candidates of any ICE session", "whip", "*", same, 204, `"1"`, nil},
		{"candidates of another ICE session", "whip", `"0"`, same, 412, "", nil},
		{"candidates of who knows", "whip", "", same, 428, "", nil},
		{"candidates of a player, which the fragment tells", "whep", "", same, 204, `"1"`, nil},
		{"a restart of who knows", "whep", "", restarted, 428, "", nil},
		{"a restart", "whip", "*", restarted, 200, `"2"`, []string{"ana offers a=ice-ufrag:newU a=ice-pwd:9876543210987654321098"}},
		{"a restart of a player", "whep", "*", restarted, 200, `"2"`, []string{"ana offers a=ice-ufrag:newU a=ice-pwd:9876543210987654321098"}},
		{"no fragment", "whip", "*", "hello", 400, "", nil},
		{"a fragment that would write SDP", "whip", "*", "a=ice-ufrag:a b c d e\r\na=ice-pwd:9876543210987654321098\r\n", 400, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			offer := sendingOffer
			if tt.kind == "whep" {
				offer = receivingOffer()
			}
			at := w.begin("/"+tt.kind+"/r", offer).Header.Get("Location")
			header := map[string]string{}
			if tt.match != "" {
				header["If-Match"] = tt.match
			}
			res := w.do(request{http.MethodPatch, at, tt.body, header})
			if res.StatusCode != tt.status || res.Header.Get("ETag") != tt.etag {
				t.Errorf("%s, ETag %s, want %d, %s", res.Status, res.Header.Get("ETag"), tt.status, tt.etag)
			}
			want := append([]string{"ana enters r"}, tt.asked...)
			if d := cmp.Diff(want, w.noted()); d != "" {
				t.Error(d)
			}
			if tt.status != http.StatusOK {
				return
			}
			fragment := "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:SRVR\r\na=ice-pwd:srv\r\na=candidate:1 1 udp 1 192.0.2.1 7882 typ host\r\na=end-of-candidates\r\n"
			if got := bodyOf(t, res); got != fragment {
				t.Errorf("answered %q, want %q", got, fragment)
			}
		})
	}
}

func TestWhoMayEndASession(t *testing.T) {
	w := newWorld(t)
	at := w.begin("/whip/r", sendingOffer).Header.Get("Location")
	for _, tt := range []struct {
		name, path, token string
		status            int
	}{
		{"somebody else", at, "Bearer bo:r", 403},
		{"nobody we know", at, "Bearer x", 401},
		{"a URL that is another's", strings.Replace(at, "/r/", "/s/", 1), "Bearer ana:s", 404},
		{"who knows the URL", at, "", 200},
	} {
		if res := w.do(request{http.MethodDelete, tt.path, "", map[string]string{"Authorization": tt.token}}); res.StatusCode != tt.status {
			t.Errorf("%s: %s, want %d", tt.name, res.Status, tt.status)
		}
	}
}

func TestAnyPageMayAsk(t *testing.T) {
	w := newWorld(t)
	for path, methods := range map[string]string{"/whip/r": "POST, OPTIONS", "/whep/r": "POST, OPTIONS", "/whip/r/x": "PATCH, DELETE, OPTIONS"} {
		res := w.do(request{http.MethodOptions, path, "", map[string]string{"Authorization": ""}})
		h := res.Header
		if res.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Methods") != methods ||
			!strings.Contains(h.Get("Access-Control-Allow-Headers"), "If-Match") || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Location") {
			t.Errorf("%s: %s %v", path, res.Status, h)
		}
	}
}

func TestASessionEndsWithItsParticipant(t *testing.T) {
	for name, ev := range map[string]wire.Event{
		"kicked or lost":  wire.KickedOut{RoomID: "r", Reason: "lost"},
		"the room closed": wire.RoomClosed{RoomID: "r"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.begin("/whep/r", receivingOffer())
			if !w.svc.NotifySession(w.last, ev) {
				t.Error("the session is not known")
			}
			if st := w.svc.Stats(); st != (whip.Stats{}) {
				t.Errorf("%+v", st)
			}
			if !w.svc.NotifySession(w.last, ev) || w.svc.NotifySession("of a socket", ev) {
				t.Error("sessions are mixed up")
			}
		})
	}
}

func TestSessionsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(o *whip.Options) { o.MaxSessionsPerUser, o.MaxSessions = 3, 4 })
		post := func(user string) *http.Response {
			return w.do(request{http.MethodPost, "/whip/r", sendingOffer, map[string]string{"Authorization": "Bearer " + user + ":r"}})
		}
		for i, tt := range []struct {
			user   string
			status int
		}{{"ana", 201}, {"ana", 201}, {"ana", 201}, {"ana", 429}, {"bo", 201}, {"cy", 429}} {
			if res := post(tt.user); res.StatusCode != tt.status {
				t.Errorf("%d: %s gets %s, want %d", i, tt.user, res.Status, tt.status)
			}
		}
		for post("ana").Header.Get("Retry-After") == "" { // until it is too fast, or the test never ends
		}
		time.Sleep(time.Minute)
		if res := post("ana"); res.Header.Get("Retry-After") != "" {
			t.Error("still too fast")
		}
	})
}

func TestWhatAPlayerSees(t *testing.T) {
	two := receivingOffer() + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\na=recvonly\r\n"
	camera := func(user call.UserID, on bool) wire.Event {
		return wire.UserVideoAvailable{RoomID: "r", UserID: user, Available: on}
	}
	screen := func(user call.UserID, on bool) wire.Event {
		return wire.UserSubStreamAvailable{RoomID: "r", UserID: user, Available: on}
	}
	speaks := func(user call.UserID) wire.Event {
		return wire.ActiveSpeakerChanged{RoomID: "r", UserID: user}
	}
	leaves := func(user call.UserID) wire.Event { return wire.RemoteUserLeaveRoom{RoomID: "r", UserID: user} }
	for _, tt := range []struct {
		name, path, offer string
		users             []wire.RoomUser
		events            []wire.Event
		want              []string
	}{
		{
			"whom the URL names, there or not", "/whep/r?user=bo&stream=screen", receivingOffer(), nil,
			[]wire.Event{camera("cy", true), leaves("bo")},
			[]string{"views 1=bo/screen 0=bo/mic"},
		},
		{
			"whom the URL names, and nobody else in slots that are left", "/whep/r?user=bo",
			two + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:3\r\na=recvonly\r\n", nil,
			[]wire.Event{camera("cy", true), speaks("cy")},
			[]string{"views 1=bo/camera 0=bo/mic 3=/"},
		},
		{
			"whom the URL names, with the sound of their screen", "/whep/r?user=bo&stream=screen",
			receivingOffer() + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:3\r\na=recvonly\r\n", nil, nil,
			[]string{"views 1=bo/screen 0=bo/mic 3=bo/screenAudio"},
		},
		{
			"who came first, as long as they are there", "/whep/r", receivingOffer(),
			[]wire.RoomUser{{UserID: "bo", Audio: true}, {UserID: "cy", Video: true}},
			[]wire.Event{camera("bo", true), screen("bo", true), camera("cy", false), leaves("bo")},
			[]string{"views 1=cy/camera", "views 1=bo/camera", "views"},
		},
		{
			"who speaks, and who spoke last while nobody does", "/whep/r", receivingOffer(), nil,
			[]wire.Event{
				camera("bo", true), camera("cy", true), speaks("cy"), speaks(""), speaks("di"), camera("di", true), leaves("di"),
			},
			[]string{"views 1=bo/camera", "views 1=cy/camera", "views 1=di/camera", "views 1=bo/camera"},
		},
		{
			"who shares a screen", "/whep/r?stream=screen", receivingOffer(), nil,
			[]wire.Event{camera("bo", true), screen("cy", true), screen("cy", false)},
			[]string{"views 1=cy/screen", "views"},
		},
		{
			"as many as there are slots, each staying where it is", "/whep/r", two, nil,
			[]wire.Event{camera("bo", true), camera("cy", true), camera("di", true), leaves("bo")},
			[]string{"views 1=bo/camera", "views 1=bo/camera 2=cy/camera", "views 2=cy/camera 1=di/camera"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.svc.Close()
				w.users = tt.users
				w.begin(tt.path, tt.offer)
				synctest.Wait()
				for _, ev := range tt.events {
					w.svc.NotifySession(w.last, ev)
					synctest.Wait()
				}
				if d := cmp.Diff(append([]string{"ana enters r"}, tt.want...), w.noted()); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func FuzzFragment(f *testing.F) {
	f.Add(restarted)
	f.Add("a=ice-ufrag:\na=ice-pwd:\xff")
	f.Fuzz(func(t *testing.T, fragment string) {
		w := newWorld(t)
		at := w.begin("/whip/r", sendingOffer).Header.Get("Location")
		res := w.do(request{http.MethodPatch, at, fragment, map[string]string{"If-Match": "*"}})
		if res.StatusCode >= 500 {
			t.Errorf("%s for %q", res.Status, fragment)
		}
		for _, line := range w.noted()[1:] { // what was offered is what was offered before, but for two lines
			if strings.Count(line, "a=") != 2 {
				t.Errorf("%q became %s", fragment, line)
			}
		}
	})
}

func FuzzOffer(f *testing.F) {
	f.Add(sendingOffer, true)
	f.Add(receivingOffer(), false)
	f.Fuzz(func(t *testing.T, offer string, plays bool) {
		w := newWorld(t)
		path := "/whip/r"
		if plays {
			path = "/whep/r"
		}
		if res := w.do(request{method: http.MethodPost, path: path, body: offer}); res.StatusCode >= 500 {
			t.Errorf("%s for %q", res.Status, offer)
		}
	})
}
