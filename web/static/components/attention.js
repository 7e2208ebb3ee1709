const FLASH_MS = 1_000;

/** Calls for attention while the page is hidden: a flashing title and, where allowed, a notification. */
export class Attention {
  /** What the page is called otherwise. */
  #title = "";
  #text = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {Notification | null} */
  #notification = null;

  /** @param {string} text */
  start(text) {
    this.stop();
    this.#title = document.title;
    this.#text = text;
    let on = true;
    document.title = text;
    this.#timer = setInterval(() => {
      if (document.title !== (on ? text : this.#title)) this.#title = document.title; // the page has another one now
      on = !on;
      document.title = on ? text : this.#title;
    }, FLASH_MS);
    if (document.hidden) this.#notify(text);
  }

  stop() {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (document.title === this.#text) document.title = this.#title;
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
