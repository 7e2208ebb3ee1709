package call_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
)

// example is a payload that some client sends, and how it is read: here, and by
// the client SDK, whose test has the same table.
type example struct {
	Generation *int // nil: no client's
	Name, Data string
	Want       *struct {
		Kind, MediaType, RoomID, Inviter string
		Busy                             bool
	}
}

func examples(tb testing.TB) []example {
	b, err := os.ReadFile("testdata/payloads.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all []example
	if err := json.Unmarshal(b, &all); err != nil {
		tb.Fatal(err)
	}
	return all
}

func TestPayloadsOfEveryGenerationAreRead(t *testing.T) {
	generations := map[int]int{}
	for _, e := range examples(t) {
		name := e.Name
		if e.Generation != nil {
			generations[*e.Generation]++
			name = fmt.Sprintf("generation %d, %s", *e.Generation, e.Name)
		}
		t.Run(name, func(t *testing.T) {
			got, ok := call.ParsePayload(e.Data)
			if ok != (e.Want != nil) {
				t.Fatalf("about a call: %v", ok)
			}
			if !ok {
				return
			}
			if got.RoomID != call.RoomID(e.Want.RoomID) || got.Type != call.Media(e.Want.MediaType) ||
				got.Inviter != call.UserID(e.Want.Inviter) || got.Busy != e.Want.Busy || kindOf(got) != e.Want.Kind {
				t.Errorf("read as %s: %+v, want %+v", kindOf(got), got, *e.Want)
			}
			if rings := e.Want.Kind == "call" && e.Want.RoomID != ""; got.Rings() != rings {
				t.Errorf("rings: %v, want %v", got.Rings(), rings)
			}
		})
	}
	for g := range 5 {
		if generations[g] == 0 {
			t.Errorf("no example of generation %d", g)
		}
	}
}

// kindOf is what the client SDK calls it.
func kindOf(p call.Payload) string {
	switch {
	case p.CallEnd:
		return "hangup"
	case p.Command == call.CommandSwitchToAudio || p.Command == call.CommandSwitchToVideo:
		return "switch"
	}
	return "call"
}

func TestEndDataIsTheContracts(t *testing.T) {
	tests := []struct {
		name string
		room call.RoomID
		want string
	}{
		{"a numeric room", "731250044", `{"version":4,"businessID":"av_call","call_type":2,"room_id":731250044,"call_end":12,"data":{"cmd":"hangup","cmdInfo":"12","inviter":"ana","callID":"c1","message":""}}`},
		{"a string room", "team:7", `{"version":4,"businessID":"av_call","call_type":2,"call_end":12,"data":{"cmd":"hangup","cmdInfo":"12","inviter":"ana","callID":"c1","str_room_id":"team:7","message":""}}`},
		{"digits beyond 32 bits", "4294967296", `{"version":4,"businessID":"av_call","call_type":2,"call_end":12,"data":{"cmd":"hangup","cmdInfo":"12","inviter":"ana","callID":"c1","str_room_id":"4294967296","message":""}}`},
		{"a leading zero is another room", "07", `{"version":4,"businessID":"av_call","call_type":2,"call_end":12,"data":{"cmd":"hangup","cmdInfo":"12","inviter":"ana","callID":"c1","str_room_id":"07","message":""}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := call.Call{CallID: "c1", RoomID: tt.room, Type: call.MediaVideo, Inviter: "ana", StartedAt: at(2), EndedAt: at(14.9)}
			if diff := cmp.Diff(tt.want, c.EndData()); diff != "" {
				t.Errorf("data (-want +got):\n%s", diff)
			}
			p, ok := call.ParsePayload(c.EndData())
			if !ok || !p.CallEnd || p.Rings() || p.RoomID != tt.room {
				t.Errorf("our own end is read as %+v", p)
			}
		})
	}
}

func FuzzParsePayload(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.Data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		p, ok := call.ParsePayload(data)
		if !ok && p != (call.Payload{}) {
			t.Errorf("refused, and yet %+v", p)
		}
		if p.RoomID != "" && !p.RoomID.Valid() {
			t.Errorf("an invalid room %q", p.RoomID)
		}
		if ok && !json.Valid([]byte(data)) {
			t.Errorf("read what is no JSON: %q", data)
		}
	})
}
