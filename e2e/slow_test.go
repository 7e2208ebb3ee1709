package e2e_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// What takes its time in the world takes it here: the 20 and 30 seconds of the
// contract, all at once.
func TestWhatTakesItsTime(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 30 seconds of real time")
	}
	t.Parallel()
	svc := testkit.Start(t)
	var all sync.WaitGroup
	for i, story := range []struct {
		name string
		tell func(t *testing.T, ana, bo *testkit.User, room string)
	}{
		{"a network that does not come back ends the call", networkLost},
		{"a network that comes back in time is told to nobody", networkBack},
		{"a socket lost while media flows is told to nobody", socketLost},
		{"who has no media is lost with the socket", bareLost},
		{"an answer after which nobody comes is a failure", mediaFailed},
		{"a caller who vanishes rings no more", callerVanishes},
		{"a caller who was never in the room and vanishes rings no more", callerVanishesOutside},
	} {
		all.Go(func() { // t.Parallel would tell only as many at once as there are cores
			t.Run(story.name, func(t *testing.T) {
				svc := svc.For(t)
				story.tell(t, svc.SignIn(fmt.Sprintf("ana%d", i)), svc.SignIn(fmt.Sprintf("bo%d", i)), fmt.Sprintf("room%d", i))
			})
		})
	}
	all.Wait()
}

// told checks that something was told 20 seconds after what ended at some moment
// between two. That it is told to the millisecond is proved where time is
// virtual (room, internal/conductor); here the machine may be busy.
func told(t *testing.T, what string, from, to time.Time) {
	t.Helper()
	t.Logf("%s was told after %.2f s", what, time.Since(to).Seconds())
	if took := time.Since(from.Truncate(time.Millisecond)); took < 20*time.Second {
		t.Errorf("%s was told after %v, want 20 s", what, took)
	}
}

// endedWhenCut checks that a call ended when the network went, at some moment
// between two, and not when that was told, 20 seconds later: who sends 50 times
// a second was heard a moment before, unless the machine was busy.
func endedWhenCut(t *testing.T, end event, from, to time.Time) {
	t.Helper()
	const busy = 5000
	if at := end.Int("endedAt"); at < from.UnixMilli()-busy || at > to.UnixMilli()+busy {
		t.Errorf("the network went at %d, the call ended at %d", to.UnixMilli(), at)
	}
}

// seconds waits while that many seconds of somebody's camera go out, 25 frames each.
func seconds(u *testkit.User, n int64) {
	until := u.Media.Sent("camera") + 25*n
	u.Media.UntilSent("camera", until)
}

func networkLost(t *testing.T, ana, bo *testkit.User, room string) {
	meet(t, ana, bo, room, sends{})
	seconds(ana, 3)
	from := time.Now()
	bo.Media.CutNetwork()
	to := time.Now()
	left := ana.Expect("onRemoteUserLeaveRoom", p{"userID": bo.ID, "reason": 1})
	end := expectEnd(t, ana, bo, ana.ID, []string{bo.ID}, "networkLost", "onKickedOut")
	told(t, "the loss", time.UnixMilli(end.Int("endedAt")), to)
	endedWhenCut(t, end, from, to)
	if left.Int("at") != end.Int("endedAt") {
		t.Errorf("bo left at %d, the call ended at %d", left.Int("at"), end.Int("endedAt"))
	}
	if lasted := (end.Int("endedAt") - end.Int("startedAt")) / 1000; end.Int("duration") != lasted {
		t.Errorf("the call lasted %d s in the record, %d by its times", end.Int("duration"), lasted)
	}
}

func networkBack(t *testing.T, ana, bo *testkit.User, room string) {
	meet(t, ana, bo, room, sends{})
	ana.Watch(bo.ID)
	ana.Media.Gets(ana.Media.Video(0), bo.ID, 10)
	bo.Media.CutNetwork()
	bo.Offline()
	seconds(ana, 8) // of the 20, and more of them if the machine is busy
	if !bo.Resume() {
		t.Fatal("the session is not resumed")
	}
	bo.Media.RestoreNetwork()
	bo.RestartICE()
	back := time.Now()
	ana.Media.Gets(ana.Media.Video(0), bo.ID, 10)
	ana.Media.Gets(ana.Media.Audio(0), bo.ID, 10)
	t.Logf("picture and voice were back %v after the network", time.Since(back))
	for _, e := range ana.Untaken() {
		if e.Name != "onUserVideoAvailable" && e.Name != "onUserAudioAvailable" {
			t.Errorf("ana is told %v", e)
		}
	}
	bo.Exit(room)
	ana.Sees("onRemoteUserLeaveRoom", func(e event) bool { return e.Int("reason") == 0 })
	ana.Settle(room)
	calls := ana.History(nil)
	if len(calls) != 1 || calls[0].Str("result") != "answered" || len(calls[0].List("participants")[1].List("intervals")) != 1 {
		t.Errorf("the record of a call that went on: %v", calls)
	}
}

func socketLost(t *testing.T, ana, bo *testkit.User, room string) {
	meet(t, ana, bo, room, sends{})
	ana.Watch(bo.ID)
	bo.Offline()
	seconds(ana, 23)
	ana.Quiet(room)
	ana.Media.Gets(ana.Media.Video(0), bo.ID, 10)
	if !bo.Resume() {
		t.Fatal("the session is not resumed")
	}
	bo.Exit(room)
	ana.Expect("onRemoteUserLeaveRoom", p{"userID": bo.ID, "reason": 0})
}

func bareLost(t *testing.T, ana, bo *testkit.User, room string) {
	connect(t, ana, bo, room)
	from := time.Now()
	bo.Offline()
	to := time.Now()
	ana.Expect("onRemoteUserLeaveRoom", p{"userID": bo.ID, "reason": 1})
	told(t, "the loss", from, to)
	ana.Expect("onReceiveNewInvitation", p{"inviter": ana.ID, "timeout": 0})
	end := ana.Expect("onCallEnd", p{"result": "networkLost", "endedBy": "server"})
	endedWhenCut(t, end, from, to)
}

func mediaFailed(t *testing.T, ana, bo *testkit.User, room string) {
	ana.EnterBare(room)
	id := ring(ana, bo, room)
	before := time.Now()
	bo.Accept(id)
	ana.Expect("onInviteeAccepted", nil)
	end, ok := ana.Next(30*time.Second + testkit.Patience)
	if !ok || end.Name != "onCallEnd" || end.Str("result") != "mediaFailed" {
		t.Fatalf("ana is told %v", end)
	}
	if took := time.Since(before.Truncate(time.Millisecond)); took < 30*time.Second {
		t.Errorf("it ended %v after the accept, want 30 s", took)
	}
	bo.Expect("onCallEnd", p{"result": "mediaFailed", "startedAt": 0})
}

func callerVanishes(t *testing.T, ana, bo *testkit.User, room string) {
	ana.EnterBare(room)
	vanish(t, ana, bo, room)
}

func callerVanishesOutside(t *testing.T, ana, bo *testkit.User, room string) {
	vanish(t, ana, bo, room)
}

func vanish(t *testing.T, ana, bo *testkit.User, room string) {
	t.Helper()
	id := ana.Invite(bo.ID, room, p{"timeout": 60})
	bo.Expect("onReceiveNewInvitation", p{"inviteID": id})
	from := time.Now()
	ana.Offline()
	to := time.Now()
	bo.ExpectAll("onInvitationCancelled", "onCallEnd")
	told(t, "the end of the ringing", from, to)
	if calls := bo.History(p{"missed": true}); len(calls) != 1 || calls[0].Str("result") != "cancelled" {
		t.Errorf("bo's missed calls: %v", calls)
	}
}
