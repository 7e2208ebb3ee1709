package whip

import (
	"context"
	"net/http"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Authenticator says who makes a request, by its bearer token, and when that
// expires.
type Authenticator interface {
	Identify(*http.Request) (who call.Caller, expires time.Time, err error)
}

// Rooms are what participants enter. Implemented by room.Service.
type Rooms interface {
	Enter(context.Context, call.Caller, *wire.EnterRoom) (wire.EnterRoomResult, error)
	Offer(context.Context, call.Caller, *wire.OfferRoom) (wire.OfferRoomResult, error)
	SetViews(context.Context, call.Caller, *wire.SetViews) (wire.Empty, error)
	Exit(context.Context, call.Caller, *wire.ExitRoom) (wire.Empty, error)
}
