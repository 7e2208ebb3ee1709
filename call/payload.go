package call

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// BusinessID marks an invitation's data as being about a call.
const BusinessID = "av_call"

// laterBusinessID is what the fourth generation of TUICalling's clients puts in
// its place.
const laterBusinessID = "rtc_call"

// aboutCall reports whether an application's id is one of calls.
func aboutCall(businessID string) bool {
	return businessID == BusinessID || businessID == laterBusinessID
}

// Command is what an invitation's data asks for, once read.
type Command string

// The commands of TUICalling's payload (data.cmd).
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
// left alone, as TUICalling's own clients do.
const maxPayloadVersion = 4

// payloadJSON is what is read of a payload. A member of another type than any
// generation gave it is as good as absent, so the types are looked at later.
type payloadJSON struct {
	Version    json.RawMessage `json:"version"`
	BusinessID json.RawMessage `json:"businessID"`
	CallType   json.RawMessage `json:"call_type"`
	RoomID     json.RawMessage `json:"room_id"`
	CallEnd    json.RawMessage `json:"call_end"`
	LineBusy   json.RawMessage `json:"line_busy"`
	Switch     json.RawMessage `json:"switch_to_audio_call"`
	CallAction json.RawMessage `json:"call_action"`
	Data       payloadData     `json:"data"`
}

// payloadData is the nested part, which came with the second generation.
type payloadData struct {
	Command   json.RawMessage `json:"cmd"`
	Message   json.RawMessage `json:"message"`
	RoomID    json.RawMessage `json:"room_id"`
	StrRoomID json.RawMessage `json:"str_room_id"`
	Inviter   json.RawMessage `json:"inviter"`
	CallID    json.RawMessage `json:"callID"`
	Scene     json.RawMessage `json:"scene"`
}

// UnmarshalJSON reads an object; anything else is as good as none.
func (d *payloadData) UnmarshalJSON(b []byte) error {
	type plain payloadData
	if b[0] != '{' {
		return nil
	}
	return json.Unmarshal(b, (*plain)(d))
}

// The call_action of the generation before the first, as far as nothing else in
// it says the same.
const (
	callActionHangup       = 5
	callActionBusy         = 6
	callActionSwitch       = 8
	callActionAcceptSwitch = 9
	callActionRejectSwitch = 10
)

// ParsePayload reads an invitation's data. It reports false for data that is
// not about a call: signaling carries it all the same. It understands all
// generations of TUICalling's clients; testdata/payloads.json has an example of
// each, which the client SDK reads alike.
func ParsePayload(data string) (Payload, bool) {
	if len(data) == 0 || data[0] != '{' {
		return Payload{}, false // and nothing was allocated for it
	}
	return parsePayload(data)
}

func parsePayload(data string) (Payload, bool) {
	var j payloadJSON
	if json.Unmarshal([]byte(data), &j) != nil {
		return Payload{}, false
	}
	kind := number(j.CallType)
	legacy := !present(j.BusinessID) && (kind == 1 || kind == 2)
	if !aboutCall(text(j.BusinessID)) && !legacy || number(j.Version) > maxPayloadVersion {
		return Payload{}, false
	}
	action := number(j.CallAction)
	p := Payload{
		Command: j.command(), RoomID: firstRoom(j.RoomID, j.Data.RoomID, j.Data.StrRoomID), Type: MediaAudio,
		Scene: text(j.Data.Scene), CallID: ID(text(j.Data.CallID)), Inviter: UserID(text(j.Data.Inviter)),
		Busy: present(j.LineBusy) || text(j.Data.Message) == "lineBusy" || action == callActionBusy,
	}
	p.CallEnd = present(j.CallEnd) || p.Command == CommandHangup
	if kind == 2 || kind != 1 && p.Command == CommandVideoCall {
		p.Type = MediaVideo
	}
	return p, true
}

func (j *payloadJSON) command() Command {
	action := number(j.CallAction)
	switch cmd := text(j.Data.Command); {
	case cmd != "":
		return Command(cmd)
	case present(j.Switch), action == callActionSwitch, action == callActionAcceptSwitch, action == callActionRejectSwitch:
		return CommandSwitchToAudio
	case present(j.CallEnd), action == callActionHangup:
		return CommandHangup
	case number(j.CallType) == 1:
		return CommandAudioCall
	case number(j.CallType) == 2:
		return CommandVideoCall
	}
	return CommandNone
}

// Rings reports whether the payload asks somebody into a call in a room.
func (p Payload) Rings() bool {
	return p.RoomID != "" && !p.CallEnd && p.Command != CommandSwitchToAudio && p.Command != CommandSwitchToVideo
}

// EndsGroup reports whether an invitation with this payload that is in a group
// and never times out is that group's call-end: the first generations say so by
// naming no room.
func (p Payload) EndsGroup() bool {
	return p.RoomID == "" && (p.Command == CommandAudioCall || p.Command == CommandVideoCall)
}

func present(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// text is a member that is a string, empty if it is none.
func text(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// number is a member that is a number, 0 if it is none.
func number(raw json.RawMessage) float64 {
	var f float64
	if !present(raw) || json.Unmarshal(raw, &f) != nil {
		return 0
	}
	return f
}

// firstRoom picks the room named by the root's room_id, else data's, else
// data's str_room_id.
func firstRoom(root, nested, str json.RawMessage) RoomID {
	for _, id := range []RoomID{roomOf(root), roomOf(nested), RoomID(text(str))} {
		if id.Valid() {
			return id
		}
	}
	return ""
}

// roomOf reads a room_id. A number is the same room as its decimal string; 0 is
// none.
func roomOf(raw json.RawMessage) RoomID {
	if n := number(raw); n > 0 && n <= math.MaxUint32 && n == math.Trunc(n) {
		return RoomID(strconv.FormatUint(uint64(n), 10))
	}
	return RoomID(text(raw))
}

// endPayload is the data of a final call-end invitation (TUICalling's hangup).
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
