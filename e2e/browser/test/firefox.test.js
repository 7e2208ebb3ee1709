import assert from "node:assert/strict";
import { launchFirefox } from "../support/firefox.js";
import { portraits } from "../support/portraits.js";
import { installProbes } from "../support/probes.js";
import { story } from "../support/story.js";
import { SOON_MS, until } from "../support/until.js";

/** @typedef {any} Probe */

const PATIENCE = { timeout: SOON_MS, polling: 50 };

story("ana in Chromium and fay in Firefox see and hear each other", async (stage) => {
  const ana = await stage.enter("ana", { portrait: portraits.ana });
  const firefox = await launchFirefox();
  try {
    const fay = await firefox.newPage();
    fay.setDefaultTimeout(SOON_MS);
    await fay.evaluateOnNewDocument(installProbes, Object.values(portraits));
    await fay.goto(`${stage.server.url}/?user=fay`);
    await ana.seesOnline("fay");

    await ana.dial("fay");
    await fay.locator("call-incoming button.accept").setTimeout(PATIENCE.timeout).click();
    await ana.comesTo("connected");
    await fay.waitForSelector('call-kit[data-state="connected"]', PATIENCE);

    await fay.waitForFunction(seesAnaMove, PATIENCE);
    await fay.waitForFunction(hearsSomething, PATIENCE);
    await until(ana.page, hearsSomething, null);
    await ana.page.waitForFunction(seesColoursChange, null, PATIENCE);

    await fay.click("button.hang-up");
    await ana.comesTo("ended");
    assert.equal((await ana.endCard()).why, "fay ended the call");
    const [record] = (await ana.api("/v1/calls")).calls;
    assert.deepEqual([record.result, record.endedBy], ["answered", "fay"]);
  } finally {
    await firefox.close();
  }
});

/** Runs in the page. */
function seesAnaMove() {
  const probe = /** @type {Probe} */ (window).probe;
  const seen = probe.seen("remote-video");
  probe.numbers ??= new Set();
  return seen?.whose === "ana" && probe.numbers.add(seen.number).size >= 6;
}

/** Firefox's fake camera has no face: its colours are what moves. */
function seesColoursChange() {
  const probe = /** @type {Probe} */ (window).probe;
  const seen = probe.seen("remote-video");
  probe.colours ??= new Set();
  return seen && probe.colours.add(seen.wall.join()).size >= 6;
}

/** By the statistics: headless Firefox has no loudspeaker, so its WebAudio stands still. */
async function hearsSomething() {
  const all = await /** @type {Probe} */ (window).probe.stats();
  return all.some((/** @type {any} */ { type, kind, totalAudioEnergy }) => type === "inbound-rtp" && kind === "audio" && totalAudioEnergy > 0.001);
}
