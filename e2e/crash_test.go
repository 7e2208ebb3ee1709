package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// crashKills is how often the server is killed; CALLSVC_CRASH_KILLS says otherwise.
const crashKills = 25

// The real program is killed with SIGKILL at any moment, again and again, while
// people invite, answer and talk. Whatever it acknowledged or told in one life
// is true in the next: no invitation lost or with two outcomes, no request done
// twice, one record and one end for each call.
func TestNothingAcknowledgedIsLostByAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	kills := crashKills
	if text := os.Getenv("CALLSVC_CRASH_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatalf("CALLSVC_CRASH_KILLS: %v", err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // chance, not secrets
	bin, data, b := build(t), t.TempDir(), newBook()
	var duos []*duo
	for i := range 4 {
		duos = append(duos, newDuo(i, b))
	}
	began := time.Now()
	for n := range kills {
		life := time.Duration(60+rnd.IntN(180)) * time.Millisecond
		if n%20 == 19 {
			life += 1500 * time.Millisecond // long enough for the server to note that it lives
		}
		oneLife(t, bin, data, b, duos, life)
		if len(b.wrongs) > 0 {
			break
		}
	}
	took := time.Since(began)
	last := run(t, bin, data)
	endAll(t, last, b, duos)
	checkRecords(t, last, b)
	last.stop(t)
	for _, wrong := range b.wrongs {
		t.Errorf("seed %d: %s", seed, wrong)
	}
	summary(t, b, took)
}

// oneLife starts the server, lets everybody at it, and kills it.
func oneLife(t *testing.T, bin, data string, b *book, duos []*duo, life time.Duration) {
	t.Helper()
	k := kill{lived: time.Now().UnixMilli()}
	s := run(t, bin, data)
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	var all sync.WaitGroup
	for _, d := range duos {
		all.Go(func() { d.live(ctx, s) })
	}
	<-time.After(life)
	s.kill(t)
	k.dead = time.Now().UnixMilli()
	all.Wait() // until then what it told last is still being read
	b.killed(k)
}

// endAll lets the last life go on until no call is open, and looks at
// everything again.
func endAll(t *testing.T, s *process, b *book, duos []*duo) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for _, d := range duos {
		var err error
		if d.a, err = d.dial(ctx, s, "a"+d.name); err != nil {
			t.Fatal(err)
		}
		if d.b, err = d.dial(ctx, s, "b"+d.name); err != nil {
			t.Fatal(err)
		}
		d.talk = ""
		if err := d.recheck(ctx); err != nil {
			t.Fatal(err)
		}
		if err := d.recheckInvitations(ctx, b.of(d)); err != nil {
			t.Fatal(err)
		}
	}
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for !noneOpen(t, s) {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatal("calls stay open")
		}
	}
	for _, d := range duos {
		for _, c := range []*caller{d.a, d.b} { // all that was decided has been told
			if _, err := c.Do(ctx, "signaling.cancel", p{"inviteID": "none"}); testkit.CodeOf(err) != 8010 {
				t.Fatal(err)
			}
			c.Drop()
		}
	}
}

func noneOpen(t *testing.T, s *process) bool {
	t.Helper()
	_, body := s.get(t, "", "/metrics")
	return strings.Contains(body, "\ncallsvc_calls_open 0\n")
}

// of lists the invitations of a duo.
func (b *book) of(d *duo) (list []*asked) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.asked {
		if a.from[1:] == d.name {
			list = append(list, a)
		}
	}
	return list
}

// checkRecords holds all the records there are to what was told.
func checkRecords(t *testing.T, s *process, b *book) {
	t.Helper()
	claims := testkit.Claims("operator")
	claims["admin"] = true
	_, text := s.get(t, testkit.JWT(testkit.DevSecret, claims), "/v1/calls/export?format=jsonl")
	records, rooms := map[string]p{}, map[string]p{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		var r p
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if records[r.Str("callID")] != nil || rooms[r.Str("roomID")] != nil {
			t.Errorf("two records of one call: %v", r)
		}
		records[r.Str("callID")], rooms[r.Str("roomID")] = r, r
	}
	for _, c := range b.calls {
		if r := records[c.id]; r == nil {
			t.Errorf("call %s has no record", c.id)
		} else if fault := c.fault(r, b.kills); fault != "" {
			t.Errorf("call %s: %s", c.id, fault)
		}
	}
	for _, a := range b.asked {
		if a.room == "" || a.inviteID == "" {
			continue
		}
		if r := rooms[a.room]; r == nil {
			t.Errorf("call in %s was acknowledged and has no record", a.room)
		} else if !slices.Contains(resultsOf(a.outcome), r.Str("result")) {
			t.Errorf("the invitation of call %s was %s, the record says %s", r.Str("callID"), a.outcome, r.Str("result"))
		}
	}
}

// resultsOf are the results that a call can have whose invitation ended so.
func resultsOf(outcome string) []string {
	return map[string][]string{
		"accepted": {"answered", "serverCrash", "mediaFailed"}, "rejected": {"declined"},
		"cancelled": {"cancelled"}, "timedOut": {"noAnswer", "unreachable", "busy"},
	}[outcome]
}

// fault says how a record contradicts what was told of the call.
func (c *callFact) fault(r p, kills []kill) string {
	if c.end != nil {
		if differs := recordDiffers(r, c.end); differs != "" {
			return differs
		}
	}
	if c.startedAt != r.Int("startedAt") {
		return fmt.Sprintf("it began at %d, the record says %d", c.startedAt, r.Int("startedAt"))
	}
	if lasted := r.Int("endedAt") - c.startedAt; c.startedAt != 0 && (lasted < 0 || r.Int("duration") != lasted/1000) {
		return fmt.Sprintf("it lasted %d ms, the record says %d s", lasted, r.Int("duration"))
	}
	if r.Str("result") != "serverCrash" {
		return ""
	}
	at := r.Int("endedAt")
	if len(c.killedAt) == 0 { // it died between deciding that the call began and telling so
		c.killedAt = kills
	}
	if !slices.ContainsFunc(c.killedAt, func(k kill) bool { return k.lived <= at && at <= k.dead }) {
		return fmt.Sprintf("it ended by a crash at %d, the server lived and was killed %v", at, c.killedAt)
	}
	return ""
}

func summary(t *testing.T, b *book, took time.Duration) {
	t.Helper()
	outcomes, results, acked, answers := map[string]int{}, map[string]int{}, 0, 0
	for _, a := range b.asked {
		outcomes[a.outcome]++
		if a.inviteID != "" {
			acked++
		}
		for _, ans := range a.answers {
			if ans.acked {
				answers++
			}
		}
	}
	begun := 0
	for _, c := range b.calls {
		if c.startedAt != 0 {
			begun++
		}
		results[c.end.Str("result")]++
	}
	t.Logf("%d kills in %v: %d invitations and %d answers acknowledged, looked at %d times; outcomes %v; %d calls, %d begun, ended %v; %d wrong",
		len(b.kills), took.Round(time.Millisecond), acked, answers, b.checked, outcomes, len(b.calls), begun, results, len(b.wrongs))
}
