package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"callsvc/internal/testkit"
)

// errKilled ends a script: the server is gone.
var errKilled = errors.New("the server is gone")

// duo are two users who call each other without pause, in one life of the
// server after another.
type duo struct {
	name   string
	book   *book
	rnd    *rand.Rand
	a, b   *caller
	recent []*asked // of the last life, not yet looked at again
	talk   string   // room of the call that was going on when the server died
	marks  int
}

// caller is one user's connection in this life of the server.
type caller struct {
	*testkit.Client
	*testkit.Inbox
	user string
}

func newDuo(i int, b *book) *duo {
	return &duo{name: fmt.Sprintf("%02d", i), book: b, rnd: rand.New(rand.NewPCG(uint64(i), 20))} //nolint:gosec // chance, not secrets
}

// live connects, looks whether all that was acknowledged is still true, and
// makes calls until the server dies.
func (d *duo) live(ctx context.Context, s *process) {
	var err error
	if d.a, err = d.dial(ctx, s, "a"+d.name); err == nil {
		d.b, err = d.dial(ctx, s, "b"+d.name)
	}
	if err == nil {
		err = d.recheck(ctx)
	}
	for err == nil {
		err = d.script(ctx)
	}
	if !errors.Is(err, errKilled) {
		d.book.wrong("duo %s: %v", d.name, err)
	}
	for _, c := range []*caller{d.a, d.b} {
		if c == nil {
			continue
		}
		<-c.Closed()
		for _, fault := range c.Faults() {
			d.book.wrong("%s: %s", c.user, fault)
		}
	}
}

func (d *duo) dial(ctx context.Context, s *process, user string) (*caller, error) {
	inbox := testkit.NewInbox()
	c, err := s.connect(ctx, user, func(e event) {
		d.book.take(e)
		inbox.Add(e)
	})
	if err != nil {
		return nil, errKilled // it dies at any moment
	}
	return &caller{Client: c, Inbox: inbox, user: user}, nil
}

// script is one thing the two do, by chance.
func (d *duo) script(ctx context.Context) error {
	from, to := d.a, d.b
	if d.rnd.IntN(2) == 0 {
		from, to = to, from
	}
	switch d.rnd.IntN(9) {
	case 0:
		return d.plain(ctx, from, to, "signaling.accept")
	case 1:
		return d.plain(ctx, from, to, "signaling.reject")
	case 2:
		return d.plain(ctx, from, to, "signaling.cancel")
	case 3:
		return d.race(ctx, from, to)
	case 4:
		_, err := d.invite(ctx, from, to, "", 1) // nobody answers
		return err
	case 5:
		return d.unbegun(ctx, "signaling.reject")
	case 6:
		return d.unbegun(ctx, "signaling.cancel")
	}
	return d.talkAWhile(ctx)
}

// invite invites; with a room it is a call.
func (d *duo) invite(ctx context.Context, from, to *caller, room string, timeout int) (*asked, error) {
	d.marks++
	a := &asked{mark: fmt.Sprintf("m-%s-%d", d.name, d.marks), from: from.user, to: to.user, room: room}
	data := a.mark
	if room != "" {
		b, err := json.Marshal(p{
			"version": 4, "businessID": "av_call", "call_type": 1, "userData": a.mark,
			"data": p{"cmd": "audioCall", "str_room_id": room},
		})
		if err != nil {
			return nil, err
		}
		data = string(b)
	}
	a.request = p{"invitee": to.user, "data": data, "timeout": timeout, "requestID": a.mark}
	d.book.ask(a)
	d.recent = append(d.recent, a)
	return a, d.repeat(ctx, from, a)
}

// repeat makes the request of an invitation, for the first time or again.
func (d *duo) repeat(ctx context.Context, from *caller, a *asked) error {
	result, err := from.Do(ctx, "signaling.invite", a.request)
	if err != nil {
		return orKilled(err, from)
	}
	d.book.made(a, result.Str("inviteID"), result.Str("messageID"))
	return nil
}

// answer makes a request about an invitation. To come too late is no failure,
// to fail in another way is.
func (d *duo) answer(ctx context.Context, by *caller, a *asked, method string) error {
	// The same requestID twice is the same request.
	inviteID, _, _ := d.book.known(a)
	ans := &answer{by: by.user, method: method, params: p{"inviteID": inviteID, "requestID": a.mark + method}}
	a.answers = append(a.answers, ans)
	return d.send(ctx, by, a, ans)
}

func (d *duo) send(ctx context.Context, by *caller, a *asked, ans *answer) error {
	_, err := by.Do(ctx, ans.method, ans.params)
	switch {
	case err == nil:
		ans.acked = true
		d.book.became(a, outcomeOf(ans.method), "the answer to "+ans.method)
		return nil
	case testkit.CodeOf(err) == 8010 && !ans.acked:
		ans.refused = true
		return nil
	}
	return orKilled(err, by)
}

// orKilled is what a failed request means: a refusal stays one.
func orKilled(err error, by *caller) error {
	if testkit.CodeOf(err) > 0 {
		return fmt.Errorf("%s: %w", by.user, err)
	}
	select {
	case <-by.Closed():
		return errKilled
	default:
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", by.user, err)
	}
	return errKilled // the write failed before the reader noticed
}

func (d *duo) plain(ctx context.Context, from, to *caller, method string) error {
	a, err := d.invite(ctx, from, to, "", 5*d.rnd.IntN(2))
	if err != nil {
		return err
	}
	by := to
	if method == "signaling.cancel" {
		by = from
	}
	return d.answer(ctx, by, a, method)
}

// race has two answer at once: one wins.
func (d *duo) race(ctx context.Context, from, to *caller) error {
	a, err := d.invite(ctx, from, to, "", 0)
	if err != nil {
		return err
	}
	methods := []string{"signaling.cancel", []string{"signaling.accept", "signaling.reject"}[d.rnd.IntN(2)]}
	inviteID, _, _ := d.book.known(a)
	errs := make([]error, 2)
	answers := make([]*answer, 2)
	var both sync.WaitGroup
	for i, by := range []*caller{from, to} {
		answers[i] = &answer{by: by.user, method: methods[i], params: p{"inviteID": inviteID, "requestID": a.mark + methods[i]}}
		both.Go(func() { errs[i] = d.send(ctx, by, a, answers[i]) })
	}
	both.Wait()
	a.answers = answers
	if answers[0].refused && answers[1].refused || answers[0].acked && answers[1].acked {
		d.book.wrong("of two at once on %s both won or both lost", inviteID)
	}
	return errors.Join(errs...)
}

// unbegun is a call that nobody takes.
func (d *duo) unbegun(ctx context.Context, method string) error {
	a, err := d.invite(ctx, d.a, d.b, d.room(), 30)
	if err != nil {
		return err
	}
	by := d.b
	if method == "signaling.cancel" {
		by = d.a
	}
	return d.answer(ctx, by, a, method)
}

func (d *duo) room() string { return fmt.Sprintf("room-%s-%d", d.name, d.marks+1) }

// talkAWhile is a call that is taken: both go in, it begins, somebody hangs up.
func (d *duo) talkAWhile(ctx context.Context) error {
	a, err := d.invite(ctx, d.a, d.b, d.room(), 30)
	if err != nil {
		return err
	}
	if err := d.answer(ctx, d.b, a, "signaling.accept"); err != nil {
		return err
	}
	d.talk = a.room
	for _, c := range []*caller{d.a, d.b} {
		if _, err := c.Do(ctx, "room.enter", p{"roomID": a.room}); err != nil {
			return orKilled(err, c)
		}
	}
	return d.hangUp(ctx, a.room)
}

// hangUp waits until the call in a room has begun, says a few words and leaves.
func (d *duo) hangUp(ctx context.Context, room string) error {
	in := func(name string) func(event) bool {
		return func(e event) bool { return e.Name == name && e.Str("roomID") == room }
	}
	for _, c := range []*caller{d.a, d.b} {
		if _, ok := c.Find(c.Closed(), in("onCallBegin")); !ok {
			return errKilled
		}
	}
	first, second := d.a, d.b
	if d.rnd.IntN(2) == 0 {
		first, second = second, first
	}
	for range d.rnd.IntN(30) {
		if _, err := first.Do(ctx, "session.time", p{}); err != nil {
			return orKilled(err, first)
		}
	}
	if _, err := first.Do(ctx, "room.exit", p{"roomID": room}); err != nil {
		return orKilled(err, first)
	}
	if _, ok := second.Find(second.Closed(), in("onCallEnd")); !ok {
		return errKilled
	}
	d.talk = ""
	if _, err := second.Do(ctx, "room.exit", p{"roomID": room}); err != nil {
		return orKilled(err, second)
	}
	return nil
}
