package call_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
)

// at is a moment of a story: seconds after it began.
func at(seconds float64) call.Millis { return 1_700_000_000_000 + call.Millis(seconds*1000) }

func invited(s float64) call.Event {
	return call.Invited{
		InviteID: "i1", CallID: "c1", RoomID: "r1", Type: call.MediaVideo, Scene: "call",
		Inviter: "ana", Invitees: []call.UserID{"bo"}, At: at(s),
	}
}

func accepted(u call.UserID, s float64) call.Event { return call.Accepted{By: u, At: at(s)} }
func entered(u call.UserID, s float64) call.Event  { return call.Entered{User: u, At: at(s)} }
func left(u call.UserID, r call.LeaveReason, s float64) call.Event {
	return call.Left{User: u, Reason: r, At: at(s)}
}

// told renders effects as a line a person can compare.
func told(effects []call.Effect) string {
	var words []string
	for _, e := range effects {
		switch e := e.(type) {
		case call.Began:
			words = append(words, fmt.Sprintf("began@%g", float64(e.At-at(0))/1000))
		case call.CancelRinging:
			words = append(words, fmt.Sprintf("cancel%v", e.InviteIDs))
		case call.SendEnd:
			words = append(words, fmt.Sprintf("end(%s→%v,%d)", e.From, e.To, e.Seconds))
		case call.Ended:
			words = append(words, "ended")
		}
	}
	return strings.Join(words, " ")
}

// inCall is a call that ana and bo have been in since second 2.
func inCall(more ...call.Event) []call.Event {
	return append([]call.Event{invited(0), entered("ana", 0.1), accepted("bo", 1), entered("bo", 2)}, more...)
}

func TestStoriesOfACall(t *testing.T) {
	crash := call.Restarted{LastAlive: at(50), At: at(60)}
	stories := []struct {
		name    string
		events  []call.Event
		effects string
		result  call.Result
		endedBy string
		seconds int64
	}{
		{
			"callee answers, they talk, callee hangs up", inCall(left("bo", 0, 14.9)),
			"began@2 end(ana→[bo],12) ended", call.ResultAnswered, "bo", 12,
		},
		{
			"caller hangs up", inCall(left("ana", 0, 5)),
			"began@2 end(bo→[ana],3) ended", call.ResultAnswered, "ana", 3,
		},
		{
			"callee declines",
			[]call.Event{invited(0), entered("ana", 0.1), call.Rejected{By: "bo", At: at(3)}},
			"ended", call.ResultDeclined, "bo", 0,
		},
		{
			"callee's line is busy",
			[]call.Event{invited(0), call.Rejected{By: "bo", Busy: true, At: at(1)}},
			"ended", call.ResultBusy, "bo", 0,
		},
		{
			"caller gives up while it rings",
			[]call.Event{invited(0), call.Cancelled{By: "ana", Users: []call.UserID{"bo"}, At: at(4)}},
			"ended", call.ResultCancelled, "ana", 0,
		},
		{
			"nobody answers",
			[]call.Event{invited(0), call.TimedOut{Users: []call.UserID{"bo"}, At: at(30)}},
			"ended", call.ResultNoAnswer, "server", 0,
		},
		{
			"the callee never was there",
			[]call.Event{invited(0), call.TimedOut{Users: []call.UserID{"bo"}, Unreached: []call.UserID{"bo"}, At: at(30)}},
			"ended", call.ResultUnreachable, "server", 0,
		},
		{"a busy callee lets it ring", []call.Event{
			call.Invited{InviteID: "i1", CallID: "c1", RoomID: "r1", Inviter: "ana", Invitees: []call.UserID{"bo"}, Busy: []call.UserID{"bo"}, At: at(0)},
			call.TimedOut{Users: []call.UserID{"bo"}, At: at(30)},
		}, "ended", call.ResultBusy, "server", 0},
		{
			"caller's crash before the answer ends the ringing",
			[]call.Event{invited(0), entered("ana", 0.1), left("ana", 1, 3)},
			"cancel[i1] ended", call.ResultCancelled, "server", 0,
		},
		{
			"caller who never entered loses every session",
			[]call.Event{invited(0), call.InviterGone{At: at(20)}},
			"cancel[i1] ended", call.ResultCancelled, "server", 0,
		},
		{
			"a caller with media but no session keeps ringing",
			[]call.Event{invited(0), entered("ana", 0.1), call.InviterGone{At: at(20)}},
			"", "", "", 0,
		},
		{
			"accepted, but media never comes up",
			[]call.Event{invited(0), entered("ana", 0.1), accepted("bo", 1), call.DeadlinePassed{At: at(31)}},
			"ended", call.ResultMediaFailed, "server", 0,
		},
		{
			"the deadline of another moment is not this one",
			[]call.Event{invited(0), entered("ana", 0.1), accepted("bo", 1), call.DeadlinePassed{At: at(30.9)}},
			"", "", "", 0,
		},
		{
			"caller hangs up while connecting",
			[]call.Event{invited(0), entered("ana", 0.1), accepted("bo", 1), left("ana", 0, 1.5)},
			"ended", call.ResultCancelled, "ana", 0,
		},
		{
			"callee enters before the accept is decided",
			[]call.Event{invited(0), entered("ana", 0.1), entered("bo", 0.9), accepted("bo", 1), left("bo", 0, 3)},
			"began@1 end(ana→[bo],2) ended", call.ResultAnswered, "bo", 2,
		},
		{
			"wifi is lost: the duration is that of the conversation", inCall(left("bo", 1, 10)),
			"began@2 end(ana→[bo],8) ended", call.ResultNetworkLost, "server", 8,
		},
		{
			"both vanish: the last one's name is on the end", inCall(left("bo", 1, 10), left("ana", 1, 11)),
			"began@2 end(ana→[bo],8) ended", call.ResultNetworkLost, "server", 8,
		},
		{"a peer that was dead before the call began costs no negative time", []call.Event{
			invited(0), entered("ana", 0.1), accepted("bo", 10), entered("bo", 11), left("ana", 1, 9),
		}, "began@11 end(bo→[ana],0) ended", call.ResultNetworkLost, "server", 0},
		{
			"a client reports the end itself", inCall(call.EndReported{By: "ana", At: at(7)}, left("bo", 0, 8)),
			"began@2 end(ana→[bo],5) ended", call.ResultAnswered, "ana", 5,
		},
		{"kicked", inCall(left("bo", 2, 7)), "began@2 end(ana→[bo],5) ended", call.ResultKicked, "server", 5},
		{
			"the server is told to stop", inCall(call.RoomClosed{Result: call.ResultServerDrain, At: at(9)}),
			"began@2 end(ana→[bo],7) ended", call.ResultServerDrain, "server", 7,
		},
		{
			"the server crashes and nobody comes back", inCall(crash, call.DeadlinePassed{At: at(80)}),
			"began@2 end(ana→[bo],48) ended", call.ResultServerCrash, "server", 48,
		},
		{
			"the server crashes and one comes back", inCall(crash, entered("ana", 65), call.DeadlinePassed{At: at(80)}),
			"began@2 end(ana→[bo],48) ended", call.ResultServerCrash, "server", 48,
		},
		{
			"the server crashes and both come back: same call, same start", inCall(crash, entered("ana", 65), entered("bo", 66), call.DeadlinePassed{At: at(80)}, left("bo", 0, 102)),
			"began@2 began@2 end(ana→[bo],100) ended", call.ResultAnswered, "bo", 100,
		},
		{
			"the server crashes twice before they are back", inCall(crash, call.Restarted{LastAlive: at(62), At: at(70)}, call.DeadlinePassed{At: at(90)}),
			"began@2 end(ana→[bo],48) ended", call.ResultServerCrash, "server", 48,
		},
		{
			"the server crashes again before it noted that it lives: it did when they came back", inCall(crash, entered("ana", 65), entered("bo", 66),
				call.Restarted{LastAlive: at(50), At: at(70)}, call.DeadlinePassed{At: at(90)}),
			"began@2 began@2 end(ana→[bo],64) ended", call.ResultServerCrash, "server", 64,
		},
		{
			"the server crashes while it rings, and it rings on",
			[]call.Event{invited(0), entered("ana", 0.1), crash, call.TimedOut{Users: []call.UserID{"bo"}, At: at(61)}},
			"ended", call.ResultNoAnswer, "server", 0,
		},
	}
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			c := &call.Call{}
			var effects []call.Effect
			for _, ev := range s.events {
				effects = append(effects, c.Apply(ev)...)
			}
			if got := told(effects); got != s.effects {
				t.Errorf("effects:\n got %s\nwant %s", got, s.effects)
			}
			r := c.Record()
			if r.Result != s.result || r.EndedBy != s.endedBy || r.Duration != s.seconds {
				t.Errorf("record: %s by %q after %d s, want %s by %q after %d s",
					r.Result, r.EndedBy, r.Duration, s.result, s.endedBy, s.seconds)
			}
		})
	}
}

func TestOneMorePersonIsRungIntoARunningCall(t *testing.T) {
	c := &call.Call{}
	for _, ev := range inCall(
		call.Invited{InviteID: "i2", RoomID: "r1", Inviter: "bo", Invitees: []call.UserID{"cy"}, At: at(10)},
		left("ana", 0, 12), // cy is still being asked: the call goes on
	) {
		c.Apply(ev)
	}
	if c.State != call.StateActive {
		t.Fatalf("state %s while somebody is pending, want active", c.State)
	}
	c.Apply(accepted("cy", 13))
	if got := told(c.Apply(call.Left{User: "ana", At: at(13)})); got != "" {
		t.Fatalf("a second leave of the same person had effects: %s", got)
	}
	c.Apply(entered("cy", 14))
	if got, want := told(c.Apply(left("bo", 0, 20))), "end(cy→[ana bo],18) ended"; got != want {
		t.Fatalf("end: got %s, want %s", got, want)
	}
}

func TestARecordTellsEachOnesPart(t *testing.T) {
	c := &call.Call{}
	for _, ev := range inCall(
		call.Measured{User: "bo", Summary: call.MediaSummary{RTTMs: 12}},
		left("bo", 0, 14.9),
	) {
		c.Apply(ev)
	}
	want := call.Record{
		CallID: "c1", RoomID: "r1", Type: call.MediaVideo, Scene: "call", Inviter: "ana",
		CreatedAt: at(0), StartedAt: at(2), EndedAt: at(14.9), Duration: 12, Result: call.ResultAnswered, EndedBy: "bo",
		Participants: []call.Participant{
			{
				UserID: "ana", Role: call.RoleCaller, State: call.ParticipantCaller, InvitedAt: at(0), Seconds: 12,
				Intervals: []call.Interval{{EnteredAt: at(0.1), LeftAt: at(14.9)}},
			},
			{
				UserID: "bo", Role: call.RoleCallee, State: call.ParticipantAccepted, InvitedAt: at(0), AnsweredAt: at(1), Seconds: 12,
				Intervals: []call.Interval{{EnteredAt: at(2), LeftAt: at(14.9)}}, Quality: &call.MediaSummary{RTTMs: 12},
			},
		},
	}
	if diff := cmp.Diff(want, c.Record()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestTheDeadlinesAreThoseOfTheContract(t *testing.T) {
	c := &call.Call{}
	c.Apply(invited(0))
	c.Apply(accepted("bo", 5))
	if want := at(5).Add(30 * time.Second); c.Deadline != want {
		t.Errorf("connect deadline %d, want %d", c.Deadline, want)
	}
	for _, ev := range []call.Event{entered("ana", 6), entered("bo", 7), call.Restarted{LastAlive: at(8), At: at(9)}} {
		c.Apply(ev)
	}
	if want := at(9).Add(20 * time.Second); c.Deadline != want {
		t.Errorf("recovery deadline %d, want %d", c.Deadline, want)
	}
}
