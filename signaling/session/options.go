package session

import (
	"cmp"
	"net/http"
	"net/netip"
	"runtime"
	"time"

	"callsvc/call"
	"callsvc/internal/limit"
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

	// Requests of one session, default 20 a second and 50 at once, and of all
	// sessions of one user, default 60 and 180.
	Requests, UserRequests limit.Rate
	// Invitations of one user, default 10 a second and 50 at once.
	Invites limit.Rate

	// AddressOf says where a request comes from; the zero Addr is not known and
	// has no limits. Default: from its peer, unless that is this machine.
	AddressOf func(*http.Request) netip.Addr
	// Connections that one address may begin; the zero Rate is no limit.
	Connects limit.Rate
	// Sessions of one address, attached or not, by where they were attached
	// last. Default 1,000.
	MaxSessionsPerAddress int
	// SignInRate is how many connections are let in a second, default 1,000 for
	// each CPU: the rest wait, so that a storm of them leaves room for who is
	// connected. MaxWaiting is how many may wait, default 20,000, and
	// SignInPatience how long, default 10 s, before they are told to come back.
	SignInRate, MaxWaiting int
	SignInPatience         time.Duration

	// How long an answer is remembered under its requestID. Default 10 min.
	RememberFor time.Duration
	// Memory for these answers, of one user, default 1 MiB, and in all, default
	// 32 MiB. The oldest are left to Memory first, or forgotten if there is none.
	RememberUserBytes, RememberBytes int

	// For session.welcome. MaxFrameBytes in Limits is filled in.
	Limits wire.Limits
	// ICEServers are what a user's client may use; nil is none.
	ICEServers func(call.UserID) wire.GetICEServersResult
	Dev        bool

	// Answers that the hub does not hold itself; nil if nothing is kept.
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
	o.Requests = cmp.Or(o.Requests, limit.Rate{PerSecond: 20, Burst: 50})
	o.UserRequests = cmp.Or(o.UserRequests, limit.Rate{PerSecond: 60, Burst: 180})
	o.Invites = cmp.Or(o.Invites, limit.Rate{PerSecond: 10, Burst: 50})
	o.MaxSessionsPerAddress = cmp.Or(o.MaxSessionsPerAddress, 1000)
	o.SignInRate = cmp.Or(o.SignInRate, 1000*runtime.GOMAXPROCS(0))
	o.MaxWaiting = cmp.Or(o.MaxWaiting, 20_000)
	o.SignInPatience = cmp.Or(o.SignInPatience, 10*time.Second)
	if o.AddressOf == nil {
		o.AddressOf = limit.Addresses{}.Of
	}
	o.RememberFor = cmp.Or(o.RememberFor, 10*time.Minute)
	o.RememberUserBytes = cmp.Or(o.RememberUserBytes, 1<<20)
	o.RememberBytes = cmp.Or(o.RememberBytes, 32<<20)
	o.Limits.MaxFrameBytes = o.MaxFrameBytes
	if o.ICEServers == nil {
		o.ICEServers = func(call.UserID) wire.GetICEServersResult {
			return wire.GetICEServersResult{ICEServers: []wire.ICEServer{}}
		}
	}
	return o
}
