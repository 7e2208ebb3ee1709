import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { launchOptions } from "../support/browsers.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

story("a call outlives its WebSocket", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const relay = await stage.relay();
  const bo = await stage.enter("bo", ofBo, { via: relay });
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);

  relay.cut();
  await bo.page.getByText("No connection to the server. Trying again…").first().waitFor();
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
  await Promise.all([ana.hears("bo"), bo.hears("ana")]);
  await ana.comesTo("connected");
  relay.mend();
  await bo.page.getByText("No connection to the server. Trying again…").first().waitFor({ state: "hidden" });

  await bo.press("Mute microphone");
  await ana.page.getByText("bo is muted").waitFor();
  await ana.press("Hang up");
  await bo.comesTo("ended");
  const { calls } = await ana.api("/v1/calls");
  assert.equal(calls.length, 1);
  assert.equal(calls[0].result, "answered");
  const his = calls[0].participants.find((/** @type {any} */ { userID }) => userID === "bo");
  assert.equal(his.intervals.length, 1, "bo never left");
});

story("when bo's browser is killed, ana is told, and the record has the length of the conversation", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const doomed = await chromium.launchServer(await launchOptions(ofBo));
  const bo = await stage.enterBy("bo", await chromium.connect(doomed.wsEndpoint()));
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
  await ana.talksFor(3);

  const before = Date.now();
  await doomed.kill(); // SIGKILL to every process of it
  const after = Date.now();
  await ana.comesTo("ended");
  assert.equal((await ana.endCard()).why, "The connection was lost");

  const [record] = (await ana.api("/v1/calls")).calls;
  assert.equal(record.result, "networkLost");
  // He was heard last when he was killed, or some seconds before if the machine is busy, and not when she was told.
  assert.ok(record.endedAt > before - 5000 && record.endedAt <= after + 5000, `killed at ${before} to ${after}, the record says ${record.endedAt}`);
  assert.equal(record.duration, Math.floor((record.endedAt - record.startedAt) / 1000));
});
