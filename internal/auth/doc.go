// Package auth says who makes a request.
//
// Two credentials are understood. A JWT (RFC 7519, HS256 only) is signed with
// the API secret: iss is the API key, sub the user id, exp is required; name,
// admin and room are claims of ours. A TIM UserSig is what clients of the
// Tencent SDKs already have: an HMAC over user id, SDKAppID and validity,
// compressed and base64-encoded.
//
// A [Verifier] finds either in an HTTP request: "Authorization: Bearer JWT",
// ?token=JWT (browsers cannot set headers on a WebSocket), or
// ?userID=ID&userSig=SIG. It answers with one of three errors:
// call.CodeNotLoggedIn where nothing was presented, call.CodeTokenExpired
// where the credential was good once, call.CodeTokenInvalid otherwise. Whether
// a credential expired is looked at last, so that only who holds a genuine one
// learns it.
//
// [Revocations] take credentials back before they expire: call.CodeTokenInvalid.
//
// An answer token is a JWT with one claim more, invite: its bearer may answer
// that one invitation as that user, and do nothing else. It travels in a push
// notification, whose buttons work with no page open.
//
// The invitation of a meeting link is a JWT with the claim link, a room: whoever
// has it may enter that room, or ask to. It says nothing of who they are. A
// guest's token, which the service gives for it, does: its claims are guest, one
// room, and a made-up user id that begins with guest-. [Links] know which links
// there are and which have been taken back.
//
// A ticket is a JWT with the claim back, a room in which its user was: it gives
// them their place back after a restart of the server, which has forgotten them.
package auth
