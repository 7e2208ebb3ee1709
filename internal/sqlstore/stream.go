package sqlstore

import (
	"context"
	"fmt"
	"iter"
	"runtime"

	"callsvc/call"

	"golang.org/x/sync/errgroup"
)

// streamPage is how many records of a stream are in memory at a time.
const streamPage = 500

// HistoryAll returns every ended call that q asks for, in History's order, in
// constant memory. It reads page by page and holds no connection in between, so
// a consumer may be as slow as it likes; calls that end meanwhile may or may
// not be part of it. A q.Limit above 0 is where it stops. After an error it
// yields nothing more; if ctx ends before everything was read, that is one.
func (s *Store) HistoryAll(ctx context.Context, q call.HistoryQuery) iter.Seq2[call.Record, error] {
	return func(yield func(call.Record, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		pages := make(chan page)
		go s.stream(ctx, q, pages)
		defer func() { // the reader must be gone when this returns
			cancel()
			for range pages {
			}
		}()
		for p := range pages {
			for _, r := range p.records {
				if !yield(r, nil) {
					return
				}
			}
			if p.err != nil {
				yield(call.Record{}, p.err)
			}
			if p.last {
				return
			}
		}
		yield(call.Record{}, fmt.Errorf("read calls: %w", ctx.Err())) // half of them must not look like all
	}
}

// page is a part of a stream. One that has an error is the last.
type page struct {
	records []call.Record
	err     error
	last    bool
}

// stream sends page after page until there is none, or ctx ends. It reads and
// decodes the next page while the one before is consumed.
func (s *Store) stream(ctx context.Context, q call.HistoryQuery, pages chan<- page) {
	defer close(pages)
	left := q.Limit
	for {
		want := streamPage
		if q.Limit > 0 {
			want = min(want, left)
		}
		records, err := s.streamed(ctx, q, want)
		if ctx.Err() != nil { // err may be the database's word for it
			return
		}
		left -= len(records)
		last := err != nil || len(records) < want || q.Limit > 0 && left == 0
		select {
		case pages <- page{records, err, last}:
		case <-ctx.Done():
			return
		}
		if last {
			return
		}
		q.Cursor = after(records)
	}
}

func (s *Store) streamed(ctx context.Context, q call.HistoryQuery, limit int) ([]call.Record, error) {
	found, err := s.page(ctx, q, limit)
	if err != nil {
		return nil, err
	}
	return decodeTogether(found)
}

// decodeTogether is decodeRecords on all processors: decoding is what an
// export spends most of its time with.
func decodeTogether(bodies []string) ([]call.Record, error) {
	records := make([]call.Record, len(bodies))
	part := max(1, (len(bodies)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var group errgroup.Group
	for from := 0; from < len(bodies); from += part {
		group.Go(func() error {
			to := min(from+part, len(bodies))
			return decodeInto(records[from:to], bodies[from:to])
		})
	}
	return records, group.Wait()
}
