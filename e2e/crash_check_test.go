package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"callsvc/internal/testkit"
)

// recheck looks, in a new life of the server, at everything the last one said.
func (d *duo) recheck(ctx context.Context) error {
	before := d.recent
	if err := d.recheckInvitations(ctx, before); err != nil {
		return err
	}
	d.recent = slices.Clone(d.recent[len(before):])
	if err := d.recheckEnds(ctx, before); err != nil {
		return err
	}
	for range 3 { // and at what is long past
		if old := d.anyOld(); old != nil {
			if err := d.recheckInvitations(ctx, []*asked{old}); err != nil {
				return err
			}
		}
	}
	if d.talk == "" {
		return nil
	}
	room := d.talk
	d.talk = ""
	if d.rnd.IntN(2) == 0 {
		return nil // they do not come back
	}
	return d.comeBack(ctx, room)
}

// anyOld picks an invitation of this duo by chance.
func (d *duo) anyOld() *asked {
	d.book.mu.Lock()
	defer d.book.mu.Unlock()
	if len(d.book.asked) == 0 {
		return nil
	}
	if a := d.book.asked[d.rnd.IntN(len(d.book.asked))]; a.from[1:] == d.name {
		return a
	}
	return nil
}

func (d *duo) who(user string) *caller {
	if user == d.a.user {
		return d.a
	}
	return d.b
}

// recheckInvitations repeats every request: it is done once and answered as
// before. Then it reads what became of each invitation.
func (d *duo) recheckInvitations(ctx context.Context, list []*asked) error {
	for _, a := range list {
		if err := d.repeat(ctx, d.who(a.from), a); err != nil {
			return err
		}
		for _, ans := range a.answers {
			if ans.refused {
				continue
			}
			if err := d.send(ctx, d.who(ans.by), a, ans); err != nil {
				return err
			}
		}
		if err := d.read(ctx, a); err != nil {
			return err
		}
		d.book.mu.Lock()
		d.book.checked++
		d.book.mu.Unlock()
	}
	return nil
}

// read asks the server how an invitation stands.
func (d *duo) read(ctx context.Context, a *asked) error {
	from := d.who(a.from)
	inviteID, messageID, _ := d.book.known(a)
	raw, err := from.Raw(ctx, "signaling.getSignalingInfo", p{"messageID": messageID})
	if err != nil {
		return orKilled(err, from)
	}
	var info p
	if err := json.Unmarshal(raw, &info); err != nil {
		return err
	}
	invitees := info.List("invitees")
	if info.Str("inviteID") != inviteID || len(invitees) != 1 {
		d.book.wrong("invitation %s was acknowledged, and message %s leads to %s", inviteID, messageID, raw)
		return nil
	}
	if state := invitees[0].Str("state"); state != "pending" {
		d.book.became(a, state, "getSignalingInfo")
		return nil
	}
	for _, ans := range a.answers {
		if ans.acked {
			d.book.wrong("%s of invitation %s was acknowledged, and it is pending", ans.method, inviteID)
		}
	}
	return nil
}

// recheckEnds looks at the calls that were told to have ended: the record says
// the same, and a client's own call-end finds the one there was.
func (d *duo) recheckEnds(ctx context.Context, list []*asked) error {
	for _, a := range list {
		c, known := d.book.callIn(a.room)
		if a.room == "" || !known || c.end == nil {
			continue
		}
		calls, err := d.a.Do(ctx, "history.query", p{"from": c.end.Int("endedAt") - 120_000, "limit": 200})
		if err != nil {
			return orKilled(err, d.a)
		}
		i := slices.IndexFunc(calls.List("calls"), func(r p) bool { return r.Str("callID") == c.id })
		if i < 0 {
			d.book.wrong("the record of call %s is gone", c.id)
			continue
		}
		if differs := recordDiffers(calls.List("calls")[i], c.end); differs != "" {
			d.book.wrong("the record of call %s: %s", c.id, differs)
		}
		if err := d.ownEnd(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// ownEnd sends a client's own call-end for a call that has ended.
func (d *duo) ownEnd(ctx context.Context, c callFact) error {
	if c.startedAt == 0 || len(c.finals) == 0 {
		return nil
	}
	data := fmt.Sprintf(`{"version":4,"businessID":"av_call","call_type":1,"call_end":0,"data":{"cmd":"hangup","callID":%q}}`, c.id)
	r, err := d.a.Do(ctx, "signaling.invite", p{"invitee": d.b.user, "timeout": 0, "data": data})
	if err != nil {
		return orKilled(err, d.a)
	}
	if r.Str("inviteID") != c.finals[0] {
		d.book.wrong("call %s ended by invitation %s, and a client's call-end is answered %s", c.id, c.finals[0], r.Str("inviteID"))
	}
	return nil
}

// recordDiffers compares a record with what onCallEnd said.
func recordDiffers(record, end p) string {
	var list []string
	for _, member := range []string{"roomID", "inviter", "result", "endedBy", "startedAt", "endedAt", "duration"} {
		if record[member] != end[member] {
			list = append(list, fmt.Sprintf("%s is %v and was told as %v", member, record[member], end[member]))
		}
	}
	return strings.Join(list, ", ")
}

// comeBack has both enter the room of the call that went on when the server
// died: it goes on under the same record, or had ended in time.
func (d *duo) comeBack(ctx context.Context, room string) error {
	c, begun := d.book.callIn(room)
	if begun {
		d.book.triedBack(c.id)
	}
	over := false
	for _, who := range []*caller{d.a, d.b} {
		found, err := who.Do(ctx, "room.enter", p{"roomID": room})
		if testkit.CodeOf(err) == 9007 {
			over = true // the call has ended and the other one is in the room again
			continue
		}
		if err != nil {
			return orKilled(err, who)
		}
		over = over || found.Str("callID") == ""
		if id := found.Str("callID"); begun && id != "" && id != c.id {
			d.book.wrong("call %s goes on as %s", c.id, id)
		}
	}
	if !over {
		d.talk = room
		return d.hangUp(ctx, room)
	}
	for _, who := range []*caller{d.a, d.b} {
		if _, err := who.Do(ctx, "room.exit", p{"roomID": room}); err != nil && testkit.CodeOf(err) != 9002 {
			return orKilled(err, who)
		}
	}
	return nil
}
