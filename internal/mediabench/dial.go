package mediabench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"
)

// dial opens a WebSocket. Who is refused is told what the server says.
func dial(ctx context.Context, url string, header http.Header) (*websocket.Conn, error) {
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, url, header)
	switch {
	case err == nil:
		return ws, nil
	case !errors.Is(err, websocket.ErrBadHandshake):
		return nil, fmt.Errorf("connect: %w", err)
	}
	said, err := io.ReadAll(res.Body) // the library keeps the first kilobyte
	if err != nil {
		return nil, fmt.Errorf("connect: HTTP %s: %w", res.Status, err)
	}
	return nil, fmt.Errorf("connect: HTTP %s: %s", res.Status, strings.TrimSpace(string(said)))
}
