package api

import (
	"context"
	"net/http"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// An AnswerAuthenticator says who may answer an invitation, from an answer
// token. Its errors are answers as those of an Authenticator are.
type AnswerAuthenticator interface {
	AuthenticateAnswer(*http.Request, call.InviteID) (call.Caller, error)
}

// Invitations answers invitations. Implemented by signaling.Service.
type Invitations interface {
	Reject(context.Context, call.Caller, *wire.Reject) (wire.Empty, error)
}

// rejectInvitation is the Decline button of a notification, which has no page
// and so no session.
func (a *api) rejectInvitation(w http.ResponseWriter, r *http.Request) error {
	id := call.InviteID(r.PathValue("inviteID"))
	caller, err := a.Answers.AuthenticateAnswer(r, id)
	if err != nil {
		return err
	}
	var answer struct {
		Data string `json:"data"`
	}
	if err := decode(r, &answer); err != nil {
		return err
	}
	result, err := a.Invitations.Reject(r.Context(), caller, &wire.Reject{InviteID: id, Data: answer.Data})
	if err != nil {
		return err
	}
	return respond(w, http.StatusOK, result)
}
