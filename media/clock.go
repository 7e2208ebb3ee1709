package media

import "time"

// began is when the process did, by the wall clock and by the one that is never set.
var began = time.Now()

// nanos is a moment in Unix nanoseconds, as the wall clock would tell it if
// nobody had set it since the process began. A clock that is put right must not
// look like a minute of silence to everybody, nor like one in which a pacer
// earned what it may send. Who wants to know what time it is asks [time.Now].
func nanos(t time.Time) int64 { return began.UnixNano() + int64(t.Sub(began)) }

// wallAhead is by how much the wall clock of t is ahead of [nanos], because it was
// set: the kernel tells times by it.
func wallAhead(t time.Time) int64 { return t.UnixNano() - nanos(t) }
