package whip

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"callsvc/call"
	"callsvc/signaling/wire"
)

// session is one publisher or player.
type session struct {
	key   string // unguessable: who has the URL may end the session
	who   call.Caller
	room  call.RoomID
	plays bool
	turn  chan struct{} // holds a token while a request about it runs

	ctx  context.Context // ends with the session
	stop context.CancelFunc
	wake chan struct{} // a player's slots may have to change

	// Guarded by turn.
	offer   string // with the credentials of ICE as they are now
	version int    // of these

	// Guarded by the Service.
	expires time.Time // of the token
	expiry  *time.Timer

	mu       sync.Mutex // guards the following
	director *director  // nil for a publisher
}

func newSession(key string, who call.Caller, room call.RoomID, plays bool) *session {
	who.SessionID = call.SessionID(sessionPrefix + key)
	who.Unattended = true
	x := &session{key: key, who: who, room: room, plays: plays, turn: make(chan struct{}, 1), wake: make(chan struct{}, 1), version: 1}
	x.ctx, x.stop = context.WithCancel(context.Background())
	return x
}

// path is the session's URL.
func (x *session) path() string {
	kind := "whip"
	if x.plays {
		kind = "whep"
	}
	return "/" + kind + "/" + string(x.room) + "/" + x.key
}

// etag names the ICE session (RFC 9725 section 4.3.1).
func (x *session) etag() string { return `"` + strconv.Itoa(x.version) + `"` }

// direct begins to fill a player's slots. A view with a user stands for ever.
func (x *session) direct(o offer, view call.View, users []wire.RoomUser) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.director = newDirector(o, view, users)
}

// see takes note of what happens in the room.
func (x *session) see(ev wire.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.director == nil || !x.director.see(ev) {
		return
	}
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// views is what the slots should show, and whether that is something else than
// when it was asked last.
func (x *session) views() ([]call.View, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.director.views()
}

// director decides what a player sees: the user it asked for, whom alone it
// hears then, or who speaks and then who has been there longest.
type director struct {
	slots  []string // mids of the video slots
	audios []string // and of those for sound
	view   call.View
	last   []call.View
	stage  []*publisher // in the order they came
	leader call.UserID  // who speaks, or did last
}

// publisher is somebody in the room.
type publisher struct {
	user           call.UserID
	camera, screen bool
}

func newDirector(o offer, view call.View, users []wire.RoomUser) *director {
	d := &director{slots: o.videos, audios: o.audios, view: view}
	for _, u := range users {
		d.stage = append(d.stage, &publisher{u.UserID, u.Video, u.Screen})
	}
	return d
}

// see takes note of an event and reports whether the slots may have to change.
func (d *director) see(ev wire.Event) bool {
	switch ev := ev.(type) {
	case wire.RemoteUserLeaveRoom:
		d.stage = slices.DeleteFunc(d.stage, func(p *publisher) bool { return p.user == ev.UserID })
	case wire.UserVideoAvailable:
		d.publisher(ev.UserID).camera = ev.Available
	case wire.UserSubStreamAvailable:
		d.publisher(ev.UserID).screen = ev.Available
	case wire.ActiveSpeakerChanged:
		if ev.UserID == "" {
			return false // who spoke last stays in sight
		}
		d.leader = ev.UserID
	default:
		return false
	}
	return d.view.UserID == ""
}

// publisher finds somebody, who has just come if they are not known.
func (d *director) publisher(user call.UserID) *publisher {
	for _, p := range d.stage {
		if p.user == user {
			return p
		}
	}
	p := &publisher{user: user}
	d.stage = append(d.stage, p)
	return p
}

// views fills the slots anew. Who is in a slot and may stay stays in it.
func (d *director) views() (views []call.View, changed bool) {
	if d.view.UserID != "" {
		views = d.follow()
	} else {
		views = d.arrange()
	}
	changed = !slices.Equal(views, d.last)
	d.last = views
	return views, changed
}

// follow shows the user that was asked for: the picture, the voice, the sound of
// a screen with its picture, and nobody else in the slots that are left.
func (d *director) follow() []call.View {
	var views []call.View
	if len(d.slots) > 0 {
		views = append(views, call.View{MID: d.slots[0], UserID: d.view.UserID, Stream: d.view.Stream})
	}
	sounds := []call.Source{call.SourceMic}
	if d.view.Stream == call.SourceScreen {
		sounds = append(sounds, call.SourceScreenAudio)
	}
	for i, mid := range d.audios {
		v := call.View{MID: mid}
		if i < len(sounds) {
			v.UserID, v.Stream = d.view.UserID, sounds[i]
		}
		views = append(views, v)
	}
	return views
}

func (d *director) arrange() []call.View {
	wanted := d.wanted()
	var views []call.View
	for _, mid := range d.slots { // first those who stay
		for _, v := range d.last {
			if v.MID == mid && slices.Contains(wanted, v.UserID) {
				views = append(views, v)
				wanted = slices.DeleteFunc(wanted, func(u call.UserID) bool { return u == v.UserID })
			}
		}
	}
	for _, mid := range d.slots {
		taken := slices.ContainsFunc(views, func(v call.View) bool { return v.MID == mid })
		if !taken && len(wanted) > 0 {
			views = append(views, call.View{MID: mid, UserID: wanted[0], Stream: d.view.Stream})
			wanted = wanted[1:]
		}
	}
	return views
}

// wanted are as many users as there are slots, of those who have a picture: who
// speaks, then who is shown already, then who came first.
func (d *director) wanted() []call.UserID {
	var speaks, shown, others []call.UserID
	for _, p := range d.stage {
		switch has := d.view.Stream == call.SourceCamera && p.camera || d.view.Stream == call.SourceScreen && p.screen; {
		case !has:
		case p.user == d.leader:
			speaks = append(speaks, p.user)
		case slices.ContainsFunc(d.last, func(v call.View) bool { return v.UserID == p.user }):
			shown = append(shown, p.user)
		default:
			others = append(others, p.user)
		}
	}
	wanted := slices.Concat(speaks, shown, others)
	return wanted[:min(len(wanted), len(d.slots))]
}
