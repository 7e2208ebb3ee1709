package testkit

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// checkVAPID checks who sends (RFC 8292 §2, §4.2).
func checkVAPID(r *http.Request, want string) error {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "vapid ")
	params := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		params[name] = value
	}
	if !ok || params["k"] != want {
		return errors.New("not signed with the key that the browser subscribed with")
	}
	signed, signature, ok := cutLast(params["t"], ".")
	if !ok || !validES256(params["k"], signed, signature) {
		return errors.New("the token's signature is wrong")
	}
	_, payload, _ := strings.Cut(signed, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return fmt.Errorf("the token's claims: %w", err)
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		return fmt.Errorf("the token's claims: %w", err)
	}
	origin := "http://" + r.Host
	if r.URL.Scheme == "https" || r.TLS != nil {
		origin = "https://" + r.Host
	}
	left := time.Until(time.Unix(claims.Exp, 0))
	switch {
	case claims.Aud != origin:
		return fmt.Errorf("aud is %q, want %q", claims.Aud, origin)
	case left <= 0 || left > 24*time.Hour:
		return fmt.Errorf("exp is in %s", left)
	case strings.Count(claims.Sub, ":") != 1 || !strings.HasPrefix(claims.Sub, "mailto:") && !strings.HasPrefix(claims.Sub, "https:"):
		return fmt.Errorf("sub is %q", claims.Sub)
	}
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// validES256 checks a signature (RFC 7518 §3.4).
func validES256(key, signed, signature string) bool {
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return false
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	sig, err2 := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || err2 != nil || len(sig) != 64 {
		return false
	}
	sum := sha256.Sum256([]byte(signed))
	return ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
}

// DecryptPush opens a push message of one record, as the browser with that
// private key and authentication secret does (RFC 8188 §2, RFC 8291 §3.4).
func DecryptPush(private *ecdh.PrivateKey, secret, body []byte) ([]byte, error) {
	const keyBytes = 65
	if len(body) < 21+keyBytes+17 || body[20] != keyBytes {
		return nil, errors.New("the header of the content coding is wrong")
	}
	salt, size, key, sealed := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+keyBytes], body[21+keyBytes:]
	if size < 18 || uint32(len(sealed)) > size {
		return nil, fmt.Errorf("a record of %d bytes, where %d are announced", len(sealed), size)
	}
	gcm, nonce, err := pushCipher(private, secret, salt, key)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	end := bytes.LastIndexFunc(plain, func(r rune) bool { return r != 0 })
	if end < 0 || plain[end] != 2 {
		return nil, errors.New("the last record does not end with its delimiter")
	}
	return plain[:end], nil
}

// pushCipher agrees with the sender on a key and a nonce.
func pushCipher(private *ecdh.PrivateKey, secret, salt, sender []byte) (cipher.AEAD, []byte, error) {
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, nil, fmt.Errorf("the sender's key: %w", err)
	}
	shared, err := private.ECDH(public)
	if err != nil {
		return nil, nil, fmt.Errorf("agree on a key: %w", err)
	}
	info := "WebPush: info\x00" + string(private.PublicKey().Bytes()) + string(sender)
	ikm, err := hkdf.Key(sha256.New, shared, secret, info, 32)
	if err != nil {
		return nil, nil, err
	}
	cek, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, nil, err
	}
	gcm, err := cipher.NewGCM(block)
	return gcm, nonce, err
}
