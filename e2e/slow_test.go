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

// told checks that something was told between 19 and 21 seconds after.
func told(t *testing.T, what string, since time.Time) {
	t.Helper()
	took := time.Since(since)
	t.Logf("%s was told after %.2f s", what, took.Seconds())
	if took < 19*time.Second || took > 21*time.Second {
		t.Errorf("%s was told after %v, want 20 s and at most 21", what, took)
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
	bo.Media.CutNetwork()
	cut := time.Now()
	left := ana.Expect("onRemoteUserLeaveRoom", p{"userID": bo.ID, "reason": 1})
	told(t, "the loss", cut)
	end := expectEnd(t, ana, bo, ana.ID, []string{bo.ID}, "networkLost", "onKickedOut")
	if off := end.Int("endedAt") - cut.UnixMilli(); off < -1000 || off > 1000 || left.Int("at") != end.Int("endedAt") {
		t.Errorf("the network went at %d, bo left at %d, the call ended at %d: want within a second", cut.UnixMilli(), left.Int("at"), end.Int("endedAt"))
	}
	if lasted := (end.Int("endedAt") - end.Int("startedAt")) / 1000; end.Int("duration") != lasted || lasted < 2 || lasted > 5 {
		t.Errorf("the call lasted %d s in the record, %d by its times, want the 3 s of talk", end.Int("duration"), lasted)
	}
}

func networkBack(t *testing.T, ana, bo *testkit.User, room string) {
	meet(t, ana, bo, room, sends{})
	ana.Watch(bo.ID)
	ana.Media.Gets(ana.Media.Video(0), bo.ID, 10)
	bo.Media.CutNetwork()
	bo.Offline()
	seconds(ana, 12)
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
	bo.Offline()
	cut := time.Now()
	ana.Expect("onRemoteUserLeaveRoom", p{"userID": bo.ID, "reason": 1})
	told(t, "the loss", cut)
	ana.Expect("onReceiveNewInvitation", p{"inviter": ana.ID, "timeout": 0})
	end := ana.Expect("onCallEnd", p{"result": "networkLost", "endedBy": "server"})
	if off := end.Int("endedAt") - cut.UnixMilli(); off < -1000 || off > 1000 {
		t.Errorf("the call ended %d ms after the socket", off)
	}
}

func mediaFailed(t *testing.T, ana, bo *testkit.User, room string) {
	ana.EnterBare(room)
	bo.Accept(ring(ana, bo, room))
	accepted := time.Now()
	ana.Expect("onInviteeAccepted", nil)
	end, ok := ana.Next(40 * time.Second)
	if !ok || end.Name != "onCallEnd" || end.Str("result") != "mediaFailed" {
		t.Fatalf("ana is told %v", end)
	}
	if took := time.Since(accepted); took < 29900*time.Millisecond || took > 31*time.Second {
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
	ana.Offline()
	gone := time.Now()
	bo.ExpectAll("onInvitationCancelled", "onCallEnd")
	told(t, "the end of the ringing", gone)
	if calls := bo.History(p{"missed": true}); len(calls) != 1 || calls[0].Str("result") != "cancelled" {
		t.Errorf("bo's missed calls: %v", calls)
	}
}
