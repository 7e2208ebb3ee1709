package room_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/room"
	"callsvc/signaling/wire"
)

func TestHosts(t *testing.T) {
	ana, bo, cy := callerOf("ana-1"), callerOf("bo-1"), callerOf("cy-1")
	encoder := callerOf("obs-1")
	encoder.Unattended = true
	host := func(by call.Caller, u call.UserID, is bool) step {
		return func(w *world) { w.must("setHost", w.setHost(by, u, is)) }
	}
	tellMeetings(t, []story{
		{
			name:  "in a meeting the first is host and everybody an anchor; when the last host leaves, the longest present takes over",
			steps: []step{comes(ana), comes(bo), comes(cy), exits("ana-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "cy enters as anchor"},
				"bo-1":  {"in, hosts ana", "cy enters as anchor", "ana leaves, reason 0, at 0s", "nobody: hosts bo"},
				"cy-1":  {"in, hosts ana", "ana leaves, reason 0, at 0s", "nobody: hosts bo"},
			},
		},
		{
			name:  "who came by WHIP is no host, neither as the first nor as the last",
			steps: []step{comes(encoder), comes(bo), comes(cy), exits("bo-1"), exits("cy-1"), comes(ana)},
			heard: map[call.SessionID][]string{
				"obs-1": {
					"in, hosts", "bo enters as anchor", "nobody: hosts bo", "cy enters as anchor",
					"bo leaves, reason 0, at 0s", "nobody: hosts cy", "cy leaves, reason 0, at 0s", "nobody: hosts",
					"ana enters as anchor", "nobody: hosts ana",
				},
				"bo-1":  {"in, hosts bo", "cy enters as anchor"},
				"cy-1":  {"in, hosts bo", "bo leaves, reason 0, at 0s", "nobody: hosts cy"},
				"ana-1": {"in, hosts ana"},
			},
		},
		{
			name:  "a host makes another, and steps down",
			steps: []step{comes(ana), comes(bo), host(ana, "bo", true), host(bo, "ana", false), host(bo, "ana", false)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "ana: hosts ana bo", "bo: hosts bo"},
				"bo-1":  {"in, hosts ana", "ana: hosts ana bo", "bo: hosts bo"},
			},
		},
		{
			name:  "the last host steps down, and another takes over",
			steps: []step{comes(ana), comes(bo), host(ana, "ana", false)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "ana: hosts bo"},
				"bo-1":  {"in, hosts ana", "ana: hosts bo"},
			},
		},
		{
			name:  "who is alone stays host",
			steps: []step{comes(ana), refused(call.CodeInvalidParameter, func(w *world) error { return w.setHost(ana, "ana", false) })},
			heard: map[call.SessionID][]string{"ana-1": {"in, hosts ana"}},
		},
		{
			name: "a host who is lost and comes back within a minute is host again, beside who took over",
			steps: []step{
				comes(ana), comes(bo), detaches("ana-1"), wait(21 * time.Second), comes(callerOf("ana-2")),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "kicked out: lost"},
				"bo-1":  {"in, hosts ana", "ana leaves, reason 1, at 0s", "nobody: hosts bo", "ana enters as anchor", "nobody: hosts bo ana"},
				"ana-2": {"in, hosts bo ana"},
			},
		},
		{
			name: "later they are not",
			steps: []step{
				comes(ana), comes(bo), detaches("ana-1"), wait(61 * time.Second), comes(callerOf("ana-2")),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "kicked out: lost"},
				"bo-1":  {"in, hosts ana", "ana leaves, reason 1, at 0s", "nobody: hosts bo", "ana enters as anchor"},
				"ana-2": {"in, hosts bo"},
			},
		},
		{
			name:  "a host on another device is host there",
			steps: []step{comes(ana), comes(bo), comes(callerOf("ana-2"))},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "kicked out: otherDevice"},
				"ana-2": {"in, hosts ana"},
				"bo-1":  {"in, hosts ana"},
			},
		},
		{
			name:  "who is left alone in a call is told when somebody else comes",
			steps: []step{entersWithoutOffer("ana-1"), entersWithoutOffer("bo-1"), exits("ana-1"), comes(cy)},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana", "ana leaves, reason 0, at 0s", "cy enters as anchor", "nobody: hosts bo"},
				"cy-1":  {"in, hosts bo"},
			},
		},
		{
			name:  "a guest becomes host only where nobody else could",
			steps: []step{comes(ana), comes(guestOf("gus-1")), comes(bo), exits("ana-1"), exits("bo-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "gus enters as anchor", "bo enters as anchor"},
				"gus-1": {"in, hosts ana", "bo enters as anchor", "ana leaves, reason 0, at 0s", "nobody: hosts bo", "bo leaves, reason 0, at 0s", "nobody: hosts gus"},
				"bo-1":  {"in, hosts ana", "ana leaves, reason 0, at 0s", "nobody: hosts bo"},
			},
		},
	})
}

func TestInAClassHostIsARole(t *testing.T) {
	tellMeetings(t, []story{{
		name: "made and unmade",
		steps: []step{
			entersScene("ana-1", room.SceneClass), entersScene("bo-1", room.SceneClass),
			func(w *world) { w.must("setHost", w.setHost(callerOf("ana-1"), "bo", true)) },
			func(w *world) { w.must("setHost", w.setHost(callerOf("bo-1"), "ana", false)) },
		},
		heard: map[call.SessionID][]string{
			"ana-1": {"in as host, finds", "bo enters as audience", "bo becomes host", "ana: hosts ana bo", "ana becomes anchor", "bo: hosts bo"},
			"bo-1":  {"in as audience, finds ana", "bo becomes host", "ana: hosts ana bo", "ana becomes anchor", "bo: hosts bo"},
		},
	}})
}

func TestSettingARoomUp(t *testing.T) {
	name := "Stand-up"
	tellMeetings(t, []story{{
		name: "everybody is told what is new, and newcomers find it",
		steps: []step{
			meets("ana-1"), comes(callerOf("bo-1")),
			sets("ana-1", wire.SetRoomInfo{Name: &name, MutedOnEntry: yes()}), sets("ana-1", wire.SetRoomInfo{Name: &name}),
			sets("ana-1", wire.SetRoomInfo{Lobby: yes(), MutedOnEntry: no()}), comes(callerOf("cy-1")),
		},
		heard: map[call.SessionID][]string{
			"ana-1": {"in as anchor, finds", "bo enters as anchor", "ana: hosts ana, mutedOnEntry, Stand-up", "ana: hosts ana, lobby, Stand-up", "cy enters as anchor"},
			"bo-1":  {"in, hosts ana", "ana: hosts ana, mutedOnEntry, Stand-up", "ana: hosts ana, lobby, Stand-up", "cy enters as anchor"},
			"cy-1":  {"in, hosts ana, lobby, Stand-up"},
		},
	}, {
		name: "it is over when the last has left",
		steps: []step{
			meets("ana-1"), sets("ana-1", wire.SetRoomInfo{Locked: yes()}), writes("ana-1", "secret"), exits("ana-1"), comes(callerOf("bo-1")),
			func(w *world) {
				res, err := w.svc.ListMessages(context.Background(), callerOf("bo-1"), &wire.ListRoomMessages{RoomID: theRoom})
				if err != nil || len(res.Messages) > 0 {
					w.t.Errorf("bo reads %v (%v)", res.Messages, err)
				}
			},
		},
		heard: map[call.SessionID][]string{
			"ana-1": {"in as anchor, finds", "ana: hosts ana, locked"},
			"bo-1":  {"in, hosts bo"},
		},
	}})
}

// While the media of the last is still being closed the room is there, and
// belongs to whoever comes next.
func TestARoomThatIsAboutToEndKeepsNothing(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		w.meeting = true
		entersScene("ana-1", room.SceneMeeting)(w)
		sets("ana-1", wire.SetRoomInfo{Locked: yes(), KeepMuted: yes()})(w)
		exits("ana-1")(w) // closing takes a while
		comes(callerOf("bo-1"))(w)
		synctest.Wait()
		if got := strings.Join(w.heard["bo-1"], "; "); got != "in, hosts bo" {
			t.Errorf("bo: %s", got)
		}
	})
}

func TestMuting(t *testing.T) {
	audio := func(s call.SessionID, on bool) step {
		return func(w *world) { w.must("setPublishing", w.publish(s, call.Publishing{Audio: &on})) }
	}
	mayNot := func(s call.SessionID) step {
		return refused(call.CodePublishForbidden, func(w *world) error { return w.publish(s, call.Publishing{Audio: yes()}) })
	}
	tellMeetings(t, []story{
		{
			name:  "who is muted is told by whom, and may unmute",
			steps: []step{meets("ana-1"), meets("bo-1"), silences("ana-1", "bo"), audio("bo-1", true)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana", "ana mutes audio"},
			},
		},
		{
			name: "where the room keeps them muted they may not, until a host asks them to; and then they may",
			steps: []step{
				meets("ana-1"), meets("bo-1"), sets("ana-1", wire.SetRoomInfo{KeepMuted: yes()}), audio("bo-1", true),
				silences("ana-1", "bo"), mayNot("bo-1"), asks("ana-1", "bo"), audio("bo-1", true),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "bo enters as anchor", "ana: hosts ana, keepMuted"},
				"bo-1":  {"in as anchor, finds ana", "ana: hosts ana, keepMuted", "ana mutes audio", "ana asks for audio"},
			},
		},
		{
			name: "nor on another device, nor after leaving and coming back",
			steps: []step{
				meets("ana-1"), meets("bo-1"), silences("ana-1", "bo"), sets("ana-1", wire.SetRoomInfo{KeepMuted: yes()}),
				comes(callerOf("bo-2")), mayNot("bo-2"), exits("bo-2"), comes(callerOf("bo-3")), mayNot("bo-3"),
				sets("ana-1", wire.SetRoomInfo{KeepMuted: no()}), audio("bo-3", true),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "bo enters as anchor", "ana: hosts ana, keepMuted", "bo leaves, reason 0, at 0s", "bo enters as anchor", "ana: hosts ana"},
				"bo-1":  {"in as anchor, finds ana", "ana mutes audio", "ana: hosts ana, keepMuted", "kicked out: otherDevice"},
				"bo-2":  {"in, hosts ana, keepMuted, muted audio"},
				"bo-3":  {"in, hosts ana, keepMuted, muted audio", "ana: hosts ana"},
			},
		},
		{
			name: "newcomers are muted where the room is so set up, and may unmute",
			steps: []step{
				meets("ana-1"), sets("ana-1", wire.SetRoomInfo{MutedOnEntry: yes()}), comes(callerOf("bo-1")), audio("bo-1", true),
				sets("ana-1", wire.SetRoomInfo{KeepMuted: yes()}), comes(callerOf("cy-1")), mayNot("cy-1"),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "ana: hosts ana, mutedOnEntry", "bo enters as anchor", "ana: hosts ana, mutedOnEntry, keepMuted", "cy enters as anchor"},
				"bo-1":  {"in, hosts ana, mutedOnEntry, muted audio", "ana: hosts ana, mutedOnEntry, keepMuted", "cy enters as anchor"},
				"cy-1":  {"in, hosts ana, mutedOnEntry, keepMuted, muted audio"},
			},
		},
		{
			name: "all are muted but the hosts",
			steps: []step{
				meets("ana-1"), meets("bo-1"), meets("cy-1"), func(w *world) { w.must("setHost", w.setHost(callerOf("ana-1"), "bo", true)) },
				func(w *world) {
					w.must("muteAll", w.muteAll(callerOf("bo-1"), wire.MuteAll{Audio: true, Screen: true}))
				},
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as anchor, finds", "bo enters as anchor", "cy enters as anchor", "ana: hosts ana bo"},
				"bo-1":  {"in as anchor, finds ana", "cy enters as anchor", "ana: hosts ana bo"},
				"cy-1":  {"in as anchor, finds ana bo", "ana: hosts ana bo", "bo mutes audio+screen"},
			},
		},
	})
}

func TestTheEngineHoldsBackWhatAHostMutes(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		entersScene("ana-1", room.SceneMeeting)(w)
		entersScene("bo-1", room.SceneMeeting)(w)
		held := func(when string, u call.UserID, want string) {
			t.Helper()
			_, p, _ := w.sfu.peer(u).state()
			if got := streamsLine(off(p.Audio), off(p.Video), off(p.Screen)); got != want {
				t.Errorf("%s %s is muted in %q, want %q", when, u, got, want)
			}
		}
		w.must("muteUser", w.muteUser(callerOf("ana-1"), wire.MuteUser{UserID: "bo", Audio: true, Screen: true}))
		held("when that is answered", "bo", "audio+screen")
		w.must("unmute", w.publish("bo-1", call.Publishing{Audio: yes()}))
		held("after unmuting", "bo", "screen")
		w.must("muteAll", w.muteAll(operator(), wire.MuteAll{Audio: true}))
		held("when all are muted", "bo", "audio+screen")
		held("when all are muted", "ana", "")
		sets("ana-1", wire.SetRoomInfo{MutedOnEntry: yes()})(w)
		entersScene("cy-1", room.SceneMeeting)(w)
		held("from the first packet on", "cy", "audio")
	})
}

func TestKicking(t *testing.T) {
	ana, bo, gus := callerOf("ana-1"), callerOf("bo-1"), guestOf("gus-1")
	tellMeetings(t, []story{
		{
			name:  "who is kicked waits when they come back, until a host admits them",
			steps: []step{comes(ana), comes(bo), kicks("ana-1", "bo"), comes(bo), admits("ana-1", "bo"), comes(bo)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "bo leaves, reason 2, at 0s", "waiting: BO", "waiting:", "bo enters as anchor"},
				"bo-1":  {"in, hosts ana", "kicked out: kick", "waits", "admitted", "in, hosts ana"},
			},
		},
		{
			name:  "a host may admit them before they ask",
			steps: []step{comes(ana), comes(bo), kicks("ana-1", "bo"), admits("ana-1", "bo"), comes(bo)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "bo leaves, reason 2, at 0s", "bo enters as anchor"},
				"bo-1":  {"in, hosts ana", "kicked out: kick", "in, hosts ana"},
			},
		},
		{
			name:  "once a guest was kicked guests wait, as they could come by another name",
			steps: []step{comes(ana), comes(gus), kicks("ana-1", "gus"), comes(guestOf("gil-1")), comes(linkedTo("bo-1"))},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "gus enters as anchor", "gus leaves, reason 2, at 0s", "waiting: GIL (guest)", "bo enters as anchor"},
				"gus-1": {"in, hosts ana", "kicked out: kick"},
				"gil-1": {"waits"},
				"bo-1":  {"in, hosts ana"},
			},
		},
		{
			name:  "nobody kicks themselves, and an operator anybody",
			steps: []step{comes(ana), comes(bo), refused(call.CodeInvalidParameter, func(w *world) error { return w.kick(ana, "ana") }), func(w *world) { w.must("kick", w.kick(operator(), "ana")) }},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "kicked out: kick"},
				"bo-1":  {"in, hosts ana", "ana leaves, reason 2, at 0s", "nobody: hosts bo"},
			},
		},
	})
}

func TestDismissing(t *testing.T) {
	ana, bo := callerOf("ana-1"), callerOf("bo-1")
	dismisses := func(w *world) { w.must("dismiss", w.dismiss(ana)) }
	tellMeetings(t, []story{
		{
			name:  "a host ends a meeting for all, in it and in its lobby",
			steps: []step{comes(ana), comes(bo), sets("ana-1", wire.SetRoomInfo{Locked: yes()}), comes(callerOf("cy-1")), dismisses},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "bo enters as anchor", "ana: hosts ana, locked", "waiting: CY", "room closed: dismissed"},
				"bo-1":  {"in, hosts ana", "ana: hosts ana, locked", "room closed: dismissed"},
				"cy-1":  {"waits", "room closed: dismissed"},
			},
		},
		{
			name:  "the next to come finds a room that is new",
			steps: []step{comes(ana), sets("ana-1", wire.SetRoomInfo{Locked: yes()}), dismisses, comes(bo)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in, hosts ana", "ana: hosts ana, locked", "room closed: dismissed"},
				"bo-1":  {"in, hosts bo"},
			},
		},
	})
}

func TestACallIsDismissedByOperatorsOnly(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		enters("ana-1")(w)
		enters("bo-1")(w)
		if err := w.dismiss(callerOf("ana-1")); call.CodeOf(err) != call.CodeGroupPermission {
			t.Errorf("by ana: %v", err)
		}
		w.must("dismiss", w.dismiss(operator()))
	})
}

// Every request of a host's is refused who is none.
func TestOnlyHostsKeepOrder(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		meets("ana-1")(w)
		meets("bo-1")(w)
		bo := callerOf("bo-1")
		for name, ask := range map[string]func(call.Caller) error{
			"setInfo":     func(who call.Caller) error { return w.setInfo(who, wire.SetRoomInfo{Locked: yes()}) },
			"setHost":     func(who call.Caller) error { return w.setHost(who, "bo", true) },
			"muteUser":    func(who call.Caller) error { return w.muteUser(who, wire.MuteUser{UserID: "ana", Audio: true}) },
			"muteAll":     func(who call.Caller) error { return w.muteAll(who, wire.MuteAll{Audio: true}) },
			"askToUnmute": func(who call.Caller) error { return w.askToUnmute(who, wire.AskToUnmute{UserID: "ana", Audio: true}) },
			"kick":        func(who call.Caller) error { return w.kick(who, "ana") },
			"dismiss":     w.dismiss,
			"admit":       func(who call.Caller) error { return w.admit(who, "cy", true) },
			"lowerHand":   func(who call.Caller) error { return w.lowerHand(who, "ana") },
		} {
			if err := ask(bo); call.CodeOf(err) != call.CodeGroupPermission {
				t.Errorf("%s by bo: %v", name, err)
			}
			for _, outside := range []call.SessionID{"cy-1", "ana-2"} {
				if err := ask(callerOf(outside)); call.CodeOf(err) != call.CodeNotInRoom {
					t.Errorf("%s by %s, who is not in: %v", name, outside, err)
				}
			}
		}
	})
}
