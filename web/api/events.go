package api

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"callsvc/call"
)

// Events are what other systems are told, in order. Implemented by the store.
type Events interface {
	Callbacks(ctx context.Context, after int64, limit int) ([]call.Callback, error)
	DeadCallbacks(ctx context.Context, after int64, limit int) ([]call.DeadCallback, error)
}

// A Replayer tells the webhook again. Implemented by webhook.Deliverer.
type Replayer interface {
	Replay(ctx context.Context, from, to int64, deadOnly bool) (int64, error)
}

// How many events a page has.
const (
	defaultEvents = 100
	maxEvents     = 1000
)

// eventPage is one page of events. Last goes into the next question as after.
type eventPage[T any] struct {
	Events []T   `json:"events"`
	Last   int64 `json:"last"`
}

func (a *api) listEvents(r *http.Request, _ call.Caller) (any, error) {
	return eventsAfter(r, a.Events.Callbacks, func(c call.Callback) int64 { return c.Seq })
}

func (a *api) listDead(r *http.Request, _ call.Caller) (any, error) {
	return eventsAfter(r, a.Events.DeadCallbacks, func(c call.DeadCallback) int64 { return c.Seq })
}

func eventsAfter[T any](
	r *http.Request, read func(ctx context.Context, after int64, limit int) ([]T, error), seq func(T) int64,
) (any, error) {
	values := r.URL.Query()
	if err := checkNames(values, "after", "limit"); err != nil {
		return nil, err
	}
	after, err := afterOf(values)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(values)
	if err != nil {
		return nil, err
	}
	switch {
	case limit == 0:
		limit = defaultEvents
	case limit > maxEvents:
		return nil, invalid("limit must be 1 to %d", maxEvents)
	}
	found, err := read(r.Context(), after, limit)
	if err != nil {
		return nil, err
	}
	page := eventPage[T]{Events: found, Last: after}
	if n := len(found); n > 0 {
		page.Last = seq(found[n-1])
	} else {
		page.Events = []T{}
	}
	return page, nil
}

func afterOf(values url.Values) (int64, error) {
	text := values.Get("after")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, invalid("after %v", must("the number of an event, or 0"))
	}
	return n, nil
}

// replayed answers a replay.
type replayed struct {
	Count int64 `json:"count"`
}

func (a *api) replay(r *http.Request, _ call.Caller) (any, error) {
	asked := struct {
		From int64 `json:"from"`
		To   int64 `json:"to"`
		All  bool  `json:"all"`
	}{From: 1, To: math.MaxInt64}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	switch {
	case a.Webhook == nil:
		return nil, invalid("nobody is told of events: start the server with --webhook-url")
	case asked.From < 1 || asked.To < asked.From:
		return nil, invalid("from and to must be numbers of events, from no greater than to")
	}
	n, err := a.Webhook.Replay(r.Context(), asked.From, asked.To, !asked.All)
	return replayed{n}, err
}
