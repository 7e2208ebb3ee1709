/**
 * Accepts the call whose notification opened this page (?accept=INVITEID), as
 * soon as it rings here.
 *
 * @param {import("../sdk/index.js").Client} client
 * @param {import("../components/preferences.js").Preferences} preferences
 */
export function acceptFromNotification({ engine }, preferences) {
  const url = new URL(location.href);
  const inviteID = url.searchParams.get("accept");
  if (!inviteID) return;
  url.searchParams.delete("accept");
  history.replaceState(history.state, "", url);
  const accept = () => {
    const { startMuted, startCameraOff } = preferences.values;
    engine.accept({ camera: !startCameraOff, muted: startMuted });
  };
  const { phase, inviteID: ringing } = engine.state();
  if (phase === "ringing" && ringing === inviteID) return accept();
  const stop = engine.on("onCallReceived", (call) => {
    if (call.inviteID !== inviteID) return;
    stop();
    accept();
  });
}
