import assert from "node:assert/strict";
import { extras, portraits } from "./portraits.js";
import { installProbes } from "./probes.js";
import { SOON_MS, until } from "./until.js";

/** What a page of the SDK and nothing else has in its window, see begin(). @typedef {any} Page */

/**
 * Somebody in a room with the SDK alone: no page of the product, only a
 * picture element for each view and a loudspeaker for each voice.
 */
export class Member {
  /** What the page complained about. @type {string[]} */
  complaints = [];
  /** Everything the page wrote. @type {string[]} */
  log = [];

  /** @param {string} userID @param {import("playwright-core").Page} page */
  constructor(userID, page) {
    this.userID = userID;
    this.page = page;
    page.on("console", (message) => this.log.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.complaints.push(error.stack ?? error.message));
  }

  /**
   * Enters a room as somebody who may.
   *
   * @param {import("playwright-core").BrowserContext} context
   * @param {{userID: string, url: string, room: string, camera?: boolean}} who
   */
  static async enter(context, { userID, url, room, camera = true }) {
    const page = await context.newPage();
    page.setDefaultTimeout(SOON_MS);
    const member = new Member(userID, page);
    const cast = [...Object.values(portraits), ...extras].map(({ name, wall, tone }) => ({ name, wall, tone }));
    await page.addInitScript(installProbes, cast);
    await page.goto(`${url}/healthz`); // of the server's origin, with nothing in it
    await page.evaluate(begin, { userID, room, camera });
    return member;
  }

  /** Wants to see somebody. @param {string} userID @param {{height: number, stream?: "camera" | "screen"}} options */
  async looksAt(userID, { height, stream = "camera" }) {
    await this.page.evaluate((/** @type {any[]} */ args) => /** @type {Page} */ (window).look(...args), [userID, stream, height]);
  }

  /** @param {string} userID @param {"camera" | "screen"} [stream] */
  async looksAwayFrom(userID, stream = "camera") {
    await this.page.evaluate(([userID, stream]) => /** @type {Page} */ (window).lookAway(userID, stream), [userID, stream]);
  }

  /** Waits until somebody's own picture moves in their tile. @param {string} userID */
  async sees(userID) {
    await this.until(
      (/** @type {string} */ userID) => {
        const { probe } = /** @type {Page} */ (window);
        const seen = probe.seen(`tile-${userID}`);
        const numbers = ((probe.numbers ??= {})[userID] ??= new Set());
        return seen?.whose === userID && numbers.add(seen.number).size >= 6;
      },
      userID,
      `to see ${userID}`,
    );
    await this.page.evaluate((userID) => void delete (/** @type {Page} */ (window).probe.numbers[userID]), userID);
  }

  /** Waits until a tile's picture has a height. @param {string} userID @param {number} height @param {"camera" | "screen"} [stream] */
  async seesLines(userID, height, stream = "camera") {
    const is = (/** @type {any[]} */ [testID, height]) => document.querySelector(`[data-testid=${testID}]`)?.videoHeight === height;
    await this.until(/** @type {any} */ (is), [tile(userID, stream), height], `to see ${height} lines of ${userID}`);
  }

  /** Waits until somebody's tone comes in. @param {string} name */
  async hears(name) {
    await this.page.evaluate(() => /** @type {Page} */ (window).probe.listen());
    await this.until((/** @type {string} */ name) => /** @type {Page} */ (window).probe.heardWithin(name, 700), name, `to hear ${name}`);
  }

  /** Waits until exactly these layers of the camera are sent. @param {...string} rids */
  async sends(...rids) {
    await this.until(
      async (/** @type {string[]} */ rids) => {
        const { local } = await /** @type {Page} */ (window).client.room.getStatistics();
        const camera = local.find((/** @type {any} */ { source }) => source === "camera");
        const sent = camera.encodings.filter((/** @type {any} */ { active, bitrate }) => active && bitrate > 0).map((/** @type {any} */ { rid }) => rid);
        const off = camera.encodings.filter((/** @type {any} */ { rid, active, bitrate }) => !rids.includes(rid) && (active || bitrate > 0));
        return off.length === 0 && rids.every((rid) => sent.includes(rid));
      },
      rids,
      `to send ${rids.join(" and ") || "nothing"}`,
    );
  }

  /** @returns {Promise<import("../../../web/static/sdk/statistics.js").Statistics>} */
  statistics() {
    return this.page.evaluate(() => /** @type {Page} */ (window).client.room.getStatistics());
  }

  /** How many packets of sound came, and how many did not, since the beginning. */
  sound() {
    return this.page.evaluate(() => /** @type {Page} */ (window).probe.sound());
  }

  /** Waits until so many packets of sound came, since the beginning. @param {number} packets */
  async hasReceived(packets) {
    const has = async (/** @type {number} */ packets) => (await /** @type {Page} */ (window).probe.sound()).received >= packets;
    await this.until(has, packets, `for ${packets} packets of sound`);
  }

  /** What a view fares like. @param {string} userID @param {"camera" | "screen"} [stream] */
  view(userID, stream = "camera") {
    return this.page.evaluate(([userID, stream]) => /** @type {Page} */ (window).client.room.remoteView(userID, stream), [userID, stream]);
  }

  /** The room's events so far, by name. @param {string} name @returns {Promise<any[]>} */
  async told(name) {
    return this.page.evaluate((name) => /** @type {Page} */ (window).told[name] ?? [], name);
  }

  /**
   * @template A
   * @param {(arg: A) => unknown} condition evaluated in the page
   * @param {A} arg
   * @param {string} what is waited for
   */
  async until(condition, arg, what) {
    try {
      await until(this.page, condition, arg);
    } catch (thrown) {
      const state = await this.page.evaluate(() => /** @type {Page} */ (window).state());
      assert.fail(`${this.userID} waited ${what}: ${thrown}\n${state}`);
    }
  }
}

/** @param {string} userID @param {"camera" | "screen"} stream */
function tile(userID, stream) {
  return stream === "camera" ? `tile-${userID}` : `tile-${userID}-${stream}`;
}

/** Runs in the page. @param {{userID: string, room: string, camera: boolean}} who */
async function begin({ userID, room, camera }) {
  const { Client } = await import(/** @type {any} */ ("/sdk/index.js"));
  const { token } = await (await fetch(`/dev/token?userID=${userID}&room=${room}`)).json();
  const client = new Client({ token });
  /** @type {Record<string, unknown[]>} */
  const told = {};
  for (const name of ["onError", "onSlots", "onEncodingsWanted", "onUserSubStreamAvailable", "onScreenCaptureStarted", "onScreenCaptureStopped"]) {
    client.room.on(name, (/** @type {unknown} */ detail) => (told[name] ??= []).push(detail));
  }
  /** @type {HTMLAudioElement[]} */
  const players = [];
  client.room.on("onRemoteAudio", (/** @type {{streams: MediaStream[]}} */ { streams }) => {
    for (const stream of streams.slice(players.length)) {
      const player = new Audio();
      player.srcObject = stream;
      players.push(player);
      void player.play();
    }
  });
  const element = (/** @type {string} */ userID, /** @type {string} */ stream) => {
    const testID = stream === "camera" ? `tile-${userID}` : `tile-${userID}-${stream}`;
    const known = document.querySelector(`[data-testid=${testID}]`);
    if (known) return known;
    const made = Object.assign(document.createElement("video"), { muted: true, autoplay: true, playsInline: true, width: 160, height: 90 });
    made.dataset["testid"] = testID;
    document.body.append(made);
    return made;
  };
  Object.assign(window, {
    client,
    told,
    look: (/** @type {string} */ userID, /** @type {string} */ stream, /** @type {number} */ height) => {
      client.room.startRemoteView(userID, stream, element(userID, stream), { height });
    },
    lookAway: (/** @type {string} */ userID, /** @type {string} */ stream) => client.room.stopRemoteView(userID, stream),
    state: async () => JSON.stringify({ told, statistics: await client.room.getStatistics() }, null, 1),
  });
  await client.connect();
  await client.room.media.open({ mic: true, camera });
  await client.room.enterRoom({ roomID: room, scene: "meeting" });
}
