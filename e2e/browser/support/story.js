import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { launch } from "./browsers.js";
import { Cast } from "./cast.js";
import { prefer } from "./codec.js";
import { Member } from "./member.js";
import { Person } from "./person.js";
import { Network } from "./network.js";
import { ARTIFACTS } from "./places.js";
import { Relay, hideAddresses } from "./relay.js";
import { Server } from "./server.js";

/** A whole story with both browsers, from launch to end, on as busy a machine as there may be. */
const STORY_MS = 600_000;

/** Browsers are dear: each is launched once a file. @type {Map<string, Promise<import("playwright-core").Browser>>} */
const browsers = new Map();

after(async () => {
  for (const browser of browsers.values()) await (await browser).close();
});

/**
 * @typedef {import("./browsers.js").BrowserOptions} BrowserOptions
 *
 * @typedef {object} Ways
 * @property {Relay} [via] the network they live behind
 * @property {{script: (arg: string) => void, arg: string}} [before] a script that runs before the page's
 * @property {() => void} [robot] a script that acts in their place, see Person.enter
 *
 * @typedef {import("playwright-core").BrowserContextOptions & Ways} EnterOptions
 */

/** One test's world: a server of its own, and the people at it. */
export class Stage {
  /** @type {(Person | Member)[]} */
  people = [];
  /** @type {import("playwright-core").BrowserContext[]} */
  #contexts = [];
  /** @type {Relay[]} */
  #relays = [];
  /** @type {Cast[]} */
  #casts = [];

  /** @param {Server} server */
  constructor(server) {
    this.server = server;
  }

  /**
   * Lets somebody open the page, in a browser with nothing kept from before.
   *
   * @param {string} userID
   * @param {BrowserOptions} browser
   * @param {EnterOptions} [options]
   */
  async enter(userID, browser, options = {}) {
    const key = JSON.stringify(browser);
    const running = browsers.get(key) ?? launch(browser);
    browsers.set(key, running);
    return this.enterBy(userID, await running, options);
  }

  /**
   * The same in a browser of the test's own.
   *
   * @param {string} userID
   * @param {import("playwright-core").Browser} browser
   * @param {EnterOptions} [options]
   */
  async enterBy(userID, browser, { via, before, robot, ...options } = {}) {
    const context = await browser.newContext({ locale: "en-US", viewport: { width: 900, height: 640 }, ...options });
    this.#contexts.push(context);
    if (via) await context.addInitScript(hideAddresses);
    if (before) await context.addInitScript(before.script, before.arg);
    const person = await Person.enter(context, { userID, url: via?.url ?? this.server.url, robot });
    this.people.push(person);
    return person;
  }

  /**
   * Lets somebody into a room with the SDK alone.
   *
   * @param {string} userID
   * @param {string} room
   * @param {BrowserOptions & {camera?: boolean, via?: Relay, prefers?: Parameters<typeof prefer>[0]}} browser camera: false to
   *   come without; via: the network they live behind; prefers: what their pictures are encoded in
   */
  async join(userID, room, { camera = true, via, prefers, ...browser }) {
    const key = JSON.stringify(browser);
    const running = browsers.get(key) ?? launch(browser);
    browsers.set(key, running);
    const context = await (await running).newContext({ locale: "en-US", viewport: { width: 900, height: 640 } });
    this.#contexts.push(context);
    if (via) await context.addInitScript(hideAddresses);
    if (prefers) await context.addInitScript(prefer, prefers);
    const member = await Member.enter(context, { userID, url: via?.url ?? this.server.url, room, camera });
    this.people.push(member);
    return member;
  }

  /** Fills a room with people who need no browser. @param {string} room @param {import("./portraits.js").Portrait[]} portraits */
  async cast(room, portraits) {
    const cast = await Cast.enter(this.server, room, portraits);
    this.#casts.push(cast);
    return cast;
  }

  /** A network of one's own to the server. @param {{delayMs?: number}} [options] one way */
  async relay(options) {
    const relay = await Relay.start(this.server, options);
    this.#relays.push(relay);
    return relay;
  }

  /** Keeps what may explain a failure. @param {string} title */
  async keep(title) {
    const folder = join(ARTIFACTS, title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "server.log"), this.server.log);
    for (const [i, { userID, page, log, complaints }] of this.people.entries()) {
      const name = `${i}-${userID}`;
      writeFileSync(join(folder, `${name}.log`), [...log, ...complaints, ""].join("\n"));
      if (page.isClosed()) continue;
      await page.screenshot({ path: join(folder, `${name}.png`) }).catch((thrown) => writeFileSync(join(folder, `${name}.txt`), String(thrown)));
    }
  }

  async close() {
    for (const context of this.#contexts) await context.close();
    for (const relay of this.#relays) await relay.close();
    for (const cast of this.#casts) await cast.leave();
    return this.server.stop();
  }
}

/**
 * A test: the real server, real browsers, and nobody's page may complain.
 *
 * @param {string} title a sentence
 * @param {(stage: Stage, context: import("node:test").TestContext) => Promise<void>} tell
 * @param {import("./server.js").ServerOptions} [options] of the server
 */
export function story(title, tell, options) {
  test(title, { timeout: STORY_MS }, (context) => perform(title, (stage) => tell(stage, context), options));
}

/**
 * The same where the server and one of the people are at home and the others
 * abroad, with a real network in between that can lose all there is.
 *
 * @param {string} title
 * @param {(stage: Stage, network: Network, context: import("node:test").TestContext) => Promise<void>} tell
 * @param {Pick<import("./server.js").ServerOptions, "flags">} [options] of the server
 */
export function networkStory(title, tell, options) {
  const skip = Network.possible ? false : "only root may make network namespaces";
  test(title, { timeout: STORY_MS, skip }, async (context) => {
    const network = await Network.start();
    try {
      await perform(title, (stage) => tell(stage, network, context), { ...options, host: network.host, prefix: network.home });
    } finally {
      network.close();
    }
  });
}

/**
 * @param {string} title
 * @param {(stage: Stage) => Promise<void>} tell
 * @param {import("./server.js").ServerOptions} [options]
 */
async function perform(title, tell, options) {
  const stage = new Stage(await Server.start(options));
  let code;
  try {
    await tell(stage);
    for (const { userID, complaints } of stage.people) assert.deepEqual(complaints, [], `${userID}'s page complained`);
  } catch (thrown) {
    await stage.keep(title);
    throw thrown;
  } finally {
    code = await stage.close();
  }
  assert.equal(code, 0, `the server ended with ${code}:\n${stage.server.log}`);
}
