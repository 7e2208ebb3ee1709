package session_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

func TestResumingTellsWhatWasMissed(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		w.tell("ana", 1)
		ana.event("onInvitationModified")
		ana.cut()
		w.tell("ana", 2)
		time.Sleep(30 * time.Second)
		w.tell("ana", 3)
		ana = w.back("ana", ana)
		if !ana.resumed {
			t.Fatal("not resumed")
		}
		ana.event("onInvitationModified")
		ana.event("onInvitationModified")
		ana.silent()
		wantStory(t, w, "ana opened", "ana detached", "ana resumed")
		time.Sleep(2 * time.Minute) // the old window is over and forgotten
		w.tell("ana", 4)
		ana.event("onInvitationModified")
	})
}

func TestWhatCannotBeResumed(t *testing.T) {
	tests := []struct {
		name    string
		user    string
		session string // empty: the one ana had
		after   string
		told    int
	}{
		{name: "somebody else's session", user: "bo", after: "0"},
		{name: "an unknown session", user: "ana", session: "x", after: "0"},
		{name: "one that is to have told more than it did", user: "ana", after: "1"},
		{name: "a negative position", user: "ana", after: "-1"},
		{name: "no number", user: "ana", after: "1e3"},
		{name: "one that is too far ahead", user: "ana", after: "0", told: 1001},
		{name: "one that has said too much", user: "ana", after: "0", told: 40},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := session.Options{}
			if tt.told == 40 {
				opts.LogBytes = 1000
			}
			inWorld(t, opts, func(w *world) {
				ana := w.connect("ana")
				id := tt.session
				if id == "" {
					id = string(ana.session)
				}
				ana.cut()
				for n := range tt.told {
					w.tell("ana", n)
				}
				late := w.connect(tt.user, "session", id, "after", tt.after)
				if late.resumed || late.session == ana.session {
					t.Error("resumed")
				}
			})
		})
	}
}

func TestAThousandEventsBehindIsNotTooFar(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		ana := w.connect("ana")
		ana.cut()
		for n := range 1000 {
			w.tell("ana", n)
		}
		ana = w.back("ana", ana)
		if !ana.resumed {
			t.Fatal("not resumed")
		}
		for range 1000 {
			ana.event("onInvitationModified")
		}
	})
}

func TestANewerConnectionTakesOver(t *testing.T) {
	inWorld(t, session.Options{}, func(w *world) {
		first := w.connect("ana")
		w.tell("ana", 1)
		first.event("onInvitationModified")
		second := w.back("ana", first)
		if !second.resumed {
			t.Fatal("not resumed")
		}
		if code := first.goodbye(); code != session.CloseTakenOver {
			t.Errorf("the older connection was closed with %d", code)
		}
		w.tell("ana", 2)
		second.event("onInvitationModified")
		wantStory(t, w, "ana opened") // a takeover is no gap
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
		wantStory(t, w, "ana opened", "ana ended")
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
		if code := ana.goodbye(); code != 1001 {
			t.Errorf("closed with %d", code)
		}
		wantStory(t, w, "ana opened", "bo opened", "bo detached") // the server went, not they
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
	inWorld(t, session.Options{QueueFrames: 100, LogEvents: 50}, func(w *world) {
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
		ana.seq = 1 + 102 - 50
		if ana = w.back("ana", ana); !ana.resumed {
			t.Fatal("not resumed")
		}
		for range 50 {
			ana.event("onInvitationModified")
		}
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

// However the connection is cut, the client has every event once and in order.
func TestResumptionLosesAndRepeatsNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type step struct {
			kind string
			n    int
		}
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			return step{
				rapid.SampledFrom([]string{"tell", "tell", "tell", "cut", "back", "takeover", "wait", "see"}).Draw(rt, "kind"),
				rapid.IntRange(1, 40).Draw(rt, "n"),
			}
		}), 1, 60).Draw(rt, "steps")
		var fault string
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, session.Options{})
			defer w.close()
			ana := w.connect("ana")
			synctest.Wait()
			told, attached, gone := 0, true, time.Duration(0)
			see := func(limit int) {
				for ; limit > 0; limit-- {
					select {
					case f := <-ana.frames:
						want := strconv.FormatInt(ana.seq+1, 10)
						if !strings.Contains(string(f.Params), `"seq":`+want+`,"inviteID":"`+want+`"`) && fault == "" {
							fault = fmt.Sprintf("after %d came %s", ana.seq, f.Params)
						}
						ana.seq++
					default:
						return
					}
				}
			}
			back := func() {
				old := ana
				ana = w.back("ana", old)
				if !ana.resumed && fault == "" {
					fault = "not resumed"
				}
				attached, gone = true, 0
			}
			for _, s := range steps {
				switch {
				case s.kind == "tell":
					for range s.n {
						told++
						w.tell("ana", told)
					}
				case s.kind == "see":
					synctest.Wait()
					see(s.n)
				case s.kind == "cut" && attached:
					ana.conn.NetConn().Close() // whatever is on its way is lost
					<-ana.closed
					synctest.Wait()
					attached = false
				case s.kind == "back" && !attached, s.kind == "takeover" && attached:
					back()
				case s.kind == "wait" && (attached || gone+time.Duration(s.n)*time.Second < time.Minute):
					time.Sleep(time.Duration(s.n) * time.Second)
					gone += time.Duration(s.n) * time.Second
				}
			}
			if !attached {
				back()
			}
			synctest.Wait()
			see(told)
			if ana.seq != int64(told) && fault == "" {
				fault = fmt.Sprintf("%d events told, %d seen", told, ana.seq)
			}
		})
		if fault != "" {
			rt.Fatal(fault)
		}
	})
}
