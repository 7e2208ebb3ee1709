import { Emitter } from "./emitter.js";
import { browser } from "./platform.js";

/** @typedef {Pick<import("./platform.js").Platform, "canPush" | "startWorker" | "pushManager" | "notificationPermission" | "askNotificationPermission">} PushPlatform */
/** @typedef {"off" | "on" | "denied" | "unsupported"} PushState "denied": the browser's user does not want notifications */

/**
 * Rings this browser while no page is open (W3C Push API).
 *
 * @extends {Emitter<{change: PushState}>}
 */
export class Push extends Emitter {
  #connection;
  #platform;
  /** @type {PushState} */
  #state;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {PushPlatform} [platform]
   */
  constructor(connection, platform = browser) {
    super();
    this.#connection = connection;
    this.#platform = platform;
    this.#state = platform.canPush() ? "off" : "unsupported";
    if (this.#state === "off" && platform.notificationPermission() === "denied") this.#state = "denied";
  }

  /** For the user who is signed in. */
  get state() {
    return this.#state;
  }

  /**
   * Subscribes. To be called by a click: the browser asks whether it may.
   *
   * @param {string} language of the notifications, BCP 47
   */
  async subscribe(language) {
    const permission = await this.#platform.askNotificationPermission();
    if (permission !== "granted") return this.#become(permission === "denied" ? "denied" : "off");
    await this.#handOver(language);
  }

  /**
   * Hands the subscription over again for a user who has subscribed before: browsers renew theirs now and then, and
   * languages change. Without permission it is off.
   *
   * @param {string} language
   */
  async renew(language) {
    if (this.#state !== "unsupported" && this.#platform.notificationPermission() === "granted") await this.#handOver(language);
  }

  /** Takes the subscription back; were the server out of reach, it would hear of it from the push service. */
  async unsubscribe() {
    const manager = await this.#platform.pushManager();
    const subscription = await manager?.getSubscription();
    if (subscription) {
      await subscription.unsubscribe();
      await this.#connection.request("push.unsubscribe", { endpoint: subscription.endpoint }, { once: true });
    }
    this.#become("off");
  }

  /** @param {string} language */
  async #handOver(language) {
    const { applicationServerKey } = await this.#connection.request("push.getKey", {});
    const manager = await this.#platform.startWorker();
    const subscription = await subscribed(manager, applicationServerKey);
    const { endpoint = "", keys: { p256dh = "", auth = "" } = {} } = subscription.toJSON();
    await this.#connection.request("push.subscribe", { endpoint, keys: { p256dh, auth }, language }, { once: true });
    this.#become("on");
  }

  /** @param {PushState} state */
  #become(state) {
    this.#state = state;
    this.emit("change", state);
  }
}

/**
 * The subscription there is, or a new one. One that was made with another
 * server's key is of no use.
 *
 * @param {PushManager} manager
 * @param {string} applicationServerKey
 */
async function subscribed(manager, applicationServerKey) {
  const before = await manager.getSubscription();
  if (before && keyOf(before) === applicationServerKey) return before;
  await before?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

/** @param {PushSubscription} subscription */
function keyOf({ options: { applicationServerKey } }) {
  const bytes = new Uint8Array(applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
