package testkit_test

import (
	"crypto/ecdh"
	"encoding/base64"
	"testing"

	"callsvc/internal/testkit"
)

// The example of RFC 8291 section 5.
func TestAPushMessageIsDecryptedAsTheRFCSays(t *testing.T) {
	decode := func(text string) []byte {
		t.Helper()
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	private, err := ecdh.P256().NewPrivateKey(decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
	if err != nil {
		t.Fatal(err)
	}
	secret := decode("BTBZMqHH6r4Tts7J_aSIgg")
	body := decode("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w" +
		"EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	plain, err := testkit.DecryptPush(private, secret, body)
	if err != nil || string(plain) != "When I grow up, I want to be a watermelon" {
		t.Fatalf("%q, %v", plain, err)
	}
	body[len(body)-1] ^= 1
	if _, err := testkit.DecryptPush(private, secret, body); err == nil {
		t.Error("a message that was changed is decrypted")
	}
}
