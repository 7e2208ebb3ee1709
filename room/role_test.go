package room_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/room"
)

func TestRoles(t *testing.T) {
	class := func(s call.SessionID) step { return entersScene(s, room.SceneClass) }
	tellStories(t, []story{
		{
			name:  "in a class the first is host, the others listen until the host lets them speak",
			steps: []step{class("ana-1"), class("bo-1"), sends("bo", call.SourceMic, true), makes("ana-1", "bo", room.RoleAnchor)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as host, finds", "bo enters as audience", "bo becomes anchor", "bo mic on"},
				"bo-1":  {"in as audience, finds ana", "bo becomes anchor"},
			},
			observed: []string{"ana enters class at 20ms", "bo enters class at 40ms"},
		},
		{
			name: "an anchor by the host's grace may go back and forth, until the host takes it away",
			steps: []step{
				class("ana-1"), class("bo-1"),
				refused(call.CodePublishForbidden, func(w *world) error { return w.switchRole("bo-1", room.RoleAnchor) }),
				makes("ana-1", "bo", room.RoleAnchor), sends("bo", call.SourceCamera, true),
				switches("bo-1", room.RoleAudience), switches("bo-1", room.RoleAnchor),
				makes("ana-1", "bo", room.RoleAudience),
				refused(call.CodePublishForbidden, func(w *world) error { return w.switchRole("bo-1", room.RoleAnchor) }),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {
					"in as host, finds", "bo enters as audience", "bo becomes anchor", "bo camera on",
					"bo becomes audience", "bo camera off", "bo leaves, reason 3, at 42ms",
					"bo becomes anchor", "bo enters as anchor", "bo camera on",
					"bo becomes audience", "bo camera off", "bo leaves, reason 3, at 46ms",
				},
				"bo-1": {"in as audience, finds ana", "bo becomes anchor", "bo becomes audience", "bo becomes anchor", "bo becomes audience"},
			},
		},
		{
			name: "who has stepped down is found by newcomers, and leaves when they go",
			steps: []step{
				class("ana-1"), class("bo-1"), makes("ana-1", "bo", room.RoleAnchor), switches("bo-1", room.RoleAudience),
				class("cy-1"), exits("bo-1"),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {
					"in as host, finds", "bo enters as audience", "bo becomes anchor", "bo becomes audience",
					"bo leaves, reason 3, at 42ms", "cy enters as audience", "bo leaves, reason 0, at 64ms",
				},
				"bo-1": {"in as audience, finds ana", "bo becomes anchor", "bo becomes audience", "cy enters as audience"},
				"cy-1": {"in as audience, finds ana bo", "bo leaves, reason 0, at 64ms"},
			},
		},
		{
			name:  "when the host leaves, the longest present takes over",
			steps: []step{class("ana-1"), class("bo-1"), class("cy-1"), exits("ana-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as host, finds", "bo enters as audience", "cy enters as audience"},
				"bo-1":  {"in as audience, finds ana", "cy enters as audience", "ana leaves, reason 0, at 60ms", "bo becomes host"},
				"cy-1":  {"in as audience, finds ana bo", "ana leaves, reason 0, at 60ms", "bo becomes host"},
			},
		},
		{
			name:  "a host who steps down hands over",
			steps: []step{class("ana-1"), class("bo-1"), switches("ana-1", room.RoleAudience)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as host, finds", "bo enters as audience", "ana becomes audience", "bo becomes host"},
				"bo-1":  {"in as audience, finds ana", "ana becomes audience", "ana leaves, reason 3, at 40ms", "bo becomes host"},
			},
		},
		{
			name: "a host who is lost while connecting anew comes back as host",
			steps: []step{
				class("ana-1"), class("bo-1"), down("ana", 0), wait(19 * time.Second),
				offersScene("ana-1", room.SceneClass), wait(5 * time.Second), up("ana"),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as host, finds", "bo enters as audience", "in as host, finds bo", "ana becomes anchor", "bo becomes host", "ana becomes host"},
				"bo-1":  {"in as audience, finds ana", "ana leaves, reason 1, at 40ms", "bo becomes host", "ana enters as host"},
			},
		},
		{
			name:  "a second host keeps the class when the first goes",
			steps: []step{class("ana-1"), class("bo-1"), makes("ana-1", "bo", room.RoleHost), exits("ana-1"), class("cy-1")},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as host, finds", "bo enters as audience", "bo becomes host"},
				"bo-1":  {"in as audience, finds ana", "bo becomes host", "ana leaves, reason 0, at 42ms", "cy enters as audience"},
				"cy-1":  {"in as audience, finds bo"},
			},
		},
		{
			name:  "the first to enter decides the scene",
			steps: []step{entersScene("ana-1", room.SceneVoice), entersScene("bo-1", room.SceneMeeting)},
			heard: map[call.SessionID][]string{
				"ana-1": {"in as host, finds", "bo enters as audience"},
				"bo-1":  {"in as audience, finds ana"},
			},
		},
		{
			name: "in a call everybody is an anchor and nobody is host",
			steps: []step{
				enters("ana-1"), enters("bo-1"),
				refused(call.CodePublishForbidden, func(w *world) error { return w.setRole("ana-1", "bo", room.RoleAudience) }),
			},
			heard: map[call.SessionID][]string{
				"ana-1": {alone, "bo enters as anchor"},
				"bo-1":  {"in as anchor, finds ana"},
			},
		},
	})
}

func TestTheEngineForwardsAnchorsOnly(t *testing.T) {
	play(t, room.Options{}, func(w *world) {
		entersScene("ana-1", room.SceneClass)(w)
		entersScene("bo-1", room.SceneClass)(w)
		check := func(when string, want bool) {
			synctest.Wait()
			if got, _, _ := w.sfu.peer("bo").state(); got != want {
				t.Errorf("%s: bo forwarded %v, want %v", when, got, want)
			}
		}
		check("as audience", false)
		makes("ana-1", "bo", room.RoleAnchor)(w)
		check("made anchor", true)
		switches("bo-1", room.RoleAudience)(w)
		check("audience again", false)
		exits("ana-1")(w)
		wait(time.Second)(w)
		check("as the heir", true)
	})
}
