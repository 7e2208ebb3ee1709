package push

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"callsvc/call"
)

const (
	requestTimeout = 10 * time.Second
	firstBackoff   = time.Second    // doubled with each try, where the push service does not say
	missedTTL      = 24 * time.Hour // how long a push service keeps the news of a missed call
)

// try sends to one subscription and notes what is left to do about it.
func (s *Service) try(ctx context.Context, d *delivery, t *target, outcome call.InviteeState) {
	t.tries++
	t.settled = true
	left := time.Until(d.deadline)
	if left <= 0 {
		return
	}
	body, err := d.message(t.sub.Language, outcome)
	if err != nil {
		s.log.Error("a push message could not be written", "inviteID", d.inviteID, "error", err)
		return
	}
	ttl := left
	if missed(outcome) {
		ttl = missedTTL
	}
	r := s.send(ctx, t.sub, body, d.topic(), ttl)
	switch r.verdict {
	case accepted:
		s.counts.accepted.Add(1)
		if outcome == "" {
			s.invitations.PushAccepted(d.inviteID, d.user)
		}
	case gone:
		s.counts.gone.Add(1)
		t.deaf = true
		s.forget(t.sub)
	case later:
		s.counts.retried.Add(1)
		delay := max(r.after, firstBackoff<<(t.tries-1))
		t.next = time.Now().Add(delay)
		t.settled = t.tries >= maxTries || t.next.After(d.deadline)
	case refused:
		s.counts.refused.Add(1)
		t.deaf = true
	}
	if r.err != nil && ctx.Err() == nil {
		// The endpoint is a secret; whose it is and where it points is enough.
		s.log.Warn("a push service did not take a message", "user", d.user, "host", hostOf(t.sub.Endpoint),
			"inviteID", d.inviteID, "tries", t.tries, "last", t.settled, "error", r.err)
	}
}

// forget drops a subscription that its push service does not know any more.
func (s *Service) forget(sub call.PushSubscription) {
	if err := s.store.DropPushSubscription(s.ctx, sub.UserID, sub.Endpoint); err != nil {
		s.log.Error("a push subscription that is gone could not be dropped", "user", sub.UserID, "error", err)
	}
}

// verdict is what a push service made of a message.
type verdict int

const (
	accepted verdict = iota // it will deliver it
	gone                    // there is no such subscription any more
	later                   // try again
	refused                 // do not try again
)

// result is the outcome of one request. err says why it was not accepted.
type result struct {
	verdict verdict
	after   time.Duration // at least, for later
	err     error
}

// send makes one request (RFC 8030 §5).
func (s *Service) send(ctx context.Context, sub call.PushSubscription, body []byte, topic string, ttl time.Duration) result {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	resp, err := webpush.SendNotificationWithContext(ctx, body,
		&webpush.Subscription{Endpoint: sub.Endpoint, Keys: webpush.Keys{P256dh: sub.P256dh, Auth: sub.Auth}},
		&webpush.Options{
			HTTPClient: s.client, Topic: topic, Urgency: webpush.UrgencyHigh, TTL: int((ttl + time.Second - 1) / time.Second),
			// The library writes mailto: itself.
			Subscriber:     strings.TrimPrefix(s.opts.Subject, "mailto:"),
			VAPIDPublicKey: s.opts.Keys.Public, VAPIDPrivateKey: s.opts.Keys.Private,
		})
	if err != nil {
		return failed(err)
	}
	if err := resp.Body.Close(); err != nil {
		return failed(err)
	}
	return answered(resp)
}

// failed reads an error that is no answer.
func failed(err error) result {
	var unreachable *url.Error
	if !errors.As(err, &unreachable) || errors.Is(err, errForbiddenAddress) {
		return result{verdict: refused, err: withoutURL(err)}
	}
	return result{verdict: later, err: withoutURL(err)}
}

// withoutURL takes the endpoint out of an error.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// answered reads an answer (RFC 8030 §5, §7.3, §8.4).
func answered(resp *http.Response) result {
	switch status := resp.StatusCode; {
	case status/100 == 2:
		return result{verdict: accepted}
	case status == http.StatusNotFound, status == http.StatusGone:
		return result{verdict: gone}
	case status == http.StatusTooManyRequests, status/100 == 5:
		return result{verdict: later, after: retryAfter(resp.Header.Get("Retry-After")), err: fmt.Errorf("it answered %d", status)}
	default:
		return result{verdict: refused, err: fmt.Errorf("it answered %d", status)}
	}
}

// retryAfter reads the header of that name (RFC 9110 §10.2.3): seconds or a
// moment; 0 if it is neither, or over.
func retryAfter(header string) time.Duration {
	if n, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// topic makes the messages about one invitation replace each other (RFC 8030
// §5.4: at most 32 characters of base64url).
func (d *delivery) topic() string {
	sum := sha256.Sum256([]byte(d.inviteID))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}
