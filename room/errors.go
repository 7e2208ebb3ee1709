package room

import (
	"errors"

	"callsvc/call"
)

// errAskAgain: the room was free when the gate was asked and no longer is.
var errAskAgain = errors.New("room: somebody else was faster")

func errRoomID(id call.RoomID) error {
	return call.Errorf(call.CodeInvalidParameter, "roomID %.80q is not 1 to 64 characters of [A-Za-z0-9_.:-]", string(id))
}

func errNotInRoom(id call.RoomID) error {
	return call.Errorf(call.CodeNotInRoom, "this session is not in room %s; enter it first", id)
}

func errReplaced(id call.RoomID) error {
	return call.Errorf(call.CodeNotInRoom, "room %s was left, or entered anew, while this was under way", id)
}

func errDraining() error {
	return call.Errorf(call.CodeDraining, "the server is about to stop and opens no rooms; connect again to reach another")
}
