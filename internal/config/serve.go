package config

import (
	"path/filepath"
	"time"
)

// Serve is everything `callsvc serve` can be told. Zero values are not
// defaults: make one with [Parse].
type Serve struct {
	File `group:"General"`
	Dev  bool `group:"General" help:"Development: well-known credentials, tokens for anybody at /dev/token, everybody sees who is online, wide rate limits. Never on a public address."`

	Listen         string    `group:"Network" default:":8080" placeholder:"HOST:PORT" help:"Address of HTTP, WebSocket and page."`
	UDPPort        int       `group:"Network" name:"udp-port" default:"7882" placeholder:"PORT" help:"The one UDP port of all media; 0 picks a free one."`
	TCPPort        int       `group:"Network" name:"tcp-port" default:"0" placeholder:"PORT" help:"TCP port of media for clients whose network blocks UDP (ICE over TCP); 0 is off."`
	TURN           TURN      `embed:""`
	TLSCertificate string    `group:"Network" name:"tls-certificate" placeholder:"FILE" help:"PEM file of the certificate chain for TURN over TLS and for HTTPS, which --listen then speaks beside HTTP. Read again when it changes."`
	TLSKey         string    `group:"Network" name:"tls-key" placeholder:"FILE" help:"PEM file of the certificate's key."`
	NodeIP         []IP      `group:"Network" name:"node-ip" placeholder:"IP" help:"Address advertised to clients for media, repeatable. Default: the addresses of this machine. Set it behind NAT."`
	ICEServer      []string  `group:"Network" name:"ice-server" placeholder:"URL" help:"stun:, turn: or turns: URL handed to clients, repeatable."`
	AllowedOrigin  []string  `group:"Network" placeholder:"ORIGIN" help:"Web origin besides our own that may open the connection, such as https://app.example.org, repeatable."`
	TrustedProxy   []Network `group:"Network" placeholder:"CIDR" help:"Network of reverse proxies whose X-Forwarded-For says where a request comes from, repeatable. Default: none is believed."`
	NATS           string    `group:"Network" name:"nats" placeholder:"URL" help:"Message bus between several nodes. Not implemented yet: anything but empty is refused."`

	Store         `group:"Data"`
	Credentials   `group:"Credentials"`
	SDKAppID      uint32 `group:"Credentials" name:"sdk-app-id" default:"0" placeholder:"ID" help:"SDKAppID that a UserSig must carry; 0 refuses every UserSig."`
	UserSigSecret Secret `group:"Credentials" name:"usersig-secret" placeholder:"SECRET" help:"Secret of UserSigs. Default: the API secret."`
	Directory     string `group:"Access and limits" default:"none" dev:"all" placeholder:"none|all" help:"Who may see which users are online."`
	RequestRate   int    `group:"Access and limits" default:"20" dev:"2000" placeholder:"N" help:"Requests a second that one session may make."`
	RequestBurst  int    `group:"Access and limits" default:"50" dev:"5000" placeholder:"N" help:"Requests one session may make at once."`
	InviteRate    int    `group:"Access and limits" default:"10" dev:"1000" placeholder:"N" help:"Invitations a second that one user may send."`
	InviteBurst   int    `group:"Access and limits" default:"50" dev:"5000" placeholder:"N" help:"Invitations one user may send at once."`

	UserRequestRate       int `group:"Access and limits" default:"60" dev:"6000" placeholder:"N" help:"Requests a second that all sessions of one user may make together, and as many over REST; at once as many as in 3 seconds."`
	InviteeRate           int `group:"Access and limits" default:"4" dev:"1000" placeholder:"N" help:"Invitations a second that one user may get from all others, but for those in groups; at once as many as in 25 seconds, of these half from one inviter."`
	GroupMessageRate      int `group:"Access and limits" default:"40" dev:"4000" placeholder:"N" help:"Messages and invitations a second in one group, and messages in one room; at once as many."`
	GroupAttributeRate    int `group:"Access and limits" default:"5" dev:"500" placeholder:"N" help:"Changes a second of one group's attributes; at once as many as in 2 seconds."`
	BroadcastRate         int `group:"Access and limits" default:"10000" dev:"1000000" placeholder:"N" help:"What one user may do in groups and rooms, counted by the members who are told of it, a second; at once as many as in 5 seconds."`
	ConnectRate           int `group:"Access and limits" default:"50" dev:"5000" placeholder:"N" help:"Connections a second that one address may begin; at once as many as in 20 seconds."`
	FailedSignInRate      int `group:"Access and limits" default:"1" dev:"100" placeholder:"N" help:"Bad credentials a second that are forgiven one address; at once as many as in 60 seconds."`
	GuestRate             int `group:"Access and limits" default:"2" dev:"200" placeholder:"N" help:"Guests a second that may come by meeting links from one address; at once as many as in 60 seconds."`
	SignInRate            int `group:"Access and limits" default:"0" placeholder:"N" help:"Connections that are let in a second, whoever asks; the others wait. 0 is 1000 for each CPU."`
	MaxSessions           int `group:"Access and limits" default:"100000" placeholder:"N" help:"Sessions in all."`
	MaxSessionsPerUser    int `group:"Access and limits" default:"20" placeholder:"N" help:"Sessions of one user."`
	MaxSessionsPerAddress int `group:"Access and limits" default:"1000" dev:"100000" placeholder:"N" help:"Sessions of one address."`

	MaxParticipants int `group:"Access and limits" default:"100" placeholder:"N" help:"People in one room."`
	MaxSlots        int `group:"Access and limits" default:"64" placeholder:"N" help:"Receive slots of one participant."`

	MaxTracks         int `group:"Access and limits" default:"4" placeholder:"N" help:"Streams that one participant publishes."`
	MaxPublishBitrate int `group:"Access and limits" default:"10000" placeholder:"KBIT" help:"Kilobits a second that one participant publishes in all; pictures beyond it are dropped. 0 is no limit."`

	InvitationRetention time.Duration `group:"Access and limits" default:"168h" placeholder:"DURATION" help:"How long an invitation with timeout 0 may stay unanswered; then it times out after all."`

	Webhook `group:"Events for other systems"`

	MaxMembers int `name:"max-group-members" group:"Access and limits" default:"2000" placeholder:"N" help:"People in one group."`

	VAPIDPublicKey  string `group:"Web Push" name:"vapid-public-key" placeholder:"KEY" help:"Public key that browsers subscribe with (P-256, base64url). Default: a pair made at the first start and kept in the database."`
	VAPIDPrivateKey Secret `group:"Web Push" name:"vapid-private-key" placeholder:"KEY" help:"The private key that goes with it. A new pair loses every subscription there is."`
	VAPIDSubject    string `group:"Web Push" name:"vapid-subject" default:"mailto:webmaster@localhost" placeholder:"URL" help:"Whom a push service may ask about this server: mailto:ADDRESS or an https: URL. Apple's takes real ones only."`

	Heartbeat    time.Duration `group:"Operation" default:"15s" placeholder:"DURATION" help:"Time between two pings of a connection; silent for two of them, it is closed."`
	DrainTimeout time.Duration `group:"Operation" default:"30s" placeholder:"DURATION" help:"After SIGTERM, how long open calls may go on."`
	LogLevel     Level         `group:"Operation" default:"info" placeholder:"debug|info|warn|error" help:"Least level that is logged."`
	LogFormat    string        `group:"Operation" default:"auto" placeholder:"auto|text|json" help:"auto is text on a terminal and JSON elsewhere."`
}

// File is the flag that names the YAML file.
type File struct {
	Config string `placeholder:"FILE" help:"YAML file with settings; its keys are the names of the flags."`
}

// Store says where the data is.
type Store struct {
	Data string `default:"./data" placeholder:"DIR" help:"Directory of the data; created if it is not there."`
	DB   string `name:"db" placeholder:"URL" help:"Database: sqlite:PATH or postgres://USER@HOST/NAME. Default: sqlite:DATA/callsvc.db."`
}

// DSN is the database's address: what --db says, or the file in --data.
func (s Store) DSN() string {
	if s.DB != "" {
		return s.DB
	}
	return "sqlite:" + filepath.Join(s.Data, "callsvc.db")
}

// Credentials are what tokens are signed and checked with.
type Credentials struct {
	APIKey    string `name:"api-key" dev:"${devKey}" placeholder:"KEY" help:"Issuer (iss) of the tokens that are believed. Required without --dev."`
	APISecret Secret `name:"api-secret" dev:"${devSecret}" placeholder:"SECRET" help:"Secret that tokens are signed with (HS256), 32 bytes or more. Required without --dev."`
}

// DevCredentials are those of a server started with --dev and no others. They
// are public, and Validate refuses them without --dev.
func DevCredentials() Credentials {
	return Credentials{APIKey: devKey, APISecret: devSecret}
}

const (
	devKey    = "dev"
	devSecret = "known-to-all-good-for-development-only"
)

// UserSigKey is what UserSigs are checked with: --usersig-secret, or else the
// API secret.
func (s Serve) UserSigKey() Secret {
	if s.UserSigSecret != "" {
		return s.UserSigSecret
	}
	return s.APISecret
}
