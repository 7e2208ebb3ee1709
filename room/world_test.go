package room_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

// world is a Service with everything around it. Sessions are named after their
// user: "ana-1" is ana's first.
type world struct {
	t       *testing.T
	svc     *room.Service
	sfu     *engine
	began   call.Millis
	members func(who call.Caller, occupied bool) bool // whom the gate lets in
	meeting bool                                      // what hosts do is heard, too

	mu       sync.Mutex
	heard    map[call.SessionID][]string
	observed []string
	summary  func() call.MediaSummary // of who entered last
}

const theRoom call.RoomID = "4711"

// play runs a story in a bubble and checks that nothing is left of it.
func play(t *testing.T, o room.Options, story func(*world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, sfu: newEngine(t), began: call.MillisOf(time.Now()), heard: map[call.SessionID][]string{}}
		w.members = func(call.Caller, bool) bool { return true }
		w.svc = room.New(o, w.sfu, w, w, w, slog.New(slog.DiscardHandler))
		story(w)
		w.svc.Close()
		if n := w.sfu.open(); n != 0 {
			t.Errorf("%d peers were left open", n)
		}
		if st := w.svc.Stats(); st != (room.Stats{}) {
			t.Errorf("after Close: %+v", st)
		}
	})
}

func userOf(s call.SessionID) call.UserID {
	user, _, _ := strings.Cut(string(s), "-")
	return call.UserID(user)
}

func callerOf(s call.SessionID) call.Caller {
	return call.Caller{UserID: userOf(s), SessionID: s, Name: strings.ToUpper(string(userOf(s)))}
}

func (w *world) since(at call.Millis) time.Duration {
	return time.Duration(at-w.began) * time.Millisecond
}

func (w *world) hear(s call.SessionID, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard[s] = append(w.heard[s], fmt.Sprintf(format, args...))
}

func (w *world) observe(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.observed = append(w.observed, fmt.Sprintf(format, args...))
}

// NotifySessions implements room.Notifier.
func (w *world) NotifySessions(ids []call.SessionID, ev wire.Event) {
	for _, s := range ids {
		w.NotifySession(s, ev)
	}
}

// NotifySession implements room.Notifier. Slots, volumes and quality are left
// to their own test.
func (w *world) NotifySession(s call.SessionID, ev wire.Event) {
	onOff := map[bool]string{true: "on", false: "off"}
	switch ev := ev.(type) {
	case wire.RemoteUserEnterRoom:
		w.hear(s, "%s enters as %s", ev.UserID, ev.Role)
	case wire.RemoteUserLeaveRoom:
		w.hear(s, "%s leaves, reason %d, at %v", ev.UserID, ev.Reason, w.since(ev.At))
	case wire.UserVideoAvailable:
		w.hear(s, "%s camera %s", ev.UserID, onOff[ev.Available])
	case wire.UserAudioAvailable:
		w.hear(s, "%s mic %s", ev.UserID, onOff[ev.Available])
	case wire.UserSubStreamAvailable:
		w.hear(s, "%s screen %s", ev.UserID, onOff[ev.Available])
	case wire.UserRoleChanged:
		w.hear(s, "%s becomes %s", ev.UserID, ev.Role)
	case wire.KickedOut:
		w.hear(s, "kicked out: %s", ev.Reason)
	case wire.RoomClosed:
		w.hear(s, "room closed: %s", ev.Reason)
	default:
		if w.meeting {
			w.hearMeeting(s, ev)
		}
	}
}

// MayEnter implements room.Gate.
func (w *world) MayEnter(ctx context.Context, who call.Caller, _ call.RoomID, occupied bool) (bool, error) {
	return w.members(who, occupied), ctx.Err()
}

// CallOf implements room.Gate.
func (w *world) CallOf(context.Context, call.RoomID) (call.ID, call.Millis) { return "c1", w.began }

// UserEntered implements room.Observer.
func (w *world) UserEntered(_ call.RoomID, scene string, u call.UserID, at call.Millis, summary func() call.MediaSummary) {
	w.observe("%s enters %s at %v", u, scene, w.since(at))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.summary = summary
}

// UserLeft implements room.Observer.
func (w *world) UserLeft(_ call.RoomID, u call.UserID, reason call.LeaveReason, at call.Millis) {
	w.observe("%s leaves, reason %d, at %v", u, reason, w.since(at))
}

// RoomClosed implements room.Observer.
func (w *world) RoomClosed(_ call.RoomID, result call.Result, at call.Millis) {
	w.observe("closed as %s at %v", result, w.since(at))
}

// enter asks to go in and notes what the session finds there.
func (w *world) enter(s call.SessionID, req wire.EnterRoom) error {
	if req.RoomID == "" {
		req.RoomID = theRoom
	}
	res, err := w.svc.Enter(context.Background(), callerOf(s), &req)
	if err != nil {
		return err
	}
	line := "in as " + res.Role + ", finds"
	for _, u := range res.Users {
		line += " " + string(u.UserID)
		for name, on := range map[string]bool{"+camera": u.Video, "+mic": u.Audio, "+screen": u.Screen} {
			if on {
				line += name
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard[s] = append(w.heard[s], line)
	return nil
}

// A step is one thing that happens in a story.
type step func(*world)

func (w *world) must(what string, err error) {
	if err != nil {
		w.t.Errorf("%s: %v", what, err)
	}
}

// offers enters with an offer; the transport does not come up.
func offers(s call.SessionID) step { return offersScene(s, "") }

func offersScene(s call.SessionID, scene string) step {
	return func(w *world) { w.must("enter", w.enter(s, wire.EnterRoom{Offer: "offer", Scene: scene})) }
}

// enters enters with an offer whose transport comes up at once.
func enters(s call.SessionID) step { return entersScene(s, "") }

func entersScene(s call.SessionID, scene string) step {
	return func(w *world) {
		offersScene(s, scene)(w)
		up(userOf(s))(w)
	}
}

func entersWithoutOffer(s call.SessionID) step {
	return func(w *world) { w.must("enter", w.enter(s, wire.EnterRoom{})) }
}

func exits(s call.SessionID) step {
	return func(w *world) {
		_, err := w.svc.Exit(context.Background(), callerOf(s), &wire.ExitRoom{RoomID: theRoom})
		w.must("exit", err)
	}
}

func up(u call.UserID) step {
	return func(w *world) { w.sfu.peer(u).TransportUp(call.MillisOf(time.Now())) }
}

// down: nothing has been heard of u for that long.
func down(u call.UserID, silent time.Duration) step {
	return func(w *world) { w.sfu.peer(u).TransportDown(call.MillisOf(time.Now().Add(-silent))) }
}

func sends(u call.UserID, source call.Source, on bool) step {
	return func(w *world) { w.sfu.peer(u).Available(source, on) }
}

func wait(d time.Duration) step { return func(*world) { time.Sleep(d) } }

func detaches(s call.SessionID) step {
	return func(w *world) { w.svc.SessionDetached(s, call.MillisOf(time.Now())) }
}

func resumes(s call.SessionID) step {
	return func(w *world) { w.svc.SessionResumed(s, call.MillisOf(time.Now())) }
}

func ends(s call.SessionID) step {
	return func(w *world) { w.svc.SessionEnded(s, call.MillisOf(time.Now())) }
}

func switches(s call.SessionID, role string) step {
	return func(w *world) { w.must("switchRole", w.switchRole(s, role)) }
}

func (w *world) switchRole(s call.SessionID, role string) error {
	_, err := w.svc.SwitchRole(context.Background(), callerOf(s), &wire.SwitchRole{RoomID: theRoom, Role: role})
	return err
}

func makes(s call.SessionID, u call.UserID, role string) step {
	return func(w *world) { w.must("setRole", w.setRole(s, u, role)) }
}

func (w *world) setRole(s call.SessionID, u call.UserID, role string) error {
	_, err := w.svc.SetRole(context.Background(), callerOf(s), &wire.SetRole{RoomID: theRoom, UserID: u, Role: role})
	return err
}

func mutes(s call.SessionID, p call.Publishing) step {
	return func(w *world) {
		_, err := w.svc.SetPublishing(context.Background(), callerOf(s), &wire.SetPublishing{RoomID: theRoom, Publishing: p})
		w.must("setPublishing", err)
	}
}

// together begins steps at the same instant and waits for all.
func together(steps ...step) step {
	return func(w *world) {
		var wg sync.WaitGroup
		for _, s := range steps {
			wg.Go(func() { s(w) })
		}
		wg.Wait()
	}
}

// refused says that a request is answered with that error.
func refused(code call.Code, request func(*world) error) step {
	return func(w *world) {
		if err := request(w); call.CodeOf(err) != code {
			w.t.Errorf("got %v, want an error %d", err, code)
		}
	}
}

func (w *world) dismiss(by call.Caller) error {
	_, err := w.svc.Dismiss(context.Background(), by, &wire.DismissRoom{RoomID: theRoom})
	return err
}

func (w *world) kick(by call.Caller, u call.UserID) error {
	_, err := w.svc.Kick(context.Background(), by, &wire.KickUser{RoomID: theRoom, UserID: u})
	return err
}
