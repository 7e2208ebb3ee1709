package session

import "github.com/gorilla/websocket"

// Close codes of the connection (RFC 6455 §7.4.2, private use), besides the
// standard's own: 1001 the server goes away, 1007 a text frame is not UTF-8,
// 1009 a frame is too large, 1013 there are too many sessions.
const (
	CloseDraining  = 4000 // the server will stop; come back later
	CloseKicked    = 4001 // the session is over; do not come back with this credential
	CloseSlow      = 4002 // too slow to read; come back and resume
	CloseTakenOver = 4003 // a newer socket has this session
	CloseViolation = 4008 // not a text frame, or flooding; come back after fixing
)

// The standard's close codes that are sent from here.
const (
	closeNormal    = websocket.CloseNormalClosure
	closeGoingAway = websocket.CloseGoingAway
	closeNotUTF8   = websocket.CloseInvalidFramePayloadData
	closeTryLater  = websocket.CloseTryAgainLater
)

// Why a session was ended from the server's side (session.kicked).
const (
	KickRevoked  = "revoked"
	KickExpired  = "expired"
	KickShutdown = "shutdown"
)
