package media_test

import (
	"slices"
	"sync"

	"github.com/pion/rtp"
)

// inbox collects what arrives in one slot.
type inbox struct {
	mu      sync.Mutex
	packets []rtp.Packet
}

func (b *inbox) all() []rtp.Packet {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.packets)
}

func (b *inbox) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.packets = nil
}
