package signaling_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling"
	"callsvc/signaling/wire"
)

// memory is a store of invitations.
type memory struct {
	mu       sync.Mutex
	saved    map[call.InviteID]*call.Invitation
	remember []call.Remember
}

func (m *memory) Commit(_ context.Context, groups [][]call.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range slices.Concat(groups...) {
		switch c := c.(type) {
		case call.SaveInvitation:
			m.saved[c.Invitation.InviteID] = c.Invitation
		case call.Remember:
			m.remember = append(m.remember, c)
		case call.SaveCall, call.Alive:
		}
	}
	return nil
}

func (m *memory) OpenInvitations(context.Context) ([]*call.Invitation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var open []*call.Invitation
	for _, inv := range m.saved {
		if !inv.Over() {
			open = append(open, inv.Clone())
		}
	}
	return open, nil
}

func (m *memory) InvitationByMessage(_ context.Context, id call.MessageID) (*call.Invitation, error) {
	if strings.Contains(string(id), "\x00") {
		return nil, errors.New("no text of PostgreSQL's")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, inv := range m.saved {
		if inv.MessageID == id {
			return inv.Clone(), nil
		}
	}
	return nil, nil
}

// told records what sessions are told: every user has the session of their name.
type told struct {
	mu    sync.Mutex
	lines []string
}

func (n *told) Notify(users []call.UserID, except call.SessionID, ev wire.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, u := range users {
		if call.SessionID(u) != except {
			n.lines = append(n.lines, fmt.Sprintf("%s:%s", u, ev.Name()))
		}
	}
}

func (n *told) Online(call.UserID) bool { return false }

// take returns what was told since the last time.
func (n *told) take() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := strings.Join(n.lines, " ")
	n.lines = nil
	return s
}

// noCalls knows no calls, and their ends when it sees them.
type noCalls struct{}

func (noCalls) Consider(_ *commit.Tx, inv *call.Invitation) (call.Verdict, error) {
	return call.Verdict{CallEnd: inv.Data == "end"}, nil
}
func (noCalls) Invited(*commit.Tx, *call.Invitation) {}
func (noCalls) Follow(*commit.Tx, *call.Invitation, call.InvitationEvent, []call.UserID) {
}

// messages are what stands in conversations: each as its action, by whom and about whom.
type messages struct{ lines []string }

func (*messages) Prepare(context.Context, *call.Invitation) error { return nil }

func (m *messages) AppendSignaling(_ *commit.Tx, inv *call.Invitation, did call.Signaled) call.Message {
	m.lines = append(m.lines, fmt.Sprintf("%d %s %v %s", did.Action, did.By, did.Invitees, did.Data))
	return call.Message{MessageID: call.MessageID(fmt.Sprintf("m%d-%s", len(m.lines), inv.InviteID)), Seq: int64(len(m.lines))}
}

func (m *messages) ReviseSignaling(_ *commit.Tx, inv *call.Invitation) {
	m.lines = append(m.lines, fmt.Sprintf("%d revised %s", inv.MessageSeq, inv.Data))
}

type server struct {
	*signaling.Service
	messages *messages
	store    *memory
	told     *told
	stop     func()
	members  []call.UserID // of group g
	muted    call.UserID
	loop     *commit.Loop
}

// decide runs something inside a decision.
func (s *server) decide(t *testing.T, f func(*commit.Tx)) error {
	t.Helper()
	return s.loop.Do(t.Context(), func(tx *commit.Tx) error { f(tx); return nil })
}

// Members implements signaling.Groups.
func (s *server) Members(id call.GroupID) ([]call.UserID, bool) { return s.members, id == "g" }

// CheckMuted implements signaling.Groups.
func (s *server) CheckMuted(_ call.GroupID, user call.UserID) error {
	if user == s.muted {
		return call.Errorf(call.CodeGroupMuted, "muted")
	}
	return nil
}

// Blocks implements signaling.BlackLists: lea has blocked leo.
func (s *server) Blocks(by, other call.UserID) bool { return by == "lea" && other == "leo" }

func start(t *testing.T, store *memory) *server {
	t.Helper()
	return startWith(t, signaling.Options{}, store)
}

func startWith(t *testing.T, o signaling.Options, store *memory) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	loop := commit.New(store)
	s := &server{store: store, told: &told{}, messages: &messages{}, loop: loop}
	s.Service = signaling.New(o, loop, store, s.told, s.messages, s, s, slog.New(slog.DiscardHandler))
	s.Follow(noCalls{})
	done := make(chan error, 1)
	go func() { done <- loop.Run(ctx) }()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := s.Load(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

func serve(t *testing.T, test func(t *testing.T, s *server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, &memory{saved: map[call.InviteID]*call.Invitation{}})
		defer func() { s.stop() }()
		test(t, s)
	})
}

func who(u call.UserID) call.Caller {
	return call.Caller{UserID: u, SessionID: call.SessionID(u)}
}

func seconds(s float64) *float64 { return &s }

func (s *server) invite(t *testing.T, timeout float64) call.InviteID {
	t.Helper()
	r, err := s.Invite(t.Context(), who("ana"), &wire.Invite{Invitee: "bo", Data: "hi", Timeout: &timeout})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	s.told.take()
	return r.InviteID
}

// do makes one request about an invitation.
func (s *server) do(t *testing.T, user call.UserID, what string, id call.InviteID) error {
	t.Helper()
	var err error
	switch what {
	case "accept":
		_, err = s.Accept(t.Context(), who(user), &wire.Accept{InviteID: id, Data: "x"})
	case "reject":
		_, err = s.Reject(t.Context(), who(user), &wire.Reject{InviteID: id, Data: "x"})
	case "cancel":
		_, err = s.Cancel(t.Context(), who(user), &wire.Cancel{InviteID: id, Data: "x"})
	case "modify":
		_, err = s.Modify(t.Context(), who(user), &wire.ModifyInvitation{InviteID: id, Data: "x"})
	default:
		t.Fatalf("no request %q", what)
	}
	return err
}

func TestWhoMayDoWhatAndWhoIsTold(t *testing.T) {
	tests := []struct {
		name string
		user call.UserID
		what string
		want call.Code
		told string
	}{
		{"the invitee accepts", "bo", "accept", 0, "ana:onInviteeAccepted"},
		{"the invitee rejects", "bo", "reject", 0, "ana:onInviteeRejected"},
		{"the inviter cancels", "ana", "cancel", 0, "bo:onInvitationCancelled"},
		{"the inviter modifies", "ana", "modify", 0, "bo:onInvitationModified"},
		{"the invitee cannot cancel", "bo", "cancel", call.CodeInviteNotAllowed, ""},
		{"the inviter cannot accept", "ana", "accept", call.CodeInviteNotAllowed, ""},
		{"a stranger cannot accept", "cy", "accept", call.CodeInviteNotAllowed, ""},
		{"a stranger cannot reject", "cy", "reject", call.CodeInviteNotAllowed, ""},
		{"the invitee cannot modify", "bo", "modify", call.CodeInviteNotAllowed, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			serve(t, func(t *testing.T, s *server) {
				id := s.invite(t, 30)
				if err := s.do(t, tt.user, tt.what, id); call.CodeOf(err) != tt.want {
					t.Errorf("error %v, want code %d", err, tt.want)
				}
				synctest.Wait()
				if got := s.told.take(); got != tt.told {
					t.Errorf("told %q, want %q", got, tt.told)
				}
			})
		})
	}
}

func TestALostRaceIs8010AndChangesNothing(t *testing.T) {
	for _, first := range []string{"accept", "reject", "cancel", "timeout"} {
		for _, second := range []string{"accept", "reject", "cancel"} {
			t.Run(first+" before "+second, func(t *testing.T) {
				serve(t, func(t *testing.T, s *server) {
					id := s.invite(t, 30)
					actor := map[string]call.UserID{"accept": "bo", "reject": "bo", "cancel": "ana"}
					if first == "timeout" {
						time.Sleep(31 * time.Second)
					} else if err := s.do(t, actor[first], first, id); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					before := s.store.saved[id].Clone()
					s.told.take()
					if err := s.do(t, actor[second], second, id); call.CodeOf(err) != call.CodeInviteUnknown {
						t.Errorf("error %v, want code 8010", err)
					}
					synctest.Wait()
					if got := s.told.take(); got != "" || s.store.saved[id].Invitees[0] != before.Invitees[0] {
						t.Errorf("the loser had an effect: told %q", got)
					}
				})
			})
		}
	}
}

func TestTheServerOwnsTheTimer(t *testing.T) {
	t.Run("it fires when due, once, to both", func(t *testing.T) {
		serve(t, func(t *testing.T, s *server) {
			s.invite(t, 30)
			time.Sleep(30*time.Second - time.Millisecond)
			synctest.Wait()
			if got := s.told.take(); got != "" {
				t.Errorf("early: %q", got)
			}
			time.Sleep(250 * time.Millisecond)
			if got := s.told.take(); got != "ana:onInvitationTimeout bo:onInvitationTimeout" {
				t.Errorf("told %q", got)
			}
		})
	})
	t.Run("0 means never", func(t *testing.T) {
		serve(t, func(t *testing.T, s *server) {
			id := s.invite(t, 0)
			time.Sleep(1000 * time.Hour)
			if got := s.told.take(); got != "" {
				t.Errorf("told %q", got)
			}
			if err := s.do(t, "bo", "accept", id); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("it is rebuilt after a restart, and what fell due meanwhile fires at once", func(t *testing.T) {
		serve(t, func(t *testing.T, s *server) {
			late, kept := s.invite(t, 10), s.invite(t, 60)
			s.stop()
			time.Sleep(30 * time.Second)
			*s = *start(t, s.store)
			synctest.Wait()
			if got := s.told.take(); got != "ana:onInvitationTimeout bo:onInvitationTimeout" {
				t.Errorf("at start: told %q", got)
			}
			if err := s.do(t, "bo", "accept", late); call.CodeOf(err) != call.CodeInviteUnknown {
				t.Errorf("the late one: %v", err)
			}
			time.Sleep(31 * time.Second)
			if got := s.told.take(); got != "ana:onInvitationTimeout bo:onInvitationTimeout" {
				t.Errorf("when due: told %q", got)
			}
			if s.store.saved[kept].Invitees[0].State != call.InviteeTimedOut {
				t.Errorf("the kept one: %+v", s.store.saved[kept])
			}
		})
	})
}

func TestBadInvitationsAreRefusedAndLeaveNoTrace(t *testing.T) {
	tests := []struct {
		name string
		p    wire.Invite
		want call.Code
	}{
		{"oneself", wire.Invite{Invitee: "ana"}, call.CodeInvalidParameter},
		{"nobody", wire.Invite{Invitee: ""}, call.CodeInvalidParameter},
		{"no user id", wire.Invite{Invitee: "b o"}, call.CodeInvalidParameter},
		{"a guest of a meeting", wire.Invite{Invitee: "guest-0123456789abcdef0123"}, call.CodeInvalidParameter},
		{"33 characters", wire.Invite{Invitee: call.UserID(strings.Repeat("b", 33))}, call.CodeInvalidParameter},
		{"a negative timeout", wire.Invite{Invitee: "bo", Timeout: seconds(-1)}, call.CodeInvalidParameter},
		{"half a second", wire.Invite{Invitee: "bo", Timeout: seconds(0.5)}, call.CodeInvalidParameter},
		{"more than a week", wire.Invite{Invitee: "bo", Timeout: seconds(1e9)}, call.CodeInvalidParameter},
		{"too much data", wire.Invite{Invitee: "bo", Data: strings.Repeat("x", 12<<10+1)}, call.CodeMessageTooLarge},
		{"too much push", wire.Invite{Invitee: "bo", OfflinePushInfo: &wire.OfflinePushInfo{Ext: strings.Repeat("x", 12<<10)}}, call.CodeMessageTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			serve(t, func(t *testing.T, s *server) {
				if _, err := s.Invite(t.Context(), who("ana"), &tt.p); call.CodeOf(err) != tt.want {
					t.Errorf("error %v, want code %d", err, tt.want)
				}
				synctest.Wait()
				if s.told.take() != "" || len(s.store.saved) != 0 || s.Stats().Open != 0 {
					t.Error("it left a trace")
				}
			})
		})
	}
}

func TestOpenInvitationsOfOneInviterAreBounded(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		for range 1000 {
			s.invite(t, 30)
		}
		_, err := s.Invite(t.Context(), who("ana"), &wire.Invite{Invitee: "bo"})
		if call.CodeOf(err) != call.CodeRateLimited {
			t.Errorf("error %v, want code 9005", err)
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		s.invite(t, 30) // ended ones do not count
	})
}

func TestAnAnswerIsRememberedWithTheDecision(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		caller := who("ana")
		caller.RequestID = "r-1"
		r, err := s.Invite(t.Context(), caller, &wire.Invite{Invitee: "bo"})
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"inviteID":%q,"messageID":%q}`, r.InviteID, r.MessageID)
		if len(s.store.remember) != 1 || string(s.store.remember[0].Result) != want || s.store.remember[0].RequestID != "r-1" {
			t.Errorf("remembered %+v, want %s", s.store.remember, want)
		}
	})
}

func TestWhatAnInvitationsMessageSays(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		r, err := s.Invite(t.Context(), who("ana"), &wire.Invite{Invitee: "bo", Data: "hi"})
		if err != nil {
			t.Fatal(err)
		}
		info := func(u call.UserID, id call.MessageID) *wire.SignalingInfo {
			got, err := s.Info(t.Context(), who(u), &wire.GetSignalingInfo{MessageID: id})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := info("bo", r.MessageID); got == nil || got.InviteID != r.InviteID || got.ActionType != 1 || len(got.InviteeList) != 1 {
			t.Errorf("pending: %+v", got)
		}
		if err := s.do(t, "bo", "reject", r.InviteID); err != nil {
			t.Fatal(err)
		}
		if got := info("ana", r.MessageID); got.ActionType != 4 || len(got.InviteeList) != 0 {
			t.Errorf("rejected: %+v", got)
		}
		if got := info("cy", r.MessageID); got != nil {
			t.Errorf("a stranger sees %+v", got)
		}
		for _, id := range []call.MessageID{"nonsense", "", "\x00", call.MessageID(strings.Repeat("x", 1<<20))} {
			if got := info("ana", id); got != nil {
				t.Errorf("no message: %+v", got)
			}
		}
	})
}

func TestPendingInvitationsReachWhoConnects(t *testing.T) {
	serve(t, func(t *testing.T, s *server) {
		kept := s.invite(t, 30)
		gone := s.invite(t, 30)
		if err := s.do(t, "ana", "cancel", gone); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Invite(t.Context(), who("ana"), &wire.Invite{Invitee: "bo", OnlineUserOnly: true}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		var first []wire.Event
		err := s.decide(t, func(tx *commit.Tx) {
			pending := s.SessionOpened(tx, "bo")
			tx.After(func() { first = pending() })
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(first) != 1 {
			t.Fatalf("%d first events, want 1: %+v", len(first), first)
		}
		ev, ok := first[0].(wire.ReceiveNewInvitation)
		if !ok || ev.InviteID != kept || *ev.ExpiresInMs != 20_000 {
			t.Errorf("first event %+v", first[0])
		}
		if !s.store.saved[kept].Invitees[0].Reached {
			t.Error("the invitee was there, and the store does not know")
		}
	})
}

func TestAnInvitationThatNeverTimesOutIsKeptSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startWith(t, signaling.Options{Retention: time.Hour}, &memory{saved: map[call.InviteID]*call.Invitation{}})
		id := s.invite(t, 0)
		time.Sleep(30 * time.Minute)
		s.stop()
		s = startWith(t, signaling.Options{Retention: time.Hour}, s.store) // its age counts, not the server's
		defer s.stop()
		time.Sleep(29 * time.Minute)
		synctest.Wait()
		if told := s.told.take(); told != "" {
			t.Errorf("told %s before its time", told)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if told := s.told.take(); told != "ana:onInvitationTimeout bo:onInvitationTimeout" || s.store.saved[id].Invitee("bo").State != call.InviteeTimedOut {
			t.Errorf("told %q, it stands as %+v", told, s.store.saved[id])
		}
	})
}
