package sqlstore_test

import (
	"fmt"
	"testing"

	"callsvc/call"
)

// pushStories are what a store must do about Web Push.
func pushStories() []story {
	return []story{
		{"a push subscription is kept until it is dropped", pushSubscriptionKept},
		{"an endpoint is that of who subscribed last", pushEndpointMoves},
		{"of too many push subscriptions the oldest goes", pushSubscriptionsBounded},
		{"push subscriptions of before a moment are dropped", pushSubscriptionsDropped},
		{"push keys are made once", pushKeysMadeOnce},
	}
}

func subscription(user call.UserID, endpoint string, at call.Millis) call.PushSubscription {
	return call.PushSubscription{UserID: user, Endpoint: endpoint, P256dh: "key", Auth: "secret", Language: "zh", CreatedAt: at}
}

func (f *fixture) subscribe(keep int, subs ...call.PushSubscription) {
	f.t.Helper()
	for _, sub := range subs {
		if err := f.SavePushSubscription(f.t.Context(), sub, keep); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *fixture) subscriptions(user call.UserID) []call.PushSubscription {
	f.t.Helper()
	return get[[]call.PushSubscription](f.t)(f.PushSubscriptions(f.t.Context(), user))
}

func pushSubscriptionKept(t *testing.T, f *fixture) {
	first, second := subscription("ana", "https://push.example/1", 1), subscription("ana", "https://push.example/2", 2)
	f.subscribe(10, first, second, subscription("bo", "https://push.example/3", 3))
	f.restart()
	equal(t, "newest first", f.subscriptions("ana"), []call.PushSubscription{second, first})
	for _, user := range []call.UserID{"bo", "ana"} {
		if err := f.DropPushSubscription(t.Context(), user, first.Endpoint); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "one is dropped", f.subscriptions("ana"), []call.PushSubscription{second})
	equal(t, "bo's stays", len(f.subscriptions("bo")), 1)
}

func pushEndpointMoves(t *testing.T, f *fixture) {
	f.subscribe(10, subscription("ana", "https://push.example/1", 1))
	again := subscription("bo", "https://push.example/1", 2)
	again.P256dh, again.Auth, again.Language = "another", "other", ""
	f.subscribe(10, again)
	equal(t, "ana has none", len(f.subscriptions("ana")), 0)
	equal(t, "bo's", f.subscriptions("bo"), []call.PushSubscription{again})
	if err := f.DropPushSubscription(t.Context(), "ana", again.Endpoint); err != nil {
		t.Fatal(err)
	}
	equal(t, "not ana's to drop", len(f.subscriptions("bo")), 1)
}

func pushSubscriptionsBounded(t *testing.T, f *fixture) {
	f.subscribe(10, subscription("bo", "https://push.example/bo", 0))
	for i := range 5 {
		f.subscribe(3, subscription("ana", fmt.Sprintf("https://push.example/%d", i), call.Millis(i)))
	}
	var kept []call.Millis
	for _, sub := range f.subscriptions("ana") {
		kept = append(kept, sub.CreatedAt)
	}
	equal(t, "kept", kept, []call.Millis{4, 3, 2})
	equal(t, "bo's", len(f.subscriptions("bo")), 1)
}

func pushKeysMadeOnce(t *testing.T, f *fixture) {
	first := call.PushKeys{Public: "p1", Private: "s1"}
	equal(t, "the first", get[call.PushKeys](t)(f.PushKeys(t.Context(), first)), first)
	f.restart()
	equal(t, "later", get[call.PushKeys](t)(f.PushKeys(t.Context(), call.PushKeys{Public: "p2", Private: "s2"})), first)
}

func pushSubscriptionsDropped(t *testing.T, f *fixture) {
	f.subscribe(10, subscription("bo", "old", 1000), subscription("bo", "new", 2000), subscription("ana", "hers", 1000))
	if err := f.DropPushSubscriptionsBefore(t.Context(), "bo", 2000); err != nil {
		t.Fatal(err)
	}
	equal(t, "bo's", get[[]call.PushSubscription](t)(f.PushSubscriptions(t.Context(), "bo")), []call.PushSubscription{subscription("bo", "new", 2000)})
	equal(t, "ana's", get[[]call.PushSubscription](t)(f.PushSubscriptions(t.Context(), "ana")), []call.PushSubscription{subscription("ana", "hers", 1000)})
}
