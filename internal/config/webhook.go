package config

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Webhook says who is told of events, and how long they are kept.
type Webhook struct {
	WebhookURL      string        `name:"webhook-url" placeholder:"URL" help:"http or https URL that every event is posted to. Empty tells nobody."`
	WebhookSecret   Secret        `name:"webhook-secret" placeholder:"SECRET" help:"Secret that posted events are signed with, 32 bytes or more. Required with --webhook-url."`
	EventsRetention time.Duration `name:"events-retention" default:"168h" placeholder:"DURATION" help:"How long events can be read again and replayed."`
}

// minRetention outlasts the 72 hours for which delivery is tried.
const minRetention = 73 * time.Hour

func (w Webhook) check() []error {
	errs := []error{
		checkSecret("--webhook-secret", w.WebhookSecret),
		checkDuration("--events-retention", w.EventsRetention, minRetention, 10*365*24*time.Hour),
	}
	if w.WebhookURL == "" {
		return errs
	}
	if u, err := url.Parse(w.WebhookURL); err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		errs = append(errs, errors.New("--webhook-url: not an http or https URL without a user name, write it like https://app.example.org/calls"))
	}
	if w.WebhookSecret == "" {
		errs = append(errs, fmt.Errorf("--webhook-secret: is required with --webhook-url, make %d random bytes (openssl rand -hex %d)", minSecretBytes/2, minSecretBytes/2))
	}
	return errs
}
