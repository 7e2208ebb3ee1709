package e2e_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// book notes what the server said while it lived: what it acknowledged and
// what it told. All of that must be true for ever, whatever dies in between.
type book struct {
	mu      sync.Mutex
	asked   []*asked             // invitations, oldest first
	byMark  map[string]*asked    // by the text that makes their data unique
	byID    map[string]*asked    // by inviteID
	calls   map[string]*callFact // by callID
	kills   []kill
	wrongs  []string
	checked int
}

func newBook() *book {
	return &book{byMark: map[string]*asked{}, byID: map[string]*asked{}, calls: map[string]*callFact{}}
}

// kill ended a life of the server that lasted from one moment to another at
// most, in Unix milliseconds.
type kill struct{ lived, dead int64 }

// asked is one invitation.
type asked struct {
	mark, from, to, room string
	request              p // params of signaling.invite, requestID and all
	inviteID, messageID  string
	outcome              string // accepted, rejected, cancelled or timedOut: acknowledged, told or read
	answers              []*answer
}

// answer is one request about an invitation.
type answer struct {
	by, method string
	params     p
	acked      bool
	refused    bool
}

// outcomeOf is what a method makes of an invitation.
func outcomeOf(method string) string {
	return map[string]string{
		"signaling.accept": "accepted", "signaling.reject": "rejected", "signaling.cancel": "cancelled",
		"onInviteeAccepted": "accepted", "onInviteeRejected": "rejected",
		"onInvitationCancelled": "cancelled", "onInvitationTimeout": "timedOut",
	}[method]
}

// callFact is what was told of one call.
type callFact struct {
	id, room, inviter string
	startedAt         int64
	end               p        // onCallEnd, nil if not told
	finals            []string // inviteIDs of call-end invitations
	killedAt          []kill   // those it may have been active at last
	tried             bool     // its people tried to come back since the last kill
}

func (b *book) wrong(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrongLocked(format, args...)
}

func (b *book) wrongLocked(format string, args ...any) {
	b.wrongs = append(b.wrongs, fmt.Sprintf("after %d kills: ", len(b.kills))+fmt.Sprintf(format, args...))
}

// ask notes that an invitation is about to be made.
func (b *book) ask(a *asked) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, a)
	b.byMark[a.mark] = a
}

// made notes which invitation a request made: always the same.
func (b *book) made(a *asked, inviteID, messageID string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.madeLocked(a, inviteID, messageID)
}

func (b *book) madeLocked(a *asked, inviteID, messageID string) {
	if a.inviteID != "" && a.inviteID != inviteID {
		b.wrongLocked("one request made two invitations, %s and %s", a.inviteID, inviteID)
	}
	if messageID != "" {
		a.messageID = messageID
	}
	a.inviteID = inviteID
	b.byID[inviteID] = a
}

// known returns what is known of an invitation now.
func (b *book) known(a *asked) (inviteID, messageID, outcome string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return a.inviteID, a.messageID, a.outcome
}

// became notes an invitation's outcome: it has one.
func (b *book) became(a *asked, outcome, says string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.outcome != "" && a.outcome != outcome {
		b.wrongLocked("invitation %s was %s and by %s is %s", a.inviteID, a.outcome, says, outcome)
	}
	a.outcome = outcome
}

// take notes an event.
func (b *book) take(e event) {
	switch e.Name {
	case "onReceiveNewInvitation":
		b.received(e)
	case "onInviteeAccepted", "onInviteeRejected", "onInvitationCancelled", "onInvitationTimeout":
		b.mu.Lock()
		a := b.byID[e.Str("inviteID")]
		b.mu.Unlock()
		if a != nil { // else its request was never answered: who replays it will learn
			b.became(a, outcomeOf(e.Name), e.Name)
		}
	case "onCallBegin", "onCallEnd":
		b.called(e)
	}
}

func (b *book) received(e event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data := e.Str("data")
	var j p
	if json.Unmarshal([]byte(data), &j) == nil {
		if _, ended := j["call_end"]; ended {
			inner, _ := j["data"].(map[string]any)
			c := b.call(p(inner).Str("callID"))
			if id := e.Str("inviteID"); !slices.Contains(c.finals, id) {
				c.finals = append(c.finals, id)
			}
			if len(c.finals) > 1 {
				b.wrongLocked("call %s has two ends: %v", c.id, c.finals)
			}
			return
		}
		data = j.Str("userData")
	}
	if a := b.byMark[data]; a != nil {
		b.madeLocked(a, e.Str("inviteID"), e.Str("messageID"))
	}
}

func (b *book) called(e event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.call(e.Str("callID"))
	if at := e.Int("startedAt"); at != 0 {
		if c.startedAt != 0 && c.startedAt != at {
			b.wrongLocked("call %s began at %d and at %d", c.id, c.startedAt, at)
		}
		c.startedAt = at
	}
	c.room = e.Str("roomID")
	if e.Name == "onCallBegin" {
		c.killedAt = nil
		return
	}
	c.inviter = e.Str("inviter")
	if c.end != nil && c.end.Str("result") != e.Str("result") {
		b.wrongLocked("call %s ended as %s and as %s", c.id, c.end.Str("result"), e.Str("result"))
	}
	c.end = e.P
}

func (b *book) call(id string) *callFact {
	c := b.calls[id]
	if c == nil {
		c = &callFact{id: id}
		b.calls[id] = c
	}
	return c
}

// killed notes a kill: the calls that were active then may end in that life.
func (b *book) killed(k kill) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kills = append(b.kills, k)
	for _, c := range b.calls {
		if c.startedAt != 0 && c.end == nil && (len(c.killedAt) == 0 || c.tried) {
			c.killedAt = append(c.killedAt, k)
		}
		c.tried = false
	}
}

// triedBack notes that the people of a call are about to come back.
func (b *book) triedBack(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.call(id).tried = true
}

// callIn returns what is known of the call in a room.
func (b *book) callIn(room string) (c callFact, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.calls {
		if c.room == room {
			return *c, true
		}
	}
	return callFact{}, false
}
