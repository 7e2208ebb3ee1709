package room_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

// enter makes somebody enter without media and be told of many at once.
func (b *mailbox) enter(t *testing.T, svc *room.Service, s call.SessionID) wire.EnterRoomResult {
	t.Helper()
	res, err := svc.Enter(context.Background(), callerOf(s), &wire.EnterRoom{RoomID: theRoom, Scene: room.SceneMeeting, Batch: true})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// take returns what a session got, and forgets it.
func (b *mailbox) take(s call.SessionID) []wire.Event {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	mail := b.mail[s]
	delete(b.mail, s)
	return mail
}

func TestInACrowdNewsAreGathered(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		box := &mailbox{mail: map[call.SessionID][]wire.Event{}}
		svc := room.New(room.Options{CrowdFrom: 4}, w.sfu, box, w, w, slog.New(slog.DiscardHandler))
		defer svc.Close()
		at := func(d time.Duration) call.Millis { return w.began.Add(d) }
		user := func(u call.UserID, since time.Duration) wire.RoomUser {
			return wire.RoomUser{UserID: u, Name: callerOf(call.SessionID(u)).Name, Role: room.RoleAnchor, EnteredAt: at(since)}
		}
		old := call.SessionID("old-1") // knows nothing of many at once
		if _, err := svc.Enter(context.Background(), callerOf(old), &wire.EnterRoom{RoomID: theRoom, Scene: room.SceneMeeting}); err != nil {
			t.Fatal(err)
		}
		box.enter(t, svc, "ana-1")
		box.enter(t, svc, "bo-1")
		if got := box.take("ana-1"); len(got) != 1 || got[0].Name() != "onRemoteUserEnterRoom" {
			t.Errorf("of few ana is told %v", got)
		}
		box.take(old)
		time.Sleep(time.Second)

		box.enter(t, svc, "cy-1") // the fourth
		box.enter(t, svc, "di-1")
		w.must("raise", raise(svc, "cy-1", true))
		w.must("raise", raise(svc, "di-1", true))
		exit(t, svc, "cy-1")
		if got := box.take("ana-1"); len(got) != 0 {
			t.Errorf("ana is told at once: %v", got)
		}
		if got := box.take(old); len(got) != 3 {
			t.Errorf("who did not ask for many at once is told %v", got)
		}
		time.Sleep(100 * time.Millisecond)
		want := []wire.Event{
			wire.RemoteUsersChanged{
				RoomID: theRoom,
				Left:   []wire.LeftUser{{UserID: "cy", At: at(time.Second)}},
				Users:  []wire.RoomUser{user("di", time.Second)},
			},
			wire.HandsChanged{RoomID: theRoom, Hands: []wire.Hand{{UserID: "di", RaisedAt: at(time.Second)}}},
		}
		if d := cmp.Diff(want, box.take("ana-1")); d != "" {
			t.Errorf("then (-want +got):\n%s", d)
		}
		if got := box.take(old); len(got) != 1 || got[0].Name() != "onHandsChanged" {
			t.Errorf("and who did not ask: %v", got)
		}
		if res := box.enter(t, svc, "ed-1"); len(res.Users) != 4 || len(res.Hands) != 1 {
			t.Errorf("ed finds %v and %v", res.Users, res.Hands)
		}
		for _, s := range []call.SessionID{"ana-1", "bo-1", "di-1", "ed-1", old} {
			exit(t, svc, s)
		}
	})
}

func raise(svc *room.Service, s call.SessionID, raised bool) error {
	_, err := svc.RaiseHand(context.Background(), callerOf(s), &wire.RaiseHand{RoomID: theRoom, Raised: raised})
	return err
}

func exit(t *testing.T, svc *room.Service, s call.SessionID) {
	t.Helper()
	if _, err := svc.Exit(context.Background(), callerOf(s), &wire.ExitRoom{RoomID: theRoom}); err != nil {
		t.Error(err)
	}
}

// tally is a Notifier that counts.
type tally struct{ events atomic.Int64 }

func (t *tally) NotifySession(call.SessionID, wire.Event)          { t.events.Add(1) }
func (t *tally) NotifySessions(ids []call.SessionID, _ wire.Event) { t.events.Add(int64(len(ids))) }

// A thousand come within ten seconds, and leave within ten: nobody is told of
// each of them by itself.
func TestAThousandAreToldInHundreds(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		var told tally
		svc := room.New(room.Options{MaxParticipants: 1000}, w.sfu, &told, w, w, slog.New(slog.DiscardHandler))
		defer svc.Close()
		session := func(i int) call.SessionID { return call.SessionID(fmt.Sprintf("u%d-1", i)) }
		for i := range 1000 {
			(&mailbox{}).enter(t, svc, session(i))
			time.Sleep(10 * time.Millisecond)
		}
		for i := range 1000 {
			exit(t, svc, session(i))
			time.Sleep(10 * time.Millisecond)
		}
		if got := told.events.Load(); got > 100_000 {
			t.Errorf("%d events were told, about a million one by one", got)
		}
	})
}

// BenchmarkAThousandEnter is what the room itself does when a thousand enter at
// once, beside the engine and the sockets.
func BenchmarkAThousandEnter(b *testing.B) {
	for _, batch := range []bool{false, true} {
		b.Run(fmt.Sprintf("batch=%v", batch), func(b *testing.B) {
			w := &world{members: func(call.Caller, bool) bool { return true }}
			for b.Loop() {
				var told tally
				svc := room.New(room.Options{MaxParticipants: 1000}, nil, &told, w, w, slog.New(slog.DiscardHandler))
				for i := range 1000 {
					who := callerOf(call.SessionID(fmt.Sprintf("u%d-1", i)))
					if _, err := svc.Enter(context.Background(), who, &wire.EnterRoom{RoomID: theRoom, Batch: batch}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(told.events.Load()), "events/op")
				svc.CloseAll(call.ResultServerDrain)
			}
		})
	}
}

// BenchmarkTheThousandthEnters is what one who comes last costs, with the answer
// that lists all others as it goes over the wire.
func BenchmarkTheThousandthEnters(b *testing.B) {
	w := &world{members: func(call.Caller, bool) bool { return true }}
	svc := room.New(room.Options{MaxParticipants: 1001}, nil, &tally{}, w, w, slog.New(slog.DiscardHandler))
	defer svc.CloseAll(call.ResultServerDrain)
	ctx := context.Background()
	enter := func(id string) wire.EnterRoomResult {
		who := callerOf(call.SessionID(id))
		who.Name = "Somebody of whom one knows the name"
		res, err := svc.Enter(ctx, who, &wire.EnterRoom{RoomID: theRoom, Batch: true})
		if err != nil {
			b.Fatal(err)
		}
		return res
	}
	for i := range 1000 {
		enter(fmt.Sprintf("somebody%04d-1", i))
	}
	b.ReportAllocs()
	for b.Loop() {
		frame, err := wire.EncodeValue(enter("last-1"))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(frame)), "bytes/answer")
		if _, err := svc.Exit(ctx, callerOf("last-1"), &wire.ExitRoom{RoomID: theRoom}); err != nil {
			b.Fatal(err)
		}
	}
}
