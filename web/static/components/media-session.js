/**
 * Lets a call be steered from where the system shows it: the lock screen of a
 * phone, the keys of a headset, the frame of a small window. A browser that
 * knows an action not goes without it.
 *
 * @typedef {{microphone: boolean, camera: boolean}} Active
 */
export class MediaSessionControls {
  #shown = "";

  /**
   * Takes the controls until the returned function is called.
   *
   * @param {{toggleMic: () => void, toggleCamera: () => void, hangUp: () => void}} deeds
   */
  take({ toggleMic, toggleCamera, hangUp }) {
    const actions = { togglemicrophone: toggleMic, togglecamera: toggleCamera, hangup: hangUp };
    for (const [action, deed] of Object.entries(actions)) handle(action, deed);
    return () => {
      for (const action of Object.keys(actions)) handle(action, null);
      if ("mediaSession" in navigator) navigator.mediaSession.metadata = null;
      this.#shown = "";
    };
  }

  /** Shows what is on. @param {string} title @param {Active} active */
  show(title, { microphone, camera }) {
    const shown = `${title}/${microphone}/${camera}`;
    if (shown === this.#shown || !("mediaSession" in navigator)) return;
    this.#shown = shown;
    const session = /** @type {MediaSession & {setMicrophoneActive?(active: boolean): unknown, setCameraActive?(active: boolean): unknown}} */ (navigator.mediaSession);
    session.metadata = new MediaMetadata({ title });
    session.setMicrophoneActive?.(microphone);
    session.setCameraActive?.(camera);
  }
}

/** @param {string} action @param {(() => void) | null} deed */
function handle(action, deed) {
  if (!("mediaSession" in navigator)) return;
  try {
    navigator.mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (action), deed);
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown; // an action this browser does not know
  }
}
