package conductor

import (
	"context"
	"slices"

	"callsvc/call"
	"callsvc/internal/commit"
)

// UserEntered says that a user's media transport is up in a room. measure
// returns what the SFU measured of them so far and may be called at any time.
func (k *Conductor) UserEntered(room call.RoomID, scene string, user call.UserID, at call.Millis, measure func() call.MediaSummary) {
	k.loop.Post(func(tx *commit.Tx) {
		k.tellEntered(tx, room, user, at)
		if k.present[room] == nil {
			k.present[room] = map[call.UserID]presence{}
		}
		k.present[room][user] = presence{at: at, scene: scene, measure: measure}
		if l := k.byRoom[room]; l != nil {
			l.measure[user] = measure
			k.apply(tx, l, call.Entered{User: user, At: at})
			k.index(l)
		}
	})
}

// UserLeft says that a user is in a room no more; at is when they were there last.
func (k *Conductor) UserLeft(room call.RoomID, user call.UserID, reason call.LeaveReason, at call.Millis) {
	k.loop.Post(func(tx *commit.Tx) {
		_, was := k.present[room][user]
		delete(k.present[room], user)
		if len(k.present[room]) == 0 {
			delete(k.present, room)
		}
		if was {
			k.tellLeft(tx, room, user, reason, at)
		}
		l := k.byRoom[room]
		if l == nil {
			return
		}
		k.apply(tx, l, call.Left{User: user, Reason: reason, At: at})
		delete(l.measure, user)
	})
}

// RoomClosed says that a room was closed under whoever was in it.
func (k *Conductor) RoomClosed(room call.RoomID, result call.Result, at call.Millis) {
	k.loop.Post(func(tx *commit.Tx) {
		if l := k.byRoom[room]; l != nil {
			k.apply(tx, l, call.RoomClosed{Result: result, At: at})
		}
	})
}

// MayEnter reports whether a user may enter a room: an operator, a holder of a
// credential that names it, whoever belongs to its call or to the group it was
// made in; in a room without a
// call whoever opened it or is in it; and anybody where there is neither a call
// nor anyone inside (open is false).
// A guest may enter the room of their token and no other. An error means that
// it cannot be told: ctx has ended, or the loop.
func (k *Conductor) MayEnter(ctx context.Context, who call.Caller, room call.RoomID, open bool) (may bool, err error) {
	if who.Admin || slices.Contains(who.Rooms, room) {
		return true, nil
	}
	if who.Guest {
		return false, nil
	}
	err = k.loop.Ask(ctx, func() {
		if l := k.byRoom[room]; l != nil {
			may = l.Person(who.UserID) != nil || k.inGroup(who.UserID, l.GroupID)
			return
		}
		_, inside := k.rooms.Belongs(room, who.UserID)
		may = inside || !open
	})
	return may, err
}

// CallOf returns the open call that meets in a room, and when it began; empty
// and 0 if there is none, or ctx or the loop has ended.
func (k *Conductor) CallOf(ctx context.Context, room call.RoomID) (id call.ID, startedAt call.Millis) {
	err := k.loop.Ask(ctx, func() {
		if l := k.byRoom[room]; l != nil {
			id, startedAt = l.CallID, l.StartedAt
		}
	})
	if err != nil {
		return "", 0
	}
	return id, startedAt
}

func (k *Conductor) inGroup(user call.UserID, group call.GroupID) bool {
	if group == "" {
		return false
	}
	members, _ := k.groups.Members(group)
	return slices.Contains(members, user)
}
