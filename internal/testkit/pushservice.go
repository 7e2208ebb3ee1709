package testkit

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// PushService is a push service (RFC 8030) and the browsers behind it. It
// believes nothing: who signs wrongly (RFC 8292), or sends what the browser
// cannot decrypt (RFC 8291), is refused with 400 or 403 and the cause.
type PushService struct {
	mu       sync.Mutex
	browsers map[string]*Browser // by the path of their endpoint
}

// NewPushService makes one without browsers.
func NewPushService() *PushService { return &PushService{browsers: map[string]*Browser{}} }

// Browser is a subscription, seen from the browser that has it.
type Browser struct {
	Endpoint     string
	P256dh, Auth string // base64url, as PushSubscription.toJSON has them

	Messages chan PushMessage // those taken

	applicationServerKey string
	private              *ecdh.PrivateKey
	secret               []byte
	mu                   sync.Mutex
	answers              []PushAnswer
	refusals             []string
}

// PushMessage is what a browser was sent.
type PushMessage struct {
	Body           []byte
	TTL            int // seconds
	Topic, Urgency string
}

// PushAnswer is an answer other than 201.
type PushAnswer struct {
	Status     int
	RetryAfter string
	Wait       <-chan struct{} // answers only when it is closed
}

// Subscribe makes a browser subscribe with a server's key. origin is where the
// push service is reached.
func (p *PushService) Subscribe(origin, applicationServerKey string) (*Browser, error) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	path, secret := "/push/"+rand.Text(), make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	b := &Browser{
		Endpoint: origin + path, P256dh: base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()),
		Auth: base64.RawURLEncoding.EncodeToString(secret), Messages: make(chan PushMessage, 64),
		applicationServerKey: applicationServerKey, private: private, secret: secret,
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.browsers[path] = b
	return b, nil
}

// AnswerNext gives the next messages to the browser these answers.
func (b *Browser) AnswerNext(answers ...PushAnswer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers = append(b.answers, answers...)
}

// Refusals lists why messages did not keep to the protocol.
func (b *Browser) Refusals() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refusals
}

// ServeHTTP takes a message.
func (p *PushService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	b := p.browsers[r.URL.Path]
	p.mu.Unlock()
	if b == nil {
		http.Error(w, "no such subscription", http.StatusNotFound)
		return
	}
	message, status, err := b.read(r)
	if err != nil {
		b.mu.Lock()
		b.refusals = append(b.refusals, err.Error())
		b.mu.Unlock()
		http.Error(w, err.Error(), status)
		return
	}
	answer := b.next()
	if answer.Wait != nil {
		select {
		case <-answer.Wait:
		case <-r.Context().Done():
			return
		}
	}
	if answer.RetryAfter != "" {
		w.Header().Set("Retry-After", answer.RetryAfter)
	}
	if answer.Status == http.StatusCreated {
		w.Header().Set("Location", b.Endpoint+"/m/"+rand.Text())
		b.Messages <- message
	}
	w.WriteHeader(answer.Status)
}

func (b *Browser) next() PushAnswer {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.answers) == 0 {
		return PushAnswer{Status: http.StatusCreated}
	}
	answer := b.answers[0]
	b.answers = b.answers[1:]
	return answer
}

// read checks a request as a push service does, then decrypts it as the
// browser does.
func (b *Browser) read(r *http.Request) (m PushMessage, status int, err error) {
	if r.Method != http.MethodPost {
		return m, http.StatusMethodNotAllowed, errors.New("the method is not POST")
	}
	if m.TTL, err = strconv.Atoi(r.Header.Get("TTL")); err != nil || m.TTL < 0 {
		return m, http.StatusBadRequest, fmt.Errorf("TTL %q (RFC 8030 §5.2)", r.Header.Get("TTL"))
	}
	m.Topic, m.Urgency = r.Header.Get("Topic"), r.Header.Get("Urgency")
	if _, err := base64.RawURLEncoding.DecodeString(m.Topic); err != nil || len(m.Topic) > 32 {
		return m, http.StatusBadRequest, fmt.Errorf("topic %q (RFC 8030 §5.4)", m.Topic)
	}
	if err := checkVAPID(r, b.applicationServerKey); err != nil {
		return m, http.StatusForbidden, err
	}
	if r.Header.Get("Content-Encoding") != "aes128gcm" {
		return m, http.StatusUnsupportedMediaType, errors.New("the content encoding is not aes128gcm")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 4097))
	if err != nil || len(body) > 4096 {
		return m, http.StatusRequestEntityTooLarge, fmt.Errorf("a body of over 4096 bytes: %w", err)
	}
	if m.Body, err = DecryptPush(b.private, b.secret, body); err != nil {
		return m, http.StatusBadRequest, err
	}
	return m, http.StatusCreated, nil
}
