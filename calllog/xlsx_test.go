package calllog_test

import (
	"bytes"
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"callsvc/call"
	"callsvc/calllog"
)

// listed yields records, then an error if there is one.
func listed(failure error, records ...call.Record) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
		if failure != nil {
			yield(call.Record{}, failure)
		}
	}
}

func TestAWorkbookHasCallsAndParticipants(t *testing.T) {
	var file bytes.Buffer
	err := calllog.WriteXLSX(&file, listed(nil, call.Record{
		CallID: "c1", RoomID: "=1+1", Type: call.MediaVideo, Scene: "call", Inviter: "ana",
		CreatedAt: 1_700_000_000_000, Duration: 12, Result: call.ResultAnswered, EndedBy: "bo",
		Participants: []call.Participant{
			{UserID: "ana", Role: call.RoleCaller, State: call.ParticipantCaller, InvitedAt: 1_700_000_000_000, Seconds: 12},
			{UserID: "bo", Role: call.RoleCallee, State: call.ParticipantAccepted, Seconds: 12},
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	want := map[string][][]string{
		"Calls": {
			{"callID", "roomID", "groupID", "type", "scene", "inviter", "createdAt", "startedAt", "endedAt", "duration", "result", "endedBy", "participants"},
			{"c1", "=1+1", "", "video", "call", "ana", "2023-11-14 22:13:20", "", "", "12", "answered", "bo", "ana;bo"},
		},
		"Participants": {
			{"callID", "userID", "role", "state", "invitedAt", "answeredAt", "seconds"},
			{"c1", "ana", "caller", "caller", "2023-11-14 22:13:20", "", "12"},
			{"c1", "bo", "callee", "accepted", "", "", "12"},
		},
	}
	for sheet, rows := range want {
		got, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sheet, diff)
		}
	}
	if formula, err := book.GetCellFormula("Calls", "B2"); err != nil || formula != "" {
		t.Errorf("a room id became the formula %q (%v)", formula, err)
	}
}

func TestAWorkbookThatFailsIsNotBegun(t *testing.T) {
	failure := errors.New("the disk is gone")
	var file bytes.Buffer
	if err := calllog.WriteXLSX(&file, listed(failure)); !errors.Is(err, failure) || file.Len() > 0 {
		t.Errorf("error %v after %d bytes", err, file.Len())
	}
}
