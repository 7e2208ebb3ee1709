package usage

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Machine is the processor time that all processes of this machine have used, 0
// where /proc does not say.
func Machine() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0 // no Linux
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return parseMachine(line)
}

// parseMachine reads the first line of /proc/stat (proc(5)).
func parseMachine(line string) time.Duration {
	const idle, waiting, guest = 4, 5, 9 // guests are in user's already
	var ticks int64
	for i, f := range strings.Fields(line) {
		n, err := strconv.ParseInt(f, 10, 64)
		if err == nil && i != idle && i != waiting && i < guest {
			ticks += n
		}
	}
	return time.Duration(ticks) * clockTick
}

// LoadAverage is the machine's over the last minute, as /proc writes it; empty
// where it has none.
func LoadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "" // no Linux
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}
