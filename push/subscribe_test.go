package push_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"callsvc/call"
	"callsvc/push"
	"callsvc/signaling/wire"
)

// subscription is one of a browser, changed.
func subscription(tb testing.TB, change func(*wire.SubscribePush)) *wire.SubscribePush {
	tb.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	sub := &wire.SubscribePush{Endpoint: origin + "/1", Keys: wire.PushKeys{
		P256dh: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), Auth: base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
	}}
	if change != nil {
		change(sub)
	}
	return sub
}

func endpoint(url string) func(*wire.SubscribePush) {
	return func(s *wire.SubscribePush) { s.Endpoint = url }
}

func TestOnlyWhatAMessageCanBeSentToIsKept(t *testing.T) {
	tests := []struct {
		name   string
		change func(*wire.SubscribePush)
		ok     bool
	}{
		{"a browser's own", nil, true},
		{"another port", endpoint("https://push.example:8443/1?a=b"), true},
		{"padded keys", func(s *wire.SubscribePush) { s.Keys.Auth += "==" }, true},
		{"without TLS", endpoint("http://push.example/1"), false},
		{"another protocol", endpoint("ftp://push.example/1"), false},
		{"no URL", endpoint("push"), false},
		{"no host", endpoint("https:///1"), false},
		{"an opaque one", endpoint("https:push.example"), false},
		{"a password", endpoint("https://me:secret@push.example/1"), false},
		{"a fragment", endpoint("https://push.example/1#2"), false},
		{"one without end", endpoint("https://push.example/" + strings.Repeat("x", push.MaxEndpointBytes)), false},
		{"this machine", endpoint("https://127.0.0.1/1"), false},
		{"this machine in IPv6", endpoint("https://[::1]/1"), false},
		{"this machine in both", endpoint("https://[::ffff:127.0.0.1]/1"), false},
		{"a private network", endpoint("https://10.0.0.7/1"), false},
		{"a cloud's metadata", endpoint("https://169.254.169.254/latest"), false},
		{"a provider's network", endpoint("https://100.64.0.1/1"), false},
		{"a private one in IPv6", endpoint("https://[fd00::1]/1"), false},
		{"a private one behind NAT64", endpoint("https://[64:ff9b::a00:7]/1"), false},
		{"everybody", endpoint("https://255.255.255.255/1"), false},
		{"nobody", endpoint("https://0.0.0.0/1"), false},
		{"no key", func(s *wire.SubscribePush) { s.Keys.P256dh = "" }, false},
		{"a key that is no point", func(s *wire.SubscribePush) { s.Keys.P256dh = strings.Repeat("A", 87) }, false},
		{"a short secret", func(s *wire.SubscribePush) { s.Keys.Auth = "AAAA" }, false},
		{"a secret without end", func(s *wire.SubscribePush) { s.Keys.Auth = strings.Repeat("A", 1<<20) }, false},
		{"a language without end", func(s *wire.SubscribePush) { s.Language = strings.Repeat("z", 36) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stalled(t, func(t *testing.T, w *world) {
				_, err := w.Subscribe(t.Context(), call.Caller{UserID: "bo"}, subscription(t, tt.change))
				if tt.ok != (err == nil) || !tt.ok && call.CodeOf(err) != call.CodeInvalidParameter {
					t.Errorf("err = %v", err)
				}
				if kept := len(w.store.subs) == 1; kept != tt.ok {
					t.Errorf("kept: %v", w.store.subs)
				}
			})
		})
	}
}

func TestAUserTakesTheirSubscriptionBack(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		phone := w.subscribe("bo", "")
		take := func(user call.UserID, endpoint string) {
			t.Helper()
			if _, err := w.Unsubscribe(t.Context(), call.Caller{UserID: user}, &wire.UnsubscribePush{Endpoint: endpoint}); err != nil {
				t.Fatal(err)
			}
		}
		take("ana", phone.Endpoint)
		take("bo", strings.Repeat("x", 1<<20))
		take("bo", phone.Endpoint+"\x00")
		equal(t, "nobody else does", len(w.store.subs), 1)
		take("bo", phone.Endpoint)
		w.invite(nil)
		quiet(t, phone)
	})
}

func TestAUserHasTenBrowsers(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		first := w.subscribe("bo", "")
		for range push.MaxSubscriptions {
			w.subscribe("bo", "")
		}
		w.invite(nil)
		quiet(t, first)
		equal(t, "accepted", w.Stats().Accepted, int64(push.MaxSubscriptions))
	})
}

func TestKeysMustBeAPair(t *testing.T) {
	first, err := push.StoredKeys(t.Context(), keyless{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := push.StoredKeys(t.Context(), keyless{})
	if err != nil {
		t.Fatal(err)
	}
	if err := push.CheckKeys(first); err != nil {
		t.Errorf("a pair: %v", err)
	}
	for _, wrong := range []call.PushKeys{
		{Public: first.Public, Private: second.Private}, {Public: first.Public, Private: "AAAA"}, {Public: first.Public, Private: "?"}, {},
	} {
		if push.CheckKeys(wrong) == nil {
			t.Errorf("%v is taken for a pair", wrong)
		}
	}
}
