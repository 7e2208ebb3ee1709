package api

import (
	"cmp"
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// Messages are sent to users and groups. Implemented by im.Service.
type Messages interface {
	Send(ctx context.Context, who call.Caller, p *wire.SendMessage) (wire.SendMessageResult, error)
	Announce(ctx context.Context, who call.Caller, group call.GroupID, data string, to []call.UserID) (wire.Empty, error)
}

// sendMessage sends in the name of a user, or in the operator's own (TIM
// From_Account). An operator's message reaches a group whoever it is from.
func (a *api) sendMessage(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		wire.SendMessage
		From call.UserID `json:"from"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	from := cmp.Or(asked.From, caller.UserID)
	if !from.Valid() {
		return nil, invalid("from: not a user id (1 to 32 of A-Z a-z 0-9 _ -)")
	}
	return a.Messages.Send(r.Context(), call.Caller{UserID: from, Admin: true}, &asked.SendMessage)
}

// announce tells a group's members something that is no message.
func (a *api) announce(r *http.Request, caller call.Caller) (any, error) {
	var asked struct {
		Data    string        `json:"data"`
		Members []call.UserID `json:"members"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	return a.Messages.Announce(r.Context(), caller, groupOf(r), asked.Data, asked.Members)
}
