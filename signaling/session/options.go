package session

import (
	"cmp"
	"time"

	"callsvc/signaling/wire"
)

// Options are a Hub's settings. A zero member means its default.
type Options struct {
	// Browsers may connect from pages of these origins ("https://app.example.com")
	// besides pages this server itself delivers.
	AllowedOrigins []string

	// Frames larger than this are refused with close code 1009. Default 256 KiB:
	// an SDP offer with many slots has some 60.
	MaxFrameBytes int
	// Seconds between pings; a peer silent for two of them is disconnected. Default 15 s.
	Heartbeat time.Duration
	// How long a session waits for its client to come back. Default 60 s.
	ResumeWindow time.Duration
	// How far behind a client that comes back may be. Default 1,000 events, 2 MiB.
	LogEvents, LogBytes int
	// What may wait to be written to one socket, besides what a resumed session
	// missed. Default 900 frames, 2 MiB. No more than LogEvents and LogBytes, or
	// who is cut off for reading too slowly is too far behind to resume.
	QueueFrames, QueueBytes int

	// Sessions in all, default 100,000, and of one user, default 20. Attached
	// and detached ones count alike.
	MaxSessions, MaxSessionsPerUser int
	// Requests of a session that may be unfinished before it is read on. Default 16.
	MaxInFlight int
	// How long one request may take. Default 30 s.
	RequestTimeout time.Duration

	// Requests of one session a second, default 20, and at once, default 50.
	RequestRate  float64
	RequestBurst int
	// Invitations of one user a second, default 10, and at once, default 50.
	InviteRate  float64
	InviteBurst int

	// How long an answer is remembered under its requestID. Default 10 min.
	RememberFor time.Duration
	// Memory for these answers, of one user, default 1 MiB, and in all, default
	// 64 MiB. The oldest are forgotten first.
	RememberUserBytes, RememberBytes int

	// For session.welcome. MaxFrameBytes in Limits is filled in.
	Limits     wire.Limits
	ICEServers []wire.ICEServer
	Dev        bool

	// Answers of before a restart; nil if nothing is kept.
	Memory Memory
}

func (o Options) withDefaults() Options {
	o.MaxFrameBytes = cmp.Or(o.MaxFrameBytes, 256<<10)
	o.Heartbeat = cmp.Or(o.Heartbeat, 15*time.Second)
	o.ResumeWindow = cmp.Or(o.ResumeWindow, time.Minute)
	o.LogEvents = cmp.Or(o.LogEvents, 1000)
	o.LogBytes = cmp.Or(o.LogBytes, 2<<20)
	o.QueueFrames = cmp.Or(o.QueueFrames, 900)
	o.QueueBytes = cmp.Or(o.QueueBytes, 2<<20)
	o.MaxSessions = cmp.Or(o.MaxSessions, 100_000)
	o.MaxSessionsPerUser = cmp.Or(o.MaxSessionsPerUser, 20)
	o.MaxInFlight = cmp.Or(o.MaxInFlight, 16)
	o.RequestTimeout = cmp.Or(o.RequestTimeout, 30*time.Second)
	o.RequestRate = cmp.Or(o.RequestRate, 20)
	o.RequestBurst = cmp.Or(o.RequestBurst, 50)
	o.InviteRate = cmp.Or(o.InviteRate, 10)
	o.InviteBurst = cmp.Or(o.InviteBurst, 50)
	o.RememberFor = cmp.Or(o.RememberFor, 10*time.Minute)
	o.RememberUserBytes = cmp.Or(o.RememberUserBytes, 1<<20)
	o.RememberBytes = cmp.Or(o.RememberBytes, 64<<20)
	o.Limits.MaxFrameBytes = o.MaxFrameBytes
	if o.ICEServers == nil {
		o.ICEServers = []wire.ICEServer{}
	}
	return o
}
