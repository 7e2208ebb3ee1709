// Package api is the server API over plain HTTP: JSON in, JSON out, described
// by the OpenAPI document that it serves itself at /openapi.yaml.
//
// It decides nothing: an [Authenticator] says who asks, and each part of the
// service, behind an interface of what is needed of it here ([Log], [Groups],
// [Rooms] and others), what they may. What is here is the translation: query
// parameters to filters, bodies to the requests that the WebSocket has too,
// errors to HTTP statuses (RFC 9110), records to JSON or to a streamed file.
package api
