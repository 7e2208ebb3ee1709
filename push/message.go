package push

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// maxMessageBytes is what goes into one record of 4096 bytes, the least that
// every push service takes (RFC 8291 §4): less the header of 86 bytes, the tag
// of 16 and the delimiter.
const maxMessageBytes = 4096 - 86 - 16 - 1

// noSound is the sound that is none (TIM kIOSOfflinePushNoSound).
const noSound = "push.no_sound"

// The bounds of texts, in bytes.
const (
	maxTitleBytes = 200
	maxDescBytes  = 500
)

// notice is what an invitation's texts say about pushing it.
type notice struct {
	callType call.Media // empty if it is not into a call
	info     wire.OfflinePushInfo
}

// read reads the texts. It reports whether the invitation is pushed: one that
// asks into a call is, and one whose sender says what to show (TIM
// offlinePushInfo); none that disablePush forbids.
func (r *ringing) read() (n notice, pushed bool, err error) {
	if r.offlinePushInfo != "" {
		if err := json.Unmarshal([]byte(r.offlinePushInfo), &n.info); err != nil {
			return n, false, fmt.Errorf("decode offlinePushInfo: %w", err)
		}
		n.info.Desc = cmp.Or(n.info.Desc, n.info.Description)
		n.info.Ext = cmp.Or(n.info.Ext, n.info.Extension)
	}
	p, ofCall := call.ParsePayload(r.data)
	if ofCall && p.Rings() {
		n.callType = p.Type
	}
	shown := n.callType != "" || !ofCall && (n.info.Title != "" || n.info.Desc != "")
	return n, shown && !n.info.DisablePush, nil
}

// invitationMessage rings.
type invitationMessage struct {
	Type        string        `json:"type"` // "invitation"
	InviteID    call.InviteID `json:"inviteID"`
	Inviter     call.UserID   `json:"inviter"`
	Name        string        `json:"name"`
	GroupID     call.GroupID  `json:"groupID,omitempty"`
	CallType    call.Media    `json:"callType,omitempty"` // of an invitation into a call
	Title       string        `json:"title"`
	Desc        string        `json:"desc"`
	Ext         string        `json:"ext,omitempty"`
	Silent      bool          `json:"silent,omitempty"` // shown without a sound
	ExpiresAt   call.Millis   `json:"expiresAt"`        // of ringing and of AnswerToken
	Language    string        `json:"language"`
	AnswerToken string        `json:"answerToken"`
}

// overMessage ends the ringing.
type overMessage struct {
	Type     string            `json:"type"` // "over"
	InviteID call.InviteID     `json:"inviteID"`
	Outcome  call.InviteeState `json:"outcome"`
	Name     string            `json:"name"`
	CallType call.Media        `json:"callType,omitempty"`
	Language string            `json:"language"`
}

// missed reports whether who was asked never answered.
func missed(outcome call.InviteeState) bool {
	return outcome == call.InviteeTimedOut || outcome == call.InviteeCancelled
}

// message is what is sent: that it rings, or with an outcome that it is over.
func (d *delivery) message(tag string, outcome call.InviteeState) ([]byte, error) {
	name := clip(cmp.Or(d.name, string(d.inviter)), maxTitleBytes)
	lang := languageOf(tag)
	if outcome != "" {
		return encode(overMessage{
			Type: "over", InviteID: d.inviteID, Outcome: outcome, Name: name, CallType: d.notice.callType, Language: lang,
		})
	}
	m := invitationMessage{
		Type: "invitation", InviteID: d.inviteID, Inviter: d.inviter, Name: name, GroupID: d.groupID, CallType: d.notice.callType,
		Title: clip(cmp.Or(d.notice.info.Title, name), maxTitleBytes),
		Desc:  clip(cmp.Or(d.notice.info.Desc, defaultDesc(lang)), maxDescBytes),
		Ext:   d.notice.info.Ext, Silent: d.notice.info.IOSSound == noSound, ExpiresAt: call.MillisOf(d.deadline), Language: lang, AnswerToken: d.token,
	}
	body, err := encode(m)
	if err == nil && len(body) > maxMessageBytes { // only ext may be long, and half of it would be of no use
		m.Ext = ""
		body, err = encode(m)
	}
	if err == nil && len(body) > maxMessageBytes { // texts of control characters, each written with six
		m.Name, m.Title, m.Desc = string(d.inviter), string(d.inviter), defaultDesc(lang)
		body, err = encode(m)
	}
	return body, err
}

// languageOf is the language of ours that a BCP 47 tag asks for.
func languageOf(tag string) string {
	if primary, _, _ := strings.Cut(strings.ToLower(tag), "-"); primary == "zh" {
		return "zh"
	}
	return "en"
}

// defaultDesc is TIM's text for a call without offlinePushInfo.
func defaultDesc(lang string) string {
	if lang == "zh" {
		return "您有一个通话请求"
	}
	return "You have a call request"
}

// clip shortens a text to so many bytes, at a character's end.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}

func encode(m any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("encode a push message: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
