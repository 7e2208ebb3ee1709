package api

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"callsvc/call"
	"callsvc/calllog"
)

// An Authenticator says who makes a request, from its Authorization header or
// query string. A *call.Error it returns is the answer: CodeNotLoggedIn,
// CodeTokenInvalid and CodeTokenExpired become 401, CodeRateLimited 429.
type Authenticator interface {
	Authenticate(*http.Request) (call.Caller, error)
}

// A Log answers questions about past calls. Implemented by calllog.Log.
type Log interface {
	Query(context.Context, call.Caller, calllog.Query) (calllog.Page, error)
	Get(context.Context, call.Caller, call.ID) (call.Record, error)
	Export(context.Context, call.Caller, calllog.Query) (iter.Seq2[call.Record, error], error)
}

// Options are what the API needs. All are required but Webhook.
type Options struct {
	Auth        Authenticator
	Calls       Log
	Credentials Revoker
	Users       Users
	Groups      Groups
	Members     Members
	Attributes  Attributes
	Messages    Messages
	Answers     AnswerAuthenticator
	Invitations Invitations
	Meetings    Meetings
	Rooms       Rooms
	Hosting     Hosting
	Events      Events
	Webhook     Replayer // nil if nobody is told of events
	Logger      *slog.Logger
}

// New makes the handler of everything under /v1/ and of /openapi.yaml.
func New(o Options) http.Handler {
	a := &api{o}
	mux := http.NewServeMux()
	for path, methods := range byPath(a.routes()) {
		mux.Handle(path, a.handle(methods.serve))
	}
	mux.Handle("/", a.handle(func(_ http.ResponseWriter, r *http.Request) error {
		return statusError{http.StatusNotFound, call.Errorf(call.CodeInvalidParameter, "there is nothing at %s; /openapi.yaml says what there is", r.URL.Path)}
	}))
	return mux
}

type api struct{ Options }

func (a *api) routes() []route {
	return slices.Concat(a.groupRoutes(), a.roomRoutes(), []route{
		{http.MethodGet, "/v1/calls", a.authenticated(a.listCalls)},
		{http.MethodGet, "/v1/calls/export", a.authenticated(a.exportCalls)},
		{http.MethodGet, "/v1/calls/{callID}", a.authenticated(a.getCall)},
		{http.MethodGet, "/v1/users/{userID}", a.authenticated(a.getUser)},
		{http.MethodPut, "/v1/users/{userID}", a.authenticated(a.setUser)},
		{http.MethodPost, "/v1/users/{userID}/revoke", a.operator(a.revoke)},
		{http.MethodPost, "/v1/invitations/{inviteID}/reject", a.rejectInvitation},
		{http.MethodPost, "/v1/guests", a.receiveGuest},
		{http.MethodGet, "/v1/events", a.operator(a.listEvents)},
		{http.MethodGet, "/v1/webhooks/dead", a.operator(a.listDead)},
		{http.MethodPost, "/v1/webhooks/replay", a.operator(a.replay)},
		{http.MethodGet, "/openapi.yaml", serveDocument},
	})
}

// A handlerFunc answers a request or returns why not; it must not have written
// anything by then.
type handlerFunc func(http.ResponseWriter, *http.Request) error

// authenticated passes on who asks.
func (a *api) authenticated(serve func(http.ResponseWriter, *http.Request, call.Caller) error) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		caller, err := a.Auth.Authenticate(r)
		if err != nil {
			return err
		}
		if caller.Guest {
			return call.Errorf(call.CodeGroupPermission, "you are a guest of one meeting: this is not for you; sign in for more")
		}
		return serve(w, r, caller)
	}
}

// operator is for what only operators may ask. What is returned is the answer.
func (a *api) operator(serve func(*http.Request, call.Caller) (any, error)) handlerFunc {
	return a.authenticated(func(w http.ResponseWriter, r *http.Request, caller call.Caller) error {
		if !caller.Admin {
			return call.Errorf(call.CodeGroupPermission, "this is for operators: use an operator's token")
		}
		answer, err := serve(r, caller)
		if err != nil {
			return err
		}
		return respond(w, http.StatusOK, answer)
	})
}

// handle is what every request has in common.
func (a *api) handle(serve handlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			// The path alone: a query string may hold a credential.
			a.Logger.DebugContext(r.Context(), "http request", "method", r.Method, "path", r.URL.Path,
				"status", rec.status, "bytes", rec.bytes, "took", time.Since(began))
		}()
		secure(rec.Header())
		r.Body = http.MaxBytesReader(rec, r.Body, maxBodyBytes)
		if err := serve(rec, r); err != nil {
			a.fail(rec, r, err)
		}
	})
}

// secure keeps answers out of caches, frames and guesses about their type.
func secure(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the answer begins
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
