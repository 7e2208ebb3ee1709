package wire

func pushMethods() []Method {
	return []Method{
		{"push.getKey", func() Request { return new(GetPushKey) }, GetPushKeyResult{}},
		{"push.subscribe", func() Request { return new(SubscribePush) }, Empty{}},
		{"push.unsubscribe", func() Request { return new(UnsubscribePush) }, Empty{}},
	}
}

// GetPushKey asks for the key that a browser subscribes with (W3C Push API).
type GetPushKey struct{}

// GetPushKeyResult is the server's VAPID public key (RFC 8292).
type GetPushKeyResult struct {
	// For PushManager.subscribe, base64url.
	ApplicationServerKey string `json:"applicationServerKey"`
}

// SubscribePush says where a browser of the caller's can be reached while no
// page is open: PushSubscription.toJSON() of the W3C Push API. An endpoint is
// one user's at a time: that of who subscribed last. Of a user's subscriptions
// the newest ten are kept.
type SubscribePush struct {
	Endpoint string   `json:"endpoint" wire:"required"`
	Keys     PushKeys `json:"keys" wire:"required"`
	// Of the texts the server makes up, BCP 47: en or zh; en if absent.
	Language string `json:"language,omitempty"`
}

// PushKeys are the browser's keys (RFC 8291), base64url.
type PushKeys struct {
	P256dh string `json:"p256dh"`
	Auth   string `json:"auth"`
}

// UnsubscribePush takes a subscription of the caller's back. One that is not
// there is no error.
type UnsubscribePush struct {
	Endpoint string `json:"endpoint" wire:"required"`
}

func (*GetPushKey) request()      {}
func (*SubscribePush) request()   {}
func (*UnsubscribePush) request() {}
