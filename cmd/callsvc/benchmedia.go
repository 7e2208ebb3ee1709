package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"callsvc/call"
	"callsvc/internal/config"
	"callsvc/internal/mediabench"
)

type benchMedia struct {
	config.File
	config.Credentials

	Target        string        `default:"callsvc" enum:"callsvc,livekit" placeholder:"callsvc|livekit" help:"What the server is. LiveKit takes --api-key and --api-secret likewise."`
	URL           string        `name:"url" default:"http://127.0.0.1:8080" placeholder:"URL" help:"The server."`
	Rooms         int           `default:"1" placeholder:"N" help:"Rooms."`
	Participants  int           `default:"10" placeholder:"N" help:"Participants in each room, publishers included."`
	Publishers    int           `default:"1" placeholder:"N" help:"Publishers in each room; everybody receives them."`
	Full          int           `default:"-1" placeholder:"N" help:"Participants in each room, publishers first, who decrypt what they get, ask for repairs and measure latencies. The others count packets by their headers, which costs this side a fraction, and answer with reports and feedback all the same. -1 is all."`
	Speakers      int           `default:"-1" placeholder:"N" help:"Publishers in each room who speak; the others send comfort noise. -1 is all."`
	Video         int           `default:"1000" placeholder:"KBIT" help:"Bit rate of a publisher's best video layer, in kbit/s; 0 is audio only."`
	FPS           int           `name:"fps" default:"30" placeholder:"N" help:"Video frames a second."`
	Simulcast     bool          `help:"Publish three layers: 1280x720 at --video, 640x360 at a third of it, 320x180 at an eighth."`
	AudioSlots    int           `default:"-1" placeholder:"N" help:"Voices each participant receives at most (callsvc); -1 is one for each other publisher."`
	VideoSlots    int           `default:"-1" placeholder:"N" help:"Pictures each participant receives at most (callsvc); -1 is one for each other publisher."`
	Height        int           `default:"0" placeholder:"PIXELS" help:"Height of the tile each picture is for (callsvc); 0 is unknown."`
	JoinRate      float64       `default:"20" placeholder:"N" help:"Participants a second who join before the measurement."`
	Storm         int           `default:"0" placeholder:"N" help:"Participants who join at once after it."`
	Overload      time.Duration `default:"0s" placeholder:"DURATION" help:"How long as many participants again watch after the measurement, before they leave: what a server delivers that has twice as much to do, and how soon all is well again."`
	OverloadTimes int           `default:"1" placeholder:"N" help:"So many times as many, instead of as many again."`
	Loss          float64       `default:"0" placeholder:"SHARE" help:"Share of packets that each client loses in each direction, 0 to 1."`
	Delay         time.Duration `default:"0s" placeholder:"DURATION" help:"How long each client holds packets back in each direction."`
	Jitter        time.Duration `default:"0s" placeholder:"DURATION" help:"At most how much longer than that."`
	Warmup        time.Duration `default:"4s" placeholder:"DURATION" help:"How long to go on before the measurement."`
	Duration      time.Duration `default:"10s" placeholder:"DURATION" help:"How long to measure."`
	PID           int           `name:"pid" default:"0" placeholder:"PID" help:"The server's process on this machine, for what it uses. 0 asks --metrics."`
	Metrics       string        `placeholder:"URL" help:"Prometheus URL that says what the server uses. Default: /metrics of --url for callsvc, none for LiveKit."`
	benchOutput
}

// Run prints the report. What failed is in it; the exit code says that there
// was something.
func (b benchMedia) Run(std streams) error {
	token := func(user, room string) (string, error) {
		return mediabench.LiveKitToken(b.APIKey, string(b.APISecret), user, room, benchTokenTTL)
	}
	if b.Target == mediabench.TargetCallsvc {
		verifier, err := signer(b.Credentials, std)
		if err != nil {
			return err
		}
		token = func(user, room string) (string, error) {
			return verifier.Issue(call.UserID(user), "", false, []call.RoomID{call.RoomID(room)}, benchTokenTTL)
		}
		if b.Metrics == "" {
			b.Metrics = strings.TrimSuffix(b.URL, "/") + "/metrics"
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	report, err := mediabench.Run(ctx, mediabench.Options{
		Target: b.Target, URL: b.URL, Token: token,
		Rooms: b.Rooms, Participants: b.Participants, Publishers: b.Publishers, Full: b.Full, Speakers: b.Speakers,
		VideoKbps: b.Video, FPS: b.FPS, Simulcast: b.Simulcast,
		AudioSlots: b.AudioSlots, VideoSlots: b.VideoSlots, Height: b.Height, JoinRate: b.JoinRate, Storm: b.Storm, Overload: b.Overload, OverloadTimes: b.OverloadTimes,
		Loss: b.Loss, Delay: b.Delay, Jitter: b.Jitter, Warmup: b.Warmup, Duration: b.Duration, PID: b.PID, Metrics: b.Metrics,
	})
	if err != nil {
		return err
	}
	return b.print(std, report, len(report.Errors))
}
