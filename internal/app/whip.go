package app

import (
	"slices"

	"callsvc/call"
	"callsvc/signaling/wire"
	"callsvc/whip"
)

// buildWHIP lets clients in that publish or play by one HTTP request.
func (a *App) buildWHIP() {
	a.whip = whip.New(whip.Options{
		Auth: a.guard, Rooms: a.rooms, Logger: a.log,
		ICEServers: func(user call.UserID) []wire.ICEServer { return a.iceServers(user).ICEServers },
	})
}

// members tells those who are in rooms, by whatever they came (room.Notifier).
type members App

// NotifySession implements room.Notifier.
func (m *members) NotifySession(id call.SessionID, ev wire.Event) {
	if !m.whip.NotifySession(id, ev) {
		m.hub.NotifySession(id, ev)
	}
}

// NotifySessions implements room.Notifier.
func (m *members) NotifySessions(ids []call.SessionID, ev wire.Event) {
	m.hub.NotifySessions(slices.DeleteFunc(ids, func(id call.SessionID) bool { return m.whip.NotifySession(id, ev) }), ev)
}
