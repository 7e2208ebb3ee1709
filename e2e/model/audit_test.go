package model_test

import (
	"encoding/json"
	"fmt"
	"slices"
)

// auditAll lets everybody look at everything.
func (h *history) auditAll() error {
	for _, u := range users() {
		d := h.of(u, true, 0)
		if d == nil {
			d = &device{user: u}
			if err := h.settled(h.connect(d)); err != nil {
				return err
			}
		}
		if err := h.audit(d); err != nil {
			return err
		}
		if err := h.auditCalls(d); err != nil {
			return err
		}
	}
	return nil
}

// audit compares what a device finds when it asks: the conversations of its
// user, message by message, and what became of the invitations they took part in.
func (h *history) audit(d *device) error {
	h.done.audits++
	for _, other := range users() {
		if other != d.user {
			if err := h.auditTalk(d, p{"peer": other}, h.talks[conversation("", d.user, other)]); err != nil {
				return err
			}
		}
	}
	if d.user == "ana" { // who was in the groups all the time
		for group := range h.groups {
			if err := h.auditTalk(d, p{"groupID": group}, h.talks[conversation(group, "", "")]); err != nil {
				return err
			}
		}
	}
	for _, inv := range h.invitations {
		if err := h.auditInvitation(d, inv); err != nil {
			return err
		}
	}
	return nil
}

// auditTalk reads a conversation from its end to its beginning.
func (h *history) auditTalk(d *device, of p, want []entry) error {
	of["limit"] = 100
	for seq, more := len(want), true; more; {
		got := d.do("message.list", of)
		if got.code != 0 {
			return fmt.Errorf("%s lists %v: %d", d.user, of, got.code)
		}
		for _, m := range got.result.List("messages") {
			if seq == 0 {
				return fmt.Errorf("%s finds a message too many: %v", d.user, m)
			}
			if e := entryOf(m); int(m.Int("messageSeq")) != seq || fmt.Sprint(e) != fmt.Sprint(want[seq-1]) {
				return fmt.Errorf("%s finds in %v, message %d: %+v, want %+v", d.user, of, m.Int("messageSeq"), e, want[seq-1])
			}
			of["beforeSeq"] = seq
			seq--
		}
		if more = got.result.Bool("more"); !more && seq > 0 {
			return fmt.Errorf("%s misses in %v the %d messages up to %+v", d.user, of, seq, want[seq-1])
		}
	}
	return nil
}

// entryOf reads a message as the model has it.
func entryOf(m p) entry {
	e := entry{from: m.Str("from"), text: m.Str("text")}
	if m.Str("type") == "signaling" {
		var envelope struct {
			InviteID    string
			ActionType  int
			InviteeList []string
		}
		if err := json.Unmarshal([]byte(m.Str("data")), &envelope); err != nil {
			return entry{text: err.Error()}
		}
		e.action, e.invite, e.about = envelope.ActionType, envelope.InviteID, envelope.InviteeList
	}
	return e
}

// auditInvitation asks what became of an invitation, by its message.
func (h *history) auditInvitation(d *device, inv *invitation) error {
	if inv.message == "" || d.user != inv.inviter && !slices.Contains(inv.invitees, d.user) {
		return nil
	}
	got := d.do("signaling.getSignalingInfo", p{"messageID": inv.message})
	invitees := got.result.List("invitees")
	if got.code != 0 || got.result.Str("inviteID") != inv.id || got.result.Str("data") != inv.data || len(invitees) != len(inv.invitees) {
		return fmt.Errorf("%s asks for %+v and is answered with %v", d.user, *inv, got)
	}
	for _, e := range invitees {
		if state := inv.state[e.Str("userID")]; e.Str("state") != state {
			return fmt.Errorf("%s finds %v of %s, want %s", d.user, e, inv.id, state)
		}
	}
	return nil
}

// auditCalls finds one record of each call that a user had a part in, with a
// result that fits what became of the invitations.
func (h *history) auditCalls(d *device) error {
	results := map[string]string{} // by room
	for cursor, more := "", true; more; more = cursor != "" {
		got := d.do("history.query", p{"limit": 100, "cursor": cursor})
		if got.code != 0 {
			return fmt.Errorf("%s reads the history: %d", d.user, got.code)
		}
		for _, c := range got.result.List("calls") {
			if results[c.Str("roomID")] != "" {
				return fmt.Errorf("%s finds two records of one call: %v", d.user, c)
			}
			results[c.Str("roomID")] = c.Str("result")
		}
		cursor = got.result.Str("cursor")
	}
	for _, inv := range h.invitations {
		if !inv.call || d.user != inv.inviter && !slices.Contains(inv.invitees, d.user) {
			continue
		}
		if got := results[inv.room]; !slices.Contains(inv.results(), got) {
			return fmt.Errorf("%s finds that the call of %+v was %q, want one of %v", d.user, *inv, got, inv.results())
		}
		delete(results, inv.room)
	}
	if len(results) > 0 {
		return fmt.Errorf("%s finds records of calls that were not: %v", d.user, results)
	}
	return nil
}
