import assert from "node:assert/strict";
import { installProbes } from "./probes.js";
import { portraits } from "./portraits.js";
import { SOON_MS } from "./until.js";

/** What `window.probe` offers, see probes.js. @typedef {any} Probe */

/** Somebody at the page: does what people do and notices what they notice. */
export class Person {
  /** What the page complained about. @type {string[]} */
  complaints = [];
  /** Everything the page wrote. @type {string[]} */
  log = [];

  /**
   * @param {string} userID
   * @param {import("playwright-core").Page} page
   * @param {string} url of the server
   */
  constructor(userID, page, url) {
    this.userID = userID;
    this.page = page;
    this.url = url;
    this.state = page.locator("call-kit");
    page.on("console", (message) => {
      this.log.push(`${message.type()}: ${message.text()}`);
      if (/Content Security Policy/.test(message.text())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.stack ?? error.message));
  }

  /**
   * Opens the page.
   *
   * @param {import("playwright-core").BrowserContext} context
   * @param {{userID: string, url: string, robot?: () => void}} who signed in; with an empty user id before the door.
   *   A robot is a script that acts in the page in somebody's place. The page is then not touched at all, since
   *   to the browser every question of a test is a gesture of its user.
   */
  static async enter(context, { userID, url, robot }) {
    const page = await context.newPage();
    page.setDefaultTimeout(SOON_MS);
    const person = new Person(userID, page, url);
    await page.addInitScript(installProbes, Object.values(portraits).map(({ name, wall, tone }) => ({ name, wall, tone })));
    if (robot) await page.addInitScript(robot);
    await page.goto(userID ? `${url}/?user=${userID}` : url);
    if (!robot) await (userID ? page.getByTestId("me") : person.button("Sign in")).waitFor({ state: "attached" });
    return person;
  }

  /** @param {string} name the button's exact name */
  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** @param {string} name */
  press(name) {
    return this.button(name).click();
  }

  /** Goes to a part of the page; on a wide one several are in sight at once. @param {"people" | "chats" | "calls"} tab */
  async goesTo(tab) {
    const inSight = tab === "calls" ? this.page.locator(".history") : this.page.locator(`.${tab}`);
    if (!(await inSight.isVisible())) await this.page.locator(`[data-tab=${tab}]`).click();
  }

  /** @param {string} userID @param {"Video call" | "Voice call"} [kind] */
  async dial(userID, kind = "Video call") {
    await this.goesTo("people");
    await this.page.getByTestId("dial-user").fill(userID);
    await this.press(kind);
  }

  /** Waits for a state of the call as the page shows it. @param {string} state */
  async comesTo(state) {
    await this.page.locator(`call-kit[data-state="${state}"]`).waitFor({ state: "attached" });
  }

  /** Waits until somebody is in the list of those online. @param {string} userID */
  seesOnline(userID) {
    return this.page.getByTestId("online").getByText(userID, { exact: true }).waitFor();
  }

  /** Waits until somebody's picture is in the place of the other one, and moves. @param {string} name @param {string} [place] */
  async sees(name, place = "remote-video") {
    await this.#until(
      ([name, place]) => {
        const probe = /** @type {Probe} */ (window).probe;
        const seen = probe.seen(place);
        if (seen?.whose !== name) return false;
        const numbers = ((probe.numbers ??= {})[place] ??= new Set());
        return numbers.add(seen.number).size >= 6;
      },
      [name, place],
      async () => `${this.userID} to see ${name}; it is ${JSON.stringify(await this.seen(place))}`,
    );
    await this.page.evaluate((place) => void delete (/** @type {Probe} */ (window).probe.numbers[place]), place);
  }

  /** When the other one's next frame is presented, as Unix milliseconds. @returns {Promise<number>} */
  nextFrame() {
    return this.page.getByTestId("remote-video").evaluate((video) => new Promise((resolve) => {
      /** @type {HTMLVideoElement} */ (video).requestVideoFrameCallback((now) => resolve(performance.timeOrigin + now));
    }));
  }

  /** Milliseconds that ICE measured to the server and back. @returns {Promise<number>} */
  roundTrip() {
    return this.page.evaluate(async () => {
      const all = await /** @type {Probe} */ (window).probe.stats();
      const pair = all.find((/** @type {any} */ { type, nominated }) => type === "candidate-pair" && nominated);
      return Math.round(pair.currentRoundTripTime * 1000);
    });
  }

  /** Waits until the other one's picture stands still for half a second. */
  seesStandstill() {
    return this.page.getByTestId("remote-video").evaluate((video) => new Promise((/** @type {(value: null) => void} */ resolve) => {
      const picture = /** @type {HTMLVideoElement} */ (video);
      let timer = setTimeout(resolve, 500, null);
      const frame = () => {
        clearTimeout(timer);
        timer = setTimeout(resolve, 500, null);
        picture.requestVideoFrameCallback(frame);
      };
      picture.requestVideoFrameCallback(frame);
    }));
  }

  /** @param {string} [place] */
  seen(place = "remote-video") {
    return this.page.evaluate((place) => /** @type {Probe} */ (window).probe.seen(place), place);
  }

  /** Waits until somebody's tone comes in. @param {string} name */
  async hears(name) {
    await this.page.evaluate(() => /** @type {Probe} */ (window).probe.listen());
    const heard = (/** @type {string} */ name) => /** @type {Probe} */ (window).probe.heardWithin(name, 400);
    await this.#until(heard, name, async () => `${this.userID} to hear ${name}`);
  }

  /** Waits until nothing was heard of somebody for as long as their beeps would never pause. @param {string} name */
  async hearsNothingOf(name) {
    await this.page.evaluate(() => /** @type {Probe} */ (window).probe.listen());
    const silent = (/** @type {string} */ name) => /** @type {Probe} */ (window).probe.silentFor(name) > 2000;
    await this.#until(silent, name, async () => `${this.userID} to hear nothing of ${name}`);
  }

  /** Whether the other one's voice goes to the loudspeaker. @returns {Promise<boolean>} */
  plays() {
    return this.page.evaluate(() => /** @type {Probe} */ (window).probe.playing());
  }

  /** Waits until the page itself sounds: it rings, or lets one hear that it rings elsewhere. @param {"ringing" | "ringback"} tone */
  async hearsTone(tone) {
    await this.page.locator(`call-kit[data-tone="${tone}"]`).waitFor({ state: "attached" });
    await this.#until(() => /** @type {Probe} */ (window).probe.toneLevel() > 0.01, null, async () => `${this.userID} to hear ${tone}`);
  }

  /** The tone that sounds now; empty for silence. */
  async tone() {
    return (await this.state.getAttribute("data-tone")) ?? "";
  }

  /** Waits until the page makes no tone any more. */
  async hearsNoTone() {
    await this.#until(() => /** @type {Probe} */ (window).probe.toneLevel() === 0, null, async () => `${this.userID} to hear no tone`);
    assert.equal(await this.tone(), "");
  }

  /** Seconds on the call's clock. */
  async clock() {
    const [seconds = 0, minutes = 0] = (await this.page.getByTestId("call-clock").innerText()).split(":").map(Number).reverse();
    return minutes * 60 + seconds;
  }

  /** Waits until the clock shows at least so many seconds. @param {number} seconds */
  async talksFor(seconds) {
    const shown = (/** @type {number} */ least) => {
      const [s = 0, m = 0] = (document.querySelector("[data-testid=call-clock]")?.textContent ?? "").split(":").map(Number).reverse();
      return m * 60 + s >= least;
    };
    await this.#until(shown, seconds, async () => `${this.userID}'s clock to show ${seconds} s`);
  }

  /** What the card after the call says. */
  async endCard() {
    const why = await this.page.getByTestId("end-reason").innerText();
    const duration = this.page.getByTestId("end-duration");
    return { why, duration: (await duration.count()) > 0 ? await duration.innerText() : "" };
  }

  /** Puts the card away. */
  async closesCard() {
    await this.press("Close");
    await this.comesTo("idle");
  }

  /** Waits for the newest line of the history to have a result, and reads it. @param {string} result */
  async lastCall(result) {
    await this.goesTo("calls");
    const row = this.page.locator(`[data-testid=history] li:first-child[data-result="${result}"]`);
    await row.waitFor();
    return { callID: (await row.getAttribute("data-call")) ?? "", text: (await row.innerText()).replace(/\s+/g, " ") };
  }

  /** Goes by Tab alone to what has this name. @param {string} name */
  async tabsTo(name) {
    const reached = [];
    for (let presses = 0; presses < 40; presses++) {
      await this.page.keyboard.press("Tab");
      const focused = await this.page.evaluate(() => {
        const at = /** @type {HTMLInputElement | null} */ (document.activeElement);
        return at?.ariaLabel ?? at?.labels?.[0]?.innerText ?? /** @type {HTMLElement | null} */ (at)?.innerText ?? "";
      });
      if (focused.trim() === name) return;
      reached.push(focused);
    }
    throw new Error(`Tab never came to ${name}, but to ${reached.join(", ")}`);
  }

  /** Looks at the page as axe-core does. @param {string} source axe-core's */
  async violations(source) {
    await this.page.evaluate(source);
    return this.page.evaluate(async () => {
      const { violations } = await /** @type {any} */ (window).axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] });
      return violations
        .filter((/** @type {any} */ v) => v.impact === "serious" || v.impact === "critical")
        .map((/** @type {any} */ v) => `${v.id}: ${v.help}: ${v.nodes.map((/** @type {any} */ n) => n.html).join(" | ")}`);
    });
  }

  /** Asks the server API, as this person. @param {string} path */
  async api(path) {
    return this.page.evaluate(async ([path = "", userID = ""]) => {
      const { token } = await (await fetch(`/dev/token?userID=${userID}`)).json();
      const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    }, [path, this.userID]);
  }

  /**
   * @template A
   * @param {(arg: A) => unknown} condition evaluated in the page
   * @param {A} arg
   * @param {() => Promise<string>} what was waited for
   */
  async #until(condition, arg, what) {
    try {
      await this.page.waitForFunction(/** @type {any} */ (condition), arg, { polling: 30, timeout: SOON_MS });
    } catch (thrown) {
      throw new Error(`waited for ${await what()}`, { cause: thrown });
    }
  }
}
