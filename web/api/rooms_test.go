package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// did notes what a room was asked to do, as JSON of the request.
func (s server) did(what string, who call.Caller, req any) (wire.Empty, error) {
	text, err := json.Marshal(req)
	if err != nil {
		return wire.Empty{}, err
	}
	if s.said != nil {
		*s.said = fmt.Sprintf("%s by %s: %s", what, who.UserID, text)
	}
	return wire.Empty{}, s.err
}

func (s server) Rooms(context.Context) ([]wire.RoomState, error) {
	return []wire.RoomState{{RoomID: "r1"}}, s.err
}

func (s server) Room(_ context.Context, id call.RoomID) (wire.RoomState, error) {
	return wire.RoomState{RoomID: id}, s.err
}

func (s server) CloseRoom(_ context.Context, id call.RoomID, result call.Result) error {
	_, err := s.did("close", call.Caller{}, []any{id, result})
	return err
}

func (s server) SetInfo(_ context.Context, who call.Caller, p *wire.SetRoomInfo) (wire.Empty, error) {
	return s.did("setInfo", who, p)
}

func (s server) SetHost(_ context.Context, who call.Caller, p *wire.SetHost) (wire.Empty, error) {
	return s.did("setHost", who, p)
}

func (s server) MuteUser(_ context.Context, who call.Caller, p *wire.MuteUser) (wire.Empty, error) {
	return s.did("muteUser", who, p)
}

func (s server) MuteAll(_ context.Context, who call.Caller, p *wire.MuteAll) (wire.Empty, error) {
	return s.did("muteAll", who, p)
}

func (s server) Kick(_ context.Context, who call.Caller, p *wire.KickUser) (wire.Empty, error) {
	return s.did("kick", who, p)
}

func (s server) Admit(_ context.Context, who call.Caller, p *wire.Admit) (wire.Empty, error) {
	return s.did("admit", who, p)
}

func TestOperatorsKeepOrderInRooms(t *testing.T) {
	for _, tt := range []struct {
		method, path, body string
		done, answer       string
		status             int
	}{
		{"GET", "/v1/rooms", "", "", `"rooms":[{"roomID":"r1"`, 200},
		{"GET", "/v1/rooms/r1", "", "", `"roomID":"r1"`, 200},
		{"PATCH", "/v1/rooms/r1", `{"locked":true,"name":"N"}`, `setInfo by op: {"roomID":"r1","name":"N","locked":true}`, "{}", 200},
		{"PATCH", "/v1/rooms/r1", `{"lokced":true}`, "", "6017", 400},
		{"DELETE", "/v1/rooms/r1", "", `close by : ["r1","roomClosed"]`, "{}", 200},
		{"POST", "/v1/rooms/r1/mute", `{"audio":true}`, `muteAll by op: {"roomID":"r1","audio":true}`, "{}", 200},
		{"POST", "/v1/rooms/r1/mute", `{"userID":"bo","video":true}`, `muteUser by op: {"roomID":"r1","userID":"bo","video":true}`, "{}", 200},
		{"POST", "/v1/rooms/r1/mute", `{"audio":1}`, "", "6017", 400},
		{"POST", "/v1/rooms/r1/links", `{"ttl":60}`, "", `"invite":"r1 by op"`, 200},
		{"POST", "/v1/rooms/r1/links", `{"ttl":"x"}`, "", "6017", 400},
		{"GET", "/v1/rooms/r1/links", "", "", `"links":[{"linkID":"","invite":"r1 by op"`, 200},
		{"DELETE", "/v1/rooms/r1/links/l1", "", `revokeLink by op: {"roomID":"r1","linkID":"l1"}`, "{}", 200},
		{"DELETE", "/v1/rooms/r1/links/l1?kick=true", "", `revokeLink by op: {"roomID":"r1","linkID":"l1","kick":true}`, "{}", 200},
		{"DELETE", "/v1/rooms/r1/links/l1?kick=yes", "", "", "kick must be true or false", 400},
		{"DELETE", "/v1/rooms/r1/links/l1?kcik=true", "", "", "6017", 400},
		{"POST", "/v1/rooms/r1/lobby/bo", `{"admit":false}`, `admit by op: {"roomID":"r1","userID":"bo","admit":false}`, "{}", 200},
		{"POST", "/v1/rooms/r1/lobby/bo", ``, "", "admit is missing", 400},
		{"DELETE", "/v1/rooms/r1/users/bo", "", `kick by op: {"roomID":"r1","userID":"bo"}`, "{}", 200},
		{"PUT", "/v1/rooms/r1/hosts/bo", "", `setHost by op: {"roomID":"r1","userID":"bo","host":true}`, "{}", 200},
		{"DELETE", "/v1/rooms/r1/hosts/bo", "", `setHost by op: {"roomID":"r1","userID":"bo","host":false}`, "{}", 200},
	} {
		t.Run(tt.method+" "+tt.path+" "+tt.body, func(t *testing.T) {
			var said string
			ask := func(s server) *httptest.ResponseRecorder {
				s.said = &said
				rec := httptest.NewRecorder()
				s.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, strings.NewReader(tt.body)))
				return rec
			}
			if rec := ask(server{caller: call.Caller{UserID: "bo"}}); rec.Code != http.StatusForbidden || said != "" {
				t.Errorf("by a user: %d %s, done %q", rec.Code, rec.Body, said)
			}
			op := server{caller: call.Caller{UserID: "op", Admin: true}}
			if rec := ask(op); rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.answer) || said != tt.done {
				t.Errorf("%d %s, done %q; want %d %s, %q", rec.Code, rec.Body, said, tt.status, tt.answer, tt.done)
			}
			op.err = call.Errorf(call.CodeRoomClosed, "nobody is in it")
			if rec := ask(op); tt.status == 200 && rec.Code != http.StatusNotFound {
				t.Errorf("of a room nobody is in: %d %s", rec.Code, rec.Body)
			}
		})
	}
}
