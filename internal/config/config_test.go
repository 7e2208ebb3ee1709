package config_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callsvc/internal/config"
)

const secret = "0123456789abcdef0123456789abcdef"

// withCredentials puts the two required flags before args.
func withCredentials(args ...string) []string {
	return append([]string{"--api-key=k", "--api-secret=" + secret}, args...)
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "callsvc.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheNearestSourceWins(t *testing.T) {
	udpPort := func(s config.Serve) any { return s.UDPPort }
	invites := func(s config.Serve) any { return s.InviteRate }
	nodes := func(s config.Serve) any { return fmt.Sprint(s.NodeIP) }
	tests := []struct {
		name string
		args []string
		env  map[string]string
		file string
		get  func(config.Serve) any
		want any
	}{
		{name: "nothing given is the default", get: udpPort, want: 7882},
		{name: "the file beats the default", file: "udp-port: 1000", get: udpPort, want: 1000},
		{name: "the environment beats the file", env: map[string]string{"CALLSVC_UDP_PORT": "2000"}, file: "udp-port: 1000", get: udpPort, want: 2000},
		{name: "the flag beats the environment", args: []string{"--udp-port=3000"}, env: map[string]string{"CALLSVC_UDP_PORT": "2000"}, file: "udp-port: 1000", get: udpPort, want: 3000},

		{name: "--dev widens the limits", args: []string{"--dev"}, get: invites, want: 1000},
		{name: "dev in the file widens them too", file: "dev: true", get: invites, want: 1000},
		{name: "dev in the environment widens them too", env: map[string]string{"CALLSVC_DEV": "true"}, get: invites, want: 1000},
		{name: "a flag beats --dev", args: []string{"--dev", "--invite-rate=10"}, get: invites, want: 10},
		{name: "the file beats --dev", args: []string{"--dev"}, file: "invite-rate: 11", get: invites, want: 11},
		{name: "the environment beats --dev", args: []string{"--dev"}, env: map[string]string{"CALLSVC_INVITE_RATE": "12"}, get: invites, want: 12},
		{name: "--dev=false outweighs the file's dev", args: []string{"--dev=false"}, file: "dev: true", get: invites, want: 10},

		{name: "a repeated flag is a list", args: []string{"--node-ip=192.0.2.1", "--node-ip=2001:db8::1"}, get: nodes, want: "[192.0.2.1 2001:db8::1]"},
		{name: "commas separate in the environment", env: map[string]string{"CALLSVC_NODE_IP": "192.0.2.1,192.0.2.2"}, get: nodes, want: "[192.0.2.1 192.0.2.2]"},
		{name: "YAML has lists", file: "node-ip: [192.0.2.1, 192.0.2.2]", get: nodes, want: "[192.0.2.1 192.0.2.2]"},
		{name: "a file may be empty", file: "\n", get: udpPort, want: 7882},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := withCredentials(tt.args...)
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			if tt.file != "" {
				t.Setenv("CALLSVC_CONFIG", write(t, tt.file))
			}
			s, err := config.Parse(args)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.get(s); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	want := config.Serve{
		Listen: ":8080", UDPPort: 7882,
		Store:       config.Store{Data: "./data"},
		Credentials: config.Credentials{APIKey: "k", APISecret: secret},
		Directory:   "none", RequestRate: 20, RequestBurst: 50, InviteRate: 10, InviteBurst: 50,
		UserRequestRate: 60, InviteeRate: 4, GroupMessageRate: 40, GroupAttributeRate: 5, BroadcastRate: 10_000,
		ConnectRate: 50, FailedSignInRate: 1, GuestRate: 2, MaxSessions: 100_000, MaxSessionsPerUser: 20, MaxSessionsPerAddress: 1000,
		TURN: config.TURN{MaxAllocations: 40, MaxBitrate: 50_000}, MaxParticipants: 100, MaxSlots: 64, MaxTracks: 4, MaxPublishBitrate: 10000, InvitationRetention: 168 * time.Hour, MaxMembers: 2000, VAPIDSubject: "mailto:webmaster@localhost",
		Webhook:   config.Webhook{EventsRetention: 7 * 24 * time.Hour},
		Heartbeat: 15 * time.Second, DrainTimeout: 30 * time.Second, LogFormat: "auto",
	}
	got, err := config.Parse(withCredentials())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	dev, err := config.Parse([]string{"--dev"})
	if err != nil {
		t.Fatal(err)
	}
	want.Dev, want.Directory, want.Credentials = true, "all", config.DevCredentials()
	want.RequestRate, want.RequestBurst, want.InviteRate, want.InviteBurst = 2000, 5000, 1000, 5000
	want.UserRequestRate, want.InviteeRate, want.GroupMessageRate, want.GroupAttributeRate = 6000, 1000, 4000, 500
	want.BroadcastRate, want.ConnectRate, want.FailedSignInRate, want.GuestRate, want.MaxSessionsPerAddress = 1_000_000, 5000, 100, 200, 100_000
	if diff := cmp.Diff(want, dev); diff != "" {
		t.Errorf("under --dev (-want +got):\n%s", diff)
	}
}

func TestWhatCannotWorkIsRefusedWithFlagCauseAndCure(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--api-key=k", "--api-secret=only12bytes!"}, "--api-secret: 12 bytes are too short, use at least 32"},
		{[]string{"--api-secret=" + secret}, "--api-key: is required, choose the name your tokens carry as iss, or use --dev to try things out"},
		{[]string{"--api-key=k"}, "--api-secret: is required, make 32 random bytes (openssl rand -hex 32), or use --dev to try things out"},
		{[]string{"--api-key=dev", "--api-secret=" + string(config.DevCredentials().APISecret)}, "--api-secret: this is the public one of --dev, make one of your own"},
		{withCredentials("--usersig-secret=short"), "--usersig-secret: 5 bytes are too short, use at least 32"},
		{withCredentials("--sdk-app-id=-1"), `--sdk-app-id: expected a valid 32 bit uint but got "-1"`},
		{withCredentials("--listen=8080"), `--listen: "8080" is no address, write HOST:PORT or :PORT`},
		{withCredentials("--listen=:http2"), `--listen: "http2" is no port, use a number from 0 to 65535`},
		{withCredentials("--udp-port=65536"), "--udp-port: 65536 is out of range, use 0 to 65535"},
		{withCredentials("--udp-port=many"), `--udp-port: expected a valid 64 bit int but got "many"`},
		{withCredentials("--tcp-port=65536"), "--tcp-port: 65536 is out of range, use 0 to 65535"},
		{withCredentials("--nats=nats://127.0.0.1:4222"), "--nats: running several nodes is not implemented yet, leave it empty"},
		{withCredentials("--node-ip=here"), `--node-ip: "here" is no IP address, give one like 203.0.113.7`},
		{withCredentials("--node-ip=0.0.0.0"), "--node-ip: 0.0.0.0 cannot be reached by a client, give an address of this machine or of its NAT"},
		{withCredentials("--ice-server=stun.example.org"), `--ice-server: "stun.example.org" is no STUN or TURN URL, write it like stun:stun.example.org:3478`},
		{withCredentials("--allowed-origin=https://app.example.org/"), `--allowed-origin: "https://app.example.org/" is no web origin, write scheme and host only, like https://app.example.org`},
		{withCredentials("--allowed-origin=*"), `--allowed-origin: "*" is no web origin, write scheme and host only, like https://app.example.org`},
		{withCredentials("--db=mysql://db/calls"), `--db: "mysql://db/calls" names no database we know, write sqlite:PATH or postgres://USER@HOST/NAME`},
		{withCredentials("--directory=friends"), `--directory: there is no "friends", use none or all`},
		{withCredentials("--invite-rate=0"), "--invite-rate: 0 is out of range, use 1 to 1000000"},
		{withCredentials("--max-slots=1000"), "--max-slots: 1000 is out of range, use 2 to 256"},
		{withCredentials("--vapid-public-key=BP4"), "--vapid-public-key: goes with --vapid-private-key, give both or none"},
		{withCredentials("--vapid-subject=us"), `--vapid-subject: "us" is nobody to ask, write mailto:you@example.org or https://example.org`},
		{withCredentials("--heartbeat=10ms"), "--heartbeat: 10ms is out of range, use 1s to 10m0s"},
		{withCredentials("--log-level=loud"), `--log-level: there is no "loud", use debug, info, warn or error`},
		{withCredentials("--log-format=xml"), `--log-format: there is no "xml", use auto or text or json`},
		{withCredentials("--config=/nowhere/callsvc.yaml"), "--config: the file cannot be read: open /nowhere/callsvc.yaml: no such file or directory"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			_, err := config.Parse(tt.args)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	_, err := config.Parse(withCredentials("--udp-port=-1", "--max-slots=0", "--directory=x"))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three lines, got: %v", err)
	}
}

func TestAFileThatIsNotUnderstoodIsRefused(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"a misspelt key", "udp_port: 1", `there is no setting "udp_port"`},
		{"a section", "listen: {port: 8080}", "listen must have a value or a list of values"},
		{"a key without a value", "listen:", "listen must have a value or a list of values"},
		{"a file that names a file", "config: other.yaml", "config cannot be set in the file itself"},
		{"no YAML", ":\n\t- x", "is no YAML we can read"},
		{"a list at the top", "- listen", "is no YAML we can read"},
		{"a wrong type", "udp-port: many", "--udp-port: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse(withCredentials("--config", write(t, tt.file)))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "--") {
				t.Errorf("got %v, want an error that names a flag and says %q", err, tt.want)
			}
		})
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	s, err := config.Parse(withCredentials("--usersig-secret=" + secret))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "all", s, "secret", s.APISecret)
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), s.APISecret.String(), log.String()} {
		if strings.Contains(text, secret) {
			t.Errorf("the secret shows: %s", text)
		}
	}
}

func TestDSN(t *testing.T) {
	tests := []struct {
		store config.Store
		want  string
	}{
		{config.Store{Data: "./data"}, "sqlite:data/callsvc.db"},
		{config.Store{Data: "/var/lib/callsvc"}, "sqlite:/var/lib/callsvc/callsvc.db"},
		{config.Store{Data: "./data", DB: "postgres://db/calls"}, "postgres://db/calls"},
	}
	for _, tt := range tests {
		if got := tt.store.DSN(); got != tt.want {
			t.Errorf("DSN of %+v: got %s, want %s", tt.store, got, tt.want)
		}
	}
}

func TestReferenceHasEveryFlag(t *testing.T) {
	var out bytes.Buffer
	if err := config.Reference(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"### General", "### Network", "### Data", "### Credentials", "### Access and limits", "### Web Push", "### Operation",
		"| `--udp-port PORT` | `CALLSVC_UDP_PORT` | `7882` |", "`20`, under --dev `2000`", `--directory none\|all`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the reference lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), string(config.DevCredentials().APISecret)) {
		t.Error("the reference prints a secret")
	}
}
