// Package config is every setting of the program: one struct whose fields are
// flags, environment variables and YAML keys at once.
//
// A field's tags say all there is to say about it. From `--udp-port` follow
// CALLSVC_UDP_PORT and the key udp-port of the file named by --config. The
// first of these that is given wins:
//
//	the flag > the environment > the file > what --dev implies (tag dev) > the default
//
// A key of the file that is no setting is an error, so a misspelt one is not
// silently the default. [Serve.Check] refuses what cannot work with the
// flag's name, the cause and the cure. docs/config.md is generated from the
// same tags ([Reference]).
//
// Nothing here is kept in package variables: the struct is built once by
// [Parse] and handed on by value.
package config
