package whip

import (
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Authenticator says who makes a request, by its bearer token.
type Authenticator interface {
	Authenticate(*http.Request) (call.Caller, error)
}

// Rooms are what participants enter. Implemented by room.Service.
type Rooms interface {
	Enter(context.Context, call.Caller, *wire.EnterRoom) (wire.EnterRoomResult, error)
	Offer(context.Context, call.Caller, *wire.OfferRoom) (wire.OfferRoomResult, error)
	SetViews(context.Context, call.Caller, *wire.SetViews) (wire.Empty, error)
	Exit(context.Context, call.Caller, *wire.ExitRoom) (wire.Empty, error)
}
