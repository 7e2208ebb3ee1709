package e2e_test

import (
	"testing"
	"time"

	"callsvc/internal/testkit"
)

// 1. Who runs the timer?
func TestTheServerRunsTheOneTimer(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 seconds of real time")
	}
	t.Parallel()
	svc := testkit.Start(t)
	all := club(svc, "ana", "bo", "cy", "di")
	id := ringClub(all, "", 10, "bo", "cy", "di") // until then bo must have answered
	all[1].Do("signaling.reject", p{"inviteID": id})
	for _, u := range []*testkit.User{all[0], all[2], all[3]} {
		u.Expect("onInviteeRejected", p{"inviteID": id, "invitee": "bo"})
	}
	for _, u := range all {
		u.Expect("onInvitationTimeout", p{"inviteID": id, "inviter": "ana", "groupID": "club", "inviteeList": []string{"cy", "di"}})
	}
	quiet(all...)
}

// 2. What does timeout 0 mean? TestAnInvitationThatNeverTimesOutIsKeptSoLong
// holds the cap.
func TestTimeoutZeroNeverTimesOutAlsoOverARestart(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	id := ana.Do("signaling.invite", p{"invitee": "bo", "timeout": 0}).Str("inviteID")
	svc.Restart()
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	got := bo.Expect("onReceiveNewInvitation", p{"inviteID": id, "timeout": 0})
	if _, expires := got.P["expiresInMs"]; expires {
		t.Errorf("it expires: %v", got)
	}
	bo.Do("signaling.accept", p{"inviteID": id})
	ana.Expect("onInviteeAccepted", p{"inviteID": id})
	quiet(ana, bo)
}

// 14. With what timeout does the second invite, the call-end, go out?
func TestTheCallEndHasTimeoutZero(t *testing.T) {
	svc := testkit.Start(t)
	ana, bo := svc.SignIn("ana"), svc.SignIn("bo")
	connect(t, ana, bo, "room")
	bo.Exit("room")
	ana.Expect("onRemoteUserLeaveRoom", nil)
	for _, u := range []*testkit.User{ana, bo} {
		end := u.Expect("onReceiveNewInvitation", p{"timeout": 0, "inviter": "ana"})
		if _, expires := end.P["expiresInMs"]; expires {
			t.Errorf("the call-end expires: %v", end)
		}
		u.Expect("onCallEnd", nil)
	}
}

// 19. What does a callee get who was offline?
func TestWhoComesBackGetsWhatIsPendingAndOneMissedCallForWhatIsNot(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	late := ana.Invite("bo", "late", p{"timeout": 1})
	ana.Expect("onInvitationTimeout", p{"inviteID": late})
	ana.Expect("onCallEnd", p{"result": "unreachable"})
	pending := ana.Invite("bo", "pending", nil)
	bo := svc.SignIn("bo")
	bo.Expect("onMissedCallsChanged", p{"count": 1})
	bo.Expect("onReceiveNewInvitation", p{"inviteID": pending})
	bo.Quiet()
}

// 20. Whose clock counts?
func TestWhatIsLeftOfTheTimeIsToldAndNoClockIsNeeded(t *testing.T) {
	svc := testkit.Start(t)
	ana := svc.SignIn("ana")
	began := time.Now()
	id := ana.Invite("bo", "room", p{"timeout": 20})
	got := svc.SignIn("bo").Expect("onReceiveNewInvitation", p{"inviteID": id, "timeout": 20})
	took := time.Since(began).Milliseconds()
	if left := got.Int("expiresInMs"); left > 20_000 || left < 20_000-took-1 {
		t.Errorf("%d ms are left of 20,000 after at most %d", left, took)
	}
}
