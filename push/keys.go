package push

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"fmt"

	webpush "github.com/SherClockHolmes/webpush-go"

	"callsvc/call"
)

// KeyStore keeps the keys that the server made for itself.
type KeyStore interface {
	// PushKeys returns the keys that are kept; if there are none, it keeps these.
	PushKeys(ctx context.Context, fresh call.PushKeys) (call.PushKeys, error)
}

// CheckKeys refuses keys that are no pair. Its error says what is wrong with
// which of the two.
func CheckKeys(k call.PushKeys) error {
	secret, err := decodeKey(k.Private)
	if err != nil {
		return errors.New("--vapid-private-key: not base64url")
	}
	private, err := ecdh.P256().NewPrivateKey(secret)
	if err != nil {
		return errors.New("--vapid-private-key: not a private key of P-256 (32 bytes)")
	}
	if base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()) != k.Public {
		return errors.New("--vapid-public-key: does not belong to the private key")
	}
	return nil
}

// StoredKeys returns the store's keys, made at the first call. Browsers
// subscribe with the public one, so new keys would lose every subscription.
func StoredKeys(ctx context.Context, store KeyStore) (call.PushKeys, error) {
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return call.PushKeys{}, fmt.Errorf("make push keys: %w", err)
	}
	return store.PushKeys(ctx, call.PushKeys{Public: public, Private: private})
}
