package wire_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/call"
	"callsvc/signaling/wire"
)

func seconds(s float64) *float64 { return &s }

func TestDecode(t *testing.T) {
	long := strings.Repeat("x", 129)
	tests := []struct {
		name  string
		frame string
		want  wire.Incoming // of a failure: what is known of it
		code  call.Code
	}{
		{
			name:  "a request with everything",
			frame: `{"jsonrpc":"2.0","id":1,"method":"signaling.invite","params":{"invitee":"bo","data":"{}","timeout":0,"onlineUserOnly":true,"requestID":"k"}}`,
			want: wire.Incoming{
				ID: json.RawMessage("1"), Method: "signaling.invite", RequestID: "k",
				Request: &wire.Invite{Invitee: "bo", Data: "{}", Timeout: seconds(0), OnlineUserOnly: true},
			},
		},
		{
			name: "a request without params", frame: `{"jsonrpc":"2.0","id":"a","method":"session.time"}`,
			want: wire.Incoming{ID: json.RawMessage(`"a"`), Method: "session.time", Request: &wire.SessionTime{}},
		},
		{
			name: "members nobody knows are ignored", frame: `{"jsonrpc":"2.0","id":-1,"method":"room.exit","x":1,"params":{"roomID":"r","x":[]}}`,
			want: wire.Incoming{ID: json.RawMessage("-1"), Method: "room.exit", Request: &wire.ExitRoom{RoomID: "r"}},
		},
		{
			name: "absent and false are told apart where it matters", frame: `{"jsonrpc":"2.0","id":1,"method":"room.setPublishing","params":{"roomID":"r","audio":false}}`,
			want: wire.Incoming{
				ID: json.RawMessage("1"), Method: "room.setPublishing",
				Request: &wire.SetPublishing{RoomID: "r", Publishing: call.Publishing{Audio: new(bool)}},
			},
		},
		{
			name: "a timeout that is no whole number is a value to refuse later", frame: `{"jsonrpc":"2.0","id":1,"method":"signaling.invite","params":{"invitee":"bo","timeout":-1.5}}`,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "signaling.invite", Request: &wire.Invite{Invitee: "bo", Timeout: seconds(-1.5)}},
		},
		{
			name: "an empty list is a list", frame: `{"jsonrpc":"2.0","id":1,"method":"room.setViews","params":{"roomID":"r","views":[]}}`,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "room.setViews", Request: &wire.SetViews{RoomID: "r", Views: []call.View{}}},
		},

		{name: "no JSON", frame: `{`, code: wire.CodeParse},
		{name: "two requests in one frame", frame: `{} {}`, code: wire.CodeParse},
		{name: "a batch", frame: `[]`, code: wire.CodeInvalidRequest},
		{name: "null", frame: `null`, code: wire.CodeInvalidRequest},
		{name: "no id", frame: `{"jsonrpc":"2.0","method":"session.time"}`, code: wire.CodeInvalidRequest},
		{name: "a null id", frame: `{"jsonrpc":"2.0","id":null,"method":"session.time"}`, code: wire.CodeInvalidRequest},
		{name: "an object for an id", frame: `{"jsonrpc":"2.0","id":{},"method":"session.time"}`, code: wire.CodeInvalidRequest},
		{name: "true for an id", frame: `{"jsonrpc":"2.0","id":true,"method":"session.time"}`, code: wire.CodeInvalidRequest},
		{name: "a long id", frame: `{"jsonrpc":"2.0","id":"` + long + `","method":"session.time"}`, code: wire.CodeInvalidRequest},
		{
			name: "another version", frame: `{"jsonrpc":"1.0","id":1,"method":"session.time"}`, code: wire.CodeInvalidRequest,
			want: wire.Incoming{ID: json.RawMessage("1")},
		},
		{name: "no method", frame: `{"jsonrpc":"2.0","id":1}`, code: wire.CodeInvalidRequest, want: wire.Incoming{ID: json.RawMessage("1")}},
		{
			name: "a method of the wrong type still has its id", frame: `{"jsonrpc":"2.0","method":5,"id":1}`, code: wire.CodeInvalidRequest,
			want: wire.Incoming{ID: json.RawMessage("1")},
		},
		{
			name: "an unknown method", frame: `{"jsonrpc":"2.0","id":1,"method":"x"}`, code: wire.CodeMethodUnknown,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "x"},
		},
		{
			name: "methods are case-sensitive", frame: `{"jsonrpc":"2.0","id":1,"method":"Session.time"}`, code: wire.CodeMethodUnknown,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "Session.time"},
		},
		{
			name: "params that are a list", frame: `{"jsonrpc":"2.0","id":1,"method":"session.time","params":[]}`, code: wire.CodeInvalidParams,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "session.time"},
		},
		{
			name: "a missing member", frame: `{"jsonrpc":"2.0","id":1,"method":"room.exit","params":{}}`, code: wire.CodeInvalidParams,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "room.exit"},
		},
		{
			name: "a member that is null", frame: `{"jsonrpc":"2.0","id":1,"method":"room.exit","params":{"roomID":null}}`, code: wire.CodeInvalidParams,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "room.exit"},
		},
		{
			name: "a member of the wrong type", frame: `{"jsonrpc":"2.0","id":1,"method":"room.exit","params":{"roomID":5}}`, code: wire.CodeInvalidParams,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "room.exit"},
		},
		{
			name: "a number too large to be one", frame: `{"jsonrpc":"2.0","id":1,"method":"signaling.invite","params":{"invitee":"b","timeout":1e999}}`, code: call.CodeInvalidParameter,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "signaling.invite"},
		},
		{
			name: "a height that is no whole number", frame: `{"jsonrpc":"2.0","id":1,"method":"room.setViews","params":{"roomID":"r","views":[{"mid":"0","userID":"bo","stream":"camera","height":1.5}]}}`, code: call.CodeInvalidParameter,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "room.setViews"},
		},
		{
			name: "a requestID that is a number", frame: `{"jsonrpc":"2.0","id":1,"method":"session.time","params":{"requestID":1}}`, code: wire.CodeInvalidParams,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "session.time"},
		},
		{
			name: "a long requestID", frame: `{"jsonrpc":"2.0","id":1,"method":"session.time","params":{"requestID":"` + long + `"}}`, code: wire.CodeInvalidParams,
			want: wire.Incoming{ID: json.RawMessage("1"), Method: "session.time"},
		},
	}
	codec := wire.NewCodec()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := codec.Decode([]byte(tt.frame))
			if call.CodeOf(err) != tt.code {
				t.Errorf("error %v, want code %d", err, tt.code)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodedRequestsOutliveTheFrame(t *testing.T) {
	frame := []byte(`{"jsonrpc":"2.0","id":"id1","method":"room.exit","params":{"roomID":"room1","requestID":"key1"}}`)
	in, err := wire.NewCodec().Decode(frame)
	if err != nil {
		t.Fatal(err)
	}
	clear(frame)
	want := wire.Incoming{ID: json.RawMessage(`"id1"`), Method: "room.exit", RequestID: "key1", Request: &wire.ExitRoom{RoomID: "room1"}}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Errorf("after the buffer was reused (-want +got):\n%s", diff)
	}
}

func TestRequiredMembers(t *testing.T) {
	codec := wire.NewCodec()
	for _, m := range wire.Methods() {
		members := map[string]any{}
		typ := reflect.TypeOf(m.New()).Elem()
		for i := range typ.NumField() {
			if f := typ.Field(i); f.Tag.Get("wire") == "required" {
				members[f.Tag.Get("json")] = reflect.Zero(f.Type).Interface()
				switch f.Type.Kind() {
				case reflect.Slice:
					members[f.Tag.Get("json")] = []int{}
				case reflect.Map:
					members[f.Tag.Get("json")] = map[string]int{}
				}
			}
		}
		decode := func() error {
			frame, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": m.Name, "params": members})
			if err != nil {
				t.Fatal(err)
			}
			_, err = codec.Decode(frame)
			return err
		}
		if err := decode(); err != nil {
			t.Errorf("%s with its required members: %v", m.Name, err)
		}
		for name, value := range members {
			delete(members, name)
			if err := decode(); call.CodeOf(err) != wire.CodeInvalidParams || !strings.Contains(err.Error(), name) {
				t.Errorf("%s without %s: %v", m.Name, name, err)
			}
			members[name] = value
		}
	}
}

func TestAnswers(t *testing.T) {
	limited := call.Errorf(call.CodeRateLimited, "wait")
	limited.RetryAfter = 1500 * time.Millisecond
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"a refusal", call.Errorf(call.CodeInviteUnknown, "over"), `{"jsonrpc":"2.0","id":7,"error":{"code":8010,"message":"over"}}`},
		{"when to try again", limited, `{"jsonrpc":"2.0","id":7,"error":{"code":9005,"message":"wait","data":{"retryAfterMs":1500}}}`},
		{"a fault of ours", errors.New("secret"), `{"jsonrpc":"2.0","id":7,"error":{"code":9099,"message":"the server failed at this; its log says why. Try again."}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := wire.EncodeError(json.RawMessage("7"), tt.err)
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s (%v)\nwant %s", got, err, tt.want)
			}
		})
	}
	if got, err := wire.EncodeError(nil, call.Errorf(wire.CodeParse, "x")); err != nil || !strings.Contains(string(got), `"id":null`) {
		t.Errorf("an error of an unknown request: %s (%v)", got, err)
	}
	if got, want := string(wire.EncodeResult(json.RawMessage(`"a"`), json.RawMessage(`{"x":1}`))), `{"jsonrpc":"2.0","id":"a","result":{"x":1}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	for value, want := range map[any]string{
		&wire.QueryHistoryResult{}: `{"calls":[],"cursor":""}`,
		&wire.EnterRoomResult{}:    `{"role":"","users":[],"hands":[],"publishing":{},"serverAt":0}`,
		(*wire.SignalingInfo)(nil): `null`,
		wire.Empty{}:               `{}`,
		nil:                        `null`,
		&wire.ListOnlineResult{}:   `{"users":[]}`,
		&wire.MemberEnter{}:        `{"groupID":"","opUser":"","members":[],"at":0}`,

		&wire.GetGroupAttributesResult{}: `{"attributes":{}}`,
		&wire.Invite{Invitee: "bo"}:      `{"invitee":"bo"}`,
	} {
		got, err := wire.EncodeValue(value)
		if err != nil || string(got) != want {
			t.Errorf("%T: %s (%v), want %s", value, got, err, want)
		}
	}
	if _, err := wire.EncodeValue(make(chan int)); err == nil {
		t.Error("a channel was encoded")
	}
	filled := wire.ListOnlineResult{Users: []wire.UserStatus{{UserID: "ana"}}}
	if got, err := wire.EncodeValue(filled); err != nil || !strings.Contains(string(got), "ana") {
		t.Errorf("a filled list: %s (%v)", got, err)
	}
}

func TestEvents(t *testing.T) {
	names := map[string]bool{}
	for _, ev := range wire.Events() {
		if names[ev.Name()] {
			t.Errorf("two events are called %s", ev.Name())
		}
		names[ev.Name()] = true
		body, err := wire.EncodeEvent(ev)
		if err != nil {
			t.Errorf("%T: %v", ev, err)
			continue
		}
		for _, seq := range []int64{0, 1, 1 << 62} {
			checkEvent(t, ev, body, seq)
		}
	}
}

// checkEvent checks a frame against what encoding/json makes of its params.
func checkEvent(t *testing.T, ev wire.Event, body wire.EventBody, seq int64) {
	t.Helper()
	var frame struct {
		Version string                     `json:"jsonrpc"`
		Method  string                     `json:"method"`
		Params  map[string]json.RawMessage `json:"params"`
	}
	data := body.AppendFrame(nil, seq)
	if err := json.Unmarshal(data, &frame); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if frame.Version != "2.0" || frame.Method != ev.Name() {
		t.Errorf("%s: not a notification called %s", data, ev.Name())
	}
	given := frame.Params["seq"]
	if (given != nil) != (seq > 0) {
		t.Errorf("%s: seq of an event numbered %d", data, seq)
	}
	var number int64
	if seq > 0 && (json.Unmarshal(given, &number) != nil || number != seq) {
		t.Errorf("%s: seq is not %d", data, seq)
	}
	plain, err := wire.EncodeValue(ev)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]json.RawMessage
	if err := json.Unmarshal(plain, &want); err != nil {
		t.Fatal(err)
	}
	delete(frame.Params, "seq")
	if diff := cmp.Diff(want, frame.Params); diff != "" {
		t.Errorf("params of %s (-want +got):\n%s", ev.Name(), diff)
	}
	for name, value := range frame.Params {
		if string(value) == "null" {
			t.Errorf("%s: %s is null", data, name)
		}
	}
	if n := len(data); body.Len() > n || body.Len() < n-40 {
		t.Errorf("Len is %d of a frame of %d bytes", body.Len(), n)
	}
}

func FuzzDecode(f *testing.F) {
	codec := wire.NewCodec()
	for _, m := range wire.Methods() {
		f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"` + m.Name + `","params":{"inviteID":"i","roomID":"r","views":[{"mid":"0"}],"data":"x","requestID":"k"}}`))
	}
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		in, err := codec.Decode(frame)
		if (err == nil) != (in.Request != nil) {
			t.Errorf("error %v, request %v", err, in.Request)
		}
		switch call.CodeOf(err) {
		case 0, wire.CodeParse, wire.CodeInvalidRequest, wire.CodeMethodUnknown, wire.CodeInvalidParams, call.CodeInvalidParameter:
		default:
			t.Errorf("error %v", err)
		}
		if err == nil && (in.ID == nil || len(in.RequestID) > 128) {
			t.Errorf("id %s, requestID %q", in.ID, in.RequestID)
		}
		if in.ID != nil && !json.Valid(wire.EncodeResult(in.ID, json.RawMessage("{}"))) {
			t.Errorf("the answer to id %s is no JSON", in.ID)
		}
	})
}

// A frame is taken apart as encoding/json does it.
func FuzzMembers(f *testing.F) {
	for _, object := range []string{
		`{}`, ` { "a" : 1 , "b":[{"c":"}"},2], "a":"\\"" } `, `{"\u0061":null,"b":-1e9}`, "{\"\xff\":\"\xff\"}", `[{"a":1}]`, `"{"`, `7`, `{"a":{"b":[]},"c":true}`,
	} {
		f.Add([]byte(object))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		if !json.Valid(object) {
			return
		}
		want := map[string]json.RawMessage{}
		if err := json.Unmarshal(object, &want); err != nil || want == nil {
			want = map[string]json.RawMessage{} // no object
		}
		if diff := cmp.Diff(want, wire.Members(object)); diff != "" {
			t.Errorf("members of %q (-want +got):\n%s", object, diff)
		}
	})
}

func FuzzEvent(f *testing.F) {
	f.Add("ana", "a\"b\n<", int64(1))
	f.Add("", "\xff\u2028", int64(-5))
	f.Fuzz(func(t *testing.T, user, data string, seq int64) {
		for _, ev := range []wire.Event{
			wire.ReceiveNewInvitation{Inviter: call.UserID(user), InviteeList: []call.UserID{call.UserID(data)}, Data: data},
			wire.UserStatusChanged{UserStatusList: []wire.UserStatus{{UserID: call.UserID(user), Name: data}}},
			wire.Kicked{Reason: data},
		} {
			body, err := wire.EncodeEvent(ev)
			if err != nil {
				t.Fatal(err)
			}
			checkEvent(t, ev, body, seq)
		}
	})
}

func BenchmarkDecodeInvite(b *testing.B) {
	codec := wire.NewCodec()
	frame := []byte(`{"jsonrpc":"2.0","id":1,"method":"signaling.invite","params":{"invitee":"bo","data":"{\"businessID\":\"av_call\",\"call_type\":2,\"room_id\":1234}","timeout":30,"requestID":"0123456789"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := codec.Decode(frame); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEventFrame(b *testing.B) {
	body, err := wire.EncodeEvent(wire.ReceiveNewInvitation{InviteID: "i", Inviter: "ana", InviteeList: []call.UserID{"bo"}, Data: strings.Repeat("x", 200)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var frame []byte
	for b.Loop() {
		if frame = body.AppendFrame(frame[:0], 123456); len(frame) == 0 {
			b.Fatal("empty")
		}
	}
}
