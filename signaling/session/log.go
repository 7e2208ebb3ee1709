package session

import "callsvc/signaling/wire"

// event is one event as its receivers share it.
type event struct {
	body      wire.EventBody
	transient bool // of no use to a session that is detached
}

func newEvent(ev wire.Event) (*event, error) {
	body, err := wire.EncodeEvent(ev)
	if err != nil {
		return nil, err
	}
	return &event{body: body, transient: wire.Transient(ev)}, nil
}

// eventLog is the last events of one session, in order and without a gap.
type eventLog struct {
	events []*event
	last   int64 // seq of the newest, 0 before the first
	bytes  int
}

// add gives ev the next seq and forgets the oldest events beyond the bounds.
func (l *eventLog) add(ev *event, maxEvents, maxBytes int) int64 {
	l.events = append(l.events, ev)
	l.bytes += ev.body.Len()
	l.last++
	for len(l.events) > maxEvents || l.bytes > maxBytes {
		l.drop()
	}
	return l.last
}

// since returns the events after seq, or false if they are not all there.
func (l *eventLog) since(seq int64) ([]*event, bool) {
	behind := l.last - seq
	if seq < 0 || behind < 0 || behind > int64(len(l.events)) {
		return nil, false
	}
	return l.events[int64(len(l.events))-behind:], true
}

// forget drops the events up to seq: the client has them.
func (l *eventLog) forget(seq int64) {
	for int64(len(l.events)) > l.last-seq {
		l.drop()
	}
}

func (l *eventLog) drop() {
	l.bytes -= l.events[0].body.Len()
	l.events[0] = nil
	l.events = l.events[1:]
	if len(l.events) == 0 {
		l.events = nil
	}
}
