package push

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"strings"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

const (
	maxSubscriptions = 10 // of one user; the oldest goes
	authBytes        = 16 // RFC 8291 §3.2
	maxLanguageBytes = 35 // RFC 5646 §4.4.1
	maxKeyBytes      = 256
)

// Key returns what a browser subscribes with.
func (s *Service) Key() wire.GetPushKeyResult {
	return wire.GetPushKeyResult{ApplicationServerKey: s.opts.Keys.Public}
}

// Subscribe keeps where a browser of the caller's can be reached. Errors:
// CodeInvalidParameter.
func (s *Service) Subscribe(ctx context.Context, who call.Caller, p *wire.SubscribePush) (wire.Empty, error) {
	if err := checkEndpoint(p.Endpoint, s.opts.Dev); err != nil {
		return wire.Empty{}, err
	}
	if err := checkKeys(p.Keys); err != nil {
		return wire.Empty{}, err
	}
	if len(p.Language) > maxLanguageBytes {
		return wire.Empty{}, call.Errorf(call.CodeInvalidParameter, "language: not a language tag; send en or zh")
	}
	return wire.Empty{}, s.store.SavePushSubscription(ctx, call.PushSubscription{
		UserID: who.UserID, Endpoint: p.Endpoint, P256dh: p.Keys.P256dh, Auth: p.Keys.Auth,
		Language: languageOf(p.Language), CreatedAt: call.MillisOf(time.Now()),
	}, maxSubscriptions)
}

// Unsubscribe forgets a subscription of the caller's.
func (s *Service) Unsubscribe(ctx context.Context, who call.Caller, p *wire.UnsubscribePush) (wire.Empty, error) {
	if len(p.Endpoint) > maxEndpointBytes || strings.ContainsRune(p.Endpoint, 0) {
		return wire.Empty{}, nil // there is none such
	}
	return wire.Empty{}, s.store.DropPushSubscription(ctx, who.UserID, p.Endpoint)
}

// checkKeys refuses what nothing can be encrypted with.
func checkKeys(k wire.PushKeys) error {
	point, err := decodeKey(k.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return call.Errorf(call.CodeInvalidParameter, "keys.p256dh: not an uncompressed point of P-256 in base64url")
	}
	if secret, err := decodeKey(k.Auth); err != nil || len(secret) != authBytes {
		return call.Errorf(call.CodeInvalidParameter, "keys.auth: not %d bytes in base64url", authBytes)
	}
	return nil
}

func decodeKey(key string) ([]byte, error) {
	if len(key) > maxKeyBytes {
		return nil, base64.CorruptInputError(maxKeyBytes)
	}
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(key, "="))
}
