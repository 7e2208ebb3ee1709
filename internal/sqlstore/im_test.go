package sqlstore_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"callsvc/call"
)

// imStories are what a store must do about messages and groups.
func imStories() []story {
	return []story{
		{"messages are found by their numbers, newest first", messagesByNumber},
		{"a number is taken once", numberTakenOnce},
		{"a message is revised where it stands", revisedMessage},
		{"an invitation is found by every message about it", invitationOfMessages},
		{"conversations are listed with what is unread, that with the newest message first", conversationsListed},
		{"conversations are listed page by page", conversationPages},
		{"excluded messages are neither counted nor shown", excludedMessages},
		{"unread are counted among the latest thousand", unreadWindow},
		{"a read mark never moves back", readMark},
		{"a group is found with its members, after a restart too", groupIsFound},
		{"group ids are found by pages", groupIDs},
		{"members come and go within one commit", membersComeAndGo},
		{"two thousand members are one commit", manyMembers},
	}
}

const longAgo = call.Millis(1_763_800_000_000)

// text is a message of a conversation, sent at its number's second.
func text(c call.Conversation, from call.UserID, seq int64) call.Message {
	m := call.Message{
		MessageID: call.MessageID(fmt.Sprintf("%s-%d", c.Key(), seq)), Seq: seq, From: from, GroupID: c.GroupID,
		Type: call.MessageText, Text: fmt.Sprintf("no. %d", seq), CreatedAt: longAgo + call.Millis(seq)*1000,
	}
	if c.GroupID == "" {
		m.To = c.Peer(from)
	}
	return m
}

// say stores messages of a conversation, numbered on from first, in one group.
func (f *fixture) say(c call.Conversation, first int64, from ...call.UserID) {
	f.t.Helper()
	var group []call.Change
	for i, u := range from {
		group = append(group, call.SaveMessage{Message: text(c, u, first+int64(i))})
	}
	if first == 1 && c.GroupID == "" {
		for _, u := range c.Users {
			group = append(group, call.SaveReadMark{UserID: u, Conversation: c})
		}
	}
	if err := f.Commit(f.t.Context(), [][]call.Change{group}); err != nil {
		f.t.Fatal(err)
	}
}

func numbers(messages []call.Message) (seqs []int64) {
	for _, m := range messages {
		seqs = append(seqs, m.Seq)
	}
	return seqs
}

func messagesByNumber(t *testing.T, f *fixture) {
	c := call.DirectConversation("bo", "ana")
	other := call.DirectConversation("ana", "cy")
	f.say(c, 1, "ana", "bo", "ana")
	f.say(c, 4, "bo", "bo")
	f.say(other, 1, "cy")
	f.restart()
	equal(t, "last number", get[int64](t)(f.LastSeq(t.Context(), c)), int64(5))
	equal(t, "last number of nothing", get[int64](t)(f.LastSeq(t.Context(), call.GroupConversation("g"))), int64(0))
	for _, tt := range []struct {
		after, before int64
		limit         int
		want          []int64
	}{
		{0, 0, 10, []int64{5, 4, 3, 2, 1}},
		{0, 0, 2, []int64{5, 4}},
		{0, 4, 2, []int64{3, 2}},
		{2, 5, 10, []int64{4, 3}},
		{5, 0, 10, nil},
	} {
		found := get[[]call.Message](t)(f.Messages(t.Context(), c, tt.after, tt.before, tt.limit))
		equal(t, fmt.Sprintf("after %d before %d limit %d", tt.after, tt.before, tt.limit), numbers(found), tt.want)
	}
	one := get[[]call.Message](t)(f.Messages(t.Context(), c, 1, 3, 1))
	equal(t, "the whole message", one, []call.Message{text(c, "bo", 2)})
}

func numberTakenOnce(t *testing.T, f *fixture) {
	c := call.DirectConversation("ana", "bo")
	f.say(c, 1, "ana", "ana")
	again := text(c, "bo", 2)
	again.MessageID = "another"
	if err := f.Commit(t.Context(), [][]call.Change{{call.SaveMessage{Message: again}}}); err == nil {
		t.Error("a second message took the number of the first")
	}
	equal(t, "messages", numbers(get[[]call.Message](t)(f.Messages(t.Context(), c, 0, 0, 9))), []int64{2, 1})
}

func revisedMessage(t *testing.T, f *fixture) {
	c := call.DirectConversation("ana", "bo")
	first, second := text(c, "ana", 1), text(c, "bo", 2)
	now := first
	now.Data, now.Excluded = "now", true
	again := second
	again.Data = "in one commit"
	f.commit(call.SaveMessage{Message: first, InviteID: "i1"})
	f.commit(call.SaveMessage{Message: second}, call.ReviseMessage{Message: now}, call.ReviseMessage{Message: again})
	equal(t, "messages", get[[]call.Message](t)(f.Messages(t.Context(), c, 0, 0, 9)), []call.Message{again, now})
}

func invitationOfMessages(t *testing.T, f *fixture) {
	inv := invitation("i1", 1000)
	c := call.GroupConversation("g")
	invite, accept, plain := text(c, "ana", 1), text(c, "bo", 2), text(c, "bo", 3)
	inv.MessageID = invite.MessageID
	f.commit(call.SaveInvitation{Invitation: inv}, call.SaveMessage{Message: invite, InviteID: "i1"},
		call.SaveMessage{Message: accept, InviteID: "i1"}, call.SaveMessage{Message: plain})
	for _, m := range []call.Message{invite, accept} {
		equal(t, string(m.MessageID), get[*call.Invitation](t)(f.InvitationByMessage(t.Context(), m.MessageID)), inv)
	}
	equal(t, "a plain message", get[*call.Invitation](t)(f.InvitationByMessage(t.Context(), plain.MessageID)), (*call.Invitation)(nil))
}

// listed renders a page of conversations.
func (f *fixture) listed(of call.UserID) (lines []string) {
	f.t.Helper()
	for _, c := range get[[]call.ConversationSummary](f.t)(f.Conversations(f.t.Context(), call.ConversationQuery{Of: of, Limit: 100})) {
		lines = append(lines, fmt.Sprintf("%s: %d of %d, read %d, %d unread", c.Last.Conversation().Key(), c.Last.Seq, c.LastSeq, c.ReadSeq, c.Unread))
	}
	return lines
}

func conversationsListed(t *testing.T, f *fixture) {
	direct, inGroup := call.DirectConversation("ana", "bo"), call.GroupConversation("g")
	f.commit(saveGroup("g", "ana", "bo", "cy")...)
	f.say(direct, 1, "ana", "bo", "ana")
	f.say(inGroup, 1, "cy", "cy", "ana", "cy")
	f.commit(call.SaveReadMark{UserID: "ana", Conversation: inGroup, Seq: 2}, call.SaveReadMark{UserID: "bo", Conversation: direct, Seq: 1})
	f.restart()
	equal(t, "ana's", f.listed("ana"), []string{"group:g: 4 of 4, read 2, 1 unread", "c2c:ana:bo: 3 of 3, read 0, 1 unread"})
	equal(t, "bo's", f.listed("bo"), []string{"group:g: 4 of 4, read 0, 4 unread", "c2c:ana:bo: 3 of 3, read 1, 1 unread"})
	equal(t, "cy's", f.listed("cy"), []string{"group:g: 4 of 4, read 0, 1 unread"})
	equal(t, "a stranger's", f.listed("di"), []string(nil))
	f.commit(call.DropMembers{GroupID: "g", Users: []call.UserID{"bo"}})
	equal(t, "bo's, who left", f.listed("bo"), []string{"c2c:ana:bo: 3 of 3, read 1, 1 unread"})
}

func conversationPages(t *testing.T, f *fixture) {
	var want []string
	for i := range 10 {
		c := call.DirectConversation("ana", call.UserID(fmt.Sprintf("peer%d", i)))
		f.say(c, 1, "ana")
		if i%2 == 0 { // so that times are shared by some
			f.say(c, 2, "ana")
		}
		want = append(want, fmt.Sprintf("%d %s", 2-i%2, c.Key()))
	}
	slices.SortFunc(want, func(a, b string) int { return cmp.Compare(b, a) })
	var got []string
	q := call.ConversationQuery{Of: "ana", Limit: 3}
	for {
		page := get[[]call.ConversationSummary](t)(f.Conversations(t.Context(), q))
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			got = append(got, fmt.Sprintf("%d %s", c.LastSeq, c.Last.Conversation().Key()))
		}
		q.Before = &page[len(page)-1].Last
	}
	equal(t, "pages", got, want)
}

func excludedMessages(t *testing.T, f *fixture) {
	c := call.DirectConversation("ana", "bo")
	hidden := func(seq int64) call.Change {
		m := text(c, "ana", seq)
		m.Excluded = true
		return call.SaveMessage{Message: m}
	}
	f.commit(hidden(1), call.SaveReadMark{UserID: "bo", Conversation: c})
	equal(t, "a conversation of excluded messages", f.listed("bo"), []string(nil))
	f.say(c, 2, "ana")
	f.commit(hidden(3))
	equal(t, "last shown", f.listed("bo"), []string{"c2c:ana:bo: 2 of 3, read 0, 1 unread"})
	equal(t, "all of them", numbers(get[[]call.Message](t)(f.Messages(t.Context(), c, 0, 0, 9))), []int64{3, 2, 1})
}

func unreadWindow(t *testing.T, f *fixture) {
	c := call.DirectConversation("ana", "bo")
	f.say(c, 1, slices.Repeat([]call.UserID{"ana"}, call.UnreadWindow+50)...)
	f.say(c, call.UnreadWindow+51, "bo")
	equal(t, "bo's", f.listed("bo"), []string{"c2c:ana:bo: 1051 of 1051, read 0, 999 unread"})
}

func readMark(t *testing.T, f *fixture) {
	c := call.DirectConversation("ana", "bo")
	f.say(c, 1, "ana", "ana", "ana")
	f.commit(call.SaveReadMark{UserID: "bo", Conversation: c, Seq: 2})
	f.commit(call.SaveReadMark{UserID: "bo", Conversation: c, Seq: 1})
	f.commit(call.SaveReadMark{UserID: "bo", Conversation: c, Seq: 3}, call.SaveReadMark{UserID: "bo", Conversation: c, Seq: 2})
	equal(t, "bo's", f.listed("bo"), []string{"c2c:ana:bo: 3 of 3, read 3, 0 unread"})
}

func groupOf(id call.GroupID, users ...call.UserID) *call.Group {
	g, err := call.NewGroup(id, call.GroupPublic, "the "+string(id), users[0], users[1:], call.Arrival{At: longAgo, Seq: 7, Limit: 5000})
	if err != nil {
		panic(err)
	}
	return g
}

func saveGroup(id call.GroupID, users ...call.UserID) []call.Change {
	g := groupOf(id, users...)
	return []call.Change{call.SaveGroup{Group: g.Profile()}, call.SaveMembers{GroupID: id, Members: g.Members}}
}

func groupIsFound(t *testing.T, f *fixture) {
	g := groupOf("g:1", "ana", "bo", "Cy")
	awkward := "nul \x00 quote ' \" 通话"
	if _, err := g.Apply(call.SetGroupAttributes{By: call.Actor{UserID: "bo"}, Set: map[string]string{awkward: awkward}}); err != nil {
		t.Fatal(err)
	}
	f.commit(call.SaveGroup{Group: g.Profile()}, call.SaveMembers{GroupID: "g:1", Members: g.Members})
	f.commit(saveGroup("h", "di")...)
	f.restart()
	find := func() map[call.GroupID]*call.Group {
		found := map[call.GroupID]*call.Group{}
		for _, g := range get[[]*call.Group](t)(f.Groups(t.Context())) {
			found[g.GroupID] = g
		}
		return found
	}
	equal(t, "groups", find(), map[call.GroupID]*call.Group{"g:1": g, "h": groupOf("h", "di")})
	f.commit(call.DropGroup{GroupID: "h"}, call.DropMembers{GroupID: "h", Users: []call.UserID{"di"}})
	equal(t, "after one was dismissed", find(), map[call.GroupID]*call.Group{"g:1": g})
	f.commit(saveGroup("h", "ed")...)
	equal(t, "the second group of that id", find()["h"], groupOf("h", "ed"))
}

func membersComeAndGo(t *testing.T, f *fixture) {
	f.commit(saveGroup("g", "ana", "bo")...)
	stays, back := call.Member{UserID: "cy", Role: call.GroupMember, JoinedAt: 5}, call.Member{UserID: "bo", Role: call.GroupAdmin, JoinedAt: 6, SinceSeq: 9}
	f.commit(
		call.SaveMembers{GroupID: "g", Members: []call.Member{stays, {UserID: "di", Role: call.GroupMember}}},
		call.DropMembers{GroupID: "g", Users: []call.UserID{"bo", "di", "nobody"}},
		call.SaveMembers{GroupID: "g", Members: []call.Member{back}},
		call.SaveGroup{Group: groupOf("brief", "ed").Profile()}, call.DropGroup{GroupID: "brief"},
	)
	groups := get[[]*call.Group](t)(f.Groups(t.Context()))
	if len(groups) != 1 {
		t.Fatalf("%d groups, want 1", len(groups))
	}
	equal(t, "members", groups[0].Members, []call.Member{*groupOf("g", "ana").Member("ana"), back, stays})
	back.MutedUntil = longAgo
	f.commit(call.SaveMembers{GroupID: "g", Members: []call.Member{back}})
	equal(t, "muted", get[[]*call.Group](t)(f.Groups(t.Context()))[0].Member("bo").MutedUntil, longAgo)
}

func manyMembers(t *testing.T, f *fixture) {
	users := make([]call.UserID, 2000)
	for i := range users {
		users[i] = call.UserID(fmt.Sprintf("user%04d", i))
	}
	changes := saveGroup("g", users...)
	if err := f.Commit(t.Context(), [][]call.Change{changes}); err != nil {
		t.Fatal(err)
	}
	equal(t, "members", len(get[[]*call.Group](t)(f.Groups(t.Context()))[0].Members), 2000)
	if err := f.Commit(t.Context(), [][]call.Change{{call.DropMembers{GroupID: "g", Users: users[1:]}}}); err != nil {
		t.Fatal(err)
	}
	equal(t, "members left", get[[]*call.Group](t)(f.Groups(t.Context()))[0].MemberIDs(), users[:1])
}

// BenchmarkMessages is the cost of a message within a group commit.
func BenchmarkMessages(b *testing.B) {
	f := &fixture{t: b, dsn: "sqlite:" + b.TempDir() + "/bench.db"}
	f.open()
	const batch = 100
	seq := int64(0)
	for b.Loop() {
		seq++
		groups := make([][]call.Change, batch)
		for i := range groups {
			m := text(call.DirectConversation("ana", call.UserID(fmt.Sprintf("peer%d", i))), "ana", seq)
			m.Text = strings.Repeat("x", 100)
			groups[i] = []call.Change{call.SaveMessage{Message: m}}
		}
		if err := f.Commit(b.Context(), groups); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "messages/s")
}

func groupIDs(t *testing.T, f *fixture) {
	var changes []call.Change
	for _, id := range []call.GroupID{"c", "a", "e", "b", "d"} {
		g, err := call.NewGroup(id, call.GroupWork, "name", "ana", nil, call.Arrival{At: longAgo, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, call.SaveGroup{Group: g.Profile()})
	}
	f.commit(append(changes, call.DropGroup{GroupID: "b"})...)
	for after, want := range map[call.GroupID][]call.GroupID{"": {"a", "c"}, "a": {"c", "d"}, "b": {"c", "d"}, "d": {"e"}, "e": {}} {
		equal(t, "after "+string(after), get[[]call.GroupID](t)(f.GroupIDs(t.Context(), after, 2)), want)
	}
}
