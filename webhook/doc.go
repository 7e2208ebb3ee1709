// Package webhook tells another system of what happened: every callback that
// was queued is sent to one URL by HTTP POST until the receiver takes it.
//
// A [Deliverer] reads the queue from the store, which was written in the same
// transaction as what the callbacks tell of. Callbacks of one room, and so of
// one call, form a line: the next is sent when the one before was taken or
// given up. Lines do not wait for each other. A receiver that fails is asked
// again after a time that doubles up to ten minutes; one that takes something
// after failing is at once offered what had to wait. After 72 hours a callback
// is given up and kept aside ([Deliverer.Replay] brings it back).
//
// What was taken is written down a moment later, so a crash in between sends it
// again: delivery is at least once, and the number of a callback, which is sent
// along, tells a repetition.
//
// The form follows TRTC's: the header Sign is the body's HMAC.
package webhook
