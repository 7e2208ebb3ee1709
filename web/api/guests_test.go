package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/signaling/wire"
	"callsvc/web/api"
)

func (s server) CreateLink(_ context.Context, who call.Caller, p *wire.CreateLink) (wire.CreateLinkResult, error) {
	return wire.CreateLinkResult{Invite: string(p.RoomID) + " by " + string(who.UserID)}, s.err
}

func (s server) ListLinks(_ context.Context, who call.Caller, p *wire.ListLinks) (wire.ListLinksResult, error) {
	return wire.ListLinksResult{Links: []wire.Link{{Invite: string(p.RoomID) + " by " + string(who.UserID)}}}, s.err
}

func (s server) RevokeLink(_ context.Context, who call.Caller, p *wire.RevokeLink) (wire.Empty, error) {
	return s.did("revokeLink", who, p)
}

func (s server) Receive(_ *http.Request, invite, name string) (api.Guest, error) {
	return api.Guest{Token: invite, UserID: call.UserID("guest-" + name), RoomID: "r1"}, s.err
}

func TestAGuestNeedsNoCredential(t *testing.T) {
	nobody := server{authErr: call.Errorf(call.CodeNotLoggedIn, "nobody")}
	rec := httptest.NewRecorder()
	body := strings.NewReader(`{"invite":"i","name":"Gus"}`)
	nobody.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/guests", body))
	var got api.Guest
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || rec.Code != 200 || got != (api.Guest{Token: "i", UserID: "guest-Gus", RoomID: "r1"}) {
		t.Errorf("%d %s (%v)", rec.Code, rec.Body, err)
	}
}

// A guest's token is for /ws: here it opens nothing.
func TestAGuestMayAskForNothingHere(t *testing.T) {
	guest := server{caller: call.Caller{UserID: "guest-1", Guest: true, Rooms: []call.RoomID{"r1"}}}
	open := map[string]bool{"GET /openapi.yaml": true, "POST /v1/guests": true, "POST /v1/invitations/{inviteID}/reject": true}
	for _, route := range api.Routes() {
		method, path, _ := strings.Cut(route, " ")
		rec := httptest.NewRecorder()
		guest.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, nil))
		if (rec.Code == http.StatusForbidden) == open[route] {
			t.Errorf("%s: %d %s", route, rec.Code, rec.Body)
		}
	}
}
