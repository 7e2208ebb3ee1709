package push

import (
	"net/http"
	"time"
)

// SendThrough makes requests take another way than the network.
func (s *Service) SendThrough(t http.RoundTripper) { s.client.Transport = t }

// The bounds that tests reach.
const (
	MaxQueue         = maxQueue
	MaxSubscriptions = maxSubscriptions
	MaxEndpointBytes = maxEndpointBytes
)

// RetryAfter reads what a push service asks for.
func RetryAfter(header string) time.Duration { return retryAfter(header) }
