package whip_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestARevokedUserIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.begin("/whip/r", sendingOffer)
		w.svc.Kick("bo")
		w.svc.Kick("ana")
		synctest.Wait()
		if d := cmp.Diff([]string{"ana enters r", "ana exits r"}, w.noted()); d != "" {
			t.Error(d)
		}
	})
}

// A body may come slowly, and a room may take its time: whoever is revoked
// meanwhile does not slip through.
func TestWhoIsRevokedWhileASessionBeginsDoesNotComeIn(t *testing.T) {
	t.Run("before the offer has come", func(t *testing.T) {
		w := newWorld(t)
		body := whenRead(func() { w.lost = true; w.svc.Kick("ana") }, sendingOffer)
		req := httptest.NewRequest(http.MethodPost, "/whip/r", body)
		req.Header.Set("Authorization", "Bearer ana:r")
		req.Header.Set("Content-Type", "application/sdp")
		rec := httptest.NewRecorder()
		w.svc.ServeHTTP(rec, req)
		if rec.Code != http.StatusUnauthorized || slices.Contains(w.noted(), "ana enters r") {
			t.Errorf("%d, %v", rec.Code, w.noted())
		}
	})
	t.Run("before the room has answered", func(t *testing.T) {
		w := newWorld(t)
		w.asked = func() { w.lost = true; w.svc.Kick("ana"); w.svc.Close() } // which waits for the kick
		res := w.do(request{method: http.MethodPost, path: "/whip/r", body: sendingOffer})
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s", res.Status)
		}
		if d := cmp.Diff([]string{"ana exits r", "ana enters r", "ana exits r"}, w.noted()); d != "" {
			t.Error(d)
		}
	})
}

// whenRead is a body before whose beginning something happens.
func whenRead(happens func(), body string) io.Reader {
	return io.MultiReader(readerFunc(func([]byte) (int, error) { happens(); return 0, io.EOF }), strings.NewReader(body))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestASessionEndsWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		token := map[string]string{"Authorization": "Bearer ana:r:10s"}
		at := w.do(request{http.MethodPost, "/whip/r", sendingOffer, token}).Header.Get("Location")
		time.Sleep(5 * time.Second)
		later := map[string]string{"Authorization": "Bearer ana:r:15s", "If-Match": "*"}
		if res := w.do(request{http.MethodPatch, at, restarted, later}); res.StatusCode != http.StatusOK {
			t.Fatalf("ICE restart: %s", res.Status)
		}
		sooner := map[string]string{"Authorization": "Bearer ana:r:1s", "If-Match": "*"}
		if res := w.do(request{http.MethodPatch, at, restarted, sooner}); res.StatusCode != http.StatusNoContent {
			t.Fatalf("candidates: %s", res.Status)
		}
		time.Sleep(15*time.Second - time.Nanosecond)
		synctest.Wait()
		if st := w.svc.Stats(); st.Publishers != 1 {
			t.Errorf("the session ended before its newest token")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if st := w.svc.Stats(); st.Publishers != 0 {
			t.Errorf("the session outlives its token")
		}
		if got := w.noted(); got[len(got)-1] != "ana exits r" {
			t.Errorf("the last the room heard: %v", got)
		}
		if res := w.do(request{http.MethodDelete, at, "", later}); res.StatusCode != http.StatusNotFound {
			t.Errorf("DELETE after: %s", res.Status)
		}
	})
}
