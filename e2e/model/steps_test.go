package model_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"callsvc/internal/testkit"
)

// step is one thing that somebody does. Numbers choose among what there is then.
type step struct {
	kind, by, to, group string
	n, seconds          int
	call, online        bool
	first, second       string // of a race
}

func drawStep(t *rapid.T) step {
	requests := []string{"invite", "inviteInGroup", "accept", "accept", "reject", "cancel", "modify", "send", "sendInGroup"}
	s := step{
		// Nothing is first: to it a history that fails is made shorter.
		kind: rapid.SampledFrom(append([]string{"nothing"}, append(requests, "invite", "inviteInGroup", "accept", "race", "race",
			"connect", "drop", "resume", "resume", "flicker", "flicker", "leave", "kick", "add", "wait", "wait", "talk", "retry", "restart", "crash")...)).Draw(t, "kind"),
		by: rapid.SampledFrom(users()).Draw(t, "by"), to: rapid.SampledFrom(users()).Draw(t, "to"),
		group: rapid.SampledFrom([]string{"work", "open"}).Draw(t, "group"),
		n:     rapid.IntRange(0, 15).Draw(t, "n"), seconds: rapid.SampledFrom([]int{0, 5, 12, 30}).Draw(t, "seconds"),
		call: rapid.Bool().Draw(t, "call"), online: rapid.IntRange(0, 4).Draw(t, "online") == 0,
	}
	if s.by == s.to {
		s.to = users()[(slices.Index(users(), s.by)+1)%len(users())]
	}
	if s.kind == "race" {
		s.first, s.second = rapid.SampledFrom(requests).Draw(t, "first"), rapid.SampledFrom(requests).Draw(t, "second")
	}
	return s
}

// request is one of a device's to the server: and what the model says of it,
// which may depend on what it was answered.
type request struct {
	from   *device
	method string
	params p
	says   func(m *model, got answer) (code int, told []tell)
	got    answer
}

// play does one step, if it can be done now.
func (h *history) play(s step) error {
	s = h.fitting(s)
	d := h.of(s.by, true, s.n)
	switch s.kind {
	case "connect":
		if len(h.devices) < 12 {
			return h.settled(h.connect(&device{user: s.by}))
		}
	case "drop":
		if d != nil {
			h.drop(d)
		}
	case "resume":
		if off := h.anyOff(s.n); off != nil {
			return h.settled(h.connect(off))
		}
	case "flicker":
		return h.flicker(s)
	case "wait":
		return h.wait(s.seconds + 1)
	case "restart", "crash":
		h.done.restarts++
		return h.restart(s.kind == "crash", s.seconds)
	case "leave", "kick", "add":
		return h.membership(s)
	case "race":
		return h.race(s)
	case "talk":
		return h.talk(s)
	case "retry":
		return h.retry()
	case "nothing":
	default:
		if r, ok := h.request(s.kind, s); ok {
			return h.one(r)
		}
	}
	return nil
}

// fitting lets those answer, every other time, who can.
func (h *history) fitting(s step) step {
	if len(h.invitations) == 0 || s.online {
		return s
	}
	inv := h.chosen(s)
	switch s.kind {
	case "accept", "reject":
		if who := inv.pending(); len(who) > 0 {
			s.by = who[s.n%len(who)]
		}
	case "cancel", "modify":
		s.by = inv.inviter
	}
	return s
}

// chosen is one of the latest invitations.
func (h *history) chosen(s step) *invitation {
	return h.invitations[len(h.invitations)-1-s.n%min(len(h.invitations), 4)]
}

// one makes a request and holds the answer, and what all are told, to the model.
func (h *history) one(r request) error {
	h.done.requests++
	r.got = r.from.do(r.method, r.params)
	code, told := r.says(h.model, r.got)
	if r.got.code != code {
		return fmt.Errorf("%s %s %v is answered with %d, want %d", r.from.user, r.method, r.params, r.got.code, code)
	}
	if code == 0 {
		h.last = r
	} else {
		h.done.refused++
	}
	h.expect(false, deed{told, r.from})
	return h.settled(nil)
}

// retry makes the last acknowledged request again, as a client does that did
// not get the answer: it gets the same, and nothing happens.
func (h *history) retry() error {
	if h.last.from == nil || !h.last.from.attached() {
		return nil
	}
	again := h.last.from.do(h.last.method, h.last.params)
	if fmt.Sprint(again) != fmt.Sprint(h.last.got) {
		return fmt.Errorf("%s again is answered with %v, before with %v", h.last.method, again, h.last.got)
	}
	return h.settled(nil)
}

// race makes two requests at once. They happened in one order or the other,
// which shows in the conversations of who made them and of ana, who is in all
// groups.
func (h *history) race(s step) error {
	witness := h.of("ana", true, 0)
	a, ok := h.request(s.first, s)
	t := s
	t.by, t.to = s.to, s.by
	t.seconds += 2 // no two things fall due at once
	b, also := h.request(s.second, t)
	if !ok || !also || witness == nil || a.from == b.from {
		return nil
	}
	h.done.races++
	var both sync.WaitGroup
	for _, r := range []*request{&a, &b} {
		both.Go(func() { r.got = r.from.do(r.method, r.params) })
	}
	both.Wait()
	before, saved := h.model, make([]device, len(h.devices))
	for i, d := range h.devices {
		saved[i] = *d
	}
	var wrong error
	for _, order := range [][]request{{a, b}, {b, a}} {
		h.model = before.clone()
		err := h.happened(order, witness)
		if err == nil {
			return nil
		}
		wrong = errors.Join(wrong, err)
		for i, d := range h.devices {
			d.seen, d.want = saved[i].seen, saved[i].want
		}
	}
	return fmt.Errorf("in neither order is it right: %w", wrong)
}

// happened holds everybody to requests having been done in that order.
func (h *history) happened(order []request, witness *device) error {
	deeds := make([]deed, len(order))
	for i, r := range order {
		code, told := r.says(h.model, r.got)
		if r.got.code != code {
			return fmt.Errorf("%s %s %v is answered with %d, want %d", r.from.user, r.method, r.params, r.got.code, code)
		}
		deeds[i] = deed{told, r.from}
	}
	h.expect(false, deeds...)
	if err := h.settled(nil); err != nil {
		return err
	}
	for _, d := range []*device{order[0].from, order[1].from, witness} {
		if err := h.audit(d); err != nil { // in which order the messages stand
			return err
		}
	}
	return nil
}

// flicker lets a user, one who is calling if anybody is, lose every connection,
// find one again and lose it once more.
func (h *history) flicker(s step) error {
	for _, inv := range h.invitations {
		if inv.ringing() {
			s.by = inv.inviter
		}
	}
	for _, d := range h.devices {
		if d.user == s.by && d.attached() {
			h.drop(d)
		}
	}
	if err := h.wait(s.n); err != nil {
		return err
	}
	d := h.of(s.by, false, s.n)
	if d == nil {
		return nil
	}
	if err := h.settled(h.connect(d)); err != nil {
		return err
	}
	h.drop(d)
	return h.wait(s.n)
}

// request makes one of a kind, false if nobody can make it now.
func (h *history) request(kind string, s step) (request, bool) {
	d := h.of(s.by, true, s.n)
	if d == nil {
		return request{}, false
	}
	r := request{from: d, params: p{"requestID": fmt.Sprintf("%s-%d-%s", s.by, now(), kind)}}
	switch kind {
	case "invite", "inviteInGroup":
		h.asks(&r, kind, s)
	case "send", "sendInGroup":
		text := fmt.Sprintf("%d", now())
		to, group := s.to, ""
		r.method, r.params["type"], r.params["text"], r.params["to"] = "message.send", "text", text, to
		if kind == "sendInGroup" {
			to, group = "", s.group
			delete(r.params, "to")
			r.params["groupID"] = group
		}
		r.says = func(m *model, _ answer) (int, []tell) { return m.send(s.by, to, group, text) }
	default:
		return r, h.answers(&r, kind, s)
	}
	return r, true
}

// asks makes a request of a new invitation.
func (h *history) asks(r *request, kind string, s step) {
	data := fmt.Sprintf("data %d", now())
	seconds := s.seconds
	if s.call {
		h.rooms++
		data, seconds = testkit.CallData(2, h.room()), seconds+5
	}
	inv := invitation{inviter: s.by, invitees: []string{s.to}, data: data, call: s.call, online: s.online}
	if s.call {
		inv.room = h.room()
	}
	r.method, r.params["invitee"] = "signaling.invite", s.to
	if kind == "inviteInGroup" {
		inv.group, inv.invitees = s.group, h.some(s)
		delete(r.params, "invitee")
		r.method, r.params["groupID"], r.params["inviteeList"] = "signaling.inviteInGroup", s.group, inv.invitees
	}
	r.params["data"], r.params["timeout"], r.params["onlineUserOnly"] = data, seconds, s.online
	if seconds > 0 {
		inv.due = now() + int64(seconds)*1000
	}
	r.says = func(m *model, got answer) (int, []tell) {
		one := inv
		return m.invite(&one, got)
	}
}

// room is the one of the latest call: each has its own.
func (h *history) room() string { return fmt.Sprint(1000 + h.rooms) }

// some are one to three people but the one who asks.
func (h *history) some(s step) []string {
	var list []string
	for i, u := range users() {
		if u != s.by && (u == s.to || s.n>>i&1 == 1) {
			list = append(list, u)
		}
	}
	return list
}

// answers makes a request about one of the latest invitations.
func (h *history) answers(r *request, kind string, s step) bool {
	if len(h.invitations) == 0 {
		return false
	}
	inv, data := h.chosen(s), fmt.Sprintf("%s %d", kind, now())
	r.params["inviteID"], r.params["data"] = inv.id, data
	switch id := inv.id; kind {
	case "accept":
		r.method = "signaling.accept"
		r.says = func(m *model, _ answer) (int, []tell) { return m.answer(id, s.by, "accepted", data) }
	case "reject":
		r.method = "signaling.reject"
		r.says = func(m *model, _ answer) (int, []tell) { return m.answer(id, s.by, "rejected", data) }
	case "cancel":
		r.method = "signaling.cancel"
		r.says = func(m *model, _ answer) (int, []tell) { return m.cancel(id, s.by, data) }
	case "modify":
		r.method = "signaling.modifyInvitation"
		r.says = func(m *model, _ answer) (int, []tell) { return m.modify(id, s.by, data) }
	}
	return true
}

// membership changes who is in a group. ana owns both and stays.
func (h *history) membership(s step) error {
	user, by := s.by, "ana"
	if s.kind == "leave" || s.kind == "add" && s.group == "open" {
		by = user
	}
	d := h.of(by, true, s.n)
	if inside := slices.Contains(h.groups[s.group], user); user == "ana" || d == nil || inside == (s.kind == "add") {
		return nil
	}
	method, params := "group.quit", p{"groupID": s.group}
	switch {
	case s.kind == "kick":
		method, params["members"] = "group.kick", []string{user}
	case s.kind == "add" && by == user:
		method = "group.join"
	case s.kind == "add":
		method, params["members"] = "group.invite", []string{user}
	}
	if got := d.do(method, params); got.code != 0 {
		return fmt.Errorf("%s %s %s: %d", d.user, method, user, got.code)
	}
	if s.kind == "add" {
		h.groups[s.group] = append(slices.Clone(h.groups[s.group]), user)
		return h.settled(nil)
	}
	h.expect(false, deed{told: h.leave(s.group, user)})
	return h.settled(nil)
}

// talk is a whole call: one calls, the other accepts, both are in the room, and
// one hangs up. It has one end, told alike to both.
func (h *history) talk(s step) error {
	a, b := h.of(s.by, true, s.n), h.of(s.to, true, s.n)
	s.call, s.online, s.seconds = true, false, 30
	if a == nil || b == nil {
		return nil
	}
	h.done.talks++
	r, _ := h.request("invite", s)
	open := len(h.invitations)
	if err := h.one(r); err != nil || len(h.invitations) == open {
		return err // theirs was taken as the answer to one that crossed it
	}
	inv := h.invitations[open]
	accept := request{from: b, method: "signaling.accept", params: p{"inviteID": inv.id, "requestID": "talk " + inv.id}}
	accept.says = func(m *model, _ answer) (int, []tell) { return m.answer(inv.id, s.to, "accepted", "") }
	if err := h.one(accept); err != nil {
		return err
	}
	callID := ""
	for _, d := range []*device{a, b} {
		got := d.do("room.enter", p{"roomID": inv.room})
		if got.code != 0 {
			return fmt.Errorf("%s enters %s: %d", d.user, inv.room, got.code)
		}
		callID = got.result.Str("callID")
	}
	if err := h.wait(s.n); err != nil {
		return err
	}
	if got := a.do("room.exit", p{"roomID": inv.room}); got.code != 0 {
		return fmt.Errorf("%s exits: %d", a.user, got.code)
	}
	inv.talked = true
	return h.ended(a, b, fmt.Sprintf(`{"version":4,"businessID":"av_call","call_type":2,"room_id":%s,"call_end":%d,`+
		`"data":{"cmd":"hangup","cmdInfo":"%[2]d","inviter":%q,"callID":%q,"message":""}}`, inv.room, s.n, a.user, callID))
}

// ended looks for the end of a call that a has left and b was left in.
func (h *history) ended(a, b *device, data string) error {
	to := []string{a.user}
	h.expect(false, deed{told: []tell{{[]string{a.user, b.user}, endLine(b.user, to, data)}}})
	if err := h.settled(nil); err != nil {
		return err
	}
	h.stands("", a.user, b.user, entry{from: b.user, action: 1, invite: h.ends[data], about: to})
	return nil
}
