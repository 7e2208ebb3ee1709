package room_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

// TestAMeetingIsWhatEverybodyBelieves throws random deeds at a meeting. After
// each of them it has a host, hands are of those in it, nobody waits who is in,
// nobody is in who was kicked and not admitted, and everybody has been told
// what it is like.
func TestAMeetingIsWhatEverybodyBelieves(t *testing.T) {
	kinds := []string{
		"enter", "enter", "enter", "enter", "enter", "enter", "exit", "detach", "resume", "end", "kick", "kick", "kick", "admit", "deny", "setHost", "unsetHost",
		"raise", "lower", "lowerOther", "lock", "unlock", "lobby", "noLobby", "keepMuted", "mute", "write",
	}
	deeds := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) deed {
		return deed{
			After:   rapid.SampledFrom([]int{0, 0, 1, 5000, 19999, 61000}).Draw(t, "after"),
			Kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
			Session: rapid.SampledFrom([]call.SessionID{"ana-1", "ana-2", "bo-1", "cy-1", "gus-1", "gil-1"}).Draw(t, "session"),
			Arg:     rapid.IntRange(0, 4).Draw(t, "arg"),
		}
	}), 1, 60)
	rapid.Check(t, func(rt *rapid.T) {
		history, scene := deeds.Draw(rt, "history"), rapid.SampledFrom([]string{room.SceneMeeting, room.SceneClass}).Draw(rt, "scene")
		crowdFrom := rapid.SampledFrom([]int{3, 30}).Draw(rt, "crowdFrom")
		var fault string
		synctest.Test(t, func(t *testing.T) {
			m := newMeeting(t, scene, crowdFrom)
			for i, d := range history {
				m.do(d)
				if fault = m.check(); fault != "" {
					fault = fmt.Sprintf("after deed %d (%s by %s, %d): %s", i, d.Kind, d.Session, d.Arg, fault)
					break
				}
			}
			m.svc.Close()
		})
		if fault != "" {
			rt.Fatal(fault)
		}
	})
}

// belief is what one session makes of a meeting it is in.
type belief struct {
	info  wire.RoomInfo
	hands []wire.Hand
	lobby []wire.WaitingUser
}

type meeting struct {
	svc    *room.Service
	scene  string
	rename map[call.SessionID]int // a session that ended comes back as another
	out    map[call.UserID]bool   // kicked, and not admitted since

	mu      sync.Mutex
	beliefs map[call.SessionID]*belief
}

func newMeeting(t *testing.T, scene string, crowdFrom int) *meeting {
	m := &meeting{
		scene: scene, rename: map[call.SessionID]int{}, out: map[call.UserID]bool{}, beliefs: map[call.SessionID]*belief{},
	}
	m.svc = room.New(room.Options{CrowdFrom: crowdFrom}, newEngine(t), m, m, m, slog.New(slog.DiscardHandler))
	return m
}

func (m *meeting) do(d deed) {
	time.Sleep(time.Duration(d.After) * time.Millisecond)
	s := call.SessionID(fmt.Sprintf("%s.%d", d.Session, m.rename[d.Session]))
	who, at := m.caller(s), call.MillisOf(time.Now())
	switch d.Kind {
	case "enter":
		res, err := m.svc.Enter(context.Background(), who, &wire.EnterRoom{RoomID: theRoom, Scene: m.scene})
		if err == nil && !res.Waiting {
			m.found(s, res)
		}
	case "exit":
		if _, err := m.svc.Exit(context.Background(), who, &wire.ExitRoom{RoomID: theRoom}); err == nil {
			m.forget(s)
		}
	case "detach":
		m.svc.SessionDetached(s, at)
	case "resume":
		m.svc.SessionResumed(s, at)
	case "end":
		m.svc.SessionEnded(s, at)
		m.forget(s)
		m.rename[d.Session]++
	default:
		m.request(d, who)
	}
	time.Sleep(101 * time.Millisecond) // what is gathered in a crowd is told
	synctest.Wait()
}

// request makes a request that may well be refused.
func (m *meeting) request(d deed, who call.Caller) {
	w := &world{svc: m.svc}
	target := call.UserID([]string{"ana", "bo", "cy", "gus", "gil"}[d.Arg])
	switch d.Kind {
	case "kick":
		if w.kick(who, target) == nil {
			m.out[target] = true
		}
	case "admit":
		if w.admit(who, target, true) == nil {
			delete(m.out, target)
		}
	case "deny":
		_ = w.admit(who, target, false)
	case "setHost", "unsetHost":
		_ = w.setHost(who, target, d.Kind == "setHost")
	case "raise", "lower":
		_ = w.raiseHand(who, d.Kind == "raise")
	case "lowerOther":
		_ = w.lowerHand(who, target)
	case "lock", "unlock":
		locked := d.Kind == "lock"
		_ = w.setInfo(who, wire.SetRoomInfo{Locked: &locked})
	case "lobby", "noLobby":
		lobby := d.Kind == "lobby"
		_ = w.setInfo(who, wire.SetRoomInfo{Lobby: &lobby})
	case "keepMuted":
		_ = w.setInfo(who, wire.SetRoomInfo{KeepMuted: yes()})
	case "mute":
		_ = w.muteUser(who, wire.MuteUser{UserID: target, Audio: true})
	case "write":
		_, _ = w.write(who, "Hello")
	}
}

func (m *meeting) caller(s call.SessionID) call.Caller {
	switch who := callerOf(s); who.UserID {
	case "gus", "gil":
		return guestOf(s)
	default:
		return who
	}
}

func (m *meeting) found(s call.SessionID, res wire.EnterRoomResult) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.beliefs[s] = &belief{info: *res.Info, hands: res.Hands, lobby: res.Lobby}
}

func (m *meeting) forget(s call.SessionID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.beliefs, s)
}

// NotifySessions implements room.Notifier.
func (m *meeting) NotifySessions(ids []call.SessionID, ev wire.Event) {
	for _, s := range ids {
		m.NotifySession(s, ev)
	}
}

// NotifySession implements room.Notifier.
func (m *meeting) NotifySession(s call.SessionID, ev wire.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.beliefs[s]
	if b == nil {
		return
	}
	switch ev := ev.(type) {
	case wire.RoomInfoChanged:
		b.info = ev.Info
	case wire.HandsChanged:
		b.hands = ev.Hands
	case wire.LobbyChanged:
		b.lobby = ev.Waiting
	case wire.KickedOut, wire.RoomClosed:
		delete(m.beliefs, s)
	}
}

// MayEnter implements room.Gate.
func (m *meeting) MayEnter(context.Context, call.Caller, call.RoomID, bool) (bool, error) {
	return true, nil
}

// CallOf implements room.Gate.
func (m *meeting) CallOf(context.Context, call.RoomID) (call.ID, call.Millis) { return "", 0 }

// UserEntered implements room.Observer.
func (m *meeting) UserEntered(call.RoomID, string, call.UserID, call.Millis, func() call.MediaSummary) {
}

// UserLeft implements room.Observer.
func (m *meeting) UserLeft(call.RoomID, call.UserID, call.LeaveReason, call.Millis) {}

// RoomClosed implements room.Observer.
func (m *meeting) RoomClosed(call.RoomID, call.Result, call.Millis) {}

// check returns what is wrong.
func (m *meeting) check() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	state, err := m.svc.Room(context.Background(), theRoom)
	if call.CodeOf(err) == call.CodeRoomClosed {
		clear(m.out)
		if len(m.beliefs) > 0 {
			return fmt.Sprint("nobody is in, and these believe they are: ", m.beliefs)
		}
		return ""
	}
	in := map[call.UserID]bool{}
	for _, u := range state.Users {
		if in[u.UserID] = true; m.out[u.UserID] {
			return fmt.Sprintf("%s is in, who was kicked", u.UserID)
		}
	}
	if len(state.Info.Hosts) == 0 {
		return "nobody is host"
	}
	for _, u := range state.Info.Hosts {
		if !in[u] {
			return fmt.Sprintf("%s is host and not in", u)
		}
	}
	for _, h := range state.Hands {
		if !in[h.UserID] {
			return fmt.Sprintf("%s has a hand up and is not in", h.UserID)
		}
	}
	for _, v := range state.Waiting {
		if in[v.UserID] {
			return fmt.Sprintf("%s waits and is in", v.UserID)
		}
	}
	if len(m.beliefs) != len(in) {
		return fmt.Sprintf("%v are in, %d sessions believe so", in, len(m.beliefs))
	}
	return m.compare(state)
}

// compare returns who believes something else than what is.
func (m *meeting) compare(state wire.RoomState) string {
	for s, b := range m.beliefs {
		truth := belief{info: state.Info, hands: state.Hands, lobby: b.lobby}
		if slices.Contains(state.Info.Hosts, userOf(s)) {
			truth.lobby = state.Waiting
		}
		if d := cmp.Diff(truth, *b, cmp.AllowUnexported(belief{}), cmpopts.EquateEmpty()); d != "" {
			return fmt.Sprintf("%s believes (-is +believed):\n%s", s, d)
		}
	}
	return ""
}
