package model_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// The codes a request may be refused with here.
const (
	ended        = 8010 // the invitation is unknown, or over for who asks
	notAllowed   = 8011
	noPermission = 10007 // in the group
)

// callerGrace is how long one who calls may be without a connection, in ms.
const callerGrace = 20_000

// model is what is true, in the simplest words: no timers, no store, no
// connections. Its methods say what a request must be answered with and who is
// told what by it.
type model struct {
	groups      map[string][]string // members
	invitations []*invitation       // oldest first
	talks       map[string][]entry  // what stands in each conversation
	offSince    map[string]int64    // who has no connection, since when
}

// invitation is one, and what became of whom.
type invitation struct {
	id, inviter, group string
	invitees           []string
	state              map[string]string
	data               string
	call, online       bool // about a call; online-only
	due                int64
	message            string // its id
	room               string // of the call
	talked             bool   // it came to a call, which had an end
}

// entry is a message of a conversation.
type entry struct {
	from, text string
	action     int // of signaling; 0 is a text
	invite     string
	about      []string
}

// tell is an event: whom it is for, and as what line it reads.
type tell struct {
	users []string
	line  string
}

func newModel() *model {
	return &model{groups: map[string][]string{}, talks: map[string][]entry{}, offSince: map[string]int64{}}
}

// clone copies the model, to try what happened in one order and in the other.
func (m *model) clone() *model {
	c := newModel()
	for id, members := range m.groups {
		c.groups[id] = slices.Clone(members)
	}
	for _, inv := range m.invitations {
		one := *inv
		one.state = maps.Clone(inv.state)
		c.invitations = append(c.invitations, &one)
	}
	for id, talk := range m.talks {
		c.talks[id] = slices.Clone(talk)
	}
	c.offSince = maps.Clone(m.offSince)
	return c
}

// conversation names where an invitation or a message stands.
func conversation(group, a, b string) string {
	if group != "" {
		return "in " + group
	}
	return min(a, b) + " and " + max(a, b)
}

func (m *model) stands(group, a, b string, e entry) int {
	key := conversation(group, a, b)
	m.talks[key] = append(m.talks[key], e)
	return len(m.talks[key])
}

func (inv *invitation) pending() []string {
	return slices.DeleteFunc(slices.Clone(inv.invitees), func(u string) bool { return inv.state[u] != "pending" })
}

func (inv *invitation) over() bool { return len(inv.pending()) == 0 }

// ringing reports whether the call has not been answered by anybody.
func (inv *invitation) ringing() bool {
	return inv.call && !inv.over() && !slices.Contains(slices.Collect(maps.Values(inv.state)), "accepted")
}

// audience is who is told of an invitation: those it is between or, in a group,
// all members, and who takes part and is a member no more.
func (m *model) audience(inv *invitation) []string {
	users := slices.Concat(m.groups[inv.group], []string{inv.inviter}, inv.invitees)
	slices.Sort(users)
	return slices.Compact(users)
}

func (m *model) find(id string) *invitation {
	i := slices.IndexFunc(m.invitations, func(inv *invitation) bool { return inv.id == id })
	if i < 0 {
		return nil
	}
	return m.invitations[i]
}

// invite is a new invitation; got is what it was answered.
func (m *model) invite(inv *invitation, got answer) (int, []tell) {
	if inv.group != "" {
		for _, u := range slices.Concat([]string{inv.inviter}, inv.invitees) {
			if !slices.Contains(m.groups[inv.group], u) {
				return noPermission, nil
			}
		}
	}
	if crossed := m.crossed(inv); crossed != nil {
		return m.settle(crossed, []string{inv.inviter}, "accepted", inv.inviter, inv.data)
	}
	inv.id, inv.message, inv.state = got.result.Str("inviteID"), got.result.Str("messageID"), map[string]string{}
	for _, u := range inv.invitees {
		inv.state[u] = "pending"
	}
	m.invitations = append(m.invitations, inv)
	m.note(inv, inv.inviter, 1, inv.invitees)
	return 0, []tell{{m.audience(inv), inv.line()}}
}

func (inv *invitation) line() string {
	return fmt.Sprintf("%s invites %v in %q: %s %s", inv.inviter, inv.invitees, inv.group, inv.id, inv.data)
}

// crossed finds the call that the one who is now called is calling with.
func (m *model) crossed(inv *invitation) *invitation {
	if !inv.call || inv.group != "" {
		return nil
	}
	for _, other := range m.invitations {
		if other.call && other.group == "" && other.inviter == inv.invitees[0] && other.state[inv.inviter] == "pending" {
			return other
		}
	}
	return nil
}

// note puts what happened to an invitation into its conversation.
func (m *model) note(inv *invitation, by string, action int, about []string) {
	if !inv.online {
		m.stands(inv.group, inv.inviter, inv.invitees[0], entry{from: by, action: action, invite: inv.id, about: about})
	}
}

// settle gives invitees their outcome.
func (m *model) settle(inv *invitation, who []string, state, by, data string) (int, []tell) {
	for _, u := range who {
		inv.state[u] = state
	}
	action := map[string]int{"cancelled": 2, "accepted": 3, "rejected": 4, "timedOut": 5}[state]
	m.note(inv, by, action, who)
	line := map[string]string{
		"accepted":  fmt.Sprintf("%s accepts %s: %s", by, inv.id, data),
		"rejected":  fmt.Sprintf("%s rejects %s: %s", by, inv.id, data),
		"cancelled": fmt.Sprintf("%s is cancelled for %v: %s", inv.id, who, data),
		"timedOut":  fmt.Sprintf("%s times out for %v", inv.id, who),
	}[state]
	return 0, []tell{{m.audience(inv), line}}
}

// answer is one's yes or no.
func (m *model) answer(id, by, state, data string) (int, []tell) {
	inv := m.find(id)
	switch {
	case inv.over():
		return ended, nil
	case !slices.Contains(inv.invitees, by):
		return notAllowed, nil
	case inv.state[by] != "pending":
		return ended, nil
	}
	return m.settle(inv, []string{by}, state, by, data)
}

func (m *model) cancel(id, by, data string) (int, []tell) {
	inv := m.find(id)
	switch {
	case inv.over():
		return ended, nil
	case inv.inviter != by:
		return notAllowed, nil
	}
	return m.settle(inv, inv.pending(), "cancelled", by, data)
}

func (m *model) modify(id, by, data string) (int, []tell) {
	inv := m.find(id)
	switch {
	case inv.over():
		return ended, nil
	case inv.inviter != by || inv.online:
		return notAllowed, nil
	}
	inv.data = data
	return 0, []tell{{m.audience(inv), fmt.Sprintf("%s is modified: %s", id, data)}}
}

func (m *model) send(from, to, group, text string) (int, []tell) {
	readers := []string{from, to}
	if group != "" {
		if readers = m.groups[group]; !slices.Contains(readers, from) {
			return noPermission, nil
		}
	}
	seq := m.stands(group, from, to, entry{from: from, text: text})
	line := fmt.Sprintf("message %d from %s to %q in %q: %s", seq, from, to, group, text)
	return 0, []tell{{slices.Clone(readers), line}}
}

// leave takes a member out of a group: what they were asked in it they have
// declined.
func (m *model) leave(group, user string) []tell {
	m.groups[group] = slices.DeleteFunc(slices.Clone(m.groups[group]), func(u string) bool { return u == user })
	var told []tell
	for _, inv := range slices.SortedFunc(slices.Values(m.invitations), byAge) {
		if inv.group == group && inv.state[user] == "pending" {
			_, one := m.settle(inv, []string{user}, "rejected", user, "")
			told = append(told, one...)
		}
	}
	return told
}

// happening is what falls due by itself.
type happening struct {
	at  int64
	inv *invitation
	end string // the state of those pending
}

// pass lets time go by until that moment.
func (m *model) pass(until int64) []tell {
	var due []happening
	for _, inv := range m.invitations {
		if inv.due != 0 && inv.due <= until && !inv.over() {
			due = append(due, happening{inv.due, inv, "timedOut"})
		}
		if off, is := m.offSince[inv.inviter]; is && inv.ringing() && off+callerGrace <= until {
			due = append(due, happening{off + callerGrace, inv, "cancelled"})
		}
	}
	slices.SortStableFunc(due, func(a, b happening) int { return cmp.Compare(a.at, b.at) })
	var told []tell
	for _, h := range due {
		if who := h.inv.pending(); len(who) > 0 {
			_, one := m.settle(h.inv, who, h.end, h.inv.inviter, "")
			told = append(told, one...)
		}
	}
	return told
}

// byAge orders invitations as their ids do.
func byAge(a, b *invitation) int { return cmp.Compare(a.id, b.id) }

// waiting is what a device that connects anew is told: what its user is asked.
func (m *model) waiting(user string) []string {
	asked := slices.DeleteFunc(slices.Clone(m.invitations), func(inv *invitation) bool {
		return inv.online || inv.state[user] != "pending"
	})
	slices.SortFunc(asked, byAge)
	lines := make([]string, len(asked))
	for i, inv := range asked {
		lines[i] = inv.line()
	}
	return lines
}

// result is what the call of an invitation came to, if it is over.
func (inv *invitation) results() []string {
	states := slices.Collect(maps.Values(inv.state))
	switch {
	case inv.talked:
		return []string{"answered"}
	case slices.Contains(states, "accepted"):
		return []string{"mediaFailed"} // nobody came
	}
	return []string{"declined", "cancelled", "noAnswer", "unreachable", "busy"}
}
