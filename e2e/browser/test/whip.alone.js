import assert from "node:assert/strict";
import { elsewhere } from "../support/elsewhere.js";
import { GStreamer } from "../support/gstreamer.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { SOON_MS, eventually, until } from "../support/until.js";

story("what GStreamer publishes by WHIP plays in a WHEP client of another site, through an ICE restart", async (stage) => {
  const { page, close } = await visit(stage);
  const publisher = new GStreamer("publish", `${stage.server.url}/whip/studio`, await token(stage, "gst"));
  await page.evaluate(async ([url = "", token = ""]) => {
    const { WHEPClient } = await import("/whep.js");
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "recvonly" });
    pc.ontrack = ({ track, streams: [stream = new MediaStream([track])] }) => {
      if (track.kind === "video") /** @type {HTMLVideoElement} */ (document.querySelector("video")).srcObject = stream;
    };
    const client = new WHEPClient();
    await client.view(pc, url, token);
    Object.assign(window, { client, pc });
  }, [`${stage.server.url}/whep/studio`, await token(stage, "viewer")]);
  await seesRed(page);
  await hears(page);
  await has(stage, { publisher: 1, player: 1 });

  await page.evaluate(() => /** @type {any} */ (window).client.restart());
  await until(page, async () => {
    const reports = [...(await /** @type {any} */ (window).pc.getStats()).values()];
    const transport = reports.find(({ type }) => type === "transport");
    const pair = reports.find(({ id }) => id === transport?.selectedCandidatePairId);
    return transport?.selectedCandidatePairChanges >= 2 && pair?.state === "succeeded";
  }, null);
  await seesRed(page);

  await page.evaluate(() => /** @type {any} */ (window).client.stop());
  await publisher.stop();
  await has(stage, { publisher: 0, player: 0 });
  close();
});

story("what a WHIP client of another site publishes plays in GStreamer by WHEP", async (stage) => {
  const { page, close } = await visit(stage);
  await page.evaluate(async ([url = "", token = ""]) => {
    const { WHIPClient } = await import("/whip.js");
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    for (const track of stream.getTracks()) pc.addTransceiver(track, { direction: "sendonly", streams: [stream] });
    const client = new WHIPClient();
    await client.publish(pc, url, token);
    Object.assign(window, { client });
  }, [`${stage.server.url}/whip/studio`, await token(stage, "ana")]);
  const player = new GStreamer("play", `${stage.server.url}/whep/studio?user=ana`, await token(stage, "viewer"));
  await player.until(({ frames, color, samples, loudness }) => {
    return frames > 20 && near(color, portraits.ana?.wall) && samples > 48_000 && loudness > -50;
  });
  await player.stop();
  await page.evaluate(() => /** @type {any} */ (window).client.stop());
  await has(stage, { publisher: 0, player: 0 });
  close();
});

/** Opens a page of another site. @param {import("../support/story.js").Stage} stage */
async function visit(stage) {
  const site = await elsewhere();
  const visitor = await stage.enter("visitor", { portrait: /** @type {any} */ (portraits.ana) });
  await visitor.page.goto(site.url);
  return { page: visitor.page, close: site.close };
}

/** A token for the studio. @param {import("../support/story.js").Stage} stage @param {string} userID */
async function token(stage, userID) {
  const answer = await fetch(`${stage.server.url}/dev/token?userID=${userID}&room=studio`);
  return /** @type {{token: string}} */ (await answer.json()).token;
}

/** Waits until the server has so many sessions. @param {import("../support/story.js").Stage} stage @param {{publisher: number, player: number}} wanted */
function has(stage, wanted) {
  return eventually(async () => {
    const metrics = await (await fetch(`${stage.server.url}/metrics`)).text();
    const sessions = [...metrics.matchAll(/^callsvc_whip_sessions\{kind="(\w+)"\} (\d+)$/gm)].map(([, kind, n]) => [kind, Number(n)]);
    assert.deepEqual(Object.fromEntries(sessions), wanted);
  });
}

/** Whether most of a picture has the colour of a wall: heads are before it. @param {number[]} color @param {number[]} wall */
function near(color, wall = []) {
  return color.every((value, i) => Math.abs(value - (wall[i] ?? 0)) < 60);
}

/** Waits for ten frames that are GStreamer's. @param {import("playwright-core").Page} page */
function seesRed(page) {
  return page.evaluate((soon) => new Promise((/** @type {(value: null) => void} */ resolve, reject) => {
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
    const canvas = new OffscreenCanvas(16, 9);
    const c = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    let frames = 0;
    const late = setTimeout(() => reject(new Error(`saw ${frames} red frames`)), soon);
    const frame = () => {
      c.drawImage(video, 0, 0, 16, 9);
      const [red = 0, green = 0, blue = 0] = c.getImageData(1, 1, 1, 1).data;
      if (red > 120 && green < 80 && blue < 80) frames++;
      if (frames < 10) return void video.requestVideoFrameCallback(frame);
      clearTimeout(late);
      resolve(null);
    };
    video.requestVideoFrameCallback(frame);
  }), SOON_MS);
}

/** Waits until something is heard; of who is muted statistics know no energy. @param {import("playwright-core").Page} page */
function hears(page) {
  return until(page, async () => {
    /** @type {HTMLVideoElement} */ (document.querySelector("video")).muted = false;
    const reports = [...(await /** @type {any} */ (window).pc.getStats()).values()];
    return reports.some(({ type, kind, totalAudioEnergy }) => type === "inbound-rtp" && kind === "audio" && totalAudioEnergy > 0.1);
  }, null);
}
