package model_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"callsvc/internal/testkit"
)

type p = testkit.P

// device is one of a user's: a session, and the socket it hangs on while there
// is one. What it is told is compared with what it should be.
type device struct {
	user    string
	client  *testkit.Client // nil while it is off
	inbox   *testkit.Inbox
	seen    int // of the inbox's events
	session string
	offAt   int64   // when the socket went
	want    []chunk // what the model says it is told and it was not found to be yet
}

// chunk is what one step tells: in this order or, where nothing says which
// comes first, in any.
type chunk struct {
	lines    []string
	anyOrder bool
}

// attached reports whether the device can make requests.
func (d *device) attached() bool { return d.client != nil }

// dial connects, with the session that was, if there was one, and reports
// whether the server went on with it.
func (d *device) dial(w *world) (resumed bool, err error) {
	query := url.Values{"token": {testkit.JWT(testkit.DevSecret, testkit.Claims(d.user))}}
	if d.session != "" {
		query.Set("session", d.session)
		query.Set("after", strconv.FormatInt(d.inbox.Seq(), 10))
	}
	by := &websocket.Dialer{NetDialContext: w.pipes.dial}
	d.client, err = testkit.DialOver(context.Background(), by, "ws://calls.example/ws?"+query.Encode(), http.Header{},
		func(e testkit.Event) { d.inbox.Add(e) },
		func(welcome p) {
			d.session, resumed = welcome.Str("sessionID"), welcome.Bool("resumed")
			if !resumed {
				d.inbox, d.seen = testkit.NewInbox(), 0
			}
		})
	synctest.Wait()
	return resumed, err
}

// drop cuts the socket without a word.
func (d *device) drop() {
	d.client.Drop()
	d.client, d.offAt = nil, now()
	synctest.Wait()
}

// answer is what came of a request.
type answer struct {
	code   int // 0 if it was done
	result p
}

// do makes a request and waits until everything that follows from it has
// happened.
func (d *device) do(method string, params p) answer {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	result, err := d.client.Do(ctx, method, params)
	return answer{testkit.CodeOf(err), result}
}

// check compares what the device was told since the last time with what it
// should have been. A device that is off is compared when it is back. ends are
// the final invitations of calls that anybody was told of, by their data.
func (d *device) check(ends map[string]string) error {
	if !d.attached() {
		return nil
	}
	if faults := d.inbox.Faults(); len(faults) > 0 {
		return fmt.Errorf("%s: %v", d.user, faults)
	}
	var got []string
	for _, e := range d.inbox.All()[d.seen:] {
		d.seen++
		if data := e.Str("data"); isEnd(data) {
			if ends[data] == "" {
				ends[data] = e.Str("inviteID")
			}
			if ends[data] != e.Str("inviteID") {
				return fmt.Errorf("%s is told of a second end: %v", d.user, e)
			}
		}
		if line := lineOf(e); line != "" {
			got = append(got, line)
		}
	}
	all := got
	for _, c := range d.want {
		n := min(len(c.lines), len(got))
		part, lines := slices.Clone(got[:n]), slices.Clone(c.lines)
		if c.anyOrder {
			slices.Sort(part)
			slices.Sort(lines)
		}
		if !slices.Equal(part, lines) {
			return fmt.Errorf("%s is told\n\t%s\nand should be\n\t%s", d.user, strings.Join(all, "\n\t"), d.wanted())
		}
		got = got[n:]
	}
	if len(got) > 0 {
		return fmt.Errorf("%s is told\n\t%s\nand should only be\n\t%s", d.user, strings.Join(all, "\n\t"), d.wanted())
	}
	d.want = nil
	return nil
}

func (d *device) wanted() string {
	var lines []string
	for _, c := range d.want {
		lines = append(lines, c.lines...)
	}
	return strings.Join(lines, "\n\t")
}

// lineOf is an event as a line; empty for those that the model knows nothing of.
func lineOf(e testkit.Event) string {
	switch e.Name {
	case "onReceiveNewInvitation":
		if data := e.Str("data"); isEnd(data) {
			return endLine(e.Str("inviter"), e.Strs("inviteeList"), data)
		}
		return fmt.Sprintf("%s invites %v in %q: %s %s", e.Str("inviter"), e.Strs("inviteeList"), e.Str("groupID"), e.Str("inviteID"), e.Str("data"))
	case "onInviteeAccepted":
		return fmt.Sprintf("%s accepts %s: %s", e.Str("invitee"), e.Str("inviteID"), e.Str("data"))
	case "onInviteeRejected":
		return fmt.Sprintf("%s rejects %s: %s", e.Str("invitee"), e.Str("inviteID"), e.Str("data"))
	case "onInvitationCancelled":
		return fmt.Sprintf("%s is cancelled for %v: %s", e.Str("inviteID"), e.Strs("inviteeList"), e.Str("data"))
	case "onInvitationTimeout":
		return fmt.Sprintf("%s times out for %v", e.Str("inviteID"), e.Strs("inviteeList"))
	case "onInvitationModified":
		return fmt.Sprintf("%s is modified: %s", e.Str("inviteID"), e.Str("data"))
	case "onRecvNewMessage":
		m, _ := e.P["message"].(map[string]any)
		return messageLine(testkit.P(m))
	}
	return ""
}

func messageLine(m p) string {
	return fmt.Sprintf("message %d from %s to %q in %q: %s", m.Int("messageSeq"), m.Str("from"), m.Str("to"), m.Str("groupID"), m.Str("text"))
}

// isEnd reports whether that is the data of a call's final invitation.
func isEnd(data string) bool { return strings.Contains(data, `"call_end"`) }

func endLine(from string, to []string, data string) string {
	return fmt.Sprintf("%s tells %v the end: %s", from, to, data)
}
