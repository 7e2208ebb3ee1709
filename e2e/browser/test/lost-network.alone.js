import assert from "node:assert/strict";
import { portraits } from "../support/portraits.js";
import { networkStory } from "../support/story.js";

const LOST_SECONDS = 10;

networkStory("bo's network loses everything for 10 s, and the call goes on", async (stage, network, context) => {
  const trusted = [`--unsafely-treat-insecure-origin-as-secure=${stage.server.url}`];
  const ana = await stage.enter("ana", { portrait: portraits.ana, args: trusted, executablePath: network.chromium("home") });
  const bo = await stage.enter("bo", { portrait: portraits.bo, args: trusted, executablePath: network.chromium("abroad") });
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana"), ana.hears("bo"), bo.hears("ana")]);
  await ana.state.evaluate((kit) => kit.addEventListener("statechange", () => (kit.dataset.changes = `${kit.dataset.changes ?? ""} ${kit.dataset.state}`)));

  const before = await ana.clock();
  network.lose();
  await Promise.all([ana.seesStandstill(), bo.seesStandstill()]);
  await bo.comesTo("reconnecting");
  await ana.talksFor(before + LOST_SECONDS);
  const [atAna, atBo] = [ana.nextFrame(), bo.nextFrame()];
  const restoredAt = Date.now();
  network.restore();
  const [hers, his] = (await Promise.all([atAna, atBo])).map((at) => Math.round(at - restoredAt));
  context.diagnostic(`picture back after ${his} ms at bo, whose network it was, and ${hers} ms at ana`);

  await bo.comesTo("connected");
  await Promise.all([ana.sees("bo"), bo.sees("ana"), ana.hears("bo"), bo.hears("ana")]);
  assert.equal(await ana.state.getAttribute("data-changes"), null, "ana was told of nothing");
  await bo.press("Mute microphone");
  await ana.page.getByText("bo is muted").waitFor();
  await bo.press("Hang up");
  await ana.comesTo("ended");
  assert.equal((await ana.endCard()).why, "bo ended the call");
  const { calls } = await ana.api("/v1/calls");
  assert.equal(calls.length, 1);
  assert.equal(calls[0].result, "answered");
  for (const { userID, intervals } of calls[0].participants) assert.equal(intervals.length, 1, `${userID} never left`);
});
