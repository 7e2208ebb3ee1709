package im_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/im"
	"callsvc/internal/commit"
	"callsvc/signaling/wire"
)

// memory is a store that lives as long as a test and survives restarts.
type memory struct {
	mu         sync.Mutex
	messages   map[call.Conversation][]call.SaveMessage
	marks      map[call.UserID]map[call.Conversation]int64
	groups     map[call.GroupID]*call.Group
	members    map[call.GroupID]map[call.UserID]call.Member
	remembered []call.Remember
	broken     error         // what reading fails with
	delay      time.Duration // what a commit takes, in virtual time
}

func newMemory() *memory {
	return &memory{
		messages: map[call.Conversation][]call.SaveMessage{}, marks: map[call.UserID]map[call.Conversation]int64{},
		groups: map[call.GroupID]*call.Group{}, members: map[call.GroupID]map[call.UserID]call.Member{},
	}
}

func (m *memory) Commit(_ context.Context, groups [][]call.Change) error {
	time.Sleep(m.delay)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range slices.Concat(groups...) {
		switch c := c.(type) {
		case call.SaveMessage:
			of := c.Message.Conversation()
			if want := int64(len(m.messages[of])) + 1; c.Message.Seq != want {
				return fmt.Errorf("message %d of %s, want %d", c.Message.Seq, of.Key(), want)
			}
			m.messages[of] = append(m.messages[of], c)
		case call.SaveReadMark:
			if m.marks[c.UserID] == nil {
				m.marks[c.UserID] = map[call.Conversation]int64{}
			}
			m.marks[c.UserID][c.Conversation] = max(m.marks[c.UserID][c.Conversation], c.Seq)
		case call.SaveGroup:
			m.groups[c.Group.GroupID] = c.Group
		case call.DropGroup:
			delete(m.groups, c.GroupID)
		case call.SaveMembers:
			if m.members[c.GroupID] == nil {
				m.members[c.GroupID] = map[call.UserID]call.Member{}
			}
			for _, u := range c.Members {
				m.members[c.GroupID][u.UserID] = u
			}
		case call.DropMembers:
			for _, u := range c.Users {
				delete(m.members[c.GroupID], u)
			}
		case call.ReviseMessage:
			m.messages[c.Message.Conversation()][c.Message.Seq-1].Message = c.Message
		case call.Remember:
			m.remembered = append(m.remembered, c)
		default:
			return fmt.Errorf("cannot store a %T", c)
		}
	}
	return nil
}

func (m *memory) LastSeq(_ context.Context, c call.Conversation) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.messages[c])), m.broken
}

func (m *memory) Messages(_ context.Context, c call.Conversation, after, before int64, limit int) (found []call.Message, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range slices.Backward(m.messages[c]) {
		if seq := s.Message.Seq; seq > after && (before == 0 || seq < before) && len(found) < limit {
			found = append(found, s.Message)
		}
	}
	return found, m.broken
}

func (m *memory) Conversations(_ context.Context, q call.ConversationQuery) (found []call.ConversationSummary, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c, messages := range m.messages {
		read, direct := m.marks[q.Of][c]
		if _, in := m.members[c.GroupID][q.Of]; !in && !(direct && c.GroupID == "") {
			continue
		}
		s := call.ConversationSummary{LastSeq: int64(len(messages)), ReadSeq: read}
		for _, message := range messages {
			if message.Message.Excluded {
				continue
			}
			s.Last = message.Message
			if message.Message.From != q.Of && message.Message.Seq > read {
				s.Unread++
			}
		}
		if s.Last.Seq > 0 && (q.Before == nil || byRecency(s.Last, *q.Before) > 0) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b call.ConversationSummary) int { return byRecency(a.Last, b.Last) })
	return found[:min(q.Limit, len(found))], m.broken
}

func byRecency(a, b call.Message) int {
	return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.Conversation().Key(), a.Conversation().Key()))
}

func (m *memory) GroupIDs(_ context.Context, after call.GroupID, limit int) ([]call.GroupID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := slices.Sorted(maps.Keys(m.groups))
	i, found := slices.BinarySearch(ids, after)
	if found {
		i++
	}
	return ids[i:min(i+limit, len(ids))], m.broken
}

func (m *memory) Groups(context.Context) ([]*call.Group, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var groups []*call.Group
	for id, g := range m.groups {
		c := g.Profile()
		c.Restore(slices.Collect(maps.Values(m.members[id])))
		groups = append(groups, c)
	}
	return groups, m.broken
}

// world is a server's messaging over a store; every user has the session of
// their name.
type world struct {
	*im.Service
	t     *testing.T
	o     im.Options
	store *memory
	loop  *commit.Loop
	stop  func()

	mu    sync.Mutex
	told  []string                      // what was told, as lines
	watch func(call.UserID, wire.Event) // sees every event, if set
}

func story(t *testing.T, o im.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, o: o, store: newMemory()}
		w.start()
		test(t, w)
		w.stop()
	})
}

func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.loop = commit.New(w.store)
	w.Service = im.New(w.o, w.loop, w.store, w, w, slog.New(slog.DiscardHandler))
	w.Follow(w)
	done := make(chan error, 1)
	go func() { done <- w.loop.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
	if err := w.Load(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) restart() {
	w.stop()
	w.start()
}

func (w *world) Notify(users []call.UserID, except call.SessionID, ev wire.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, u := range users {
		if call.SessionID(u) == except {
			continue
		}
		w.told = append(w.told, fmt.Sprintf("%s: %s", u, line(ev)))
		if w.watch != nil {
			w.watch(u, ev)
		}
	}
}

// Blocks implements the black lists: lea has blocked leo.
func (w *world) Blocks(by, other call.UserID) bool { return by == "lea" && other == "leo" }

// MemberLeft notes who is told to have left, and who stays.
func (w *world) MemberLeft(tx *commit.Tx, id call.GroupID, u call.UserID) {
	stay, _ := w.Members(id)
	tx.After(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, fmt.Sprintf("invitations: %s left %s to %v", u, id, stay))
	})
}

// line renders an event as a line a person can compare.
func line(ev wire.Event) string {
	change := func(verb string, c wire.GroupChange) string {
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", c.OpUser, verb, strings.Trim(fmt.Sprint(c.Members), "[]")))
	}
	switch e := ev.(type) {
	case wire.RecvNewMessage:
		return fmt.Sprintf("%d %s: %s%s", e.Message.Seq, e.Message.From, e.Message.Text, e.Message.Data)
	case wire.ConversationChanged:
		return fmt.Sprintf("read %s%s up to %d", e.Peer, e.GroupID, e.ReadSeq)
	case wire.GroupCreated:
		return change("created "+string(e.Group.Type), e.GroupChange)
	case wire.GroupDismissed:
		return change("dismissed", e.GroupChange)
	case wire.GroupInfoChanged:
		return change("changed "+e.Group.GroupName+" of "+string(e.Group.Owner), e.GroupChange)
	case wire.GroupAttributeChanged:
		return change(fmt.Sprint("set ", e.Attributes), e.GroupChange)
	case wire.MemberEnter:
		return change("joined", e.GroupChange)
	case wire.MemberLeave:
		return change("quit", e.GroupChange)
	case wire.MemberInvited:
		return change("invited", e.GroupChange)
	case wire.MemberKicked:
		return change("kicked", e.GroupChange)
	case wire.GrantAdministrator:
		return change("promoted", e.GroupChange)
	case wire.RevokeAdministrator:
		return change("demoted", e.GroupChange)
	case wire.ReceiveJoinApplication:
		return fmt.Sprintf("%s applies: %s", e.UserID, e.Message)
	case wire.ApplicationProcessed:
		return strings.TrimSpace(fmt.Sprintf("%s lets %s in: %v %s", e.OpUser, e.UserID, e.IsAgree, e.Reason))
	case wire.AllGroupMembersMuted:
		if e.IsMute {
			return change("muted all", e.GroupChange)
		}
		return change("let all write", e.GroupChange)
	case wire.MemberInfoChanged:
		return change("muted", e.GroupChange) + fmt.Sprintf(" for %d s", e.MemberChangeInfoList[0].MuteTime)
	}
	return ev.Name()
}

// expect compares all that was told since the last time, in order.
func (w *world) expect(want ...string) {
	w.t.Helper()
	w.mu.Lock()
	got := w.told
	w.told = nil
	w.mu.Unlock()
	if !slices.Equal(got, want) {
		w.t.Errorf("told:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func (w *world) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = nil
}

func who(u call.UserID) call.Caller { return call.Caller{UserID: u, SessionID: call.SessionID(u)} }

// do makes the request that its JSON describes, as a client would.
func (w *world) do(u call.UserID, method, params string) (any, error) {
	w.t.Helper()
	in, err := wire.NewCodec().Decode([]byte(`{"jsonrpc":"2.0","id":1,"method":"` + method + `","params":` + params + `}`))
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, params, err)
	}
	c := who(u)
	c.Admin, c.RequestID = u == "operator", in.RequestID
	return w.handle(w.t.Context(), c, in.Request)
}

func (w *world) handle(ctx context.Context, c call.Caller, req wire.Request) (any, error) {
	switch r := req.(type) {
	case *wire.SendMessage:
		return w.Send(ctx, c, r)
	case *wire.ListMessages:
		return w.ListMessages(ctx, c, r)
	case *wire.ListConversations:
		return w.ListConversations(ctx, c, r)
	case *wire.MarkRead:
		return w.MarkRead(ctx, c, r)
	case *wire.CreateGroup:
		return w.Create(ctx, c, r)
	case *wire.JoinGroup:
		return w.Join(ctx, c, r)
	case *wire.QuitGroup:
		return w.Quit(ctx, c, r)
	case *wire.InviteToGroup:
		return w.Invite(ctx, c, r)
	case *wire.KickFromGroup:
		return w.Kick(ctx, c, r)
	case *wire.DismissGroup:
		return w.Dismiss(ctx, c, r)
	case *wire.ListMembers:
		return w.ListMembers(ctx, c, r)
	case *wire.ListGroups:
		return w.List(ctx, c)
	case *wire.SetMemberRole:
		return w.SetRole(ctx, c, r)
	case *wire.TransferGroup:
		return w.Transfer(ctx, c, r)
	case *wire.MuteMember:
		return w.Mute(ctx, c, r)
	case *wire.ListApplications:
		return w.Applications(ctx, c)
	case *wire.AcceptApplication:
		return w.AcceptApplication(ctx, c, r)
	case *wire.RefuseApplication:
		return w.RefuseApplication(ctx, c, r)
	case *wire.GetGroupInfo:
		return w.Info(ctx, c, r)
	case *wire.SetGroupInfo:
		return w.SetInfo(ctx, c, r)
	case *wire.GetGroupAttributes:
		return w.Attributes(ctx, c, r)
	case *wire.SetGroupAttributes:
		return w.SetAttributes(ctx, c, r)
	case *wire.DeleteGroupAttributes:
		return w.DeleteAttributes(ctx, c, r)
	}
	return nil, fmt.Errorf("no test serves a %T", req)
}

// must is do for what is not refused; it returns the result as JSON.
func (w *world) must(u call.UserID, method, params string) string {
	w.t.Helper()
	result, err := w.do(u, method, params)
	if err != nil {
		w.t.Fatalf("%s: %s %s: %v", u, method, params, err)
	}
	b, err := wire.EncodeValue(result)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

// members renders who is in a group.
func (w *world) members(u call.UserID, id string) string {
	w.t.Helper()
	var r wire.ListMembersResult
	if err := json.Unmarshal([]byte(w.must(u, "group.members", `{"groupID":"`+id+`"}`)), &r); err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, m := range r.Members {
		name := string(m.UserID)
		if m.Role != call.GroupMember {
			name += " " + string(m.Role)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// texts renders a page of a conversation, and whether there is more.
func (w *world) texts(u call.UserID, params string) string {
	w.t.Helper()
	var r wire.ListMessagesResult
	if err := json.Unmarshal([]byte(w.must(u, "message.list", params)), &r); err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, m := range r.Messages {
		lines = append(lines, fmt.Sprintf("%d %.9s", m.Seq, m.Text+m.Data))
	}
	if r.More {
		lines = append(lines, "more")
	}
	return strings.Join(lines, ", ")
}

// conversations renders one's conversations.
func (w *world) conversations(u call.UserID) string {
	w.t.Helper()
	var r wire.ListConversationsResult
	if err := json.Unmarshal([]byte(w.must(u, "conversation.list", `{}`)), &r); err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, c := range r.Conversations {
		lines = append(lines, fmt.Sprintf("%s%s %d/%d unread %d", c.Peer, c.GroupID, c.ReadSeq, c.LastMessage.Seq, c.Unread))
	}
	return strings.Join(lines, ", ")
}
