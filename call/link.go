package call

// MeetingLink lets whoever is shown its invitation into a room, until it
// expires or is revoked.
type MeetingLink struct {
	LinkID    LinkID
	RoomID    RoomID
	UserID    UserID // who made it
	CreatedAt Millis
	ExpiresAt Millis
	RevokedAt Millis // 0: it is good until it expires
}

// SaveMeetingLink inserts a link, or notes that it was revoked.
type SaveMeetingLink struct{ Link MeetingLink }

func (SaveMeetingLink) change() {}
