package archtest_test

// rule is what one package may import. A name that ends in "/..." stands for
// everything below it.
type rule struct {
	pkg    string // its folder
	ours   string // packages of this module
	theirs string // modules of others, and guarded packages of the standard library
}

// rules has a line for every package. signaling, im, user, room, media and calllog hang
// from call and none sees another; only internal/app joins them. A change here
// needs a decision record (docs/adr).
func rules() []rule {
	return []rule{
		{"call", "", ""},

		{"signaling/wire", "call", ""},
		{"signaling/wire/wiregen", "call signaling/wire", ""},
		{"signaling", "call signaling/wire internal/commit internal/limit", "github.com/google/uuid"},
		{"signaling/session", "call internal/limit signaling/wire", "github.com/gorilla/websocket golang.org/x/time/rate"},
		{"im", "call signaling/wire internal/commit internal/limit", "github.com/google/uuid"},
		{"user", "call signaling/wire internal/commit", ""},
		{"whip", "call signaling/wire internal/limit", ""},
		{"room", "call signaling/wire internal/actor internal/limit", ""},
		{"media", "call internal/limit media/bitstream media/bwe", "github.com/pion/... golang.org/x/sys/... golang.org/x/time/rate unsafe"},
		{"media/bitstream", "", ""},
		{"media/bwe", "", ""},
		{"push", "call signaling/wire internal/commit", "github.com/SherClockHolmes/webpush-go"},
		{"webhook", "call", ""},
		{"calllog", "call", "github.com/xuri/excelize/v2"},

		{"internal/actor", "", ""},
		{"internal/commit", "call", ""},
		{"internal/limit", "", "golang.org/x/time/rate"},
		{"internal/portmux", "", ""},
		{"internal/conductor", "call signaling/wire internal/commit", "github.com/google/uuid"},
		{"internal/sqlstore", "call", "database/sql/... modernc.org/sqlite/... github.com/jackc/pgx/... github.com/pressly/goose/... github.com/go-json-experiment/json golang.org/x/sync/..."},
		{"internal/bench", "internal/histogram internal/usage", "github.com/gorilla/websocket golang.org/x/sync/..."},
		{"internal/histogram", "", ""},
		{"internal/usage", "", ""},
		{"internal/mediabench", "internal/histogram internal/usage", "github.com/pion/... github.com/gorilla/websocket google.golang.org/protobuf/encoding/protowire"},
		{"internal/auth", "call internal/limit", "github.com/golang-jwt/jwt/..."},
		{"internal/config", "", "github.com/alecthomas/kong gopkg.in/yaml.v3"},
		{"internal/config/configdoc", "internal/config", ""},

		{"web", "", ""},
		{"web/api", "call calllog signaling/wire", ""},
		{"internal/app", "...", "github.com/prometheus/..."},
		{"cmd/callsvc", "call calllog internal/app internal/auth internal/bench internal/config internal/mediabench internal/sqlstore", "github.com/alecthomas/kong github.com/mattn/go-isatty"},

		{"internal/archtest", "", ""},
		{"e2e/participants", "", "github.com/pion/... github.com/gorilla/websocket"},
		{"internal/testkit", "...", "github.com/pion/... github.com/gorilla/websocket"},
	}
}

// guarded are the packages of the standard library that stand behind a wall as
// other people's modules do.
func guarded() []string { return []string{"database/sql/...", "os/exec", "plugin", "unsafe"} }

// inTests is what any test may import besides what its package may: all of
// ours, and these. The wall around pion and gorilla stands: a test that needs
// a client of either is named in clients.
func inTests() string {
	return "github.com/google/go-cmp/... pgregory.net/rapid gopkg.in/yaml.v3 os/exec"
}

// clients are the folders whose tests speak to the service as a browser does.
func clients() rule {
	return rule{
		pkg:    "media media/bwe room signaling/session web/api internal/app internal/testkit e2e/...",
		theirs: "github.com/pion/... github.com/gorilla/websocket",
	}
}

// testOnly are packages that only tests may import.
func testOnly() []string { return []string{"internal/testkit"} }
