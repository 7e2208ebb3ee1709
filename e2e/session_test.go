package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callsvc/internal/testkit"

	"github.com/gorilla/websocket"
)

// While one talks without pause, the other's socket breaks again and again: in
// the end every event has come, in order, none twice.
func TestASessionGoesOnWhileEventsFlow(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	const invitations = 400
	sent := make(chan []string, 1)
	go func() {
		var ids []string
		for i := range invitations {
			r, err := ana.Try("signaling.invite", p{"invitee": "bo", "data": fmt.Sprint(i), "timeout": 0})
			if err != nil {
				t.Errorf("invite: %v", err)
				break
			}
			ids = append(ids, r.Str("inviteID"))
		}
		sent <- ids
	}()
	for round := range 20 {
		bo.Sees("onReceiveNewInvitation", func(e event) bool { return e.Int("seq") >= int64(round*15+1) })
		bo.Offline()
		if !bo.Resume() {
			t.Fatalf("round %d: the session is not resumed", round)
		}
	}
	want := <-sent
	for _, id := range want {
		bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
	}
	bo.Quiet()
	if len(want) != invitations || bo.Seq() != invitations {
		t.Errorf("%d invitations, the last event is number %d", len(want), bo.Seq())
	}
}

func TestWhoComesBackTooLateLearnsWhatIsStillTrue(t *testing.T) {
	for _, c := range []struct {
		name string
		late func(svc *testkit.Service, ana *testkit.User)
	}{
		{"more than 1,000 events behind", func(_ *testkit.Service, ana *testkit.User) {
			for range 510 {
				id := ana.Do("signaling.invite", p{"invitee": "bo", "timeout": 0}).Str("inviteID")
				ana.Do("signaling.cancel", p{"inviteID": id})
			}
		}},
		{"after a restart", func(svc *testkit.Service, _ *testkit.User) { svc.Restart() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			svc := testkit.Start(t)
			ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
			id := ring(ana, bo, "room")
			bo.Offline()
			c.late(svc, ana)
			if bo.Resume() {
				t.Fatal("the session is resumed")
			}
			bo.Expect("onReceiveNewInvitation", p{"seq": 1, "inviteID": id})
			bo.Quiet()
		})
	}
}

func TestASessionIsResumedOnlyByItsUser(t *testing.T) {
	svc := testkit.Start(t)
	ana, eve := svc.SignIn("ana"), svc.SignIn("eve")
	stolen := svc.Socket("token=" + svc.Token("eve", "") + "&after=0&session=" + ana.Client.Welcome.Str("sessionID"))
	c := dial(t, stolen, nil)
	defer c.Drop()
	if c.Welcome.Bool("resumed") || c.Welcome.Str("userID") != "eve" || c.Welcome.Str("sessionID") == ana.Client.Welcome.Str("sessionID") {
		t.Errorf("eve gets %v", c.Welcome)
	}
	ana.Quiet()
	eve.Quiet()
}

func TestANewerSocketTakesTheSessionOver(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	before := ana.Client
	if !ana.Resume() {
		t.Fatal("the session is not resumed")
	}
	<-before.Closed()
	if code := before.CloseCode(); code != 4003 {
		t.Errorf("the older socket closes with %d, want 4003", code)
	}
	ana.Quiet()
}

// A client that does not read is cut off with 4002; it may come back and learns
// what is still true, and nobody else suffered.
func TestASlowReaderIsCutOff(t *testing.T) {
	svc := testkit.Start(t, "--heartbeat=10m") // or it is cut off for its silence, if the disk is slow
	ana := svc.SignIn("ana")
	slow, res, err := websocket.DefaultDialer.DialContext(t.Context(), svc.Socket("token="+svc.Token("bo", "")), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	defer res.Body.Close()
	connected := sendUntilCut(t, svc, ana, "bo")
	if err := slow.SetReadDeadline(time.Now().Add(testkit.Patience)); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, _, err = slow.ReadMessage()
	}
	// For two seconds the close frame waits to be read. On a busy machine we may be later.
	if !websocket.IsCloseError(err, 4002) && time.Since(connected) < 2*time.Second {
		t.Errorf("the slow reader sees %v, want close code 4002", err)
	}
	id := ring(ana, svc.SignIn("cy"), "room") // others go on
	ana.Do("signaling.cancel", p{"inviteID": id})
}

// sendUntilCut sends to somebody who does not read until they are cut off, and returns
// the last moment at which they were not. Several requests at once share commits.
func sendUntilCut(t *testing.T, svc *testkit.Service, ana *testkit.User, reader string) (connected time.Time) {
	t.Helper()
	const senders, mostEach = 8, 1_250
	data, over := strings.Repeat("x", 12<<10), make(chan struct{})
	var sending sync.WaitGroup
	for range senders {
		sending.Go(func() {
			for range mostEach {
				res, err := ana.Try("signaling.invite", p{"invitee": reader, "data": data, "timeout": 0})
				if err == nil {
					_, err = ana.Try("signaling.cancel", p{"inviteID": res.Str("inviteID")})
				}
				if err != nil {
					t.Errorf("to a reader who is slow: %v", err)
					return
				}
				select {
				case <-over:
					return
				default:
				}
			}
			t.Error("120 MB later the slow reader is still connected")
		})
	}
	defer sending.Wait()
	defer close(over)
	for !t.Failed() {
		asked := time.Now()
		if svc.Figure("callsvc_slow_sessions_cut_total") > 0 {
			break
		}
		connected = asked
		ana.Do("session.time", nil) // as long as this takes, others get on
	}
	return connected
}

func TestCredentials(t *testing.T) {
	svc := testkit.Start(t)
	now := time.Now()
	change := func(name string, v any) string {
		claims := testkit.Claims("ana")
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
		return "token=" + testkit.JWT(testkit.DevSecret, claims)
	}
	good := testkit.JWT(testkit.DevSecret, testkit.Claims("ana"))
	head, sig := good[:strings.LastIndex(good, ".")], good[strings.LastIndex(good, "."):]
	none := testkit.SignedPart(p{"alg": "none", "typ": "JWT"}) + "." + testkit.SignedPart(testkit.Claims("ana")) + "."
	userSig := func(secret string, app int, user string, made time.Time) string {
		return "userID=ana&userSig=" + testkit.UserSig(secret, app, user, made, time.Hour)
	}
	for _, c := range []struct {
		name, query string
		code        int
	}{
		{"a JWT", "token=" + good, 0},
		{"a UserSig", userSig(testkit.DevSecret, testkit.SDKAppID, "ana", now), 0},
		{"nothing", "", 6014},
		{"an empty token", "token=", 70003},
		{"no JWT", "token=hello", 70003},
		{"alg none", "token=" + none, 70003},
		{"alg none with a signature", "token=" + none + sig[1:], 70003},
		{"another secret", "token=" + testkit.JWT(strings.Repeat("k", 32), testkit.Claims("ana")), 70003},
		{"other claims under a good signature", "token=" + strings.Join([]string{
			strings.Split(good, ".")[0],
			testkit.SignedPart(testkit.Claims("bo")),
		}, ".") + sig, 70003},
		{"a cut signature", "token=" + head + ".", 70003},
		{"another issuer", change("iss", "eve"), 70003},
		{"no exp", change("exp", nil), 70003},
		{"text for exp", change("exp", "tomorrow"), 70003},
		{"an exp long past", change("exp", now.Add(-time.Hour).Unix()), 70001},
		{"no sub", change("sub", nil), 70003},
		{"a sub that is no user id", change("sub", "ana banana"), 70003},
		{"a token of 100 kB", "token=" + strings.Repeat("A", 100_000), -1}, // the HTTP server refuses the request line
		{"a token of 20 kB", "token=" + strings.Repeat("A", 20_000), 70003},
		{"a UserSig of another secret", userSig(strings.Repeat("k", 32), testkit.SDKAppID, "ana", now), 70003},
		{"a UserSig of another application", userSig(testkit.DevSecret, 7, "ana", now), 70003},
		{"somebody else's UserSig", userSig(testkit.DevSecret, testkit.SDKAppID, "bo", now), 70003},
		{"an old UserSig", userSig(testkit.DevSecret, testkit.SDKAppID, "ana", now.Add(-2*time.Hour)), 70001},
		{"a UserSig that is none", "userID=ana&userSig=eJw", 70003},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := tryDial(t, svc.Socket(c.query), nil)
			if client != nil {
				client.Drop()
			}
			if got := testkit.CodeOf(err); got != c.code {
				t.Errorf("%v, want code %d", err, c.code)
			}
			if refused := refusal(err); refused != nil && refused.Status != http.StatusUnauthorized {
				t.Errorf("HTTP status %d, want 401", refused.Status)
			}
		})
	}
}

func TestATokenThatExpiresEndsItsSession(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 seconds of real time")
	}
	t.Parallel()
	svc := testkit.Start(t)
	claims := testkit.Claims("ana")
	claims["exp"] = time.Now().Add(10 * time.Second).Unix() // until then ana must have come
	ana := svc.SignInWith("ana", testkit.JWT(testkit.DevSecret, claims))
	ana.Expect("session.kicked", p{"reason": "expired"})
	<-ana.Client.Closed()
	if code := ana.Client.CloseCode(); code != 4001 {
		t.Errorf("closes with %d, want 4001", code)
	}
}

func TestPagesOfOtherSitesMayNotConnect(t *testing.T) {
	svc := testkit.Start(t, "--allowed-origin=https://app.example.org")
	own := strings.TrimSuffix(svc.URL(""), "/")
	for _, c := range []struct {
		origin string
		code   int
	}{
		{own, 0},
		{"https://app.example.org", 0},
		{"https://evil.example.org", 70003},
		{"http://app.example.org", 70003},
		{"null", 70003},
		{"https://app.example.org.evil.example", 70003},
		{"http://127.0.0.1.evil.example", 70003},
	} {
		t.Run(c.origin, func(t *testing.T) {
			client, err := tryDial(t, svc.Socket("token="+svc.Token("ana", "")), http.Header{"Origin": {c.origin}})
			if client != nil {
				client.Drop()
			}
			if testkit.CodeOf(err) != c.code {
				t.Errorf("%v, want code %d", err, c.code)
			}
			if refused := refusal(err); refused != nil && refused.Status != http.StatusForbidden {
				t.Errorf("HTTP status %d, want 403", refused.Status)
			}
		})
	}
}

func TestWhoIsOnlineIsTold(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	ana.Do("user.subscribeStatus", nil)
	bo, tablet := svc.SignIn("bo"), svc.SignIn("bo")
	status := ana.Expect("onUserStatusChanged", nil).List("userStatusList")
	if len(status) != 1 || status[0].Str("userID") != "bo" || status[0].Int("statusType") != 1 {
		t.Errorf("ana learns %v", status)
	}
	online := ana.Do("user.listOnline", nil).List("users")
	if !slices.ContainsFunc(online, func(u p) bool { return u.Str("userID") == "bo" }) || len(online) != 1 {
		t.Errorf("online besides ana: %v", online)
	}
	bo.Offline()
	tablet.Do("user.logout", nil)
	status = ana.Expect("onUserStatusChanged", nil).List("userStatusList")
	if len(status) != 1 || status[0].Int("statusType") != 2 {
		t.Errorf("ana learns %v", status)
	}
	closed := svc.SignIn("cy")
	ana.Expect("onUserStatusChanged", nil)
	closed.Quiet()
}

// refusal is the server's word in an error, nil if it has none.
func refusal(err error) *testkit.Error {
	var e *testkit.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// dial opens a connection that must stand; its events are thrown away.
func dial(t *testing.T, url string, header http.Header) *testkit.Client {
	t.Helper()
	c, err := tryDial(t, url, header)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tryDial(t *testing.T, url string, header http.Header) (*testkit.Client, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	return testkit.Dial(ctx, url, header, func(event) {})
}
