package media

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
)

// newCertificate makes the DTLS certificate and its fingerprint (RFC 8122). The
// fingerprint is in every answer, so nobody needs to trust the certificate's
// name; it must only outlive the process.
func newCertificate() (tls.Certificate, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("generate DTLS key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("generate DTLS serial number: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "WebRTC"}, Issuer: pkix.Name{CommonName: "WebRTC"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(10, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("make DTLS certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("read DTLS certificate: %w", err)
	}
	sum, err := fingerprint.Fingerprint(parsed, crypto.SHA256)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("fingerprint of the DTLS certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}, "sha-256 " + strings.ToUpper(sum), nil
}

// matchFingerprint refuses a certificate that has none of the offered fingerprints.
func matchFingerprint(certificates [][]byte, offered []string) error {
	if len(certificates) == 0 {
		return errors.New("no certificate was shown")
	}
	shown, err := x509.ParseCertificate(certificates[0])
	if err != nil {
		return fmt.Errorf("read the certificate that was shown: %w", err)
	}
	for _, value := range offered {
		name, want, _ := strings.Cut(value, " ")
		hash, err := fingerprint.HashFromString(strings.ToLower(name))
		if err != nil {
			continue // parseOffer knows the hash, so this is another's
		}
		sum, err := fingerprint.Fingerprint(shown, hash)
		if err == nil && strings.EqualFold(sum, want) {
			return nil
		}
	}
	return errors.New("the certificate that was shown is not the one whose fingerprint was offered")
}

// newCredentials makes those of an ICE agent: 72 and 192 bits.
func newCredentials() credentials {
	b := make([]byte, 33)
	rand.Read(b) // never fails (crypto/rand)
	return credentials{base64.RawStdEncoding.EncodeToString(b[:9]), base64.RawStdEncoding.EncodeToString(b[9:])}
}
