package room_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

func TestBadRequestsAreRefused(t *testing.T) {
	enter := func(req wire.EnterRoom) func(*world) error {
		return func(w *world) error { return w.enter("bo-1", req) }
	}
	nine := make([]call.Send, 9)
	for i := range nine {
		nine[i] = call.Send{MID: fmt.Sprint(i), Source: call.SourceMic}
	}
	views := func(v ...call.View) func(*world) error {
		return func(w *world) error {
			_, err := w.svc.SetViews(context.Background(), callerOf("ana-1"), &wire.SetViews{RoomID: theRoom, Views: v})
			return err
		}
	}
	for _, c := range []struct {
		name    string
		code    call.Code
		request func(*world) error
	}{
		{"a room id with a space", call.CodeInvalidParameter, enter(wire.EnterRoom{RoomID: "a b"})},
		{"a room id of 65 characters", call.CodeInvalidParameter, enter(wire.EnterRoom{RoomID: call.RoomID(strings.Repeat("r", 65))})},
		{"an unknown scene", call.CodeInvalidParameter, enter(wire.EnterRoom{Scene: "theatre"})},
		{"an unknown role", call.CodeInvalidParameter, enter(wire.EnterRoom{Role: "king"})},
		{"asking to be host", call.CodeInvalidParameter, enter(wire.EnterRoom{Role: room.RoleHost})},
		{"nine sending m-lines", call.CodeInvalidParameter, enter(wire.EnterRoom{Offer: "offer", Send: nine})},
		{"two microphones", call.CodeInvalidParameter, enter(wire.EnterRoom{Offer: "offer", Send: nine[:2]})},
		{"an unknown source", call.CodeInvalidParameter, enter(wire.EnterRoom{Offer: "offer", Send: []call.Send{{MID: "0", Source: "nose"}}})},
		{"sending without an offer", call.CodeInvalidParameter, enter(wire.EnterRoom{Send: nine[:1]})},
		{"the third of two", call.CodeRoomFull, func(w *world) error { enters("cy-1")(w); return enter(wire.EnterRoom{})(w) }},
		{"one room too many", call.CodeRateLimited, func(w *world) error {
			w.must("second room", w.enter("ana-1", wire.EnterRoom{RoomID: "second"}))
			return w.enter("ana-1", wire.EnterRoom{RoomID: "third"})
		}},
		{"a stranger at the gate", call.CodeRoomForbidden, func(w *world) error {
			w.members = func(who call.Caller, occupied bool) bool { return !occupied }
			return enter(wire.EnterRoom{})(w)
		}},
		{"a request without a session", call.CodeNotLoggedIn, func(w *world) error {
			_, err := w.svc.Enter(context.Background(), call.Caller{UserID: "bo"}, &wire.EnterRoom{RoomID: theRoom})
			return err
		}},
		{"a new room while draining", call.CodeDraining, func(w *world) error { w.svc.Drain(); return enter(wire.EnterRoom{RoomID: "new"})(w) }},
		{"exit by who is not in", call.CodeNotInRoom, func(w *world) error {
			_, err := w.svc.Exit(context.Background(), callerOf("bo-1"), &wire.ExitRoom{RoomID: theRoom})
			return err
		}},
		{"exit by another session of who is in", call.CodeNotInRoom, func(w *world) error {
			_, err := w.svc.Exit(context.Background(), callerOf("ana-2"), &wire.ExitRoom{RoomID: theRoom})
			return err
		}},
		{"exit from a room that is not", call.CodeNotInRoom, func(w *world) error {
			_, err := w.svc.Exit(context.Background(), callerOf("ana-1"), &wire.ExitRoom{RoomID: "nowhere"})
			return err
		}},
		{"an empty offer", call.CodeInvalidParameter, func(w *world) error {
			_, err := w.svc.Offer(context.Background(), callerOf("ana-1"), &wire.OfferRoom{RoomID: theRoom})
			return err
		}},
		{"a view of a smell", call.CodeInvalidParameter, views(call.View{MID: "0", UserID: "bo", Stream: "smell"})},
		{"two views in one slot", call.CodeInvalidParameter, views(call.View{MID: "0"}, call.View{MID: "0"})},
		{"more views than slots", call.CodeInvalidParameter, views(call.View{MID: "0"}, call.View{MID: "1"}, call.View{MID: "2"})},
		{"a view of nobody's id", call.CodeInvalidParameter, views(call.View{MID: "0", UserID: "?", Stream: call.SourceCamera})},
		{"kicking who is not there", call.CodeNotInRoom, func(w *world) error { return w.kick(operator(), "bo") }},
		{"closing a room that is not", call.CodeRoomClosed, func(w *world) error {
			return w.svc.CloseRoom(context.Background(), "nowhere", call.ResultRoomClosed)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, room.Options{MaxParticipants: 2, MaxSlots: 2, MaxRoomsPerSession: 2}, func(w *world) {
				enters("ana-1")(w)
				refused(c.code, c.request)(w)
				infos, err := w.svc.Rooms(context.Background())
				w.must("rooms", err)
				for _, info := range infos {
					for _, u := range info.Users {
						if u.UserID == "bo" {
							t.Errorf("bo is in room %s all the same", info.RoomID)
						}
					}
				}
			})
		})
	}
}

func TestWhoTakesAFreeRoomKeepsStrangersOut(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		// Both ask while the room is free and the gate would let either in.
		w.members = func(_ call.Caller, occupied bool) bool {
			time.Sleep(time.Second)
			return !occupied
		}
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, s := range []call.SessionID{"ana-1", "bo-1"} {
			wg.Go(func() { errs[i] = w.enter(s, wire.EnterRoom{}) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("got %v and %v, want one in and one out", errs[0], errs[1])
		}
	})
}

func TestMutingHoldsForLaterConnectionsOfTheSameSession(t *testing.T) {
	off := false
	play(t, room.Options{}, func(w *world) {
		publishing := func(when string, want call.Publishing) {
			synctest.Wait()
			_, got, _ := w.sfu.peer("ana").state()
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", when, d)
			}
		}
		entersWithoutOffer("ana-1")(w)
		mutes("ana-1", call.Publishing{Audio: &off})(w)
		_, err := w.svc.Offer(context.Background(), callerOf("ana-1"), &wire.OfferRoom{RoomID: theRoom, Offer: "offer"})
		w.must("offer", err)
		publishing("the first offer", call.Publishing{Audio: &off})
		mutes("ana-1", call.Publishing{Video: &off})(w)
		publishing("muted since", call.Publishing{Audio: &off, Video: &off})
		enters("ana-1")(w)
		publishing("entered again", call.Publishing{Audio: &off, Video: &off})
		enters("ana-2")(w)
		publishing("on another device", call.Publishing{})
	})
}

func TestLaterOffersAndViewsReachThePeer(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		enters("ana-1")(w)
		want := []call.View{{MID: "1", UserID: "bo", Stream: call.SourceCamera, Height: 360}}
		together(
			func(w *world) {
				res, err := w.svc.Offer(context.Background(), callerOf("ana-1"), &wire.OfferRoom{RoomID: theRoom, Offer: "more"})
				if err != nil || res.Answer != "answer to more" {
					t.Errorf("offer: %q, %v", res.Answer, err)
				}
			},
			func(w *world) {
				_, err := w.svc.SetViews(context.Background(), callerOf("ana-1"), &wire.SetViews{RoomID: theRoom, Views: want})
				w.must("setViews", err)
			},
		)(w)
		if _, _, got := w.sfu.peer("ana").state(); !cmp.Equal(got, want) {
			t.Errorf("views %v", got)
		}
	})
}

func TestAnAnswerKnowsTheCall(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		time.Sleep(time.Second)
		got, err := w.svc.Enter(context.Background(), callerOf("ana-1"), &wire.EnterRoom{RoomID: theRoom, Offer: "offer"})
		want := wire.EnterRoomResult{
			Answer: "answer to offer", Role: room.RoleAnchor, Users: []wire.RoomUser{},
			Info:   &wire.RoomInfo{Scene: room.SceneCall, Hosts: []call.UserID{"ana"}, CreatedAt: w.began + 1000},
			CallID: "c1", StartedAt: w.began, ServerAt: w.began + 1000,
		}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
	})
}

func TestTheSummaryCoversAllConnectionsOfAStay(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		enters("ana-1")(w)
		synctest.Wait()
		enters("ana-1")(w)
		exits("ana-1")(w)
		time.Sleep(time.Second)
		got := w.summary()
		want := call.MediaSummary{PacketsSent: 200, RTTMs: 40, Worst: call.QualityGood, Mean: call.QualityGood}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// mailbox is a Notifier that keeps the events themselves.
type mailbox struct {
	mu   sync.Mutex
	mail map[call.SessionID][]wire.Event
}

func (m *mailbox) NotifySession(s call.SessionID, ev wire.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mail[s] = append(m.mail[s], ev)
}

func (m *mailbox) NotifySessions(ids []call.SessionID, ev wire.Event) {
	for _, s := range ids {
		m.NotifySession(s, ev)
	}
}

func TestSlotsVolumesAndQualityGoToTheirSession(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		box := &mailbox{mail: map[call.SessionID][]wire.Event{}}
		svc := room.New(room.Options{}, w.sfu, box, w, w, slog.New(slog.DiscardHandler))
		defer svc.Close()
		_, err := svc.Enter(context.Background(), callerOf("ana-1"), &wire.EnterRoom{RoomID: theRoom, Offer: "offer"})
		w.must("enter", err)
		synctest.Wait()
		if n := len(box.mail); n != 0 {
			t.Errorf("told before the answer was used: %v", box.mail)
		}
		p := w.sfu.peer("ana")
		p.TransportUp(call.MillisOf(time.Now()))
		p.Volumes(nil)
		p.NetworkQuality(call.QualityPoor, []call.UserQuality{{UserID: "bo", Quality: call.QualityGood}})
		down := call.DownStatistics{Estimate: 300_000}
		p.Statistics(call.Statistics{Down: down, Slots: []call.SlotStatistics{{MID: "0"}}})
		synctest.Wait()
		want := map[call.SessionID][]wire.Event{"ana-1": {
			wire.Slots{RoomID: theRoom, Slots: []call.Slot{{MID: "0"}}},
			wire.UserVoiceVolume{RoomID: theRoom, Volumes: []call.Volume{}},
			wire.NetworkQuality{RoomID: theRoom, Local: call.QualityPoor, Remote: []call.UserQuality{{UserID: "bo", Quality: call.QualityGood}}},
			wire.Statistics{RoomID: theRoom, Down: down, Slots: []call.SlotStatistics{{MID: "0"}}},
		}}
		if d := cmp.Diff(want, box.mail); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestASessionThatEndsWhileItEntersIsNotIn(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		w.members = func(call.Caller, bool) bool {
			w.svc.SessionEnded("ana-1", call.MillisOf(time.Now()))
			return true
		}
		refused(call.CodeNotLoggedIn, func(w *world) error { return w.enter("ana-1", wire.EnterRoom{}) })(w)
		w.members = func(call.Caller, bool) bool { return true }
		errs := make(chan error)
		go func() { errs <- enterWith("bo-1", "offer")(w) }()
		time.Sleep(10 * time.Millisecond)
		ends("bo-1")(w)
		if err := <-errs; call.CodeOf(err) != call.CodeNotInRoom {
			t.Errorf("got %v, want 9002", err)
		}
	})
}

func TestWhoGivesUpEnteringIsNotIn(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		enters("ana-1")(w)
		enters("bo-1")(w)
		exits("bo-1")(w)
		// The old connection takes 5 ms to close, and bo waits only 1 ms for it.
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		_, err := w.svc.Enter(ctx, callerOf("bo-1"), &wire.EnterRoom{RoomID: theRoom, Offer: "offer"})
		if err == nil {
			t.Error("entered")
		}
		synctest.Wait()
		if st := w.svc.Stats(); st.Participants != 1 {
			t.Errorf("%d are in", st.Participants)
		}
	})
}

func TestARoomTakenOverByAnotherDeviceNoLongerCounts(t *testing.T) {
	play(t, room.Options{MaxRoomsPerSession: 1}, func(w *world) {
		entersWithoutOffer("ana-1")(w)
		entersWithoutOffer("ana-2")(w)
		w.must("another room", w.enter("ana-1", wire.EnterRoom{RoomID: "another"}))
	})
}

func TestARoomIsGoneWithItsLastMember(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		entersScene("ana-1", room.SceneClass)(w)
		exits("ana-1")(w)
		if st := w.svc.Stats(); st != (room.Stats{}) {
			t.Errorf("%+v", st)
		}
		entersScene("bo-1", room.SceneMeeting)(w)
		synctest.Wait()
		infos, err := w.svc.Rooms(context.Background())
		w.must("rooms", err)
		want := []wire.RoomState{{
			RoomID: theRoom,
			Info:   wire.RoomInfo{Scene: room.SceneMeeting, Hosts: []call.UserID{"bo"}, CreatedAt: w.began + 20},
			Users: []wire.RoomUser{
				{UserID: "bo", Name: "BO", Role: room.RoleAnchor, EnteredAt: w.began + 40},
			},
			Waiting: []wire.WaitingUser{},
		}}
		if d := cmp.Diff(want, infos); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestARoomBelongsToItsOpenerAndToThoseInside(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		belongs := func(when string, u call.UserID, wantOpen, wantInside bool) {
			if open, inside := w.svc.Belongs(theRoom, u); open != wantOpen || inside != wantInside {
				t.Errorf("%s, %s: open %v, inside %v", when, u, open, inside)
			}
		}
		belongs("before anybody is in", "ana", false, false)
		entersWithoutOffer("ana-1")(w)
		entersWithoutOffer("bo-1")(w)
		belongs("both in", "bo", true, true)
		belongs("both in", "cy", true, false)
		exits("ana-1")(w)
		belongs("the opener has left", "ana", true, true)
		exits("bo-1")(w)
		belongs("all have left", "ana", false, false)
		entersWithoutOffer("bo-1")(w)
		belongs("opened anew by another", "ana", true, false)
	})
}
