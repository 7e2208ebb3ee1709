package main

import (
	"fmt"
	"time"

	"callsvc/call"
	"callsvc/internal/auth"
	"callsvc/internal/config"
)

type token struct {
	config.File
	config.Credentials

	User  call.UserID   `required:"" placeholder:"ID" help:"User the token speaks for (sub)."`
	Name  string        `placeholder:"NAME" help:"Display name."`
	Admin bool          `help:"Make it an operator's: sees everyone's calls."`
	Room  []call.RoomID `placeholder:"ROOM" help:"Room the token opens without an invitation, repeatable."`
	TTL   time.Duration `name:"ttl" default:"24h" placeholder:"DURATION" help:"How long it is good."`
}

// Run prints a JWT, and nothing else, on standard output.
func (t token) Run(std streams) error {
	if t.TTL < time.Second {
		return usageError{fmt.Errorf("--ttl: %s is too short, use at least 1s", t.TTL)}
	}
	verifier, err := signer(t.Credentials, std)
	if err != nil {
		return err
	}
	signed, err := verifier.Issue(t.User, t.Name, t.Admin, t.Room, t.TTL)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprintln(std.out, signed)
	return err
}

// signer makes tokens with the credentials given, or else with those of a
// server in development.
func signer(given config.Credentials, std streams) (*auth.Verifier, error) {
	if given == (config.Credentials{}) {
		given = config.DevCredentials()
		fmt.Fprintln(std.err, "callsvc: without --api-key and --api-secret the token is good only for a server started with --dev")
	}
	verifier, err := auth.New(auth.Config{APIKey: given.APIKey, APISecret: string(given.APISecret)})
	if err != nil {
		return nil, usageError{fmt.Errorf("--api-key, --api-secret: give both or neither: %w", err)}
	}
	return verifier, nil
}
