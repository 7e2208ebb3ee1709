package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"callsvc/call"
	"callsvc/calllog"
	"callsvc/im"
	"callsvc/internal/auth"
	"callsvc/internal/commit"
	"callsvc/internal/conductor"
	"callsvc/internal/config"
	"callsvc/internal/portmux"
	"callsvc/internal/sqlstore"
	"callsvc/media"
	"callsvc/push"
	"callsvc/room"
	"callsvc/signaling"
	"callsvc/signaling/session"
	"callsvc/user"
	"callsvc/webhook"
	"callsvc/whip"
)

// App is the whole service.
type App struct {
	cfg       config.Serve
	log       *slog.Logger
	revoked   *auth.Revocations
	links     *auth.Links
	verifier  *auth.Verifier
	guard     *auth.Guard
	limits    limits
	store     *sqlstore.Store
	loop      *commit.Loop
	users     *user.Service
	engine    *media.Engine
	rooms     *room.Service
	im        *im.Service
	signaling *signaling.Service
	conductor *conductor.Conductor
	pushKeys  call.PushKeys
	push      *push.Service
	webhook   *webhook.Deliverer // nil: nobody is told of events
	history   *calllog.Log
	whip      *whip.Service
	hub       *session.Hub
	listener  net.Listener // of HTTP
	mux       *portmux.Mux // nil: HTTP has the port for itself
	http      *http.Server
	ready     atomic.Bool
	startedAt time.Time
	tasks     sync.WaitGroup // what Run has begun beside the loop
}

// Ports are where an App is reached.
type Ports struct {
	HTTP  net.Listener
	Media *media.Engine
}

// New opens the store, the ports and builds the parts. Nothing is served until
// Run. Errors name the setting to change.
func New(ctx context.Context, cfg config.Serve, log *slog.Logger) (*App, error) {
	return newApp(ctx, cfg, log, (*App).openPorts)
}

// NewOn is New on ports that are open already, whatever the settings say of
// them. The App closes them, also when this fails.
func NewOn(ctx context.Context, cfg config.Serve, on Ports, log *slog.Logger) (*App, error) {
	return newApp(ctx, cfg, log, func(a *App) error {
		a.listener, a.engine = on.HTTP, on.Media
		return nil
	})
}

func newApp(ctx context.Context, cfg config.Serve, log *slog.Logger, ports func(*App) error) (*App, error) {
	a := &App{cfg: cfg, log: log, limits: newLimits(cfg), startedAt: time.Now()}
	err := ports(a)
	if err == nil {
		err = a.open(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.closePorts())
	}
	a.build()
	if err := a.buildHTTP(); err != nil {
		return nil, errors.Join(err, a.closePorts())
	}
	return a, nil
}

// open acquires the store and reads from it what the parts are built with.
func (a *App) open(ctx context.Context) (err error) {
	if a.cfg.DB == "" {
		if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil {
			return fmt.Errorf("--data: %w", err)
		}
	}
	if a.store, err = sqlstore.Open(ctx, a.cfg.DSN(), a.log); err != nil {
		return err
	}
	if err = a.store.Claim(ctx); err != nil {
		return err
	}
	if err = a.openAuth(ctx); err != nil {
		return err
	}
	a.pushKeys, err = pushKeys(ctx, a.cfg, a.store)
	return err
}

// openAuth learns which credentials are good.
func (a *App) openAuth(ctx context.Context) error {
	stored, err := a.store.Revocations(ctx)
	if err != nil {
		return err
	}
	links, err := a.store.MeetingLinks(ctx)
	if err != nil {
		return err
	}
	a.revoked = auth.NewRevocations(stored)
	a.links = auth.NewLinks(links, guestTTL)
	a.verifier, err = auth.New(auth.Config{
		APIKey: a.cfg.APIKey, APISecret: string(a.cfg.APISecret),
		SDKAppID: uint32(a.cfg.SDKAppID), UserSigSecret: string(a.cfg.UserSigKey()),
		Revoked: a.revoked, Links: a.links,
	})
	a.guard = auth.NewGuard(a.verifier, a.limits.addresses.Of, rateOf(a.cfg.FailedSignInRate, 60))
	return err
}

// build makes the parts and joins them.
func (a *App) build() {
	a.loop = commit.New(a.store)
	options := hubOptions(a.cfg, a.limits.addresses, (*memory)(a))
	options.ICEServers = a.iceServers
	a.hub = session.New(options, a, (*observer)(a), (*doorman)(a), a.log)
	a.users = user.New(a.loop, a.store, a.hub)
	a.im = im.New(im.Options{
		MaxMembers: a.cfg.MaxMembers, GroupMessages: a.limits.groupMessages, Broadcasts: a.limits.broadcasts,
		Attributes: rateOf(a.cfg.GroupAttributeRate, 2),
	}, a.loop, a.store, a.hub, a.users, a.log)
	a.signaling = signaling.New(signaling.Options{
		Invitees: rateOf(a.cfg.InviteeRate, 25), GroupMessages: a.limits.groupMessages, Broadcasts: a.limits.broadcasts,
		Retention: a.cfg.InvitationRetention,
	}, a.loop, a.store, a.hub, a.im, a.im, a.users, a.log)
	a.buildWebhook()
	a.conductor = conductor.New(conductor.Parts{
		Loop: a.loop, Store: a.store, Inviter: a.signaling, Notify: a.hub, Rooms: (*membership)(a), Groups: a.im,
		Callbacks: a.callbacks(), Log: a.log,
	})
	a.conductor.Watch(a.users)
	a.signaling.Follow(a.conductor)
	a.im.Follow(a.signaling)
	a.buildPush()
	a.rooms = room.New(room.Options{
		MaxParticipants: a.cfg.MaxParticipants, MaxSlots: a.cfg.MaxSlots,
		Messages: rateOf(a.cfg.GroupMessageRate, 1), Broadcasts: a.limits.broadcasts,
	}, a.engine, (*members)(a), a.conductor, a.conductor, a.log)
	a.buildWHIP()
	a.history = calllog.New(a.store)
}

// Addr is where HTTP is served.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// Run serves until ctx is done, then drains and returns nil; or until a part
// fails, whose error it returns.
func (a *App) Run(ctx context.Context) error {
	loopCtx, stopLoop := context.WithCancel(context.WithoutCancel(ctx))
	decided := make(chan error, 1)
	go func() { decided <- a.loop.Run(loopCtx) }()
	a.deliver(loopCtx)
	served, err := a.serve(loopCtx)
	if err == nil {
		select {
		case <-ctx.Done():
			a.drain()
		case err = <-served:
			err = fmt.Errorf("serve HTTP: %w", err)
		case <-a.loop.Failed():
		}
	}
	err = errors.Join(err, a.stop())
	stopLoop()
	a.tasks.Wait() // some of it writes to the store
	return errors.Join(err, <-decided, a.store.Close())
}

// serve takes up what was open when the server stopped, then opens the doors.
func (a *App) serve(ctx context.Context) (<-chan error, error) {
	if err := a.users.Load(ctx); err != nil {
		return nil, err
	}
	if err := a.im.Load(ctx); err != nil {
		return nil, err
	}
	if err := a.push.Load(ctx); err != nil {
		return nil, err
	}
	if err := a.conductor.Load(ctx); err != nil {
		return nil, err
	}
	if err := a.signaling.Load(ctx); err != nil {
		return nil, err
	}
	forgetStarting()
	a.tasks.Go(func() { a.conductor.Run(ctx) })
	a.push.Start()
	a.tasks.Go(func() { a.forget(ctx) })
	if a.mux != nil {
		a.tasks.Go(a.mux.Serve)
	}
	served := make(chan error, 1)
	a.tasks.Go(func() {
		if err := a.http.Serve(a.bounded()); !errors.Is(err, http.ErrServerClosed) {
			served <- err
		}
	})
	a.ready.Store(true)
	if a.cfg.Dev {
		a.log.Warn("in development whoever reaches this address may be anybody, operators too: keep it from strangers", "address", a.listener.Addr().String())
	}
	a.log.Info("serving", "address", a.listener.Addr().String(), "udp", a.engine.Addr().String(), "dev", a.cfg.Dev)
	return served, nil
}

// forgetStarting gives back what opening the store took, pools that live through
// one collection included. The collector lets the heap grow in proportion to
// what is in use: the first who join would be charged for it.
func forgetStarting() {
	runtime.GC()
	debug.FreeOSMemory()
}

// drain begins no new calls and gives those that are open until the deadline,
// unless the store fails: then what becomes of them could not be kept.
func (a *App) drain() {
	a.ready.Store(false)
	deadline := time.Now().Add(a.cfg.DrainTimeout)
	a.log.Info("draining", "rooms", a.rooms.Stats().Rooms, "deadline", deadline)
	a.conductor.Drain()
	a.rooms.Drain()
	a.hub.Drain(call.MillisOf(deadline))
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for failed := false; !failed && a.rooms.Stats().Rooms > 0 && time.Now().Before(deadline); {
		select {
		case <-tick.C:
		case <-a.loop.Failed():
			failed = true
		}
	}
	a.rooms.CloseAll(call.ResultServerDrain)
}

// stop closes the doors, lets out what was decided, and closes the parts.
func (a *App) stop() error {
	a.ready.Store(false)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	a.rooms.Close()
	err := a.loop.Do(ctx, func(*commit.Tx) error { return nil })
	if errors.Is(err, commit.ErrClosed) {
		err = nil // the store failed; Run says so
	}
	err = errors.Join(err, a.hub.Close(ctx), a.http.Shutdown(ctx), a.engine.Close(), a.closeMux())
	a.push.Close()
	a.whip.Close()
	a.log.Info("stopped")
	return err
}

// closeMux ends the sharing of the port.
func (a *App) closeMux() error {
	if a.mux == nil {
		return nil
	}
	return a.mux.Close()
}

// closePorts releases what open acquired before something failed.
func (a *App) closePorts() error {
	var errs []error
	if a.engine != nil {
		errs = append(errs, a.engine.Close())
	}
	if a.listener != nil {
		errs = append(errs, a.listener.Close(), a.closeMux())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(errs...)
}

// requestMemory is how long the answer to a request is kept under its
// idempotency key.
const requestMemory = 10 * time.Minute

// forgetEvery is how often what is kept for a time only is looked through.
const forgetEvery = time.Minute

// memory lets the hub find answers that it does not hold itself.
type memory App

// Remembered implements session.Memory.
func (m *memory) Remembered(ctx context.Context, user call.UserID, requestID string) (json.RawMessage, bool, error) {
	return m.store.Remembered(ctx, user, requestID, call.MillisOf(time.Now().Add(-requestMemory)))
}

// forget drops what is kept for a time only, now and then.
func (a *App) forget(ctx context.Context) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			now := time.Now()
			a.links.Forget(call.MillisOf(now))
			err := errors.Join(
				a.store.ForgetMeetingLinks(ctx, call.MillisOf(now.Add(-guestTTL))),
				a.store.Forget(ctx, call.MillisOf(now.Add(-requestMemory))),
				a.store.ForgetCallbacks(ctx, call.MillisOf(now.Add(-a.cfg.EventsRetention))),
			)
			if err != nil && ctx.Err() == nil {
				a.log.Warn("what is too old could not be dropped; it stays until the next try", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}
