package call

import "strconv"

// KitInfoAttribute is the group attribute that tells a group's members of the
// call that runs in it (TUICallKit's key). The server keeps it; nobody else may.
const KitInfoAttribute = "inner_attr_kit_info"

// The kinds of room_id in a kitInfo.
const (
	roomIDInt    = 1
	roomIDString = 2
)

type kitInfo struct {
	BusinessType string    `json:"business_type"`
	CallID       ID        `json:"call_id"`
	GroupID      GroupID   `json:"group_id"`
	RoomID       any       `json:"room_id"` // a number if it is one, as in call data
	RoomIDType   int       `json:"room_id_type"`
	MediaType    Media     `json:"call_media_type"`
	Users        []kitUser `json:"user_list"`
}

type kitUser struct {
	UserID UserID `json:"userid"`
}

// KitInfo is the value of KitInfoAttribute while this call runs in its group:
// JSON that says where it is and who is in it. Empty if nobody is.
func (c *Call) KitInfo() string {
	info := kitInfo{
		BusinessType: "callkit", CallID: c.CallID, GroupID: c.GroupID,
		RoomID: c.RoomID, RoomIDType: c.RoomID.kind(), MediaType: c.Type,
	}
	if n, ok := c.RoomID.number(); ok {
		info.RoomID = n
	}
	for _, u := range c.Inside() {
		info.Users = append(info.Users, kitUser{u})
	}
	if len(info.Users) == 0 || c.State == StateEnded {
		return ""
	}
	return string(encode(info))
}

// number is the room id as a number, if it is the decimal of a 32-bit one.
func (id RoomID) number() (uint32, bool) {
	n, err := strconv.ParseUint(string(id), 10, 32)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != string(id) {
		return 0, false
	}
	return uint32(n), true
}
