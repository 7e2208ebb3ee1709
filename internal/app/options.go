package app

import (
	"net/netip"

	"callsvc/internal/config"
	"callsvc/internal/limit"
	"callsvc/signaling"
	"callsvc/signaling/session"
	"callsvc/signaling/wire"
)

// maxFrameBytes bounds what a client may send at once: an offer of many slots
// is the largest thing there is.
const maxFrameBytes = 256 << 10

func hubOptions(cfg config.Serve, from limit.Addresses, memory session.Memory) session.Options {
	return session.Options{
		Heartbeat: cfg.Heartbeat, AllowedOrigins: cfg.AllowedOrigin, MaxFrameBytes: maxFrameBytes,
		Requests:     limit.Rate{PerSecond: float64(cfg.RequestRate), Burst: cfg.RequestBurst},
		UserRequests: rateOf(cfg.UserRequestRate, 3),
		Invites:      limit.Rate{PerSecond: float64(cfg.InviteRate), Burst: cfg.InviteBurst},
		AddressOf:    from.Of, Connects: rateOf(cfg.ConnectRate, 20), SignInRate: cfg.SignInRate,
		MaxSessions: cfg.MaxSessions, MaxSessionsPerUser: cfg.MaxSessionsPerUser, MaxSessionsPerAddress: cfg.MaxSessionsPerAddress,
		Dev: cfg.Dev, Memory: memory,
		Limits: wire.Limits{
			MaxDataBytes: signaling.MaxDataBytes, MaxFrameBytes: maxFrameBytes,
			MaxParticipants: cfg.MaxParticipants, MaxSlots: cfg.MaxSlots,
		},
	}
}

func nodeIPs(cfg config.Serve) []netip.Addr {
	ips := make([]netip.Addr, len(cfg.NodeIP))
	for i, ip := range cfg.NodeIP {
		ips[i] = ip.Addr
	}
	return ips
}
