package sqlstore

import (
	"encoding/json"
	"fmt"
	"slices"

	"callsvc/call"
)

// A batch is what a Commit has to write: of each thing only its last version,
// since the versions between are never seen by anyone.
type batch struct {
	invitations latest[call.InviteID, *call.Invitation]
	calls       latest[call.ID, *call.Call]
	requests    latest[requestKey, call.Remember]
	revocations latest[call.UserID, call.Millis]
	links       latest[call.LinkID, call.MeetingLink]
	alive       call.Millis
	callbacks   []call.SaveCallback
	im          imBatch
	users       userBatch
}

type requestKey struct {
	user   call.UserID
	digest string
}

func newBatch(groups [][]call.Change) (*batch, error) {
	b := &batch{}
	for _, group := range groups {
		for _, ch := range group {
			switch ch := ch.(type) {
			case call.SaveInvitation:
				b.invitations.put(ch.Invitation.InviteID, ch.Invitation)
			case call.SaveCall:
				b.calls.put(ch.Call.CallID, ch.Call)
			case call.Remember:
				b.requests.put(requestKey{ch.UserID, digestOf(ch.RequestID)}, ch)
			case call.SaveRevocation:
				r := ch.Revocation
				before, _ := b.revocations.get(r.UserID)
				b.revocations.put(r.UserID, max(before, r.At))
			case call.SaveMeetingLink:
				b.links.put(ch.Link.LinkID, ch.Link)
			case call.SaveCallback:
				b.callbacks = append(b.callbacks, ch)
			case call.Alive:
				b.alive = max(b.alive, ch.At)
			default:
				if !b.im.put(ch) && !b.users.put(ch) {
					return nil, fmt.Errorf("cannot store a %T", ch)
				}
			}
		}
	}
	return b, nil
}

// rows turns the batch into what is written, table by table.
func (b *batch) rows() ([]rows, error) {
	all := []rows{invitationRows(), callRows(), participantRows(), aliveRow(), revocationRows(), meetingLinkRows()}
	invitations, calls, participants, alive, revocations, links := &all[0], &all[1], &all[2], &all[3], &all[4], &all[5]
	for _, inv := range b.invitations.values {
		body, err := json.Marshal(inv)
		if err != nil {
			return nil, fmt.Errorf("encode invitation %s: %w", inv.InviteID, err)
		}
		open := number(!inv.CallEnd && !inv.Over())
		invitations.add(inv.InviteID, "", open, inv.CreatedAt, body)
	}
	for _, c := range b.calls.values {
		body, err := json.Marshal(c)
		if err != nil {
			return nil, fmt.Errorf("encode call %s: %w", c.CallID, err)
		}
		ended := c.State == call.StateEnded
		missed := false
		for _, p := range c.People {
			missed = missed || p.Missed()
			if ended {
				participants.add(p.UserID, c.CreatedAt, c.CallID, number(p.Role == call.RoleCaller), number(p.Missed()))
			}
		}
		calls.add(c.CallID, number(!ended), c.CreatedAt, c.EndedAt, c.GroupID, c.Type, c.Result, number(missed), body)
	}
	for i, at := range b.revocations.values {
		revocations.add(b.revocations.keys[i], at)
	}
	for _, l := range b.links.values {
		links.add(l.LinkID, l.RoomID, l.UserID, l.CreatedAt, l.ExpiresAt, l.RevokedAt)
	}
	if b.alive != 0 {
		alive.add(aliveID, b.alive)
	}
	im, err := b.im.rows()
	if err != nil {
		return nil, err
	}
	users, err := b.users.rows()
	return slices.Concat(all, im, users), err
}

// answers are those to be remembered.
func (b *batch) answers() []answer {
	answers := make([]answer, len(b.requests.values))
	for i, r := range b.requests.values {
		answers[i] = answer{r.UserID, b.requests.keys[i].digest, r.At, r.Result}
	}
	return answers
}

// aliveID is the key of the one row of table alive.
const aliveID = int64(1)

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// latest keeps the last value put under each key, in the order in which the
// keys first came. The zero value is empty.
type latest[K comparable, V any] struct {
	index  map[K]int
	keys   []K
	values []V
}

func (l *latest[K, V]) get(k K) (v V, ok bool) {
	i, ok := l.index[k]
	if ok {
		v = l.values[i]
	}
	return v, ok
}

func (l *latest[K, V]) put(k K, v V) {
	if i, ok := l.index[k]; ok {
		l.values[i] = v
		return
	}
	if l.index == nil {
		l.index = map[K]int{}
	}
	l.index[k] = len(l.values)
	l.keys = append(l.keys, k)
	l.values = append(l.values, v)
}
