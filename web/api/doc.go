// Package api is the server API over plain HTTP: JSON in, JSON out, described
// by the OpenAPI document that it serves itself at /openapi.yaml.
//
// It decides nothing: an [Authenticator] says who asks, a [Log] what they may
// see. What is here is the translation: query parameters to filters, errors to
// HTTP statuses (RFC 9110), records to JSON or to a streamed file.
package api
