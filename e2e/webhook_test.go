package e2e_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callsvc/internal/testkit"
	"callsvc/webhook"
)

const webhookSecret = "a secret of the receiver's own, long enough"

// hooked is one callback that was posted.
type hooked struct {
	seq  int64
	body p
}

// receiver is another system: it takes callbacks that are signed, while it is up.
type receiver struct {
	t    testing.TB
	http *httptest.Server
	down atomic.Bool
	took chan hooked
}

func newReceiver(t testing.TB) *receiver {
	r := &receiver{t: t, took: make(chan hooked, 1000)}
	r.http = httptest.NewServer(r)
	t.Cleanup(r.http.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.down.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	text, err := io.ReadAll(req.Body)
	if err != nil {
		r.t.Error(err)
	}
	if got := req.Header.Get("Sign"); got != webhook.Sign([]byte(webhookSecret), text) {
		r.t.Errorf("signed with %q", got)
	}
	seq, err := strconv.ParseInt(req.Header.Get("Idempotency-Key"), 10, 64)
	if err != nil {
		r.t.Error(err)
	}
	h := hooked{seq: seq}
	if err := json.Unmarshal(text, &h.body); err != nil {
		r.t.Error(err)
	}
	r.took <- h
}

// flags tell a service to post here.
func (r *receiver) flags() []string {
	return []string{"--webhook-url=" + r.http.URL + "/calls", "--webhook-secret=" + webhookSecret}
}

// next is the next callback that comes.
func (r *receiver) next() hooked {
	r.t.Helper()
	select {
	case h := <-r.took:
		return h
	case <-time.After(testkit.Patience):
		r.t.Fatal("no callback comes")
		return hooked{}
	}
}

// numbers of callbacks, in the order in which they came, each once.
func numbers(list []hooked) []int64 {
	var seqs []int64
	for _, h := range list {
		if !slices.Contains(seqs, h.seq) {
			seqs = append(seqs, h.seq)
		}
	}
	return seqs
}

func upTo(n int64) []int64 {
	var list []int64
	for i := range n {
		list = append(list, i+1)
	}
	return list
}

// The receiver of callbacks is down during a whole call, and the service is
// restarted; then it gets everything, in order, and it is what /v1/events has.
func TestAReceiverThatWasDownGetsTheWholeCall(t *testing.T) {
	r := newReceiver(t)
	r.down.Store(true)
	svc := testkit.Start(t, r.flags()...)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	meet(t, ana, bo, "4711", sends{})
	bo.Exit("4711")
	end := ana.Sees("onCallEnd", func(event) bool { return true })
	ana.Exit("4711")
	ana.Offline()
	bo.Offline()
	svc.Restart()
	r.down.Store(false)

	page := svc.Operate(http.MethodGet, "/v1/events", nil)
	events := page.List("events")
	var list []hooked
	for len(numbers(list)) < len(events) {
		list = append(list, r.next())
	}
	if got := numbers(list); !slices.Equal(got, upTo(int64(len(events)))) {
		t.Errorf("callbacks %v, want 1 to %d in order", got, len(events))
	}
	var record p
	for i, e := range events {
		if e.Int("seq") != int64(i+1) {
			t.Errorf("event %d is %v", i+1, e)
		}
		if e.Str("event") == "Call.CallbackAfterEndCall" {
			record = p(p(e["body"].(map[string]any))["CallRecord"].(map[string]any))
		}
	}
	if record.Lacks(p{"CallId": end.Str("callID"), "CallResult": "NormalEnd", "CallType": "SingleCall", "MediaType": "Video", "Caller_Account": "ana", "RoomId": "4711", "RoomIdType": 1}) != "" {
		t.Errorf("the record is %v", record)
	}
	if last := svc.Operate(http.MethodGet, "/v1/events?after="+strconv.Itoa(len(events)-1), nil); len(last.List("events")) != 1 || last.Int("last") != page.Int("last") {
		t.Errorf("after the one before the last: %v", last)
	}
	if dead := svc.Operate(http.MethodGet, "/v1/webhooks/dead", nil); len(dead.List("events")) != 0 {
		t.Errorf("given up: %v", dead)
	}
	if again := svc.Operate(http.MethodPost, "/v1/webhooks/replay", p{"from": 1, "to": 2, "all": true}); again.Int("count") != 2 {
		t.Errorf("replayed %v", again)
	}
	if first, second := r.next(), r.next(); first.seq+second.seq != 3 {
		t.Errorf("replayed %d and %d, want 1 and 2", first.seq, second.seq)
	}
}

func TestEventsAreForOperators(t *testing.T) {
	svc := testkit.Start(t)
	for _, path := range []string{"/v1/events", "/v1/webhooks/dead"} {
		if status, body := svc.Get(svc.Token("ana", ""), path); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	admin := svc.Token("operator", "&admin=true")
	for _, c := range []struct{ path, says string }{
		{"/v1/events?after=-1", "after"},
		{"/v1/events?after=x", "after"},
		{"/v1/events?since=1", "since"},
		{"/v1/events?limit=0", "limit"},
		{"/v1/events?limit=1001", "limit must be 1 to 1000"},
		{"/v1/webhooks/dead?limit=1001", "limit"},
	} {
		if status, body := svc.Get(admin, c.path); status != http.StatusBadRequest || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", c.path, status, body)
		}
	}
	if status, body := svc.Send(http.MethodPost, admin, "/v1/webhooks/replay", p{}); status != http.StatusBadRequest || !strings.Contains(body, "--webhook-url") {
		t.Errorf("replay without a webhook: %d %s", status, body)
	}
}

// The program is killed while its receiver is down: what had been
// acknowledged to the caller is told after the restart.
func TestAKilledServerTellsAfterItsRestart(t *testing.T) {
	r := newReceiver(t)
	r.down.Store(true)
	bin, data := build(t), t.TempDir()
	s := run(t, bin, data, r.flags()...)
	ana, err := s.connect(t.Context(), "ana", func(event) {})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	const calls = 20
	asked := map[string]bool{}
	for i := range calls {
		room := strconv.Itoa(1000 + i)
		if _, err := ana.Do(ctx, "signaling.invite", p{"invitee": "bo", "timeout": 30, "data": testkit.CallData(2, room)}); err != nil {
			t.Fatal(err)
		}
		asked[room] = true
	}
	s.kill(t)
	ana.Drop()
	r.down.Store(false)
	s = run(t, bin, data, r.flags()...)
	defer s.stop(t)
	for len(asked) > 0 {
		if h := r.next(); h.body.Str("CallbackCommand") == "Call.CallbackAfterStartCall" {
			delete(asked, p(h.body["CallInfo"].(map[string]any)).Str("RoomId"))
		}
	}
}
