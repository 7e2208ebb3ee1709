package app

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"callsvc/media"
)

// metrics serves the figures of all parts in Prometheus' format.
func (a *App) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newFigures(a))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

// figures reads the parts' own snapshots when asked; the parts know no
// Prometheus.
type figures struct {
	app *App

	sessions, requests, failures, eventsSent, cut, limited, refused *prometheus.Desc
	invitationsOpen, invitations, pushes                            *prometheus.Desc
	callsOpen, calls                                                *prometheus.Desc
	rooms, participants                                             *prometheus.Desc
	peers, rtp, rtpBytes, repairs, dropped, delays                  *prometheus.Desc
	shedding, sheddingVoices                                        *prometheus.Desc
	tcpConns, tcpRefused                                            *prometheus.Desc
	relays, relayRefused                                            *prometheus.Desc
	whipSessions                                                    *prometheus.Desc
	callbacks, callbacksWaiting                                     *prometheus.Desc
}

func newFigures(a *App) *figures {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("callsvc_"+name, help, labels, nil)
	}
	return &figures{
		app:              a,
		sessions:         d("sessions", "Sessions by whether a socket is attached.", "state"),
		requests:         d("requests_total", "Requests by method.", "method"),
		failures:         d("requests_failed_total", "Requests answered with an error, by method.", "method"),
		eventsSent:       d("events_sent_total", "Events sent to sessions."),
		cut:              d("slow_sessions_cut_total", "Sessions cut off because they did not read."),
		limited:          d("rate_limited_total", "Requests refused because they came too fast."),
		refused:          d("connections_refused_total", "Connections refused, by HTTP status.", "status"),
		invitationsOpen:  d("invitations_open", "Invitations somebody is pending for."),
		invitations:      d("invitations_total", "What happened to invitations.", "event"),
		pushes:           d("push_messages_total", "Web Push messages by what became of them.", "result"),
		callsOpen:        d("calls_open", "Calls that have not ended."),
		calls:            d("calls_ended_total", "Ended calls by result.", "result"),
		rooms:            d("rooms", "Rooms with somebody in them."),
		participants:     d("participants", "People in rooms."),
		peers:            d("media_peers", "PeerConnections."),
		rtp:              d("media_packets_total", "RTP packets.", "direction"),
		rtpBytes:         d("media_bytes_total", "RTP bytes.", "direction"),
		repairs:          d("media_repairs_total", "NACKs, retransmissions and key frame requests.", "kind"),
		dropped:          d("media_dropped_total", "Packets dropped.", "reason"),
		delays:           d("media_forward_seconds", "How long packets were in the server, from the kernel's buffer to the kernel's."),
		shedding:         d("media_shedding_ratio", "Share of the pictures that are given up now, because there is more to do than the server can."),
		sheddingVoices:   d("media_voices_shedding_ratio", "Share of the voices that are given up now, after all pictures, and never the only one somebody hears."),
		tcpConns:         d("media_tcp_connections", "Connections of ICE over TCP."),
		tcpRefused:       d("media_tcp_refused_total", "Connections of ICE over TCP beyond the limits."),
		relays:           d("media_turn_allocations", "Allocations of TURN."),
		relayRefused:     d("media_turn_refused_total", "Requests and connections of TURN beyond the limits."),
		whipSessions:     d("whip_sessions", "Sessions of WHIP and WHEP.", "kind"),
		callbacks:        d("webhook_callbacks_total", "Callbacks by how their delivery went.", "outcome"),
		callbacksWaiting: d("webhook_callbacks_waiting", "Callbacks in memory that wait for delivery."),
	}
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(f, ch) }

// Collect implements prometheus.Collector.
func (f *figures) Collect(ch chan<- prometheus.Metric) {
	f.collectSessions(ch)
	f.collectCalls(ch)
	f.collectMedia(ch)
	f.collectWebhook(ch)
}

func gauge(ch chan<- prometheus.Metric, d *prometheus.Desc, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func count(ch chan<- prometheus.Metric, d *prometheus.Desc, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

// delay tells what was counted between bounds as Prometheus has it, up to them.
func delay(ch chan<- prometheus.Metric, d *prometheus.Desc, delays media.Delays) {
	upTo, total := map[float64]uint64{}, uint64(0)
	for i, n := range delays.Counts {
		total += n
		if bounds := media.DelayBounds(); i < len(bounds) {
			upTo[bounds[i].Seconds()] = total
		}
	}
	ch <- prometheus.MustNewConstHistogram(d, total, delays.Sum.Seconds(), upTo)
}

func (f *figures) collectSessions(ch chan<- prometheus.Metric) {
	s := f.app.hub.Stats()
	gauge(ch, f.sessions, float64(s.Attached), "attached")
	gauge(ch, f.sessions, float64(s.Detached), "detached")
	for method, n := range s.Requests {
		count(ch, f.requests, float64(n), method)
	}
	for method, n := range s.Failures {
		count(ch, f.failures, float64(n), method)
	}
	count(ch, f.eventsSent, float64(s.Events))
	count(ch, f.cut, float64(s.SlowReaders))
	count(ch, f.limited, float64(s.RateLimited))
	for status, n := range s.Refused {
		count(ch, f.refused, float64(n), strconv.Itoa(status))
	}
}

func (f *figures) collectCalls(ch chan<- prometheus.Metric) {
	s := f.app.signaling.Stats()
	gauge(ch, f.invitationsOpen, float64(s.Open))
	for event, n := range map[string]int64{
		"invited": s.Invited, "accepted": s.Accepted, "rejected": s.Rejected,
		"cancelled": s.Cancelled, "timedOut": s.TimedOut, "modified": s.Modified,
	} {
		count(ch, f.invitations, float64(n), event)
	}
	p := f.app.push.Stats()
	for result, n := range map[string]int64{
		"accepted": p.Accepted, "retried": p.Retried, "refused": p.Refused, "gone": p.Gone, "dropped": p.Dropped,
	} {
		count(ch, f.pushes, float64(n), result)
	}
	c := f.app.conductor.Stats()
	gauge(ch, f.callsOpen, float64(c.Open))
	for result, n := range c.Ended {
		count(ch, f.calls, float64(n), string(result))
	}
	r := f.app.rooms.Stats()
	gauge(ch, f.rooms, float64(r.Rooms))
	gauge(ch, f.participants, float64(r.Participants))
	w := f.app.whip.Stats()
	gauge(ch, f.whipSessions, float64(w.Publishers), "publisher")
	gauge(ch, f.whipSessions, float64(w.Players), "player")
}

func (f *figures) collectMedia(ch chan<- prometheus.Metric) {
	m := f.app.engine.Stats()
	gauge(ch, f.peers, float64(m.Peers))
	count(ch, f.rtp, float64(m.PacketsIn), "in")
	count(ch, f.rtp, float64(m.PacketsOut), "out")
	count(ch, f.rtpBytes, float64(m.BytesIn), "in")
	count(ch, f.rtpBytes, float64(m.BytesOut), "out")
	count(ch, f.repairs, float64(m.NACKsReceived), "nackReceived")
	count(ch, f.repairs, float64(m.NACKsSent), "nackSent")
	count(ch, f.repairs, float64(m.Retransmitted), "retransmitted")
	count(ch, f.repairs, float64(m.KeyframeRequests), "keyframeRequest")
	count(ch, f.dropped, float64(m.DuplicatesDropped), "duplicate")
	count(ch, f.dropped, float64(m.SendQueueDropped), "sendQueue")
	count(ch, f.dropped, float64(m.Unread), "unread")
	count(ch, f.dropped, float64(m.TCPDropped), "tcpQueue")
	count(ch, f.dropped, float64(m.CutBack), "publishBitrate")
	gauge(ch, f.shedding, m.Shedding)
	gauge(ch, f.sheddingVoices, m.SheddingVoices)
	delay(ch, f.delays, m.Delays)
	gauge(ch, f.tcpConns, float64(m.TCPConns))
	count(ch, f.tcpRefused, float64(m.TCPRefused))
	gauge(ch, f.relays, float64(m.Relays))
	count(ch, f.relayRefused, float64(m.RelayRefused))
	count(ch, f.dropped, float64(m.RelayDropped), "turn")
}

func (f *figures) collectWebhook(ch chan<- prometheus.Metric) {
	if f.app.webhook == nil {
		return
	}
	w := f.app.webhook.Stats()
	count(ch, f.callbacks, float64(w.Delivered), "delivered")
	count(ch, f.callbacks, float64(w.Failed), "failed")
	count(ch, f.callbacks, float64(w.Dead), "dead")
	gauge(ch, f.callbacksWaiting, float64(w.Waiting))
}
