package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"callsvc/call"
	"callsvc/internal/bench"
	"callsvc/internal/config"
)

// benchTokenTTL outlasts every run.
const benchTokenTTL = 24 * time.Hour

type benchmarks struct {
	Signaling benchSignaling `cmd:"" help:"Load a running server with signaling and report latencies and what it used."`
	Media     benchMedia     `cmd:"" help:"Load a running server with media, this one or LiveKit, and report loss, latencies and what it used."`
}

type benchSignaling struct {
	config.File
	config.Credentials

	URL        string        `name:"url" default:"http://127.0.0.1:8080" placeholder:"URL" help:"The server."`
	Scenario   string        `default:"roundtrip" enum:"roundtrip,group,idle,reconnect" placeholder:"roundtrip|group|idle|reconnect" help:"roundtrip: pairs invite and accept. group: one invites in a group of all. idle: sessions that do nothing. reconnect: all drop and return at once while bystanders go on."`
	Users      int           `default:"1000" placeholder:"N" help:"Users, each with one connection."`
	Rate       float64       `default:"0" placeholder:"N" help:"Operations a second, begun when they are due; 0 is as fast as possible, of reconnect 100."`
	Duration   time.Duration `default:"20s" placeholder:"DURATION" help:"How long to measure."`
	Warmup     time.Duration `default:"3s" placeholder:"DURATION" help:"How long to work before that."`
	DataBytes  int           `default:"200" placeholder:"N" help:"Size of an invitation's data."`
	RequestIDs bool          `name:"request-ids" default:"true" negatable:"" help:"Requests carry a requestID, as the SDK's do."`
	Invitees   int           `default:"8" placeholder:"N" help:"How many the invitation in a group asks; all members are told."`
	Bystanders int           `default:"200" placeholder:"N" help:"Users who go on while the others reconnect."`
	Prefix     string        `default:"bench" placeholder:"TEXT" help:"How the user ids begin."`
	benchOutput
}

// Run prints the report. Requests that failed are in it; the exit code says
// that there were some.
func (b benchSignaling) Run(std streams) error {
	verifier, err := signer(b.Credentials, std)
	if err != nil {
		return err
	}
	if !call.UserID(b.Prefix + "0000000").Valid() {
		return usageError{fmt.Errorf("--prefix: %q does not begin a user id, use at most 25 of A-Z a-z 0-9 _ -", b.Prefix)}
	}
	ctx, stop := untilStopped()
	defer stop()
	if b.Scenario == "reconnect" && b.Rate == 0 {
		b.Rate = 100
	}
	report, err := bench.Run(ctx, bench.Options{
		URL: b.URL, Scenario: b.Scenario, Users: b.Users, Rate: b.Rate, Duration: b.Duration, Warmup: b.Warmup,
		DataBytes: b.DataBytes, RequestIDs: b.RequestIDs, Invitees: b.Invitees, Bystanders: b.Bystanders, Prefix: b.Prefix,
		Token: func(user string) (string, error) {
			return verifier.Issue(call.UserID(user), "", false, nil, benchTokenTTL)
		},
	})
	if err != nil {
		return err
	}
	return b.print(std, report, len(report.Errors))
}

// benchOutput is how a report is printed.
type benchOutput struct {
	JSON bool `name:"json" help:"Print the report as JSON."`
}

func (o benchOutput) print(std streams, report interface{ WriteText(io.Writer) error }, errors int) (err error) {
	if o.JSON {
		out := json.NewEncoder(std.out)
		out.SetEscapeHTML(false)
		out.SetIndent("", strings.Repeat(" ", 2))
		err = out.Encode(report)
	} else {
		err = report.WriteText(std.out)
	}
	if err == nil && errors > 0 {
		err = fmt.Errorf("the server refused or lost something, see the report's errors")
	}
	return err
}
