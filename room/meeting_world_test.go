package room_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

// tellMeetings tells stories in which what hosts do is heard.
func tellMeetings(t *testing.T, stories []story) {
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			play(t, room.Options{}, func(w *world) {
				w.meeting = true
				for _, step := range s.steps {
					step(w)
					synctest.Wait()
				}
				w.mu.Lock()
				defer w.mu.Unlock()
				if d := cmp.Diff(s.heard, w.heard); d != "" {
					t.Errorf("heard (-want +got):\n%s", d)
				}
			})
		})
	}
}

// hearMeeting writes down what hosts, hands and the chat are about.
func (w *world) hearMeeting(s call.SessionID, ev wire.Event) {
	switch ev := ev.(type) {
	case wire.RoomInfoChanged:
		w.hear(s, "%s: %s", by(ev.OpUser), infoLine(ev.Info))
	case wire.PublishingChanged:
		w.hear(s, "%s mutes %s", ev.OpUser, streamsLine(off(ev.Audio), off(ev.Video), off(ev.Screen)))
	case wire.AskedToUnmute:
		w.hear(s, "%s asks for %s", ev.OpUser, streamsLine(ev.Audio, ev.Video, ev.Screen))
	case wire.LobbyChanged:
		w.hear(s, "waiting:%s", waitingLine(ev.Waiting))
	case wire.Admitted:
		w.hear(s, "admitted")
	case wire.LobbyDenied:
		w.hear(s, "turned away")
	case wire.HandsChanged:
		w.hear(s, "hands:%s", handsLine(ev.Hands))
	case wire.Reactions:
		for _, each := range ev.Reactions {
			w.hear(s, "%s reacts %s", each.UserID, each.Reaction)
		}
	case wire.RoomMessage:
		w.hear(s, "%s %s writes %s", ev.MessageID, ev.User, ev.Text)
	}
}

func off(b *bool) bool { return b != nil && !*b }

func by(user call.UserID) string {
	if user == "" {
		return "nobody"
	}
	return string(user)
}

func streamsLine(audio, video, screen bool) string {
	var names []string
	for _, s := range []struct {
		name string
		is   bool
	}{{"audio", audio}, {"video", video}, {"screen", screen}} {
		if s.is {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, "+")
}

func infoLine(info wire.RoomInfo) string {
	line := "hosts"
	for _, u := range info.Hosts {
		line += " " + string(u)
	}
	for _, s := range []struct {
		name string
		is   bool
	}{{"locked", info.Locked}, {"lobby", info.Lobby}, {"mutedOnEntry", info.MutedOnEntry}, {"keepMuted", info.KeepMuted}} {
		if s.is {
			line += ", " + s.name
		}
	}
	if info.Name != "" {
		line += ", " + info.Name
	}
	return line
}

func waitingLine(waiting []wire.WaitingUser) (line string) {
	for _, v := range waiting {
		line += " " + v.Name
		if v.Guest {
			line += " (guest)"
		}
	}
	return line
}

func handsLine(hands []wire.Hand) (line string) {
	for _, h := range hands {
		line += " " + string(h.UserID)
	}
	return line
}

// meets enters a meeting without media: one is announced at once.
func meets(s call.SessionID) step {
	return func(w *world) { w.must("enter", w.enter(s, wire.EnterRoom{Scene: room.SceneMeeting})) }
}

// guestOf is a guest's caller.
func guestOf(s call.SessionID) call.Caller {
	who := callerOf(s)
	who.Guest, who.Rooms = true, []call.RoomID{theRoom}
	return who
}

func linkedTo(s call.SessionID) call.Caller {
	who := callerOf(s)
	who.Link = theRoom
	return who
}

// comes enters as somebody, and notes what they find or that they wait.
func (w *world) comes(who call.Caller) error {
	res, err := w.svc.Enter(context.Background(), who, &wire.EnterRoom{RoomID: theRoom, Scene: room.SceneMeeting})
	switch {
	case err != nil:
		return err
	case res.Waiting:
		w.hear(who.SessionID, "waits")
	default:
		line := "in, " + infoLine(*res.Info)
		if len(res.Lobby) > 0 {
			line += ", waiting:" + waitingLine(res.Lobby)
		}
		if len(res.Hands) > 0 {
			line += ", hands:" + handsLine(res.Hands)
		}
		if p := res.Publishing; off(p.Audio) || off(p.Video) || off(p.Screen) {
			line += ", muted " + streamsLine(off(p.Audio), off(p.Video), off(p.Screen))
		}
		w.hear(who.SessionID, "%s", line)
	}
	return nil
}

func comes(who call.Caller) step {
	return func(w *world) { w.must(fmt.Sprint(who.UserID, " comes"), w.comes(who)) }
}

// The requests, each by a session of its user.

func (w *world) setInfo(who call.Caller, req wire.SetRoomInfo) error {
	req.RoomID = theRoom
	_, err := w.svc.SetInfo(context.Background(), who, &req)
	return err
}

func sets(s call.SessionID, req wire.SetRoomInfo) step {
	return func(w *world) { w.must("setInfo", w.setInfo(callerOf(s), req)) }
}

func (w *world) setHost(who call.Caller, u call.UserID, host bool) error {
	_, err := w.svc.SetHost(context.Background(), who, &wire.SetHost{RoomID: theRoom, UserID: u, Host: host})
	return err
}

func (w *world) admit(who call.Caller, u call.UserID, admit bool) error {
	_, err := w.svc.Admit(context.Background(), who, &wire.Admit{RoomID: theRoom, UserID: u, Admit: admit})
	return err
}

func admits(s call.SessionID, u call.UserID) step {
	return func(w *world) { w.must("admit", w.admit(callerOf(s), u, true)) }
}

func denies(s call.SessionID, u call.UserID) step {
	return func(w *world) { w.must("deny", w.admit(callerOf(s), u, false)) }
}

func kicks(s call.SessionID, u call.UserID) step {
	return func(w *world) { w.must("kick", w.kick(callerOf(s), u)) }
}

func (w *world) muteUser(who call.Caller, req wire.MuteUser) error {
	req.RoomID = theRoom
	_, err := w.svc.MuteUser(context.Background(), who, &req)
	return err
}

func silences(s call.SessionID, u call.UserID) step {
	return func(w *world) {
		w.must("muteUser", w.muteUser(callerOf(s), wire.MuteUser{UserID: u, Audio: true}))
	}
}

func (w *world) muteAll(who call.Caller, req wire.MuteAll) error {
	req.RoomID = theRoom
	_, err := w.svc.MuteAll(context.Background(), who, &req)
	return err
}

func (w *world) askToUnmute(who call.Caller, req wire.AskToUnmute) error {
	req.RoomID = theRoom
	_, err := w.svc.AskToUnmute(context.Background(), who, &req)
	return err
}

func asks(s call.SessionID, u call.UserID) step {
	return func(w *world) {
		w.must("askToUnmute", w.askToUnmute(callerOf(s), wire.AskToUnmute{UserID: u, Audio: true}))
	}
}

func (w *world) publish(s call.SessionID, p call.Publishing) error {
	_, err := w.svc.SetPublishing(context.Background(), callerOf(s), &wire.SetPublishing{RoomID: theRoom, Publishing: p})
	return err
}

func (w *world) raiseHand(who call.Caller, raised bool) error {
	_, err := w.svc.RaiseHand(context.Background(), who, &wire.RaiseHand{RoomID: theRoom, Raised: raised})
	return err
}

func raises(s call.SessionID) step {
	return func(w *world) { w.must("raiseHand", w.raiseHand(callerOf(s), true)) }
}

func (w *world) lowerHand(who call.Caller, u call.UserID) error {
	_, err := w.svc.LowerHand(context.Background(), who, &wire.LowerHand{RoomID: theRoom, UserID: u})
	return err
}

func (w *world) write(who call.Caller, text string) (wire.SendRoomMessageResult, error) {
	return w.svc.SendMessage(context.Background(), who, &wire.SendRoomMessage{RoomID: theRoom, Text: text})
}

func writes(s call.SessionID, text string) step {
	return func(w *world) {
		_, err := w.write(callerOf(s), text)
		w.must("sendMessage", err)
	}
}

func (w *world) react(who call.Caller, reaction string) error {
	_, err := w.svc.SendReaction(context.Background(), who, &wire.SendReaction{RoomID: theRoom, Reaction: reaction})
	return err
}

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }
