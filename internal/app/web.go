package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
	"callsvc/web"
	"callsvc/web/api"
)

// devTokenTTL is how long a token of /dev/token is good for.
const devTokenTTL = 24 * time.Hour

// buildHTTP makes the server of everything that is not media.
func (a *App) buildHTTP() error {
	page, err := newPage(web.Static())
	if err != nil {
		return err
	}
	rest := api.New(api.Options{
		Auth: throttledGuard{a.guard, a.limits.requests}, Calls: a.history, Credentials: a, Users: a.users,
		Groups: a.im, Members: a.im, Attributes: a.im, Messages: a.im,
		Answers: a.verifier, Invitations: a.signaling, Meetings: a, Rooms: a.rooms, Hosting: a.rooms,
		Events: a.store, Webhook: a.replayer(), Logger: a.log,
	})
	mux := http.NewServeMux()
	mux.Handle("/", page)
	mux.Handle("/ws", a.hub)
	mux.Handle("/v1/", rest)
	mux.Handle("/openapi.yaml", rest)
	mux.Handle("/whip/", a.whip)
	mux.Handle("/whep/", a.whip)
	mux.Handle("/metrics", a.metrics())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", a.serveReady)
	if a.cfg.Dev {
		mux.HandleFunc("GET /dev/token", a.serveDevToken)
	}
	// Who sends or reads drop by drop is cut off; exports and WebSockets set
	// deadlines of their own.
	a.http = &http.Server{
		Handler: secureHeaders(boundBodies(mux)), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
	}
	return nil
}

// bodyTimeout is how long a request with a body may take in all.
const bodyTimeout = 10 * time.Second

// boundBodies bounds the time in which the body of a request must come, also
// where nobody reads it: the server does, before it answers.
func boundBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			// A connection on which that fails is gone, as reading it will show.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
		}
		next.ServeHTTP(w, r)
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // the client is gone: nobody is left to tell
}

// serveReady says whether new calls may come here.
func (a *App) serveReady(w http.ResponseWriter, _ *http.Request) {
	if !a.ready.Load() {
		plain(w, http.StatusServiceUnavailable, "draining or starting")
		return
	}
	plain(w, http.StatusOK, "ready")
}

// serveDevToken gives anybody a token for anybody. Only with --dev.
func (a *App) serveDevToken(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	user := call.UserID(q.Get("userID"))
	if !user.Valid() {
		refuse(w, http.StatusBadRequest, call.Errorf(call.CodeInvalidParameter, "userID: not a user id (1 to 32 of A-Z a-z 0-9 _ -)"))
		return
	}
	var rooms []call.RoomID
	if id := call.RoomID(q.Get("room")); id != "" {
		if !id.Valid() {
			refuse(w, http.StatusBadRequest, call.Errorf(call.CodeInvalidParameter, "room: not a room id (1 to 64 of A-Z a-z 0-9 _ . : -)"))
			return
		}
		rooms = append(rooms, id)
	}
	token, err := a.verifier.Issue(user, q.Get("name"), q.Get("admin") == "true", rooms, devTokenTTL)
	if err != nil {
		a.log.Error("a development token could not be signed", "error", err)
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, map[string]string{"token": token})
}

func refuse(w http.ResponseWriter, status int, err error) {
	answer(w, status, map[string]wire.ErrorBody{"error": wire.BodyOf(err)})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone: nobody is left to tell
}
