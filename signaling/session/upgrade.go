package session

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Subprotocol is the WebSocket subprotocol spoken here. A client that names
// none is served too.
const Subprotocol = "callsvc.v1"

const (
	readBufferBytes  = 512 // per connection; larger frames are read past it
	writeBufferBytes = 4096
	handshakeTimeout = 10 * time.Second
)

// ServeHTTP upgrades a connection and gives it its session:
//
//	400, 405  no WebSocket handshake
//	401       no valid credential
//	403       a page of a foreign origin
//	429, 503  too many sessions, connections or sign-ins, or draining (9006)
//
// with the body {"error":{"code":…,"message":…}}, and Retry-After where waiting
// helps. It returns once the connection stands; the connection goes on without
// the HTTP server's buffers.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		h.refuse(w, http.StatusMethodNotAllowed, call.Errorf(wire.CodeInvalidRequest, "a WebSocket begins with GET"))
		return
	}
	if !h.allowedOrigin(r) {
		h.refuse(w, http.StatusForbidden, call.Errorf(call.CodeTokenInvalid,
			"pages of this origin may not connect: add it to the allowed origins"))
		return
	}
	address := h.opts.AddressOf(r)
	if address.IsValid() {
		if wait := h.connects.Take(address, 1, time.Now()); wait > 0 {
			h.refuse(w, http.StatusTooManyRequests, call.Errorf(call.CodeRateLimited,
				"connections from this address come faster than %g a second: wait", h.opts.Connects.PerSecond).After(wait))
			return
		}
	}
	leave, err := h.signIns.enter(r.Context())
	if err != nil {
		h.refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	defer leave()
	h.signIn(w, r, address)
}

// signIn lets a connection in whose turn it is.
func (h *Hub) signIn(w http.ResponseWriter, r *http.Request, address netip.Addr) {
	kicks := h.kicks.Load()
	who, expires, err := h.auth.Identify(r)
	if err != nil {
		status := http.StatusUnauthorized
		if call.CodeOf(err) == call.CodeRateLimited {
			status = http.StatusTooManyRequests
		}
		h.refuse(w, status, err)
		return
	}
	in := arrival{who: who, expires: expires, address: address, back: resumptionOf(r)}
	if refusal := h.foresee(in); refusal != nil {
		h.refuse(w, refusal.status, refusal.err)
		return
	}
	conn, err := h.upgrader().Upgrade(slackWriter{w}, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	k := newSocket(conn, h)
	s := h.connect(k, in)
	if s != nil && h.kicks.Load() != kicks {
		h.recheck(s, r)
	}
	if !h.group.start(func() { h.serve(s, k) }) {
		k.abort()
	}
}

func (h *Hub) upgrader() *websocket.Upgrader {
	return &websocket.Upgrader{
		HandshakeTimeout: handshakeTimeout,
		ReadBufferSize:   readBufferBytes,
		WriteBufferSize:  writeBufferBytes,
		WriteBufferPool:  &h.writes,
		Subprotocols:     []string{Subprotocol},
		CheckOrigin:      func(*http.Request) bool { return true }, // done before, with our answer
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			w.Header().Set("Sec-WebSocket-Version", "13")
			h.refuse(w, status, call.Errorf(wire.CodeInvalidRequest, "%v", reason))
		},
	}
}

// foresee answers with HTTP what connect would have to refuse on the socket.
func (h *Hub) foresee(in arrival) *refused {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sessions[in.back.id] != nil && !h.closing {
		return nil
	}
	return h.refusal(in.who.UserID, in.address)
}

// allowedOrigin keeps other sites' pages from using a visitor's connection.
// Only browsers send an Origin; who sends none is no page.
func (h *Hub) allowedOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	if len(origins) > 1 {
		return false
	}
	if slices.ContainsFunc(h.opts.AllowedOrigins, func(o string) bool { return strings.EqualFold(o, origins[0]) }) {
		return true
	}
	u, err := url.Parse(origins[0])
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func resumptionOf(r *http.Request) resumption {
	query := r.URL.Query()
	back := resumption{id: call.SessionID(query.Get("session"))}
	if text := query.Get("after"); text != "" {
		after, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return resumption{} // nothing we ever sent: a session of its own
		}
		back.after = after
	}
	return back
}

// refuse answers with an error as the REST API does. Errors that are no
// *call.Error are logged.
func (h *Hub) refuse(w http.ResponseWriter, status int, failure error) {
	var told *call.Error
	if !errors.As(failure, &told) {
		status = http.StatusInternalServerError
		h.log.Error("a connection was refused", "error", failure)
	}
	if n := h.counts.refused[status]; n != nil {
		n.Add(1)
	}
	body, err := json.Marshal(map[string]wire.ErrorBody{"error": wire.BodyOf(failure)})
	if err != nil { // a struct of strings and numbers always encodes
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	if told != nil && told.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(told.RetryAfter.Seconds()))))
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		h.log.Debug("a refusal could not be sent", "error", err)
	}
}
