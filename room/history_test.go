package room_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

// operator may do what hosts may.
func operator() call.Caller { return call.Caller{UserID: "op", Admin: true} }

// deed is one thing somebody does at random.
type deed struct {
	After   int // milliseconds since the one before
	Kind    string
	Session call.SessionID
	Arg     int
}

func drawHistory(t *rapid.T) []deed {
	kinds := []string{
		"enter", "enter", "enter", "enterBadly", "enterWithoutOffer", "exit", "up", "up", "up", "down",
		"available", "available", "detach", "resume", "end", "kick", "closeRoom", "switchRole", "setRole", "offer",
	}
	one := rapid.Custom(func(t *rapid.T) deed {
		return deed{
			After:   rapid.SampledFrom([]int{0, 0, 1, 3, 15, 20, 25, 1000, 9000, 19999, 30000}).Draw(t, "after"),
			Kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
			Session: rapid.SampledFrom([]call.SessionID{"ana-1", "ana-2", "bo-1", "bo-2", "cy-1"}).Draw(t, "session"),
			Arg:     rapid.IntRange(0, 11).Draw(t, "arg"),
		}
	})
	return rapid.SliceOfN(one, 1, 60).Draw(t, "history")
}

// TestEverySessionKnowsWhoIsThere throws random histories at a room. What each
// session makes of its result and the events must be how the room is at the
// end, with nobody entering twice or leaving without having entered on the way.
func TestEverySessionKnowsWhoIsThere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		history, scene := drawHistory(rt), rapid.SampledFrom([]string{room.SceneCall, room.SceneClass}).Draw(rt, "scene")
		crowdFrom := rapid.SampledFrom([]int{2, 3, 30}).Draw(rt, "crowdFrom")
		var faults []string
		synctest.Test(t, func(t *testing.T) {
			h := newHistory(t, scene, crowdFrom)
			for _, d := range history {
				h.do(d)
			}
			h.compare()
			h.svc.Close()
			h.compare()
			faults = h.faults
		})
		if len(faults) > 0 {
			rt.Fatalf("%d faults, the first: %s", len(faults), faults[0])
		}
	})
}

// view is what one session believes.
type view struct {
	in     bool
	busy   bool // a request is under way
	put    bool // put out while it was
	ended  bool
	answer string                          // of its newest peer
	users  map[call.UserID]map[string]bool // with what is available
}

type history struct {
	svc   *room.Service
	sfu   *engine
	scene string
	wg    sync.WaitGroup

	mu      sync.Mutex
	faults  []string
	views   map[call.SessionID]*view
	entered map[call.UserID]call.Millis // as observed
	told    map[call.UserID]call.Millis // as last told to anybody
	rename  map[call.SessionID]int      // a session that ended comes back as another
}

func newHistory(t *testing.T, scene string, crowdFrom int) *history {
	h := &history{
		sfu: newEngine(t), scene: scene, views: map[call.SessionID]*view{},
		entered: map[call.UserID]call.Millis{}, told: map[call.UserID]call.Millis{}, rename: map[call.SessionID]int{},
	}
	h.svc = room.New(room.Options{CrowdFrom: crowdFrom}, h.sfu, h, h, h, slog.New(slog.DiscardHandler))
	time.Sleep(500 * time.Microsecond) // deeds fall between the room's own milliseconds
	return h
}

func (h *history) fault(format string, args ...any) {
	h.faults = append(h.faults, fmt.Sprintf(format, args...))
}

// view returns the newest incarnation of a session.
func (h *history) view(base call.SessionID) (call.SessionID, *view) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := call.SessionID(fmt.Sprintf("%s.%d", base, h.rename[base]))
	if h.views[s] == nil {
		h.views[s] = &view{}
	}
	return s, h.views[s]
}

func (h *history) do(d deed) {
	time.Sleep(time.Duration(d.After) * time.Millisecond)
	switch d.Kind {
	case "enter", "enterBadly", "kick", "closeRoom":
		// A user who enters at the very instant of being put out cannot tell
		// which came first, and neither can this test.
		time.Sleep(time.Millisecond)
	}
	s, v := h.view(d.Session)
	h.mu.Lock()
	peer := h.sfu.peerOf(v.answer)
	h.mu.Unlock()
	if peer != nil {
		h.move(peer, d)
	}
	ctx, who, at := context.Background(), callerOf(s), call.MillisOf(time.Now())
	switch d.Kind {
	case "detach":
		h.svc.SessionDetached(s, at)
	case "resume":
		h.svc.SessionResumed(s, at)
	case "end":
		h.end(d.Session, s, v, at)
	case "kick":
		_, _ = h.svc.Kick(ctx, operator(), &wire.KickUser{RoomID: theRoom, UserID: who.UserID}) // may not be there
	case "closeRoom":
		if d.Arg == 0 {
			_ = h.svc.CloseRoom(ctx, theRoom, call.ResultRoomClosed) // may not be there
		}
	default:
		h.request(d, who, v)
	}
}

// move moves a peer's transport.
func (h *history) move(p *peer, d deed) {
	if p.closed.Load() {
		return
	}
	sources := []call.Source{call.SourceCamera, call.SourceMic, call.SourceScreen}
	switch now := time.Now(); d.Kind {
	case "up":
		p.TransportUp(call.MillisOf(now))
	case "down":
		p.TransportDown(call.MillisOf(now.Add(-time.Duration(d.Arg) * time.Second)))
	case "available":
		p.Available(sources[d.Arg%3], d.Arg > 3)
	}
}

func (h *history) end(base, s call.SessionID, v *view, at call.Millis) {
	h.mu.Lock()
	busy := v.busy
	h.mu.Unlock()
	if busy {
		return
	}
	h.svc.SessionEnded(s, at)
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	v.in, v.ended = false, true
	h.rename[base]++
}

// request makes a request of a session that has none under way.
func (h *history) request(d deed, who call.Caller, v *view) {
	if d.Kind == "enterWithoutOffer" { // its first events may overtake the result
		h.wg.Wait()
		time.Sleep(time.Millisecond)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if v.busy {
		return
	}
	v.busy, v.put = true, false
	h.wg.Go(func() {
		result := h.ask(d, who)
		h.mu.Lock()
		defer h.mu.Unlock()
		v.busy = false
		result(v)
	})
	if d.Kind == "enterWithoutOffer" {
		h.mu.Unlock()
		h.wg.Wait()
		h.mu.Lock()
	}
}

// ask makes a request and returns what it does to the view.
func (h *history) ask(d deed, who call.Caller) func(*view) {
	ctx := context.Background()
	target := call.UserID([]string{"ana", "bo", "cy"}[d.Arg%3])
	role := []string{room.RoleAnchor, room.RoleAudience, room.RoleHost}[d.Arg/4]
	var err error
	switch d.Kind {
	case "enter", "enterBadly", "enterWithoutOffer":
		batch := strings.Contains(string(who.SessionID), "-1") // one's other devices are told one by one
		req := &wire.EnterRoom{RoomID: theRoom, Scene: h.scene, Batch: batch, Offer: map[string]string{"enter": numberedOffer, "enterBadly": badOffer}[d.Kind]}
		res, err := h.svc.Enter(ctx, who, req)
		if err == nil {
			return func(v *view) { h.found(who.SessionID, v, res) }
		}
	case "offer":
		var res wire.OfferRoomResult
		res, err = h.svc.Offer(ctx, who, &wire.OfferRoom{RoomID: theRoom, Offer: numberedOffer})
		if err == nil && h.sfu.peerOf(res.Answer) != nil {
			return func(v *view) { v.answer = res.Answer }
		}
	case "exit":
		if _, err = h.svc.Exit(ctx, who, &wire.ExitRoom{RoomID: theRoom}); err == nil {
			return func(v *view) { v.in = false }
		}
	case "switchRole":
		_, err = h.svc.SwitchRole(ctx, who, &wire.SwitchRole{RoomID: theRoom, Role: role})
	case "setRole":
		_, err = h.svc.SetRole(ctx, who, &wire.SetRole{RoomID: theRoom, UserID: target, Role: role})
	}
	if code := call.CodeOf(err); code == call.CodeInternal {
		return func(*view) { h.fault("%s by %s: %v", d.Kind, who.SessionID, err) }
	}
	return func(*view) {}
}

// found starts a view from the result of entering.
func (h *history) found(s call.SessionID, v *view, res wire.EnterRoomResult) {
	v.in, v.answer, v.users = !v.put && !res.Waiting, res.Answer, map[call.UserID]map[string]bool{}
	for _, u := range res.Users {
		if u.UserID == userOf(s) {
			h.fault("%s finds itself", s)
		}
		v.users[u.UserID] = onAir(u)
	}
}

func onAir(u wire.RoomUser) map[string]bool {
	on := map[string]bool{"video": u.Video, "audio": u.Audio, "screen": u.Screen}
	maps.DeleteFunc(on, func(_ string, on bool) bool { return !on })
	return on
}

// NotifySessions implements room.Notifier.
func (h *history) NotifySessions(ids []call.SessionID, ev wire.Event) {
	for _, s := range ids {
		h.NotifySession(s, ev)
	}
}

// NotifySession implements room.Notifier.
func (h *history) NotifySession(s call.SessionID, ev wire.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.views[s]
	switch ev := ev.(type) {
	case wire.KickedOut, wire.RoomClosed:
		v.in, v.put = false, true
	case wire.RemoteUserEnterRoom:
		h.told[ev.UserID] = ev.At
		if _, known := v.users[ev.UserID]; known || ev.UserID == userOf(s) || !v.in {
			h.fault("%s hears %s enter; in %v, knows %v", s, ev.UserID, v.in, v.users)
		}
		if v.in {
			v.users[ev.UserID] = map[string]bool{}
		}
	case wire.RemoteUserLeaveRoom:
		h.known(s, v, ev.UserID, ev)
		delete(v.users, ev.UserID)
	case wire.RemoteUsersChanged:
		h.many(s, v, ev)
	case wire.UserVideoAvailable:
		h.air(s, v, ev.UserID, "video", ev.Available)
	case wire.UserAudioAvailable:
		h.air(s, v, ev.UserID, "audio", ev.Available)
	case wire.UserSubStreamAvailable:
		h.air(s, v, ev.UserID, "screen", ev.Available)
	case wire.UserRoleChanged:
		if ev.UserID != userOf(s) {
			h.known(s, v, ev.UserID, ev)
		}
	}
}

// many takes in what is told of many at once.
func (h *history) many(s call.SessionID, v *view, ev wire.RemoteUsersChanged) {
	if !v.in {
		h.fault("%s hears of many and is not in", s)
		return
	}
	for _, u := range ev.Left {
		delete(v.users, u.UserID)
	}
	for _, u := range ev.Users {
		if u.UserID != userOf(s) {
			v.users[u.UserID] = onAir(u)
		}
	}
}

func (h *history) known(s call.SessionID, v *view, u call.UserID, ev wire.Event) {
	if _, known := v.users[u]; !known || !v.in {
		h.fault("%s hears %s about %s; in %v, knows %v", s, ev.Name(), u, v.in, v.users)
	}
}

func (h *history) air(s call.SessionID, v *view, u call.UserID, what string, on bool) {
	air, known := v.users[u]
	if !known || !v.in || air[what] == on {
		h.fault("%s hears of %s's %s %v; in %v, knows %v", s, u, what, on, v.in, v.users)
		return
	}
	if air[what] = true; !on {
		delete(air, what)
	}
}

// MayEnter implements room.Gate.
func (h *history) MayEnter(context.Context, call.Caller, call.RoomID, bool) (bool, error) {
	return true, nil
}

// CallOf implements room.Gate.
func (h *history) CallOf(context.Context, call.RoomID) (call.ID, call.Millis) { return "", 0 }

// UserEntered implements room.Observer.
func (h *history) UserEntered(_ call.RoomID, _ string, u call.UserID, at call.Millis, _ func() call.MediaSummary) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.entered[u] != 0 {
		h.fault("%s was observed to enter twice", u)
	}
	if told := h.told[u]; told != 0 && told > at {
		h.fault("%s entered at %d and was told to have at %d", u, at, told)
	}
	h.entered[u] = at
}

// UserLeft implements room.Observer.
func (h *history) UserLeft(_ call.RoomID, u call.UserID, _ call.LeaveReason, at call.Millis) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.entered[u] == 0 || at < h.entered[u] {
		h.fault("%s was observed to leave at %d, having entered at %d", u, at, h.entered[u])
	}
	delete(h.entered, u)
}

// RoomClosed implements room.Observer.
func (h *history) RoomClosed(call.RoomID, call.Result, call.Millis) {}

// compare holds the views against the room once everything has come to rest.
func (h *history) compare() {
	h.wg.Wait()
	time.Sleep(room.ConnectTimeout + time.Second)
	synctest.Wait()
	infos, err := h.svc.Rooms(context.Background())
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil || len(infos) > 1 {
		h.fault("rooms: %v, %v", infos, err)
	}
	truth := map[call.UserID]map[string]bool{}
	for _, info := range infos {
		for _, u := range info.Users {
			truth[u.UserID] = onAir(u)
			if h.entered[u.UserID] != u.EnteredAt {
				h.fault("%s is in since %d, observed was %d", u.UserID, u.EnteredAt, h.entered[u.UserID])
			}
		}
	}
	if len(truth) != len(h.entered) {
		h.fault("%v are in, observed were %v", truth, h.entered)
	}
	through := map[call.UserID]int{}
	for s, v := range h.views {
		if !v.in {
			continue
		}
		through[userOf(s)]++
		others := maps.Clone(truth)
		delete(others, userOf(s))
		if d := cmp.Diff(others, v.users); d != "" {
			h.fault("%s is wrong about the room (-room +view):\n%s", s, d)
		}
	}
	for u := range truth {
		if through[u] != 1 {
			h.fault("%s is in through %d sessions", u, through[u])
		}
	}
	if len(through) != len(truth) {
		h.fault("in are %v, who believe so are %v", truth, through)
	}
}
