package conductor_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/internal/conductor"
	"callsvc/signaling"
	"callsvc/signaling/wire"
)

// memory is a store that lives as long as a test and survives restarts.
type memory struct {
	mu          sync.Mutex
	invitations map[call.InviteID]*call.Invitation
	calls       map[call.ID]*call.Call
	alive       call.Millis
	callbacks   []call.Callback
}

func (m *memory) Commit(_ context.Context, groups [][]call.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range slices.Concat(groups...) {
		switch c := c.(type) {
		case call.SaveInvitation:
			m.invitations[c.Invitation.InviteID] = c.Invitation
		case call.SaveCall:
			m.calls[c.Call.CallID] = c.Call
		case call.Alive:
			m.alive = c.At
		case call.SaveCallback:
			m.callbacks = append(m.callbacks, c.Callback)
		case call.Remember:
		}
	}
	return nil
}

func (m *memory) OpenInvitations(context.Context) ([]*call.Invitation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var open []*call.Invitation
	for _, inv := range m.invitations {
		if !inv.Over() {
			open = append(open, inv.Clone())
		}
	}
	return open, nil
}

func (m *memory) InvitationByMessage(_ context.Context, id call.MessageID) (*call.Invitation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, inv := range m.invitations {
		if inv.MessageID == id {
			return inv.Clone(), nil
		}
	}
	return nil, nil
}

func (m *memory) OpenCalls(context.Context) ([]*call.Call, error) {
	return m.callsWhere(func(c *call.Call) bool { return c.State != call.StateEnded }), nil
}

func (m *memory) CallsEndedSince(_ context.Context, since call.Millis) ([]*call.Call, error) {
	return m.callsWhere(func(c *call.Call) bool { return c.EndedAt >= since && c.State == call.StateEnded }), nil
}

func (m *memory) LastAlive(context.Context) (call.Millis, error) { return m.alive, nil }

func (m *memory) callsWhere(keep func(*call.Call) bool) []*call.Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	var calls []*call.Call
	for _, c := range m.calls {
		if keep(c) {
			calls = append(calls, c.Clone())
		}
	}
	return calls
}

// world is one server's middle: signaling and conductor over a store, with the
// sessions and rooms at its edges played by the test.
type world struct {
	t        *testing.T
	store    *memory
	sig      *signaling.Service
	cond     *conductor.Conductor
	loop     *commit.Loop
	stop     func()
	mu       sync.Mutex
	online   map[call.UserID]bool
	inside   map[call.RoomID][]call.UserID
	messages *messages
	kitInfo  map[call.GroupID]string // owned by the decision loop
	told     []string                // what was told, as lines
	began    time.Time
}

// messages are what stands in conversations of the ends of calls.
type messages struct{ ends []string }

func (*messages) Prepare(context.Context, *call.Invitation) error { return nil }

func (m *messages) AppendSignaling(_ *commit.Tx, inv *call.Invitation, did call.Signaled) call.Message {
	if inv.CallEnd {
		m.ends = append(m.ends, fmt.Sprintf("%s ended it with %s", did.By, inv.Conversation().Peer(did.By)))
	}
	return call.Message{MessageID: "m-" + call.MessageID(inv.InviteID)}
}

func (*messages) ReviseSignaling(*commit.Tx, *call.Invitation) {}

// stands compares the ends of calls that stand in conversations.
func (w *world) stands(want ...string) {
	w.t.Helper()
	if !slices.Equal(w.messages.ends, want) {
		w.t.Errorf("ends of calls: %q, want %q", w.messages.ends, want)
	}
}

func (w *world) mayEnter(who call.Caller, room call.RoomID, open bool) bool {
	w.t.Helper()
	may, err := w.cond.MayEnter(w.t.Context(), who, room, open)
	if err != nil {
		w.t.Fatal(err)
	}
	return may
}

func newWorld(t *testing.T) *world {
	w := &world{
		t: t, began: time.Now(), online: map[call.UserID]bool{}, inside: map[call.RoomID][]call.UserID{},
		messages: &messages{}, kitInfo: map[call.GroupID]string{},
		store: &memory{invitations: map[call.InviteID]*call.Invitation{}, calls: map[call.ID]*call.Call{}},
	}
	w.start()
	return w
}

// start brings the server up; kill takes it down without a word.
func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	loop := commit.New(w.store)
	w.loop = loop
	log := slog.New(slog.DiscardHandler)
	w.sig = signaling.New(signaling.Options{}, loop, w.store, w, w.messages, w, w, log)
	w.cond = conductor.New(conductor.Parts{
		Loop: loop, Store: w.store, Inviter: w.sig, Notify: w, Rooms: w, Groups: w, Log: log,
	})
	w.sig.Follow(w.cond)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := loop.Run(ctx); err != nil {
			w.t.Error(err)
		}
	})
	wg.Go(func() { w.cond.Run(ctx) })
	w.stop = func() { cancel(); wg.Wait() }
	if err := w.cond.Load(ctx); err != nil {
		w.t.Fatal(err)
	}
	if err := w.sig.Load(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) Notify(users []call.UserID, except call.SessionID, ev wire.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, u := range users {
		if w.online[u] && session(u) != except {
			w.told = append(w.told, fmt.Sprintf("%s: %s", u, line(ev)))
		}
	}
}

func (w *world) Online(u call.UserID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.online[u]
}

func (w *world) Belongs(room call.RoomID, u call.UserID) (open, inside bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.inside[room]) > 0, slices.Contains(w.inside[room], u)
}

// Blocks implements the black lists: nobody has blocked anybody.
func (w *world) Blocks(call.UserID, call.UserID) bool { return false }

// Members implements the groups: there is one, g, of ana, bo, cy and di.
func (w *world) Members(id call.GroupID) ([]call.UserID, bool) {
	if id != "g" {
		return nil, false
	}
	return []call.UserID{"ana", "bo", "cy", "di"}, true
}

// CheckMuted implements the groups: nobody is muted.
func (w *world) CheckMuted(call.GroupID, call.UserID) error { return nil }

// SetKitInfo implements the groups.
func (w *world) SetKitInfo(_ *commit.Tx, id call.GroupID, value string) {
	w.kitInfo[id] = value
}

// line renders an event as a line a person can compare.
func line(ev wire.Event) string {
	switch e := ev.(type) {
	case wire.ReceiveNewInvitation:
		if p, ok := call.ParsePayload(e.Data); ok && p.CallEnd {
			return fmt.Sprintf("end from %s to %v %s", e.Inviter, e.InviteeList, e.Data[strings.Index(e.Data, `"call_end"`):strings.Index(e.Data, `,"data"`)])
		}
		return fmt.Sprintf("invited by %s", e.Inviter)
	case wire.InviteeAccepted:
		return fmt.Sprintf("%s accepted", e.Invitee)
	case wire.InviteeRejected:
		return fmt.Sprintf("%s rejected", e.Invitee)
	case wire.InvitationCancelled:
		return fmt.Sprintf("cancelled for %v", e.InviteeList)
	case wire.InvitationTimeout:
		return fmt.Sprintf("timeout of %v", e.InviteeList)
	case wire.CallBegin:
		return "begin"
	case wire.CallEnd:
		return fmt.Sprintf("call %s by %s after %d s", e.Result, e.EndedBy, e.Duration)
	}
	return ev.Name()
}

func session(u call.UserID) call.SessionID { return call.SessionID("s-" + u) }

func who(u call.UserID) call.Caller { return call.Caller{UserID: u, SessionID: session(u)} }

func (w *world) connect(users ...call.UserID) {
	for _, u := range users {
		w.mu.Lock()
		w.online[u] = true
		w.mu.Unlock()
		w.loop.Post(func(tx *commit.Tx) {
			pending := w.sig.SessionOpened(tx, u)
			tx.After(func() {
				w.mu.Lock()
				defer w.mu.Unlock()
				for _, ev := range pending() {
					w.told = append(w.told, fmt.Sprintf("%s: first %s", u, line(ev)))
				}
			})
		})
	}
}

func (w *world) disconnect(u call.UserID) {
	w.mu.Lock()
	w.online[u] = false
	w.mu.Unlock()
	w.cond.SessionGone(u)
}

func (w *world) enter(room call.RoomID, u call.UserID) {
	w.mu.Lock()
	w.inside[room] = append(w.inside[room], u)
	w.mu.Unlock()
	w.cond.UserEntered(room, "call", u, call.MillisOf(time.Now()), func() call.MediaSummary { return call.MediaSummary{RTTMs: 7} })
}

func (w *world) leave(room call.RoomID, u call.UserID, reason call.LeaveReason, heard time.Time) {
	w.mu.Lock()
	w.inside[room] = slices.DeleteFunc(w.inside[room], func(v call.UserID) bool { return v == u })
	w.mu.Unlock()
	w.cond.UserLeft(room, u, reason, call.MillisOf(heard))
}

const videoCall = `{"version":4,"businessID":"av_call","call_type":2,"room_id":7,"data":{"cmd":"videoCall","room_id":7}}`

func (w *world) invite(from, to call.UserID, data string, timeout float64) wire.InviteResult {
	w.t.Helper()
	r, err := w.sig.Invite(w.t.Context(), who(from), &wire.Invite{Invitee: to, Data: data, Timeout: &timeout})
	if err != nil {
		w.t.Fatalf("%s invites %s: %v", from, to, err)
	}
	return r
}

func (w *world) accept(u call.UserID, id call.InviteID) {
	w.t.Helper()
	if _, err := w.sig.Accept(w.t.Context(), who(u), &wire.Accept{InviteID: id}); err != nil {
		w.t.Fatalf("%s accepts: %v", u, err)
	}
}

// record returns the only call's record.
func (w *world) record() call.Record {
	w.t.Helper()
	calls := w.store.callsWhere(func(*call.Call) bool { return true })
	if len(calls) != 1 {
		w.t.Fatalf("%d calls, want 1", len(calls))
	}
	return calls[0].Record()
}

// expect compares all that was told since the last time, per user in order.
func (w *world) expect(want ...string) {
	w.t.Helper()
	w.mu.Lock()
	got := w.told
	w.told = nil
	w.mu.Unlock()
	slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(a[:strings.Index(a, ":")], b[:strings.Index(b, ":")]) })
	if !slices.Equal(got, want) {
		w.t.Errorf("told:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
