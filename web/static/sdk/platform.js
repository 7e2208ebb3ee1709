/**
 * The one file that reaches for the browser's media and network interfaces.
 * Everything else in the SDK gets this object handed in, and in tests another.
 */
export const browser = Object.freeze({
  /** @param {RTCConfiguration} config */
  createPeerConnection: (config) => new RTCPeerConnection(config),

  /** @param {MediaStreamConstraints} constraints */
  getUserMedia: (constraints) => {
    // Absent outside secure contexts; say so by the name the rest already knows.
    if (!globalThis.navigator?.mediaDevices) {
      return Promise.reject(new DOMException("media devices need https or localhost", "SecurityError"));
    }
    return navigator.mediaDevices.getUserMedia(constraints);
  },

  /** Whether the screen can be shared from here: in a secure context, and on no phone. */
  canShareScreen: () => typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === "function",

  /** @param {DisplayMediaStreamOptions} options */
  getDisplayMedia: (options) => {
    if (!globalThis.navigator?.mediaDevices?.getDisplayMedia) {
      return Promise.reject(new DOMException("no screen can be shared from here", "NotSupportedError"));
    }
    return navigator.mediaDevices.getDisplayMedia(options);
  },

  enumerateDevices: async () => (await globalThis.navigator?.mediaDevices?.enumerateDevices()) ?? [],

  /**
   * Calls back whenever a device was plugged in or out.
   *
   * @param {() => void} changed
   * @returns {() => void} stops
   */
  onDeviceChange: (changed) => {
    const devices = globalThis.navigator?.mediaDevices;
    devices?.addEventListener("devicechange", changed);
    return () => devices?.removeEventListener("devicechange", changed);
  },

  /**
   * What the user has decided about a device: "prompt" where the browser cannot tell.
   *
   * @param {"camera" | "microphone"} name
   * @returns {Promise<PermissionState>}
   */
  permission: async (name) => {
    try {
      const status = await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) });
      return status.state;
    } catch {
      return "prompt"; // a browser that knows no such permission throws TypeError
    }
  },

  /** @param {MediaStreamTrack[]} tracks */
  createStream: (tracks) => new MediaStream(tracks),

  /** The codecs this browser receives, in its own order of preference. @param {"audio" | "video"} kind */
  codecs: (kind) => RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [],

  /** Firefox does not pair with candidates of a server on its own host unless the offer names its own. */
  waitsForCandidates: () => /firefox/i.test(globalThis.navigator?.userAgent ?? ""),

  /** Whether push messages can come here at all: in a secure context, in a browser that has them. */
  canPush: () => Boolean(globalThis.navigator?.serviceWorker) && "PushManager" in globalThis && "Notification" in globalThis,

  /** Starts the service worker, which shows push messages. */
  startWorker: async () => {
    await navigator.serviceWorker.register(new URL("../sw.js", import.meta.url));
    const { pushManager } = await navigator.serviceWorker.ready;
    return pushManager;
  },

  /** Where it was subscribed; null before the service worker was started first. */
  pushManager: async () => (await navigator.serviceWorker.getRegistration())?.pushManager ?? null,

  notificationPermission: () => Notification.permission,

  askNotificationPermission: () => Notification.requestPermission(),

  /** @param {string} url */
  openSocket: (url) => new WebSocket(url, "callsvc.v1"),

  /**
   * Calls back when the network may be there again: the browser came online or
   * the page came to the front.
   *
   * @param {() => void} wake
   * @returns {() => void} stops
   */
  onWake: (wake) => {
    if (typeof globalThis.addEventListener !== "function") return () => {};
    const visible = () => {
      if (globalThis.document?.visibilityState === "visible") wake();
    };
    globalThis.addEventListener("online", wake);
    globalThis.document?.addEventListener("visibilitychange", visible);
    return () => {
      globalThis.removeEventListener("online", wake);
      globalThis.document?.removeEventListener("visibilitychange", visible);
    };
  },
});

/** @typedef {typeof browser} Platform */
