package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/calllog"
	"callsvc/web/api"

	"github.com/google/go-cmp/cmp"
)

// server is the API over an authenticator and a log that answer as told.
type server struct {
	caller    call.Caller
	authErr   error
	err       error // of every question
	streamErr error // after the records of an export
	records   int   // of an export
	asked     *calllog.Query
	said      *string // the data of a rejection
	log       io.Writer
}

func (s server) Authenticate(*http.Request) (call.Caller, error) { return s.caller, s.authErr }

func (s server) Query(_ context.Context, caller call.Caller, q calllog.Query) (calllog.Page, error) {
	s.note(q)
	return calllog.Page{Calls: []call.Record{record()}, Cursor: "next"}, s.err
}

func (s server) Get(_ context.Context, _ call.Caller, id call.ID) (call.Record, error) {
	r := record()
	r.CallID = id
	return r, s.err
}

func (s server) Export(_ context.Context, _ call.Caller, q calllog.Query) (iter.Seq2[call.Record, error], error) {
	s.note(q)
	return func(yield func(call.Record, error) bool) {
		for range s.records {
			if !yield(record(), nil) {
				return
			}
		}
		if s.streamErr != nil {
			yield(call.Record{}, s.streamErr)
		}
	}, s.err
}

func (s server) note(q calllog.Query) {
	if s.asked != nil {
		*s.asked = q
	}
}

func (s server) handler() http.Handler {
	log := slog.New(slog.DiscardHandler)
	if s.log != nil {
		log = slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return api.New(api.Options{Auth: s, Calls: s, Answers: s, Invitations: s, Meetings: s, Rooms: s, Hosting: s, Logger: log})
}

func (s server) do(t *testing.T, method, target string) *http.Response {
	t.Helper()
	rec := httptest.NewRecorder()
	s.handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody))
	return rec.Result()
}

func (s server) get(t *testing.T, target string) *http.Response {
	t.Helper()
	return s.do(t, http.MethodGet, target)
}

func record() call.Record {
	return call.Record{
		CallID: "c1", RoomID: "r", Type: call.MediaVideo, Inviter: "ana", CreatedAt: 1000, EndedAt: 2000,
		Result: call.ResultDeclined, EndedBy: "bo",
		Participants: []call.Participant{{UserID: "ana", Intervals: []call.Interval{}}, {UserID: "bo", Intervals: []call.Interval{}}},
	}
}

func read[T any](t *testing.T, res *http.Response) T {
	t.Helper()
	var v T
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// refusal is the body of an error.
type refusal struct {
	Error struct {
		Code    call.Code
		Message string
		Data    map[string]any
	}
}

func TestListCalls(t *testing.T) {
	res := server{caller: call.Caller{UserID: "ana"}}.get(t, "/v1/calls")
	want := calllog.Page{Calls: []call.Record{record()}, Cursor: "next"}
	if diff := cmp.Diff(want, read[calllog.Page](t, res)); res.StatusCode != http.StatusOK || diff != "" {
		t.Errorf("%s (-want +got):\n%s", res.Status, diff)
	}
	for header, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(header); got != want {
			t.Errorf("%s is %q; want %q", header, got, want)
		}
	}
}

func TestGetCall(t *testing.T) {
	res := server{}.get(t, "/v1/calls/c-7")
	if got := read[call.Record](t, res); res.StatusCode != http.StatusOK || got.CallID != "c-7" {
		t.Errorf("%s, call %q", res.Status, got.CallID)
	}
}

func TestParametersBecomeAQuery(t *testing.T) {
	ana, op := call.Caller{UserID: "ana"}, call.Caller{UserID: "op", Admin: true}
	every := "with=bo&groupID=g&result=busy&direction=incoming&missed=true&type=audio&from=1&to=2&cursor=c&limit=3&all=false"
	for _, c := range []struct {
		name, query string
		caller      call.Caller
		want        calllog.Query
	}{
		{"none", "", ana, calllog.Query{}},
		{"every one", every, ana, calllog.Query{
			With: "bo", GroupID: "g", Result: "busy", Direction: "incoming", Missed: true, Type: "audio",
			From: 1, To: 2, Cursor: "c", Limit: 3,
		}},
		{"empty ones", "with=&missed=&from=&limit=&all=", ana, calllog.Query{}},
		{"a user asks for all", "all=true", ana, calllog.Query{All: true}}, // and is refused by the log
		{"an operator sees all", "missed=true", op, calllog.Query{All: true, Missed: true}},
		{"an operator's own", "all=false", op, calllog.Query{}},
		{"an operator's own view", "direction=outgoing", op, calllog.Query{Direction: "outgoing"}},
		{"credentials", "token=x&userID=ana&userSig=y", ana, calllog.Query{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/v1/calls?", "/v1/calls/export?format=jsonl&"} {
				var asked calllog.Query
				res := server{caller: c.caller, asked: &asked}.get(t, path+c.query)
				if diff := cmp.Diff(c.want, asked); res.StatusCode != http.StatusOK || diff != "" {
					t.Errorf("%s: %s (-want +got):\n%s", path, res.Status, diff)
				}
			}
		})
	}
}

func TestWrongParametersAreNamed(t *testing.T) {
	for _, c := range []struct{ target, says string }{
		{"/v1/calls?from=yesterday", "from must be a whole number"},
		{"/v1/calls?to=1.5", "to must be a whole number"},
		{"/v1/calls?from=99999999999999999999", "from must be a whole number"},
		{"/v1/calls?limit=many", "limit must be a whole number"},
		{"/v1/calls?missed=yes", "missed must be true or false"},
		{"/v1/calls?all=1", "all must be true or false"},
		{"/v1/calls?wiht=bo", `no parameter "wiht"`},
		{"/v1/calls?format=csv", `no parameter "format"`},
		{"/v1/calls?with=bo&with=cy", "with is given 2 times"},
		{"/v1/calls/export?format=pdf", "format must be csv, jsonl or xlsx"},
		{"/v1/calls/export?form=csv", `no parameter "form"`},
	} {
		t.Run(c.target, func(t *testing.T) {
			res := server{err: errors.New("the log must not be asked")}.get(t, c.target)
			got := read[refusal](t, res).Error
			if res.StatusCode != http.StatusBadRequest || got.Code != call.CodeInvalidParameter || !strings.Contains(got.Message, c.says) {
				t.Errorf("%s, %d %q; want 400, 6017 %q", res.Status, got.Code, got.Message, c.says)
			}
		})
	}
}

func TestErrorsBecomeStatuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      server
		status int
		code   call.Code
	}{
		{"no token", server{authErr: call.Errorf(call.CodeNotLoggedIn, "sign in")}, 401, call.CodeNotLoggedIn},
		{"an old token", server{authErr: call.Errorf(call.CodeTokenExpired, "renew")}, 401, call.CodeTokenExpired},
		{"a forged token", server{authErr: call.Errorf(call.CodeTokenInvalid, "no")}, 401, call.CodeTokenInvalid},
		{"a wrong value", server{err: call.Errorf(call.CodeInvalidParameter, "limit")}, 400, call.CodeInvalidParameter},
		{"not an operator", server{err: call.Errorf(call.CodeGroupPermission, "all")}, 403, call.CodeGroupPermission},
		{"no such call", server{err: call.Errorf(call.CodeCallUnknown, "no")}, 404, call.CodeCallUnknown},
		{"too fast", server{authErr: &call.Error{Code: call.CodeRateLimited, RetryAfter: 1500 * time.Millisecond}}, 429, call.CodeRateLimited},
		{"draining", server{err: call.Errorf(call.CodeDraining, "bye")}, 503, call.CodeDraining},
		{"a broken disk", server{err: errors.New("secret path")}, 500, call.CodeInternal},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/v1/calls", "/v1/calls/c1", "/v1/calls/export"} {
				res := c.s.get(t, path)
				got := read[refusal](t, res).Error
				if res.StatusCode != c.status || got.Code != c.code {
					t.Errorf("%s: %s, %d; want %d, %d", path, res.Status, got.Code, c.status, c.code)
				}
				if strings.Contains(got.Message, "secret") || res.Header.Get("Content-Disposition") != "" {
					t.Errorf("%s: %q %v", path, got.Message, res.Header)
				}
				if challenge := res.Header.Get("WWW-Authenticate"); (challenge != "") != (c.status == 401) {
					t.Errorf("%s: WWW-Authenticate %q with %s", path, challenge, res.Status)
				}
				if c.status == 429 && (res.Header.Get("Retry-After") != "2" || got.Data["retryAfterMs"] != 1500.0) {
					t.Errorf("%s: Retry-After %q, %v", path, res.Header.Get("Retry-After"), got.Data)
				}
			}
		})
	}
}

func TestAPathIsAskedWithItsOwnMethods(t *testing.T) {
	allowed := map[string][]string{}
	for _, r := range api.Routes() {
		method, path, _ := strings.Cut(r, " ")
		allowed[path] = append(allowed[path], method)
		if method == http.MethodGet {
			allowed[path] = append(allowed[path], http.MethodHead)
		}
	}
	every := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions,
	}
	for path, methods := range allowed {
		slices.Sort(methods)
		for _, method := range every {
			if slices.Contains(methods, method) {
				continue
			}
			res := server{}.do(t, method, strings.NewReplacer("{", "", "}", "").Replace(path))
			if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != strings.Join(methods, ", ") {
				t.Errorf("%s %s: %s, Allow %q", method, path, res.Status, res.Header.Get("Allow"))
			}
		}
	}
	if res := (server{records: 1}).do(t, http.MethodHead, "/v1/calls/export"); res.StatusCode != http.StatusOK {
		t.Errorf("HEAD: %s", res.Status)
	}
	if res := (server{}).get(t, "/v1/nothing"); res.StatusCode != http.StatusNotFound || read[refusal](t, res).Error.Code == 0 {
		t.Errorf("an unknown path: %s", res.Status)
	}
}

func TestExportIsAFileOfToday(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where it is 1 January 2000
		for _, c := range []struct{ query, contentType, name, begins string }{
			{"", "text/csv; charset=utf-8; header=present", "calls-2000-01-01.csv", "callID,"},
			{"?format=csv", "text/csv; charset=utf-8; header=present", "calls-2000-01-01.csv", "callID,"},
			{"?format=jsonl", "application/x-ndjson; charset=utf-8", "calls-2000-01-01.jsonl", `{"callID":"c1"`},
		} {
			res := server{records: 2}.get(t, "/v1/calls/export"+c.query)
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), c.begins) {
				t.Errorf("%s: %s, %v, %q", c.query, res.Status, err, body)
			}
			if got, want := res.Header.Get("Content-Disposition"), `attachment; filename="`+c.name+`"`; got != want {
				t.Errorf("%s: %s; want %s", c.query, got, want)
			}
			if got := res.Header.Get("Content-Type"); got != c.contentType {
				t.Errorf("%s: %s; want %s", c.query, got, c.contentType)
			}
		}
	})
}

func TestAnExportThatFailsIsNeverTakenForComplete(t *testing.T) {
	for _, c := range []struct {
		name    string
		records int
	}{
		{"before the first byte is out", 1},
		{"on the way", 10_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := server{records: c.records, streamErr: errors.New("disk")}
			srv := httptest.NewServer(s.handler())
			defer srv.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/v1/calls/export", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := srv.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.Copy(io.Discard, res.Body)
			if res.StatusCode == http.StatusOK && err == nil {
				t.Error("the client thinks it has everything")
			}
			if err := res.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheLogHasRequestsButNoCredentials(t *testing.T) {
	var log bytes.Buffer
	server{log: &log, err: errors.New("disk on fire")}.get(t, "/v1/calls?token=secret")
	for _, want := range []string{"path=/v1/calls", "status=500", "disk on fire", "level=DEBUG", "level=ERROR"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log tells a token:\n%s", log.String())
	}
}

func FuzzParameters(f *testing.F) {
	for _, s := range []string{"", "with=bo&from=1", "limit=-1", "all=true", "%zz", "from=0x1", "a;b", "missed=true&missed=true", "cursor=%00"} {
		f.Add(s)
	}
	h := server{caller: call.Caller{UserID: "ana"}}.handler()
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/calls", http.NoBody)
		r.URL.RawQuery = query
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK && rec.Code != http.StatusBadRequest {
			t.Errorf("%q: %d %s", query, rec.Code, rec.Body)
		}
	})
}
