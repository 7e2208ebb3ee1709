package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"callsvc/call"
)

// requestTimeout is how long a receiver may take to answer, as TRTC has it.
const requestTimeout = 5 * time.Second

// maxAnswerBytes is how much of an answer is read; TRTC allows as much.
const maxAnswerBytes = 2000

// HTTP sends callbacks by POST. Make one with NewHTTP.
type HTTP struct {
	url      url.URL
	secret   []byte
	sdkAppID string
	client   *http.Client
}

// NewHTTP makes a sender to an http or https URL that signs with secret.
func NewHTTP(to url.URL, secret string, sdkAppID uint32) *HTTP {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxConnsPerHost = maxInFlight
	transport.MaxIdleConnsPerHost = maxInFlight
	transport.MaxResponseHeaderBytes = 16 << 10
	return &HTTP{
		url: to, secret: []byte(secret), sdkAppID: strconv.FormatUint(uint64(sdkAppID), 10),
		client: &http.Client{
			Transport: transport, Timeout: requestTimeout,
			// Elsewhere may be a place the operator did not mean.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Send delivers one callback. It is taken when the answer's status is 2xx.
func (h *HTTP) Send(ctx context.Context, cb call.Callback) error {
	to := h.url
	q := to.Query()
	q.Set("SdkAppid", h.sdkAppID)
	q.Set("CallbackCommand", cb.Event)
	q.Set("contenttype", "json")
	to.RawQuery = q.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(cb.Body))
	if err != nil {
		return fmt.Errorf("send a callback: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("SdkAppId", h.sdkAppID)
	r.Header.Set("Sign", Sign(h.secret, cb.Body))
	r.Header.Set("Idempotency-Key", strconv.FormatInt(cb.Seq, 10))
	answer, err := h.client.Do(r)
	if refused := (*url.Error)(nil); errors.As(err, &refused) {
		err = refused.Err // without the URL, which may carry a secret in its query
	}
	if err != nil {
		return fmt.Errorf("send a callback: %w", err)
	}
	// What is left unread costs the connection, no more.
	_, readErr := io.CopyN(io.Discard, answer.Body, maxAnswerBytes)
	if readErr == io.EOF {
		readErr = nil
	}
	closeErr := answer.Body.Close()
	switch {
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return fmt.Errorf("the receiver answered %s", answer.Status)
	case readErr != nil:
		return fmt.Errorf("read the receiver's answer: %w", readErr)
	}
	return closeErr
}

// Sign is the signature of a callback's body: base64 of its HMAC-SHA256 under
// the secret (TRTC's event callbacks).
func Sign(secret, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
