package room

// CheckReaction is exported to its fuzzer: through a Service every execution
// would need a room and wait for the limit of whoever reacts.
var CheckReaction = checkReaction
