package mediabench

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// LiveKitToken signs what a LiveKit server believes: that a user may join a
// room, publish and subscribe there (a JWT with a video grant).
func LiveKitToken(key, secret, user, room string, ttl time.Duration) (string, error) {
	now := time.Now()
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil { // strings and numbers always encode
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	if key == "" || secret == "" {
		return "", fmt.Errorf("LiveKit needs --api-key and --api-secret")
	}
	signed := part(map[string]string{"alg": "HS256", "typ": "JWT"}) + "." + part(map[string]any{
		"iss": key, "sub": user, "nbf": now.Add(-10 * time.Second).Unix(), "exp": now.Add(ttl).Unix(),
		"video": map[string]any{"room": room, "roomJoin": true, "canPublish": true, "canSubscribe": true},
	})
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed)) // never fails (hash.Hash)
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}
