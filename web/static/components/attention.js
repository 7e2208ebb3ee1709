const FLASH_MS = 1_000;

/** Calls for attention while the page is hidden: a flashing title and, where allowed, a notification. */
export class Attention {
  #title = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {Notification | null} */
  #notification = null;

  /** @param {string} text */
  start(text) {
    this.stop();
    this.#title = document.title;
    let on = true;
    document.title = text;
    this.#timer = setInterval(() => {
      on = !on;
      document.title = on ? text : this.#title;
    }, FLASH_MS);
    if (document.hidden) this.#notify(text);
  }

  stop() {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    document.title = this.#title;
    this.#notification?.close();
    this.#notification = null;
  }

  /** @param {string} text */
  #notify(text) {
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    try {
      this.#notification = new Notification(text, { requireInteraction: true, tag: "callsvc-call" });
    } catch {
      return; // phones allow it from service workers only; the title still flashes
    }
    this.#notification.onclick = () => window.focus();
  }
}
