package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"callsvc/call"
)

// What is wrong with a body is said in the words of JSON and of openapi.yaml.
func TestWhatIsWrongWithABodyIsSaid(t *testing.T) {
	for _, tt := range []struct{ body, says string }{
		{`{"locked":"yes"}`, "locked must not be a JSON string; /openapi.yaml describes the body"},
		{`[]`, "the body must be a JSON object as /openapi.yaml describes it, not a JSON array"},
		{`"x"`, "the body must be a JSON object as /openapi.yaml describes it, not a JSON string"},
		{`{"lokced":true}`, `the body has a member \"lokced\", which means nothing here; /openapi.yaml describes the body`},
		{`{"` + strings.Repeat("x", 1000) + `":true}`, strings.Repeat("x", 79) + ", which means nothing"},
		{`{} {}`, "the body must be one JSON object and nothing after it"},
		{`{`, "the body must be a JSON object as /openapi.yaml describes it: unexpected EOF"},
	} {
		t.Run(tt.says, func(t *testing.T) {
			var said string
			rec := httptest.NewRecorder()
			s := server{caller: call.Caller{UserID: "op", Admin: true}, said: &said}
			s.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/v1/rooms/r1", strings.NewReader(tt.body)))
			if got := rec.Body.String(); rec.Code != http.StatusBadRequest || !strings.Contains(got, tt.says) || said != "" {
				t.Errorf("%d %s, done %q; want %q", rec.Code, got, said, tt.says)
			}
		})
	}
}
