package room

import (
	"context"
	"unicode"
	"unicode/utf8"

	"callsvc/call"
	"callsvc/internal/limit"
	"callsvc/signaling/wire"
)

const (
	// maxReactionBytes bounds one reaction: the longest emoji, a family of four
	// with tones of skin, has 41.
	maxReactionBytes = 64
	// maxToldReactions is how many reactions are told together. Nobody can tell
	// more of them apart in the moment they are gathered for.
	maxToldReactions = 50
)

// reactions is how often one user may react.
func reactions() limit.Rate { return limit.Rate{PerSecond: 2, Burst: 10} }

// checkReaction refuses what is no emoji: whoever may write writes in the chat,
// where it is kept.
func checkReaction(reaction string) error {
	symbols, others := 0, 0
	for _, c := range reaction {
		switch {
		case c != utf8.RuneError && unicode.Is(unicode.So, c):
			symbols++
		case !joinsEmoji(c):
			others++
		}
	}
	if len(reaction) > maxReactionBytes || symbols == 0 || others > 0 {
		return call.Errorf(call.CodeInvalidParameter, "reaction: send one emoji, of at most %d bytes", maxReactionBytes)
	}
	return nil
}

// joinsEmoji reports whether a character is a part of emoji besides their
// symbols (UTS #51, ED-9 to ED-16): a joiner, a variation, a tone of skin, a tag
// of a flag.
func joinsEmoji(c rune) bool {
	const joiner, variation, firstTag, lastTag = '\u200d', '\ufe0f', '\U000e0020', '\U000e007f'
	return c == joiner || c == variation || unicode.Is(unicode.Sk, c) || (firstTag <= c && c <= lastTag)
}

// SendReaction shows the others for a moment how somebody takes what is being
// said. Errors: 6017, 9002, 9005.
func (s *Service) SendReaction(ctx context.Context, who call.Caller, req *wire.SendReaction) (wire.Empty, error) {
	if err := checkReaction(req.Reaction); err != nil {
		return wire.Empty{}, err
	}
	return wire.Empty{}, s.inRoom(ctx, who, req.RoomID, func(r *room, m *member) error {
		at := now()
		if wait := s.reactions.Take(who.UserID, 1, at.Time()); wait > 0 {
			return call.Errorf(call.CodeRateLimited, "you react too often: wait").After(wait)
		}
		if err := r.broadcast(who); err != nil {
			return err
		}
		r.tellReaction(m, wire.Reaction{UserID: m.user, Reaction: req.Reaction, At: at})
		return nil
	})
}

// tellReaction tells the others, in a crowd with what is gathered.
func (r *room) tellReaction(m *member, reaction wire.Reaction) {
	if !r.crowded() {
		r.tell(m, wire.Reactions{RoomID: r.id, Reactions: []wire.Reaction{reaction}})
		return
	}
	if len(r.crowd.reactions) < maxToldReactions {
		r.crowd.reactions = append(r.crowd.reactions, reaction)
	}
	r.gather()
}
