package calllog

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"

	"callsvc/call"
)

// WriteJSONL writes one record a line, each a JSON object as the API answers
// it. It stops at the first error of records or of w and returns it; what was
// written until then may lack its end.
func WriteJSONL(w io.Writer, records iter.Seq2[call.Record, error]) error {
	out := bufio.NewWriterSize(w, bufferSize)
	enc := json.NewEncoder(out)
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("read records: %w", err)
		}
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("write the call %s: %w", r.CallID, err)
		}
	}
	return out.Flush()
}
