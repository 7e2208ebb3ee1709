package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/internal/app"
	"callsvc/signaling/wire"
)

// pair is a certificate in files.
type pair struct{ chain, key string }

func newPair(t *testing.T) pair {
	t.Helper()
	dir := t.TempDir()
	return pair{filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem")}
}

// write makes a certificate of that name, as of some moment.
func (p pair) write(t *testing.T, name string, at time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(crand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{
		p.chain: {Type: "CERTIFICATE", Bytes: der}, p.key: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARenewedCertificateIsUsedWithoutARestart(t *testing.T) {
	p := newPair(t)
	p.write(t, "old.test", time.Unix(1000, 0))
	synctest.Test(t, func(t *testing.T) {
		c, err := app.OpenCertificate(p.chain, p.key)
		if err != nil {
			t.Fatal(err)
		}
		serves := func(want string) {
			t.Helper()
			time.Sleep(10 * time.Second)
			got, err := c.GetCertificate(nil)
			if err != nil {
				t.Fatal(err)
			}
			if name := got.Leaf.Subject.CommonName; name != want {
				t.Errorf("serves the certificate of %s, want %s", name, want)
			}
		}
		serves("old.test")
		p.write(t, "new.test", time.Unix(2000, 0))
		serves("new.test")
		if err := os.WriteFile(p.key, []byte("half of a ke"), 0o600); err != nil {
			t.Fatal(err)
		}
		serves("new.test")
		p.write(t, "newer.test", time.Unix(3000, 0))
		serves("newer.test")
	})
}

// freePort is a TCP port nobody uses now: one below those that the kernel gives
// to whoever names none, or it might be somebody's before the server has it.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(10_000 + rand.N(22_000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

func TestOnePortServesHTTPSAndHTTP(t *testing.T) {
	p := newPair(t)
	p.write(t, "localhost", time.Now())
	port := freePort(t)
	a, _ := start(t, "--listen=127.0.0.1:"+port, "--node-ip=127.0.0.1", "--tls-certificate="+p.chain, "--tls-key="+p.key,
		"--turn-domain=localhost", "--turn-tls-port="+port, "--turn-tcp-port="+port, "--tcp-port="+port)
	insecure := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer insecure.CloseIdleConnections()
	for _, scheme := range []string{"http", "https"} {
		resp, err := insecure.Get(scheme + "://127.0.0.1:" + port + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s, %v", scheme, resp.Status, err)
		}
	}
	res, err := a.Handle(t.Context(), call.Caller{UserID: "ana"}, &wire.GetICEServers{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"turn:localhost:` + port + `?transport=tcp","turns:localhost:` + port + `?transport=tcp"`, `:ana"`, `"iceServersExpireAt":`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %s in %s", part, text)
		}
	}
}
