// Package wire has every message that crosses the client connection, one Go
// type each.
//
// The connection is a WebSocket (subprotocol callsvc.v1) that carries JSON-RPC
// 2.0 in text frames. A client sends requests and gets one answer to each, in
// the order they finish; the server sends notifications, called events here.
// One call from the messages' point of view:
//
//	ana → room.enter           her offer goes in, the answer comes back
//	ana → signaling.invite     data names the room
//	bo  ← onReceiveNewInvitation
//	bo  → signaling.accept     ana ← onInviteeAccepted
//	bo  → room.enter           ana ← onRemoteUserEnterRoom, onUserVideoAvailable
//	ana, bo ← onCallBegin      the clock runs
//	bo  → room.exit            ana ← onRemoteUserLeaveRoom
//	ana, bo ← onReceiveNewInvitation   the final call-end invitation
//	ana, bo ← onCallEnd        the record
//
// Requests implement [Request] and are decoded by [Codec.Decode], which tells
// malformed traffic (JSON-RPC codes) from values the services refuse. Events
// implement [Event]. Both sets are sealed; the table of requests in
// requests.go is the one place that lists them, and the TypeScript
// declarations and docs/protocol.md are generated from the types here and
// their comments.
package wire
