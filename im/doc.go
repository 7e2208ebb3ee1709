// Package im is the messaging that signaling rides on: conversations between
// two users and in groups, and the groups.
//
// The [Service] works on a decision loop (internal/commit), as signaling does:
// a request becomes a decision on state in memory, the change is stored, and
// only then the answer and the events leave.
//
// Messages are numbered per conversation from 1 without gaps. The loop owns the
// last number; it is read from the store when a conversation is first needed
// and kept while it is in use, and some time longer (tails.go). Messages are
// read from the store alone.
//
// Groups are in memory, all of them, each with its members: who may do what is
// decided by [call.Group], a value without clock or store. Everybody in a group
// is told of every change to it, the session that made it excepted.
//
// Invitations and what becomes of them stand in conversations too, as messages
// of type signaling ([Service.AppendSignaling]). Those are not sent as events:
// signaling's own tell the same.
package im
