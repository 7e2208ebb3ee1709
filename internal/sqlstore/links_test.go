package sqlstore_test

import (
	"testing"

	"callsvc/call"
)

func meetingLinks(t *testing.T, f *fixture) {
	stored := func() []call.MeetingLink { return get[[]call.MeetingLink](t)(f.MeetingLinks(t.Context())) }
	equal(t, "an empty store", stored(), []call.MeetingLink(nil))
	later := call.MeetingLink{LinkID: "a", RoomID: "r1", UserID: "ana", CreatedAt: 2000, ExpiresAt: 9000}
	first := call.MeetingLink{LinkID: "b", RoomID: "r2", UserID: "bo", CreatedAt: 1000, ExpiresAt: 5000}
	f.commit(call.SaveMeetingLink{Link: later}, call.SaveMeetingLink{Link: first})
	later.RevokedAt = 3000
	f.commit(call.SaveMeetingLink{Link: later})
	f.restart()
	equal(t, "after a restart", stored(), []call.MeetingLink{first, later})
	if err := f.ForgetMeetingLinks(t.Context(), 5001); err != nil {
		t.Fatal(err)
	}
	equal(t, "when the first is forgotten", stored(), []call.MeetingLink{later})
}
