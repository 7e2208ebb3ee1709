package app

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"time"

	"callsvc/call"
	"callsvc/internal/config"
	"callsvc/media"
	"callsvc/signaling/wire"
)

// turnCredentialTTL is how long credentials for TURN are good to begin with; an
// allocation made in time goes on.
const turnCredentialTTL = 6 * time.Hour

// turnSecret is derived from the API secret, so that who knows one credential
// of TURN, whose HMAC is SHA-1, has nothing to try tokens with.
func turnSecret(cfg config.Serve) []byte {
	key, err := hkdf.Key(sha256.New, []byte(cfg.APISecret), nil, "callsvc TURN credentials 1", sha256.Size)
	if err != nil { // for lengths that SHA-256 cannot give
		panic(err)
	}
	return key
}

// iceServers are what a user's browser may use to find a path.
func (a *App) iceServers(user call.UserID) wire.GetICEServersResult {
	res := wire.GetICEServersResult{ICEServers: []wire.ICEServer{}}
	for _, url := range a.cfg.ICEServer {
		res.ICEServers = append(res.ICEServers, wire.ICEServer{URLs: []string{url}})
	}
	urls := a.turnURLs()
	if len(urls) == 0 {
		return res
	}
	until := time.Now().Add(turnCredentialTTL)
	name, password := media.TURNCredentials(turnSecret(a.cfg), user, until)
	res.ICEServers = append(res.ICEServers, wire.ICEServer{URLs: urls, Username: name, Credential: password})
	res.ICEServersExpireAt = call.MillisOf(until)
	return res
}

// turnURLs lead to TURN (RFC 7065), the cheapest way first.
func (a *App) turnURLs() []string {
	var urls []string
	host := a.turnHost()
	for _, way := range []struct {
		port              int
		scheme, transport string
	}{
		{a.cfg.TURN.UDPPort, "turn", "udp"},
		{a.cfg.TURN.TCPPort, "turn", "tcp"},
		{a.cfg.TURN.TLSPort, "turns", "tcp"},
	} {
		if way.port != 0 {
			urls = append(urls, fmt.Sprintf("%s:%s:%d?transport=%s", way.scheme, host, way.port, way.transport))
		}
	}
	return urls
}
