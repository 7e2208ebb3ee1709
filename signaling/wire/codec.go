package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsvc/call"
)

// The error codes of JSON-RPC 2.0 for malformed traffic.
const (
	CodeParse          call.Code = -32700
	CodeInvalidRequest call.Code = -32600
	CodeMethodUnknown  call.Code = -32601
	CodeInvalidParams  call.Code = -32602
)

// Codec decodes requests and encodes answers and events. It is immutable and
// safe for use by many goroutines.
type Codec struct {
	methods  map[string]Method
	required map[string][]string // members of params that must be there
}

// NewCodec prepares the table of requests.
func NewCodec() *Codec {
	c := &Codec{methods: map[string]Method{}, required: map[string][]string{}}
	for _, m := range Methods() {
		c.methods[m.Name] = m
		c.required[m.Name] = requiredMembers(reflect.TypeOf(m.New()).Elem())
	}
	return c
}

// requiredMembers lists the JSON names of the fields tagged wire:"required".
func requiredMembers(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("wire") == "required" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

// Incoming is one decoded request.
type Incoming struct {
	ID        json.RawMessage // as it came: a string or a number
	Method    string
	RequestID string // the idempotency key in params, if any
	Request   Request
}

// maxIDBytes bounds a request's id and its requestID.
const maxIDBytes = 128

// Decode reads one frame. On error the Incoming still carries the ID, if there
// was a usable one, so that the answer finds its request. Errors are
// *call.Error with one of JSON-RPC's codes, or 6017 for a number that is none
// of the whole numbers its member takes.
func (c *Codec) Decode(frame []byte) (Incoming, error) {
	var in Incoming
	if !json.Valid(frame) {
		return in, call.Errorf(CodeParse, "the frame is not JSON")
	}
	var version, id, method, params []byte
	for name, value := range members(frame) {
		switch {
		case isName(name, "jsonrpc"):
			version = value
		case isName(name, "id"):
			id = value
		case isName(name, "method"):
			method = value
		case isName(name, "params"):
			params = value
		}
	}
	if !usableID(id) {
		return in, call.Errorf(CodeInvalidRequest,
			"the frame is not a JSON-RPC 2.0 request object with a string or number id of at most %d bytes", maxIDBytes)
	}
	in.ID = bytes.Clone(id)
	spoken, _ := unquote(version)
	called, ok := unquote(method)
	if spoken != "2.0" || !ok {
		return in, call.Errorf(CodeInvalidRequest, `a request needs "jsonrpc":"2.0" and a method`)
	}
	in.Method = called
	m, ok := c.methods[in.Method]
	if !ok {
		return in, call.Errorf(CodeMethodUnknown, "there is no method %.64q", in.Method)
	}
	req := m.New()
	requestID, err := decodeParams(params, req, c.required[m.Name])
	if err != nil {
		return in, err
	}
	in.Request, in.RequestID = req, requestID
	return in, nil
}

// usableID accepts what JSON-RPC 2.0 accepts of a request that wants an
// answer: a string or a number.
func usableID(id json.RawMessage) bool {
	if len(id) == 0 || len(id) > maxIDBytes {
		return false
	}
	return id[0] == '"' || id[0] == '-' || id[0] >= '0' && id[0] <= '9'
}

// decodeParams decodes valid JSON.
func decodeParams(raw []byte, into Request, required []string) (requestID string, err error) {
	if isAbsent(raw) {
		raw = []byte("{}")
	}
	if raw[0] != '{' {
		return "", call.Errorf(CodeInvalidParams, "params must be an object")
	}
	var there uint64 // of the required ones
	for name, value := range members(raw) {
		if isName(name, "requestID") && !isAbsent(value) {
			var ok bool
			if requestID, ok = unquote(value); !ok || len(requestID) > maxIDBytes {
				return "", call.Errorf(CodeInvalidParams, "requestID must be a string of at most %d bytes", maxIDBytes)
			}
		}
		for i := range required {
			if isName(name, required[i]) && !isAbsent(value) {
				there |= 1 << i
			}
		}
	}
	for i, name := range required {
		if there>>i&1 == 0 {
			return "", call.Errorf(CodeInvalidParams, "params.%s is missing", name)
		}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return "", paramsError(err)
	}
	return requestID, nil
}

func isAbsent(member []byte) bool { return len(member) == 0 || string(member) == "null" }

func paramsError(err error) error {
	var te *json.UnmarshalTypeError
	if errors.As(err, &te) {
		if number, ok := strings.CutPrefix(te.Value, "number "); ok { // the type is right, the value is not
			return call.Errorf(call.CodeInvalidParameter, "params.%s: %.40s is not a whole number, or too large", te.Field, number)
		}
		return call.Errorf(CodeInvalidParams, "params.%s must not be a JSON %s", te.Field, te.Value)
	}
	return call.Errorf(CodeInvalidParams, "params cannot be read: %v", err)
}

// ErrorBody is the error member of an answer, and of HTTP error bodies.
type ErrorBody struct {
	Code    call.Code  `json:"code"`
	Message string     `json:"message"`
	Data    *ErrorData `json:"data,omitempty"`
}

// ErrorData helps a client to act on an error.
type ErrorData struct {
	// With 9005: when to try again.
	RetryAfterMs int64 `json:"retryAfterMs,omitempty"`
}

// BodyOf turns an error into what its receiver may see. Errors that are no
// *call.Error say only that the fault is ours; the caller logs them.
func BodyOf(err error) ErrorBody {
	var e *call.Error
	if !errors.As(err, &e) {
		return ErrorBody{Code: call.CodeInternal, Message: "the server failed at this; its log says why. Try again."}
	}
	b := ErrorBody{Code: e.Code, Message: e.Message}
	if e.RetryAfter > 0 {
		b.Data = &ErrorData{RetryAfterMs: max(1, e.RetryAfter.Round(time.Millisecond).Milliseconds())}
	}
	return b
}

// EncodeResult makes the answer to a request that succeeded, of the request's
// id and a result from EncodeValue.
func EncodeResult(id, result json.RawMessage) []byte {
	frame := make([]byte, 0, len(id)+len(result)+36)
	frame = append(frame, `{"jsonrpc":"2.0","id":`...)
	frame = append(frame, id...)
	frame = append(frame, `,"result":`...)
	frame = append(frame, result...)
	return append(frame, '}')
}

// EncodeError makes the answer to a request that failed. A nil id is null:
// nobody knows which request it was.
func EncodeError(id json.RawMessage, failure error) ([]byte, error) {
	frame, err := json.Marshal(struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   ErrorBody       `json:"error"`
	}{"2.0", id, BodyOf(failure)})
	if err != nil {
		return nil, fmt.Errorf("encode error: %w", err)
	}
	return frame, nil
}

// EventBody is an event encoded once for all its receivers; only the seq
// differs between them.
type EventBody struct {
	head   []byte // up to and including the opening brace of params
	params []byte // the rest of params, without the opening brace
}

// EncodeEvent encodes an event.
func EncodeEvent(ev Event) (EventBody, error) {
	params, err := EncodeValue(ev)
	if err != nil {
		return EventBody{}, err
	}
	head := fmt.Appendf(nil, `{"jsonrpc":"2.0","method":%q,"params":{`, ev.Name())
	return EventBody{head: head, params: params[1:]}, nil
}

// Len is about how many bytes a frame of the event has.
func (b EventBody) Len() int { return len(b.head) + len(b.params) }

// AppendFrame appends the frame of one receiver. A seq of 0 is left out
// (session.welcome has none).
func (b EventBody) AppendFrame(frame []byte, seq int64) []byte {
	frame = slices.Grow(frame, b.Len()+28)
	frame = append(frame, b.head...)
	if seq > 0 {
		frame = append(frame, `"seq":`...)
		frame = strconv.AppendInt(frame, seq, 10)
		if len(b.params) > 1 {
			frame = append(frame, ',')
		}
	}
	frame = append(frame, b.params...)
	return append(frame, '}')
}
