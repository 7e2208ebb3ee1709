package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever an operator's system sends as a body, the answer is not that the
// server is at fault, and the server goes on.
func FuzzBodies(f *testing.F) {
	requests := []struct{ method, path, body string }{
		{http.MethodPost, "/v1/groups", `{"groupID":"g","name":"g","type":"Work","owner":"ana","members":["bo"]}`},
		{http.MethodPatch, "/v1/groups/g", `{"name":"h"}`},
		{http.MethodPost, "/v1/groups/g/members", `{"members":["cy"]}`},
		{http.MethodPut, "/v1/groups/g/attributes", `{"attributes":{"a":"b"}}`},
		{http.MethodPost, "/v1/messages", `{"from":"ana","to":"bo","type":"text","text":"hello"}`},
		{http.MethodPost, "/v1/users/bo/revoke", `{"at":1}`},
		{http.MethodPost, "/v1/webhooks/replay", `{"from":1,"to":2,"all":true}`},
		{http.MethodPost, "/v1/invitations/i/reject", `{"data":"no"}`},
		{http.MethodPatch, "/v1/users/bo", `{"name":"Bo","avatarURL":"https://a.example/b"}`},
	}
	for i, r := range requests {
		f.Add(uint8(i), r.body)
		f.Add(uint8(i), `[`+r.body+`]`)
	}
	a, _ := start(f)
	token := tokenOf(f, a, "operator", "&admin=true")
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		r := requests[int(which)%len(requests)]
		req := httptest.NewRequestWithContext(t.Context(), r.method, r.path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		req.RequestURI, req.URL.Scheme, req.URL.Host = "", "http", a.Addr().String()
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 500 {
			t.Errorf("%s %s %q: %d %s %v", r.method, r.path, body, res.StatusCode, text, err)
		}
	})
}
