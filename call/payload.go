package call

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// BusinessID marks an invitation's data as being about a call.
const BusinessID = "av_call"

// Command is what an invitation's data asks for, once read.
type Command string

// The commands of the seed's payload (data.cmd).
const (
	CommandNone          Command = ""
	CommandAudioCall     Command = "audioCall"
	CommandVideoCall     Command = "videoCall"
	CommandHangup        Command = "hangup"
	CommandSwitchToAudio Command = "switchToAudio"
	CommandSwitchToVideo Command = "switchToVideo"
)

// Payload is what an invitation's data, or an answer's, says about a call.
type Payload struct {
	Command Command
	RoomID  RoomID // empty if it names none, or none that is valid
	Type    Media
	Scene   string
	Busy    bool // line_busy, or data.message "lineBusy"
	CallEnd bool // a duration, or cmd hangup: the call is over
	CallID  ID   // data.callID, only in the server's own
	Inviter UserID
}

// Verdict is what those who know calls say of an invitation before it comes to
// be. The zero value lets it be.
type Verdict struct {
	// MergeInto: the inviter is being invited by the invitee this very moment;
	// take this invitation as the acceptance of that one.
	MergeInto InviteID
	// RoomID is where MergeInto's call meets.
	RoomID RoomID
	// EndedBy: this is a client's own call-end, and the server's final
	// invitation for that call has this id. Nothing more is sent.
	EndedBy InviteID
	// CallEnd: this is the end of a call nobody knows. It is delivered, rings
	// nobody and is pending for nobody.
	CallEnd bool
}

// maxPayloadVersion is the newest payload generation we know; newer ones are
// left alone, as the seed's own clients do.
const maxPayloadVersion = 4

type payloadJSON struct {
	Version    float64         `json:"version"`
	BusinessID json.RawMessage `json:"businessID"`
	CallType   float64         `json:"call_type"`
	RoomID     json.RawMessage `json:"room_id"`
	CallEnd    json.RawMessage `json:"call_end"`
	LineBusy   json.RawMessage `json:"line_busy"`
	Switch     json.RawMessage `json:"switch_to_audio_call"`
	Data       struct {
		Command   string          `json:"cmd"`
		Message   string          `json:"message"`
		RoomID    json.RawMessage `json:"room_id"`
		StrRoomID string          `json:"str_room_id"`
		Inviter   string          `json:"inviter"`
		CallID    string          `json:"callID"`
		Scene     string          `json:"scene"`
	} `json:"data"`
}

// ParsePayload reads an invitation's data. It reports false for data that is
// not about a call: signaling carries it all the same. It understands the
// generations of the seed's clients that carry call_type without a businessID.
func ParsePayload(data string) (Payload, bool) {
	var j payloadJSON
	if len(data) == 0 || data[0] != '{' || json.Unmarshal([]byte(data), &j) != nil {
		return Payload{}, false
	}
	var business string
	if j.BusinessID != nil && json.Unmarshal(j.BusinessID, &business) != nil {
		return Payload{}, false
	}
	legacy := j.BusinessID == nil && (j.CallType == 1 || j.CallType == 2)
	if business != BusinessID && !legacy || j.Version > maxPayloadVersion {
		return Payload{}, false
	}
	p := Payload{
		Type: MediaAudio, Scene: j.Data.Scene, CallID: ID(j.Data.CallID), Inviter: UserID(j.Data.Inviter),
		Busy:    present(j.LineBusy) || j.Data.Message == "lineBusy",
		CallEnd: present(j.CallEnd) || j.Data.Command == string(CommandHangup),
	}
	if j.CallType == 2 {
		p.Type = MediaVideo
	}
	p.RoomID = firstRoom(j.RoomID, j.Data.RoomID, j.Data.StrRoomID)
	p.Command = j.command()
	return p, true
}

func (j *payloadJSON) command() Command {
	switch {
	case j.Data.Command != "":
		return Command(j.Data.Command)
	case present(j.Switch):
		return CommandSwitchToAudio
	case present(j.CallEnd):
		return CommandHangup
	case j.CallType == 1:
		return CommandAudioCall
	case j.CallType == 2:
		return CommandVideoCall
	}
	return CommandNone
}

// Rings reports whether the payload asks somebody into a call in a room.
func (p Payload) Rings() bool {
	return p.RoomID != "" && !p.CallEnd && p.Command != CommandSwitchToAudio && p.Command != CommandSwitchToVideo
}

func present(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// firstRoom picks the room named by the root's room_id, else data's, else
// data's str_room_id. A numeric room is the same as its decimal string; 0 is none.
func firstRoom(root, nested json.RawMessage, str string) RoomID {
	for _, raw := range []json.RawMessage{root, nested} {
		if id := roomOf(raw); id != "" {
			return id
		}
	}
	if id := RoomID(str); id.Valid() {
		return id
	}
	return ""
}

func roomOf(raw json.RawMessage) RoomID {
	if !present(raw) {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		if id := RoomID(s); id.Valid() {
			return id
		}
		return ""
	}
	var f float64
	if json.Unmarshal(raw, &f) != nil || f <= 0 || f > math.MaxUint32 || f != math.Trunc(f) {
		return ""
	}
	return RoomID(strconv.FormatUint(uint64(f), 10))
}

// endPayload is the data of a final call-end invitation (seed, use case step 5).
type endPayload struct {
	Version    int    `json:"version"`
	BusinessID string `json:"businessID"`
	CallType   int    `json:"call_type"`
	RoomID     uint32 `json:"room_id,omitempty"`
	CallEnd    int64  `json:"call_end"`
	Data       struct {
		Command   string `json:"cmd"`
		Info      string `json:"cmdInfo"`
		Inviter   UserID `json:"inviter"`
		CallID    ID     `json:"callID"`
		StrRoomID RoomID `json:"str_room_id,omitempty"`
		Message   string `json:"message"`
	} `json:"data"`
}

// EndData is the data of the call's final call-end invitation.
func (c *Call) EndData() string {
	e := endPayload{Version: maxPayloadVersion, BusinessID: BusinessID, CallType: 1, CallEnd: c.Seconds()}
	if c.Type == MediaVideo {
		e.CallType = 2
	}
	if n, ok := c.RoomID.number(); ok {
		e.RoomID = n
	} else {
		e.Data.StrRoomID = c.RoomID
	}
	e.Data.Command = string(CommandHangup)
	e.Data.Info = strconv.FormatInt(c.Seconds(), 10)
	e.Data.Inviter, e.Data.CallID = c.Inviter, c.CallID
	b, err := json.Marshal(e)
	if err != nil { // a struct of strings and integers always encodes
		panic(err)
	}
	return string(b)
}
