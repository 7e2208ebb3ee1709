// Package push rings a browser whose page is closed: Web Push.
//
// Somebody is asked into a call and has no connected session. Where their
// browser has subscribed (W3C Push API), the [Service] sends the invitation to
// the browser's push service (RFC 8030), encrypted for that browser alone (RFC
// 8291) and signed with this server's key (VAPID, RFC 8292). The page's service
// worker shows it as a notification with Accept and Decline. When the invitation
// is over, a second message under the same Topic takes the notification away,
// or, if the device was off, the place of the first.
//
// # Two halves
//
// What rings is known on the decision loop (ringing.go): signaling tells it of
// every invitation and of what becomes of each invitee, inside the decision. It
// only looks into memory and puts deliveries into a queue.
//
// A [delivery] is one invitation on its way to one user. Workers take them from
// the queue, ask who may disturb whom, read the subscriptions and send
// (delivery.go, send.go). One delivery is never worked on twice at once, so its
// end never overtakes its beginning. A push service that is slow, down or
// hostile costs its own delivery some tries and nobody else's decision anything.
//
// # What a stranger can do
//
// An endpoint is an address that a client makes this server call. It must be
// https; the address behind the name is looked at when it is dialled and must
// be a public one; redirects are not followed; of an answer only the head is
// read (endpoint.go). A user has at most ten subscriptions, and one the push
// service says is gone is forgotten.
//
// The message carries a token that answers this one invitation and nothing
// else, until it expires, so that Decline works with no page open.
package push
