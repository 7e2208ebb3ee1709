package room

import (
	"slices"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// maxMIDBytes bounds a mid (RFC 8843 mids are short tokens).
const maxMIDBytes = 32

func checkEnter(who call.Caller, req *wire.EnterRoom) error {
	switch {
	case who.SessionID == "":
		return call.Errorf(call.CodeNotLoggedIn, "a room is entered through a session; connect first")
	case !req.RoomID.Valid():
		return errRoomID(req.RoomID)
	case !slices.Contains([]string{"", RoleAnchor, RoleAudience}, req.Role):
		return call.Errorf(call.CodeInvalidParameter, "role %.32q is neither anchor nor audience", req.Role)
	case !slices.Contains([]string{"", SceneCall, SceneMeeting, SceneClass, SceneVoice}, req.Scene):
		return call.Errorf(call.CodeInvalidParameter, "scene %.32q is none of call, meeting, class, voice", req.Scene)
	case req.Offer == "" && len(req.Send) > 0:
		return call.Errorf(call.CodeInvalidParameter, "send describes an offer, and there is none")
	}
	return checkSend(req.Send)
}

func checkSend(send []call.Send) error {
	if len(send) > maxSends {
		return call.Errorf(call.CodeInvalidParameter, "send names %d m-lines; at most %d may send", len(send), maxSends)
	}
	mids, sources := map[string]bool{}, map[call.Source]bool{}
	for _, s := range send {
		switch {
		case !validMID(s.MID) || mids[s.MID]:
			return call.Errorf(call.CodeInvalidParameter, "send: mid %.40q is empty, too long or named twice", s.MID)
		case !validSource(s.Source):
			return call.Errorf(call.CodeInvalidParameter, "send: source %.32q is none of mic, camera, screen, screenAudio", string(s.Source))
		case sources[s.Source]:
			return call.Errorf(call.CodeInvalidParameter, "send: source %s is named twice; there is one stream of each", s.Source)
		}
		mids[s.MID], sources[s.Source] = true, true
	}
	return nil
}

func checkViews(views []call.View, maxSlots int) error {
	if len(views) > maxSlots {
		return call.Errorf(call.CodeInvalidParameter, "%d views; there can be at most %d slots", len(views), maxSlots)
	}
	mids := map[string]bool{}
	for _, v := range views {
		switch {
		case !validMID(v.MID) || mids[v.MID]:
			return call.Errorf(call.CodeInvalidParameter, "views: mid %.40q is empty, too long or named twice", v.MID)
		case v.UserID != "" && !v.UserID.Valid():
			return call.Errorf(call.CodeInvalidParameter, "views: userID %.40q is not 1 to 32 characters of [A-Za-z0-9_-]", string(v.UserID))
		case v.UserID != "" && !validSource(v.Stream):
			return call.Errorf(call.CodeInvalidParameter, "views: stream %.32q is none of camera, screen, mic, screenAudio", string(v.Stream))
		case v.Height < 0:
			return call.Errorf(call.CodeInvalidParameter, "views: height %d is negative", v.Height)
		}
		mids[v.MID] = true
	}
	return nil
}

func validSource(s call.Source) bool {
	return slices.Contains([]call.Source{call.SourceMic, call.SourceCamera, call.SourceScreen, call.SourceScreenAudio}, s)
}

func validMID(mid string) bool { return mid != "" && len(mid) <= maxMIDBytes }
