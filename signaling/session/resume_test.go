package session_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"callsvc/signaling/session"
)

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
