/**
 * Keeps the screen of a phone awake until the returned function is called;
 * a browser that cannot, or will not now, lets it sleep as always.
 *
 * @returns {() => void}
 */
export function keepAwake() {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  let wanted = true;
  const ask = async () => {
    if (!wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      const got = await navigator.wakeLock.request("screen");
      if (wanted) lock = got;
      else await got.release();
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) throw thrown; // refused: the battery is low, or the page just went out of sight
    }
  };
  const seen = () => void ask();
  document.addEventListener("visibilitychange", seen); // the lock is lost whenever the page is hidden
  void ask();
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", seen);
    void lock?.release();
  };
}
