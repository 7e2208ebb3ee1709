package call

// PushSubscription is where a user's browser can be reached while no page of
// theirs is open (W3C Push API, PushSubscription).
type PushSubscription struct {
	UserID    UserID
	Endpoint  string // of the push service; who knows it can send to it, so it is a secret
	P256dh    string // the browser's public key, base64url (RFC 8291)
	Auth      string // the browser's authentication secret, base64url (RFC 8291)
	Language  string // BCP 47, of the texts we make up; empty = English
	CreatedAt Millis
}

// PushKeys are what push services know this server by (VAPID, RFC 8292): a pair
// of P-256, base64url.
type PushKeys struct {
	Public  string
	Private string
}
