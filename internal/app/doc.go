// Package app builds all the parts, runs them as one program and stops them in
// order. It is the only package that knows them all; nothing else joins them.
//
// What a request is for is decided in dispatch.go, who hears of sessions coming
// and going in presence.go, what is served over plain HTTP in web.go.
package app
