package bench

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

// figures are the server's /metrics, by name with labels as they are written there.
type figures map[string]float64

// The figures that are read (Prometheus' process and Go collectors).
const (
	cpuSeconds  = "process_cpu_seconds_total"
	rssBytes    = "process_resident_memory_bytes"
	maxFiles    = "process_max_fds"
	heapInUse   = "go_memstats_heap_inuse_bytes"
	stackInUse  = "go_memstats_stack_inuse_bytes"
	collections = "go_gc_duration_seconds_count"
)

// scrape reads the server's figures.
func scrape(ctx context.Context, base string) (figures, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/metrics", http.NoBody)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read the server's figures: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read the server's figures: GET /metrics answers %s", res.Status)
	}
	f := figures{}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		line := lines.Text()
		end := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || end < 0 {
			continue
		}
		if f[line[:end]], err = strconv.ParseFloat(line[end+1:], 64); err != nil {
			return nil, fmt.Errorf("read the server's figures: %q: %w", line, err)
		}
	}
	return f, lines.Err()
}

// clientCPU is the processor time this process has used.
func clientCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // cannot be: the arguments are right
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loadAverage is the machine's over the last minute; empty where it has none to read.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "" // no Linux
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

// checkFiles refuses more connections than a process may have files, which
// would end in the middle.
func checkFiles(n int, server figures) error {
	const spare = 64
	var own syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &own); err != nil {
		return fmt.Errorf("read the limit of open files: %w", err)
	}
	need := uint64(n + spare)
	const cure = "%d connections need %d open files and %s may have %d: run `ulimit -n %d` in the shell that starts it, or take fewer --users"
	if uint64(own.Cur) < need {
		return fmt.Errorf(cure, n, need, "this process", own.Cur, need)
	}
	if most := server[maxFiles]; most > 0 && most < float64(need) {
		return fmt.Errorf(cure, n, need, "the server", int64(most), need)
	}
	return nil
}
