package mediabench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what the server has used so far.
type usage struct {
	cpu time.Duration
	rss int64 // bytes, now
}

// usageOf is how to ask: /proc for a process of this machine, else /metrics;
// nothing at all if neither is named.
func usageOf(o Options) func(context.Context) (usage, error) {
	switch {
	case o.PID != 0:
		return func(context.Context) (usage, error) { return readProcess(o.PID) }
	case o.Metrics != "":
		return func(ctx context.Context) (usage, error) { return readMetrics(ctx, o.Metrics) }
	}
	return func(context.Context) (usage, error) { return usage{}, nil }
}

// clockTick is the unit of times in /proc (sysconf _SC_CLK_TCK, on Linux always this).
const clockTick = time.Second / 100

// readProcess reads proc(5).
func readProcess(pid int) (usage, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, fmt.Errorf("read what process %d uses: %w", pid, err)
	}
	// The name, in parentheses, may have anything in it.
	_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
	f := strings.Fields(rest)
	const user, system, resident = 11, 12, 21 // behind the name
	if len(f) <= resident {
		return usage{}, fmt.Errorf("read what process %d uses: /proc has another form", pid)
	}
	var n [3]int64
	for i, at := range []int{user, system, resident} {
		if n[i], err = strconv.ParseInt(f[at], 10, 64); err != nil {
			return usage{}, fmt.Errorf("read what process %d uses: %w", pid, err)
		}
	}
	return usage{cpu: time.Duration(n[0]+n[1]) * clockTick, rss: n[2] * int64(os.Getpagesize())}, nil
}

// readMetrics reads Prometheus' process collector.
func readMetrics(ctx context.Context, url string) (usage, error) {
	figures := map[string]float64{"process_cpu_seconds_total": -1, "process_resident_memory_bytes": -1}
	if err := scrape(ctx, url, func(name string, value float64) {
		if _, wanted := figures[name]; wanted {
			figures[name] = value
		}
	}); err != nil {
		return usage{}, err
	}
	cpu, rss := figures["process_cpu_seconds_total"], figures["process_resident_memory_bytes"]
	if cpu < 0 || rss < 0 {
		return usage{}, fmt.Errorf("read the server's figures: %s has none of Prometheus' process collector", url)
	}
	return usage{cpu: time.Duration(cpu * float64(time.Second)), rss: int64(rss)}, nil
}

// scrape reads all that Prometheus would, with the labels as part of the name.
func scrape(ctx context.Context, url string, take func(name string, value float64)) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("read the server's figures: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("read the server's figures: GET %s answers %s", url, res.Status)
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		line := lines.Text()
		at := strings.LastIndexByte(line, ' ') // labels may have spaces
		if at < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		value, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil {
			return fmt.Errorf("read the server's figures: %q: %w", line, err)
		}
		take(line[:at], value)
	}
	return lines.Err()
}

// machineCPU is what all processes of this machine have used, 0 where /proc does
// not say (proc(5), /proc/stat).
func machineCPU() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0 // no Linux
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)
	const idle, waiting, guest = 4, 5, 9 // guests are in user's already
	var ticks int64
	for i, f := range fields {
		n, err := strconv.ParseInt(f, 10, 64)
		if err == nil && i != idle && i != waiting && i < guest {
			ticks += n
		}
	}
	return time.Duration(ticks) * clockTick
}

// ownCPU is what this process has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // cannot be: the arguments are right
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
