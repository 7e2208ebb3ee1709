package call

// Source says what a published stream shows or carries.
type Source string

// The sources a participant can publish, at most one stream of each.
const (
	SourceMic         Source = "mic"
	SourceCamera      Source = "camera"
	SourceScreen      Source = "screen"
	SourceScreenAudio Source = "screenAudio"
)

// Audio reports whether the source is sound.
func (s Source) Audio() bool { return s == SourceMic || s == SourceScreenAudio }

// Send names the source of one sending m-line of an offer, by its mid (RFC 8843).
type Send struct {
	MID    string `json:"mid"`
	Source Source `json:"source"`
}

// View is a wish: this user's stream in that receive slot. An audio slot that is
// named carries that user's mic or screenAudio and nothing else, loud or not; with
// no user it stays empty.
type View struct {
	MID    string `json:"mid"`
	UserID UserID `json:"userID"`
	Stream Source `json:"stream"`
	Height int    `json:"height,omitempty"` // of the tile, in pixels; 0 = unknown
}

// Slot is what a receive slot carries now; an empty UserID is an empty slot.
type Slot struct {
	MID    string `json:"mid"`
	UserID UserID `json:"userID"`
	Stream Source `json:"stream,omitempty"`
	// The simulcast rid, or "s1t2" for spatial layer 1 and temporal layer 2 of a
	// scalable stream.
	Layer string `json:"layer,omitempty"`
	// Of the forwarded frames, in pixels, if known.
	Height int `json:"height,omitempty"`
	// Why it is less than the tile asks for.
	Reduced Reduction `json:"reduced,omitempty" oneof:"bandwidth,publisher,codec"`
	// Nothing can be shown: nothing fits the path, or the codec is of another kind.
	// The last picture stands still.
	Paused bool `json:"paused,omitempty"`
}

// Reduction is why a slot carries less than its tile asks for.
type Reduction string

// The reasons for a reduction.
const (
	ReducedByBandwidth Reduction = "bandwidth" // of the path to the viewer
	ReducedByPublisher Reduction = "publisher" // who does not send the layer at the moment
	ReducedByCodec     Reduction = "codec"     // of the publisher: the viewer has not negotiated it
)

// SenderWanted is what is needed of one sending video m-line of a participant.
type SenderWanted struct {
	MID       string           `json:"mid"`
	Encodings []EncodingWanted `json:"encodings"`
	// In bit/s of all encodings together, 0 = no limit.
	MaxBitrate int64 `json:"maxBitrate"`
}

// EncodingWanted is what is needed of one encoding of a sender.
type EncodingWanted struct {
	// Empty for a sender without simulcast.
	RID string `json:"rid"`
	// Somebody looks at it, or may at any moment.
	Active bool `json:"active"`
	// In bit/s, 0 = no limit.
	MaxBitrate int64 `json:"maxBitrate"`
}

// Publishing says which of a participant's streams go out; nil leaves as is.
type Publishing struct {
	Audio  *bool `json:"audio,omitempty"`
	Video  *bool `json:"video,omitempty"`
	Screen *bool `json:"screen,omitempty"`
}

// Volume is how loud a user speaks, 0 to 100 (TRTC onUserVoiceVolume).
type Volume struct {
	UserID UserID `json:"userID"`
	Volume int    `json:"volume"`
}

// Quality grades a user's network as TRTC does.
type Quality int

// The grades of TRTC's onNetworkQuality.
const (
	QualityUnknown Quality = iota
	QualityExcellent
	QualityGood
	QualityPoor
	QualityBad
	QualityVeryBad
	QualityDown
)

// MediaSummary is what the SFU measured of one participant from joining to
// leaving; it goes into the record.
type MediaSummary struct {
	RTTMs           int     `json:"rttMs"`           // mean round trip
	JitterMs        int     `json:"jitterMs"`        // mean of what the participant sent
	LossSent        float64 `json:"lossSent"`        // share lost on the way to us, 0..1, after retransmission
	LossReceived    float64 `json:"lossReceived"`    // share lost on the way to the participant, 0..1
	PacketsSent     uint64  `json:"packetsSent"`     // by the participant
	PacketsReceived uint64  `json:"packetsReceived"` // by the participant
	Worst           Quality `json:"worst"`
	Mean            Quality `json:"mean"`
}

// Statistics is what the SFU measured of one participant since the last time,
// two seconds ago (TRTC onStatistics). Rates are bits per second, loss is a share, 0..1.
type Statistics struct {
	Local LocalStatistics  `json:"local"`
	Down  DownStatistics   `json:"down"`
	Slots []SlotStatistics `json:"slots"` // those that carry something
}

// LocalStatistics is of what the participant sends.
type LocalStatistics struct {
	RTTMs   int                `json:"rttMs"`
	Bitrate int64              `json:"bitrate"` // as it arrives, without headers
	Loss    float64            `json:"loss"`    // after retransmission
	Sources []SourceStatistics `json:"sources"`
}

// SourceStatistics is of one source; of simulcast layers the worst counts for
// loss and jitter, and all for the bit rate.
type SourceStatistics struct {
	Source   Source  `json:"source"`
	Bitrate  int64   `json:"bitrate"`
	Loss     float64 `json:"loss"`
	JitterMs int     `json:"jitterMs"`
}

// DownStatistics is of everything the participant is sent.
type DownStatistics struct {
	RTTMs    int     `json:"rttMs"`
	Estimate int64   `json:"estimate"` // what the path takes; 0 = no limit was met so far
	Target   int64   `json:"target"`   // given to the video slots
	Bitrate  int64   `json:"bitrate"`  // sent, retransmissions and probes included
	Loss     float64 `json:"loss"`     // before retransmission
}

// SlotStatistics is of one receive slot, as its receiver reports.
type SlotStatistics struct {
	MID      string  `json:"mid"`
	UserID   UserID  `json:"userID"`
	Stream   Source  `json:"stream"`
	Bitrate  int64   `json:"bitrate"`
	Loss     float64 `json:"loss"`
	JitterMs int     `json:"jitterMs"`
}

// SFU is the media engine as rooms see it. Implemented by package media, used
// by package room.
type SFU interface {
	// Join adds a participant to the router of a room and answers their offer
	// (application/sdp, RFC 8829). Errors: CodeSDP for an offer that cannot be
	// answered. The observer is told about this peer until Close has returned;
	// its methods are called in order, must not block, and may be called before
	// Join returns.
	Join(JoinMedia, PeerObserver) (Peer, string, error)
}

// JoinMedia is a participant's first offer.
type JoinMedia struct {
	RoomID   RoomID
	UserID   UserID
	Offer    string
	Send     []Send
	Forward  bool       // false for an audience member: negotiated, not forwarded
	Initial  Publishing // what was already set by setPublishing; nil members are true
	MaxSlots int
}

// Peer is one participant's PeerConnection in the SFU. Methods may be called
// from any goroutine.
type Peer interface {
	// Offer answers a later offer: more slots, screen share, ICE restart.
	Offer(offer string, send []Send) (answer string, err error)
	// SetViews replaces the whole wanted picture. A wish for someone absent
	// stands until it can be filled. A mid that is no video slot is CodeInvalidParameter.
	SetViews([]View) error
	// SetPublishing mutes and unmutes in the server.
	SetPublishing(Publishing)
	// SetForward says whether this participant's streams reach others (role).
	SetForward(bool)
	// Summary is what was measured so far. It stays valid after Close.
	Summary() MediaSummary
	// Close ends the PeerConnection and waits for its goroutines.
	Close()
}

// PeerObserver is told what happens to one peer.
type PeerObserver interface {
	// TransportUp: ICE and DTLS are done, or came back after TransportDown.
	TransportUp(at Millis)
	// TransportDown: nothing was heard for a few seconds, and last is when
	// something was heard last; an ICE restart may revive it. Or the participant
	// has ended the DTLS session, at last. The peer stays.
	TransportDown(last Millis)
	// Available: packets of a source began (true) or it was muted or ended.
	Available(source Source, available bool)
	// Slots is the whole map of what the receive slots carry.
	Slots([]Slot)
	// EncodingsWanted is what is needed of all the video this peer sends.
	EncodingsWanted([]SenderWanted)
	PeerMeter
}

// PeerMeter is told what was measured around one peer.
type PeerMeter interface {
	// Volumes of those heard in the room, the loudest first and no more than 16,
	// sent while anybody speaks and once with none. The slice is everybody's: it
	// must not be changed.
	Volumes([]Volume)
	// ActiveSpeaker: the one who speaks is another now; "" when nobody has for a
	// while. It does not flap between two who speak at once.
	ActiveSpeaker(user UserID, at Millis)
	// NetworkQuality every two seconds: one's own and that of the others.
	NetworkQuality(local Quality, remote []UserQuality)
	// Statistics follow each NetworkQuality.
	Statistics(Statistics)
}

// UserQuality is the network quality of one user.
type UserQuality struct {
	UserID  UserID  `json:"userID"`
	Quality Quality `json:"quality"`
}
