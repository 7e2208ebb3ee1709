// Package sqlstore keeps invitations, calls, messages, groups, users, push
// subscriptions and the answers to requests in SQLite or PostgreSQL. It is the only
// package that sees database/sql.
//
// There is one SQL text for both databases: $1 placeholders, ON CONFLICT,
// times as BIGINT milliseconds, no booleans. What differs (driver, pragmas, the
// lock around migrations) sits in dialect.go.
//
// An invitation and a call are stored whole, as JSON, beside the few columns
// that are searched. The rows that make a call findable by the people who took
// part (table participants) are written when the call ends, so history never
// sees an open call and a call costs its index only once.
//
// A message is one row, found by its conversation and number. A group is held in
// memory by whoever decides about it, so its members are only written here, row
// by row, and read at start. So are users and their black lists. The answers to
// the requests of one commit are one row, found by what is held in memory
// (answers.go).
//
// Writing has one door, [Store.Commit], made for group commit: one goroutine
// gathers what concurrent requests want durable and commits it in one
// transaction. When Commit returns, it is on disk. Push subscriptions are no part
// of any decision and are written beside it (push.go). SQLite's log is cut beside
// it too (checkpoint.go).
package sqlstore
