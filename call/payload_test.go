package call_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
)

func TestParsePayload(t *testing.T) {
	tests := []struct {
		name, data string
		want       call.Payload
		ok         bool
	}{
		{
			"today's video call", `{"version":4,"businessID":"av_call","platform":"Web","call_type":2,"room_id":731250044,"data":{"cmd":"videoCall","room_id":731250044,"inviter":"ana","message":""}}`,
			call.Payload{Command: "videoCall", RoomID: "731250044", Type: call.MediaVideo, Inviter: "ana"},
			true,
		},
		{
			"a string room", `{"version":4,"businessID":"av_call","call_type":1,"data":{"cmd":"audioCall","str_room_id":"team:7"}}`,
			call.Payload{Command: "audioCall", RoomID: "team:7", Type: call.MediaAudio},
			true,
		},
		{
			"a room as a string of digits is the same room", `{"businessID":"av_call","call_type":1,"room_id":"42"}`,
			call.Payload{Command: "audioCall", RoomID: "42", Type: call.MediaAudio},
			true,
		},
		{
			"generation 1 has no businessID", `{"version":1,"call_type":2,"room_id":7}`,
			call.Payload{Command: "videoCall", RoomID: "7", Type: call.MediaVideo},
			true,
		},
		{
			"line busy", `{"version":4,"businessID":"av_call","call_type":2,"line_busy":"line_busy","data":{"cmd":"videoCall","message":"lineBusy"}}`,
			call.Payload{Command: "videoCall", Type: call.MediaVideo, Busy: true},
			true,
		},
		{
			"an old sender's empty line_busy", `{"call_type":2,"line_busy":""}`,
			call.Payload{Command: "videoCall", Type: call.MediaVideo, Busy: true},
			true,
		},
		{
			"the end, with a duration", `{"version":4,"businessID":"av_call","call_type":2,"call_end":12,"data":{"cmd":"hangup","cmdInfo":"12","inviter":"ana"}}`,
			call.Payload{Command: "hangup", Type: call.MediaVideo, CallEnd: true, Inviter: "ana"},
			true,
		},
		{
			"the end, by its duration alone", `{"call_type":1,"call_end":0}`,
			call.Payload{Command: "hangup", Type: call.MediaAudio, CallEnd: true},
			true,
		},
		{
			"switch to audio", `{"businessID":"av_call","call_type":1,"room_id":7,"switch_to_audio_call":"switch_to_audio_call"}`,
			call.Payload{Command: "switchToAudio", RoomID: "7", Type: call.MediaAudio},
			true,
		},
		{"room 0 is none", `{"businessID":"av_call","call_type":1,"room_id":0}`, call.Payload{Command: "audioCall", Type: call.MediaAudio}, true},
		{
			"a room that is no room", `{"businessID":"av_call","call_type":1,"room_id":1.5,"data":{"str_room_id":"a b"}}`,
			call.Payload{Command: "audioCall", Type: call.MediaAudio},
			true,
		},
		{"a newer generation is left alone", `{"version":5,"businessID":"av_call","call_type":1,"room_id":7}`, call.Payload{}, false},
		{"somebody else's business", `{"businessID":"raise_hand","call_type":1}`, call.Payload{}, false},
		{"signaling's own number", `{"businessID":1}`, call.Payload{}, false},
		{"no JSON", `hello`, call.Payload{}, false},
		{"nothing", ``, call.Payload{}, false},
		{"a JSON array", `[1]`, call.Payload{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := call.ParsePayload(tt.data)
			if ok != tt.ok {
				t.Fatalf("about a call: %v, want %v", ok, tt.ok)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("payload (-want +got):\n%s", diff)
			}
		})
	}
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
	f.Add(`{"version":4,"businessID":"av_call","call_type":2,"room_id":731250044,"data":{"cmd":"videoCall"}}`)
	f.Add(`{"call_type":2,"room_id":1e9,"call_end":null,"line_busy":""}`)
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
