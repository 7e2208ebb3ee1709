package app

import (
	"context"
	"fmt"
	"time"

	"callsvc/call"
	"callsvc/internal/commit"
	"callsvc/signaling/session"
)

// Revoke ends every session of a user, at once, and refuses the credentials of
// theirs that were issued before a moment, for good; 0 is now. Their browsers
// that subscribed before it are pushed to no more. It returns the revocation.
// Operators may. Errors: CodeGroupPermission, CodeInvalidParameter; after any
// other it may be done again.
//
// A credential says in whole seconds when it was issued. So that one issued
// after Revoke has returned is good and all before are not, now means the end
// of the second that runs, and Revoke returns when it is over.
func (a *App) Revoke(ctx context.Context, who call.Caller, user call.UserID, at call.Millis) (call.Revocation, error) {
	now := time.Now()
	switch {
	case !who.Admin:
		return call.Revocation{}, call.Errorf(call.CodeGroupPermission, "revoking credentials is for operators: use an operator's token")
	case !user.Valid():
		return call.Revocation{}, call.Errorf(call.CodeInvalidParameter, "userID: not a user id (1 to 32 of A-Z a-z 0-9 _ -)")
	case at < 0 || at > call.MillisOf(now):
		return call.Revocation{}, call.Errorf(call.CodeInvalidParameter, "at: must be a moment of the past in Unix milliseconds; leave it out for now")
	case at == 0:
		at = call.MillisOf(now.Truncate(time.Second).Add(time.Second))
	}
	r := call.Revocation{UserID: user, At: at}
	err := a.loop.Do(ctx, func(tx *commit.Tx) error {
		tx.Save(call.SaveRevocation{Revocation: r})
		tx.After(func() {
			a.revoked.Revoke(r)
			a.hub.Kick(user, session.KickRevoked)
			a.whip.Kick(user)
		})
		return nil
	})
	if err != nil {
		return call.Revocation{}, err
	}
	if err := a.store.DropPushSubscriptionsBefore(ctx, user, at); err != nil {
		return call.Revocation{}, err
	}
	a.log.Info("credentials revoked", "userID", user, "at", at, "by", who.UserID)
	select {
	case <-time.After(time.Until(at.Time())):
		return r, nil
	case <-ctx.Done():
		return call.Revocation{}, fmt.Errorf("wait for the second to end: %w", ctx.Err())
	}
}
