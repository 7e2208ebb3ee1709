package usage

import (
	"strings"
	"time"
)

// What /proc and a server say is made up by the tests of the parsers.

// ParseMetrics reads Prometheus' text format.
func ParseMetrics(text string) (Metrics, error) { return parse(strings.NewReader(text)) }

// ParseStat reads /proc/PID/stat.
func ParseStat(text string) (Process, error) { return parseStat(text) }

// ParseMachine reads the first line of /proc/stat.
func ParseMachine(line string) time.Duration { return parseMachine(line) }
