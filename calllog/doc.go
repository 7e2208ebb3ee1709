// Package calllog is what remains of calls: whoever took part in one can ask
// for it, filter, page through and export what they find.
//
// [Log] decides who sees what and checks every filter; the REST API and the
// WebSocket ask it with the same plain [Query]. It reads from a [Store] and
// writes nothing: records are the server's own, made when a call ends.
//
// [WriteCSV], [WriteJSONL] and [WriteXLSX] turn a stream of records into a file, in constant
// memory however many there are.
package calllog
