package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/signaling/wire"
)

func (s server) AuthenticateAnswer(_ *http.Request, id call.InviteID) (call.Caller, error) {
	if id != "i1" {
		return call.Caller{}, call.Errorf(call.CodeTokenInvalid, "not this one's")
	}
	return s.caller, s.authErr
}

func (s server) Reject(_ context.Context, who call.Caller, p *wire.Reject) (wire.Empty, error) {
	if who.UserID != "bo" || p.InviteID != "i1" {
		return wire.Empty{}, call.Errorf(call.CodeInviteNotAllowed, "%s rejects %s", who.UserID, p.InviteID)
	}
	if s.said != nil {
		*s.said = p.Data
	}
	return wire.Empty{}, s.err
}

func TestARejectionMaySayMore(t *testing.T) {
	tests := []struct {
		name, body, data string
		status           int
	}{
		{"nothing", "", "", 200},
		{"data", `{"data":"not now"}`, "not now", 200},
		{"no JSON", "no", "", 400},
		{"data of another kind", `{"data":1}`, "", 400},
		{"too much", `{"data":"` + strings.Repeat("x", 300<<10) + `"}`, "", 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var said string
			s := server{caller: call.Caller{UserID: "bo"}, said: &said}
			rec := httptest.NewRecorder()
			s.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/invitations/i1/reject", strings.NewReader(tt.body)))
			if rec.Code != tt.status || said != tt.data {
				t.Errorf("status %d, data %q; want %d, %q", rec.Code, said, tt.status, tt.data)
			}
		})
	}
}

func TestAnInvitationIsRejectedByItsAnswerToken(t *testing.T) {
	bo := call.Caller{UserID: "bo"}
	tests := []struct {
		name, method, path string
		server             server
		status             int
	}{
		{"with its token", http.MethodPost, "/v1/invitations/i1/reject", server{caller: bo}, 200},
		{"with that of another", http.MethodPost, "/v1/invitations/i2/reject", server{caller: bo}, 401},
		{"without a token", http.MethodPost, "/v1/invitations/i1/reject", server{authErr: call.Errorf(call.CodeNotLoggedIn, "who?")}, 401},
		{"too late", http.MethodPost, "/v1/invitations/i1/reject", server{caller: bo, err: call.Errorf(call.CodeInviteUnknown, "over")}, 404},
		{"by a link somebody followed", http.MethodGet, "/v1/invitations/i1/reject", server{caller: bo}, 405},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := tt.server.do(t, tt.method, tt.path)
			if res.StatusCode != tt.status {
				t.Errorf("status %d, want %d", res.StatusCode, tt.status)
			}
			if allow := res.Header.Get("Allow"); tt.status == 405 && allow != "POST" {
				t.Errorf("allowed is %q", allow)
			}
		})
	}
}
