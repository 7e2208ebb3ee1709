// Package limit bounds how fast somebody may do something, where there are many
// somebodies: users, groups, addresses.
//
// A [Keyed] has a token bucket (golang.org/x/time/rate) for each key. What it
// remembers is bounded: when as many keys were used as it has room for, those
// that were not used since the last time this happened are forgotten, and
// begin with a full bucket when they come again. So a stranger who invents keys
// costs no memory, only the strictness of the limit on keys long unused.
//
// A [Listener] bounds how many connections an address has open.
package limit
