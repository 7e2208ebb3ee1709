// Package model_test holds the real service, in one bubble of time and over a
// real store, to a model that is too simple to be wrong: users with several
// devices that come, go and come back, invitations to one and in groups,
// messages, races, and servers that stop or die in between.
package model_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// Whatever happens, an invitee has one outcome, which everybody is told alike;
// nothing happens to what is over; no session's numbers have a gap or repeat;
// and nothing that was acknowledged is lost. In the long run:
//
//	go test ./e2e/model -rapid.checks=5000 -timeout=1h
func TestWhateverHappensEverybodyIsToldWhatIsTrue(t *testing.T) {
	empty := emptyStore(t)
	steps := rapid.SliceOfN(rapid.Custom(drawStep), 30, 60)
	var done tally
	rapid.Check(t, func(rt *rapid.T) {
		script := steps.Draw(rt, "steps")
		lives := 1
		for _, s := range script {
			if s.kind == "restart" || s.kind == "crash" {
				lives++
			}
		}
		dir, err := os.MkdirTemp(t.TempDir(), "history")
		if err != nil {
			rt.Fatal(err)
		}
		w := newWorld(t, dir, lives)
		if err := copyFile(empty, filepath.Join(dir, "0.db")); err != nil {
			rt.Fatal(err)
		}
		var failure error
		synctest.Test(t, func(*testing.T) { failure = live(w, script, &done) })
		if err := w.close(); err != nil {
			rt.Fatal(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			rt.Fatal(err)
		}
		if failure != nil {
			rt.Fatal(failure)
		}
	})
	t.Log(done.String())
}

// live plays a history from its first day to its last.
func live(w *world, script []step, done *tally) (err error) {
	h := &history{world: w, model: newModel(), ends: map[string]string{}, done: done}
	if err := w.start(); err != nil {
		return err
	}
	defer func() {
		h.dropAll()
		if ended := w.end(); err == nil {
			err = ended
		}
	}()
	if err := h.found(); err != nil {
		return fmt.Errorf("in the beginning: %w", err)
	}
	done.histories++
	for i, s := range script {
		h.tick()
		if err := h.play(s); err != nil {
			return fmt.Errorf("step %d, %+v: %w", i, s, err)
		}
	}
	if err := h.wait(61); err != nil {
		return fmt.Errorf("in the end: %w", err)
	}
	return h.auditAll()
}

// history is a world, what is true of it, and who is there.
type history struct {
	*world
	*model
	devices []*device         // attached, or off and perhaps to come back
	rooms   int               // that were used
	last    request           // that was acknowledged
	ends    map[string]string // the final invitation of each call that ended, by its data
	done    *tally
}

func users() []string { return []string{"ana", "bo", "cy", "di"} }

// found gives everybody a device and makes the groups. ana owns them and stays.
func (h *history) found() error {
	for _, u := range users() {
		if err := h.connect(&device{user: u}); err != nil {
			return err
		}
	}
	for _, group := range []string{"work", "open"} {
		kind := map[string]string{"work": "Work", "open": "Meeting"}[group]
		a := h.devices[0].do("group.create", p{"groupID": group, "name": group, "type": kind, "members": []string{"bo", "cy"}})
		if a.code != 0 {
			return fmt.Errorf("group.create: %d", a.code)
		}
		h.groups[group] = []string{"ana", "bo", "cy"}
	}
	return h.settled(nil)
}

// connect lets a device in, with the session it had if it may.
func (h *history) connect(d *device) error {
	may := d.session != "" && now()-d.offAt < 60_000
	resumed, err := d.dial(h.world)
	if err != nil {
		return fmt.Errorf("%s connects: %w", d.user, err)
	}
	if resumed != may {
		return fmt.Errorf("%s comes back after %d ms: resumed is %v", d.user, now()-d.offAt, resumed)
	}
	if resumed {
		h.done.resumed++
	} else {
		d.want = []chunk{{lines: h.waiting(d.user)}}
	}
	if !slices.Contains(h.devices, d) {
		h.devices = append(h.devices, d)
	}
	delete(h.offSince, d.user)
	return nil
}

func (h *history) drop(d *device) {
	d.drop()
	if !slices.ContainsFunc(h.devices, func(other *device) bool { return other.user == d.user && other.attached() }) {
		h.offSince[d.user] = now()
	}
}

func (h *history) dropAll() {
	for _, d := range h.devices {
		if d.attached() {
			d.drop()
		}
	}
}

// of returns a user's device that is attached, or one that is off; nil if there is none.
func (h *history) of(user string, attached bool, n int) *device {
	var fit []*device
	for _, d := range h.devices {
		if d.user == user && d.attached() == attached {
			fit = append(fit, d)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return fit[n%len(fit)]
}

// anyOff returns a device that is off, nil if there is none.
func (h *history) anyOff(n int) *device {
	for i := range users() {
		if d := h.of(users()[(n+i)%len(users())], false, n); d != nil {
			return d
		}
	}
	return nil
}

// deed is what one request, or nobody's, tells. The device that made it has its
// answer instead.
type deed struct {
	told []tell
	by   *device
}

// expect notes what deeds tell, in their order. Of two at once nobody knows
// the order who sees only one: devices that are off are told in any.
func (h *history) expect(anyOrder bool, deeds ...deed) {
	for _, d := range h.devices {
		var lines []string
		for _, one := range deeds {
			for _, t := range one.told {
				if d != one.by && slices.Contains(t.users, d.user) {
					lines = append(lines, t.line)
				}
			}
		}
		if len(lines) > 0 {
			d.want = append(d.want, chunk{lines, anyOrder || len(deeds) > 1 && !d.attached()})
		}
	}
}

// settled waits for everything to happen and compares what everybody was told.
func (h *history) settled(err error) error {
	if err != nil {
		return err
	}
	synctest.Wait()
	for _, d := range h.devices {
		if err := d.check(h.ends); err != nil {
			return err
		}
	}
	return nil
}

// tick lets a moment go by, so that no two things fall due at once.
func (h *history) tick() {
	time.Sleep(time.Millisecond)
	h.expect(false, deed{told: h.pass(now())})
}

// wait lets seconds go by.
func (h *history) wait(seconds int) error {
	time.Sleep(time.Duration(seconds) * time.Second)
	h.expect(false, deed{told: h.pass(now())})
	return h.settled(nil)
}

// restart takes the server down and up. Devices that were there come back, and
// look at everything that they were told in its lives before.
func (h *history) restart(crash bool, down int) error {
	back := slices.DeleteFunc(slices.Clone(h.devices), func(d *device) bool { return !d.attached() })
	if crash {
		h.dropAll()
	}
	h.devices, h.offSince = nil, map[string]int64{}
	if err := h.world.restart(crash, time.Duration(down)*time.Second); err != nil {
		return err
	}
	h.pass(now()) // told to nobody
	for _, u := range users() {
		h.offSince[u] = now()
	}
	for _, d := range back {
		d.client, d.offAt = nil, 0 // its session is gone with the server
		if err := h.connect(d); err != nil {
			return err
		}
	}
	if err := h.settled(nil); err != nil {
		return err
	}
	for _, d := range back {
		if err := h.audit(d); err != nil {
			return err
		}
	}
	return nil
}

// tally counts what was tried.
type tally struct{ histories, requests, refused, races, talks, restarts, resumed, audits int }

func (n *tally) String() string { return fmt.Sprintf("%+v", *n) }
