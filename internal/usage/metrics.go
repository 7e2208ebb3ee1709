package usage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Metrics are what a server shows to Prometheus: values by name, with the labels
// as they are written there.
type Metrics map[string]float64

// Names of Prometheus' process and Go collectors.
const (
	ProcessCPUSeconds = "process_cpu_seconds_total"
	ProcessRSSBytes   = "process_resident_memory_bytes"
	ProcessMaxFiles   = "process_max_fds"
	GoHeapBytes       = "go_memstats_heap_inuse_bytes"
	GoStackBytes      = "go_memstats_stack_inuse_bytes"
	GoCollections     = "go_gc_duration_seconds_count"
)

const (
	scrapeTimeout = 30 * time.Second
	scrapeBytes   = 16 << 20 // a hundred times what callsvc shows
)

// Scrape asks a server for its metrics at a URL such as
// http://127.0.0.1:8080/metrics, for half a minute at most. No connection is kept.
func Scrape(ctx context.Context, url string) (Metrics, error) {
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("read the server's figures: %w", err)
	}
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read the server's figures: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read the server's figures: GET %s answers %s", url, res.Status)
	}
	m, err := parse(http.MaxBytesReader(nil, res.Body, scrapeBytes))
	if err != nil {
		return nil, fmt.Errorf("read the server's figures: GET %s: %w", url, err)
	}
	return m, nil
}

// parse reads Prometheus' text format, version 0.0.4: a name, labels in braces if
// there are any, a value, and perhaps when it was taken.
func parse(text io.Reader) (Metrics, error) {
	m := Metrics{}
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		end := nameEnd(line)
		fields := strings.Fields(line[end:])
		if line[0] == '{' || len(fields) == 0 {
			return nil, fmt.Errorf("no name and value: %q", line)
		}
		value, err := strconv.ParseFloat(fields[0], 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) { // beyond the range is infinite
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		m[line[:end]] = value
	}
	return m, lines.Err()
}

// nameEnd is where a line's name ends, with its labels: their values are quoted
// and may hold anything.
func nameEnd(line string) int {
	end := strings.IndexAny(line, "{ \t")
	if end < 0 {
		return len(line)
	}
	if line[end] != '{' {
		return end
	}
	quoted := false
	for i := end + 1; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++ // what follows does not end the value
		case c == '"':
			quoted = !quoted
		case c == '}' && !quoted:
			return i + 1
		}
	}
	return len(line)
}

// Process is what the server itself uses, as Prometheus' process collector says
// it; an error if it has none.
func (m Metrics) Process() (Process, error) {
	cpu, hasCPU := m[ProcessCPUSeconds]
	rss, hasRSS := m[ProcessRSSBytes]
	if !hasCPU || !hasRSS {
		return Process{}, errors.New("the server's metrics have none of Prometheus' process collector")
	}
	return Process{CPU: time.Duration(cpu * float64(time.Second)), RSS: int64(rss)}, nil
}
