package app

import (
	"context"
	"net/url"

	"callsvc/internal/conductor"
	"callsvc/web/api"
	"callsvc/webhook"
)

// buildWebhook makes what tells other systems of events, if there is one to tell.
func (a *App) buildWebhook() {
	if a.cfg.WebhookURL == "" {
		return
	}
	to, err := url.Parse(a.cfg.WebhookURL)
	if err != nil {
		panic(err) // the configuration was checked
	}
	sender := webhook.NewHTTP(*to, string(a.cfg.WebhookSecret), a.cfg.SDKAppID)
	a.webhook = webhook.New(a.store, sender, a.log)
}

// callbacks says what becomes of events.
func (a *App) callbacks() conductor.Callbacks {
	if a.webhook == nil {
		return conductor.Callbacks{}
	}
	return conductor.Callbacks{Deliver: true, Stored: a.webhook.Wake}
}

// deliver tells other systems of events until ctx is done.
func (a *App) deliver(ctx context.Context) {
	if a.webhook != nil {
		a.tasks.Go(func() { a.webhook.Run(ctx) })
	}
}

// replayer is nil if nobody is told of events.
func (a *App) replayer() api.Replayer {
	if a.webhook == nil {
		return nil
	}
	return a.webhook
}
