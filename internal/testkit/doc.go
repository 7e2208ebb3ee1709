// Package testkit lets a test run the whole service and be its users.
//
// A [Service] is the service in this process, on free ports and a folder of its
// own. A [Client] is one connection that speaks docs/protocol.md as a stranger
// would: it knows JSON-RPC, maps and strings, and none of the service's types,
// so that what it proves is the contract and not the code. A [User] is a client
// for telling stories: whatever goes wrong ends the test. [User.Expect] takes
// the events in the order they came, so a story also proves that nothing else
// was told. A user's [Media] is a real PeerConnection that sends what looks
// like VP8 and Opus with a counter inside and notes what arrives in each slot.
//
// Nothing here sleeps: whoever waits, waits for something that happened.
package testkit
