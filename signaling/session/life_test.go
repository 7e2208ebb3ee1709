package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"callsvc/call"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

func wantStory(t *testing.T, w *world, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.observer.told()); diff != "" {
		t.Errorf("the observer was told (-want +got):\n%s", diff)
	}
}

func TestASessionFromWelcomeToEnd(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		if ana.resumed || ana.userName != "the ana" || len(ana.session) < 20 {
			t.Errorf("welcome: %+v", ana)
		}
		w.tell("ana", 1)
		w.tell("bo", 2)
		ana.event("onInvitationModified")
		ana.silent()
		ana.cut()
		wantStory(t, w, "ana opened", "ana detached")
		time.Sleep(59 * time.Second)
		wantStory(t, w, "ana opened", "ana detached")
		time.Sleep(2 * time.Second)
		wantStory(t, w, "ana opened", "ana detached", "ana ended")
		if again := w.back("ana", ana); again.resumed || again.session == ana.session {
			t.Errorf("a session that has ended was resumed")
		}
	})
}

func TestNothingIsToldBeforeReady(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		w.observer.hold = true
		ana := w.connect("ana")
		if f := ana.ask("session.time", struct{}{}); f.Error != nil {
			t.Errorf("requests must work meanwhile: %+v", f.Error)
		}
		w.tell("ana", 1)
		w.hub.NotifySession(ana.session, modified(2)) // its own doing: told at once
		if f := ana.event("onInvitationModified"); !strings.Contains(string(f.Params), `"inviteID":"2"`) {
			t.Errorf("got %s", f.Params)
		}
		ana.silent()
		w.observer.ready([]wire.Event{modified(3), modified(4)})
		w.tell("ana", 5)
		w.observer.ready([]wire.Event{modified(6)}) // only the first call counts
		for _, n := range []string{"3", "4", "5"} {
			if f := ana.event("onInvitationModified"); !strings.Contains(string(f.Params), `"inviteID":"`+n+`"`) {
				t.Errorf("got %s, want %s", f.Params, n)
			}
		}
		ana.silent()
	})
}

func TestReadyReachesASessionThatIsDetached(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		w.observer.hold = true
		ana := w.connect("ana")
		ana.cut()
		w.observer.ready([]wire.Event{modified(1)})
		ana = w.back("ana", ana)
		ana.event("onInvitationModified")
	})
}

func TestAllOfAUsersSessionsAreToldButOne(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		phone, laptop, bo := w.connect("ana"), w.connect("ana"), w.connect("bo")
		synctest.Wait()
		w.hub.Notify([]call.UserID{"ana", "bo", "nobody"}, phone.session, modified(1))
		laptop.event("onInvitationModified")
		bo.event("onInvitationModified")
		phone.silent()
	})
}

func TestASessionEndsWithItsCredential(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana", "ttl", "5m")
		time.Sleep(4 * time.Minute)
		ana.silent()
		time.Sleep(2 * time.Minute)
		if f := ana.event("session.kicked"); !strings.Contains(string(f.Params), `"expired"`) {
			t.Errorf("kicked: %s", f.Params)
		}
		if code := ana.goodbye(); code != session.CloseKicked {
			t.Errorf("closed with %d", code)
		}
		wantStory(t, w, "ana opened", "ana kicked")
	})
}

func TestANewCredentialProlongsASession(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana", "ttl", "5m")
		ana.cut()
		ana = w.connect("ana", "ttl", "10m", "session", string(ana.session), "after", "0")
		time.Sleep(9 * time.Minute)
		ana.silent()
		time.Sleep(2 * time.Minute)
		ana.event("session.kicked")
	})
}

func TestKickingEndsEverySession(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		phone, laptop := w.connect("ana"), w.connect("ana")
		phone.cut()
		w.hub.Kick("ana", session.KickRevoked)
		if f := laptop.event("session.kicked"); !strings.Contains(string(f.Params), `"revoked"`) {
			t.Errorf("kicked: %s", f.Params)
		}
		if code := laptop.goodbye(); code != session.CloseKicked {
			t.Errorf("closed with %d", code)
		}
		if again := w.back("ana", phone); again.resumed {
			t.Error("a detached session survived")
		}
	})
}

// A credential is revoked between its check and the session: the session ends
// all the same.
func TestWhoIsJustConnectingIsRevokedToo(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		w.tokens.then = func() { // once, after a credential was found good
			w.tokens.refuse("ana")
			w.hub.Kick("ana", session.KickRevoked)
		}
		ana := w.connect("ana")
		ana.event("session.kicked")
		if code := ana.goodbye(); code != session.CloseKicked {
			t.Errorf("closed with %d", code)
		}
		w.connect("bo").silent()
	})
}

func TestKickingTakesNoTime(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		w.connect("ana")
		synctest.Wait()
		began := time.Now()
		w.hub.Kick("ana", session.KickRevoked)
		wantStory(t, w, "ana opened", "ana kicked")
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
}

func TestLoggingOutIsAnsweredFirst(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		if f := ana.ask("user.logout", struct{}{}); f.Error != nil {
			t.Errorf("answer: %+v", f.Error)
		}
		if code := ana.goodbye(); code != 1000 {
			t.Errorf("closed with %d", code)
		}
		wantStory(t, w, "ana opened", "ana ended")
		if again := w.back("ana", ana); again.resumed {
			t.Error("resumed")
		}
	})
}

func TestDrainingRefusesNewSessionsOnly(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		w.hub.Drain(1234)
		if f := ana.event("session.draining"); !strings.Contains(string(f.Params), `"deadlineAt":1234`) {
			t.Errorf("draining: %s", f.Params)
		}
		wantRefusal(t, w, "bo", 503, call.CodeDraining)
		conn, _, err := w.dial(url.Values{"token": {"bo"}, "session": {string(ana.session)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var closed *websocket.CloseError
		if _, _, err := conn.ReadMessage(); !errors.As(err, &closed) || closed.Code != session.CloseDraining {
			t.Errorf("somebody else's session: %v, want close code 4000", err)
		}
		ana.cut()
		if ana = w.back("ana", ana); !ana.resumed {
			t.Error("not resumed")
		}
	})
}

func TestCloseSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, session.Options{})
		ana, bo := w.connect("ana"), w.connect("bo")
		bo.cut()
		w.close()
		if last := ana.event("session.kicked"); !strings.Contains(string(last.Params), `"reason":"shutdown"`) {
			t.Errorf("the last word is %s", last.Params)
		}
		if code := ana.goodbye(); code != 1001 {
			t.Errorf("closed with %d", code)
		}
		wantStory(t, w, "ana opened", "bo opened", "bo detached") // the server went, not they
	})
}

func TestCloseWaitsForRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, session.Options{})
		finished := false
		w.handler.do = func(context.Context, call.Caller, wire.Request) (any, error) {
			time.Sleep(10 * time.Second)
			finished = true
			return wire.Empty{}, nil
		}
		ana := w.connect("ana")
		ana.send("session.time", struct{}{})
		synctest.Wait()
		w.close()
		if !finished {
			t.Error("a request was still at work")
		}
	})
}

func TestCloseGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, session.Options{})
		w.handler.do = (&gates{gate: map[string]chan struct{}{"SessionTime": make(chan struct{})}}).do
		ana := w.connect("ana")
		ana.send("session.time", struct{}{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := w.hub.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("close: %v", err)
		}
		wantRefusal(t, w, "bo", 503, call.CodeDraining)
		w.close() // the request was cancelled: nothing is left
	})
}

func TestNothingAddressedToWhoIsGone(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		w.tell("ana", 1)
		w.hub.NotifySession("x", modified(1))
		w.hub.EndSession("x")
		w.hub.WatchStatus("x")
		w.hub.Kick("ana", session.KickRevoked)
		if st := w.hub.Stats(); st.Events != 0 || len(w.observer.told()) != 0 {
			t.Errorf("stats %+v, observer %v", st, w.observer.told())
		}
	})
}

func TestASilentPeerIsDetached(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		time.Sleep(10 * time.Minute) // pongs keep it
		wantStory(t, w, "ana opened")
		mute := func() {}
		ana.onPing.Store(&mute)
		time.Sleep(31 * time.Second)
		wantStory(t, w, "ana opened", "ana detached")
		if ana = w.back("ana", ana); !ana.resumed {
			t.Error("not resumed")
		}
	})
}

func TestASlowReaderIsCutOffAndComesBack(t *testing.T) {
	inWorld(t, session.Options{QueueFrames: 100, LogEvents: 110}, func(w *world) {
		ana := w.connect("ana")
		w.tell("ana", 0)
		ana.event("onInvitationModified")
		stopped := make(chan struct{})
		stall := func() { <-stopped } // reads nothing more
		ana.onPing.Store(&stall)
		time.Sleep(16 * time.Second)
		for n := range 102 {
			w.tell("ana", n)
		}
		if got := w.hub.Stats().SlowReaders; got != 1 {
			t.Errorf("%d slow readers were cut off, want 1", got)
		}
		close(stopped)
		if code := ana.goodbye(); code != session.CloseSlow {
			t.Errorf("closed with %d", code)
		}
		ana.cut() // counts what arrived
		wantStory(t, w, "ana opened", "ana detached")
		if ana = w.back("ana", ana); !ana.resumed {
			t.Fatal("not resumed")
		}
		for ana.seq < 103 {
			ana.event("onInvitationModified")
		}
		ana.silent()
	})
}

func TestSessionsAreCounted(t *testing.T) {
	inWorld(t, session.Options{MaxSessionsPerUser: 2, MaxSessions: 3}, func(w *world) {
		first, second := w.connect("ana"), w.connect("ana")
		wantRefusal(t, w, "ana", 429, call.CodeRateLimited)
		first.cut()
		w.connect("ana") // takes the place of the one that was left
		if back := w.back("bo", first); back.resumed {
			t.Error("somebody else resumed")
		}
		wantRefusal(t, w, "cy", 503, call.CodeRateLimited)
		second.cut()
		st := w.hub.Stats()
		if st.Attached != 2 || st.Detached != 1 || st.Users != 2 {
			t.Errorf("stats: %+v", st)
		}
	})
}

func TestWhoIsOnline(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		ana.ask("user.subscribeStatus", struct{}{})
		status := func(user string, kind int) {
			t.Helper()
			f := ana.event("onUserStatusChanged")
			want := fmt.Sprintf(`"userStatusList":[{"userID":%q,"name":"the %s","statusType":%d}]`, user, user, kind)
			if !strings.Contains(string(f.Params), want) {
				t.Errorf("got %s, want %s", f.Params, want)
			}
		}
		bo := w.connect("bo")
		status("bo", wire.StatusOnline)
		other := w.connect("bo")
		w.connect("ana")
		if want := []wire.UserStatus{{UserID: "ana", Name: "the ana", StatusType: 1}, {UserID: "bo", Name: "the bo", StatusType: 1}}; !cmp.Equal(want, w.hub.OnlineUsers()) {
			t.Errorf("online: %+v", w.hub.OnlineUsers())
		}
		bo.cut()
		ana.silent()
		if !w.hub.Online("bo") {
			t.Error("bo has another session")
		}
		other.cut()
		status("bo", wire.StatusOffline)
		if w.hub.Online("bo") || w.hub.Online("nobody") {
			t.Error("online without a connection")
		}
		w.back("bo", other)
		status("bo", wire.StatusOnline)
	})
}
