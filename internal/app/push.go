package app

import (
	"context"

	"callsvc/call"
	"callsvc/internal/config"
	"callsvc/push"
)

// pushKeys are those of the settings, else those the store keeps.
func pushKeys(ctx context.Context, cfg config.Serve, store push.KeyStore) (call.PushKeys, error) {
	if cfg.VAPIDPrivateKey == "" {
		return push.StoredKeys(ctx, store)
	}
	keys := call.PushKeys{Public: cfg.VAPIDPublicKey, Private: string(cfg.VAPIDPrivateKey)}
	return keys, push.CheckKeys(keys)
}

// buildPush makes the part that rings closed pages. Signaling tells it of every
// invitation.
func (a *App) buildPush() {
	a.push = push.New(push.Options{Keys: a.pushKeys, Subject: a.cfg.VAPIDSubject, Dev: a.cfg.Dev},
		a.loop, a.store, a.hub, a.users, a.signaling, a.verifier, a.log)
	a.signaling.Watch(a.push)
}
