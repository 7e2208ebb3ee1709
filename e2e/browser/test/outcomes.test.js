import assert from "node:assert/strict";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** @param {import("../support/story.js").Stage} stage */
async function anaAndBo(stage) {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await ana.seesOnline("bo");
  return { ana, bo };
}

/**
 * Both histories have one call, and it is the same one.
 *
 * @param {import("../support/person.js").Person} one
 * @param {import("../support/person.js").Person} other
 * @param {string} result
 */
async function bothRemember(one, other, result) {
  const [here, there] = await Promise.all([one.lastCall(result), other.lastCall(result)]);
  assert.equal(here.callID, there.callID);
  const { calls } = await one.api("/v1/calls");
  assert.equal(calls.length, 1);
  assert.equal(calls[0].result, result);
  return calls[0];
}

story("bo declines, and ana is told so", async (stage) => {
  const { ana, bo } = await anaAndBo(stage);
  await ana.dial("bo");
  await bo.hearsTone("ringing");
  await bo.press("Decline");
  await Promise.all([bo.comesTo("idle"), ana.comesTo("ended")]);
  await Promise.all([bo.hearsNoTone(), ana.hearsNoTone()]);
  assert.deepEqual(await ana.endCard(), { why: "bo declined", duration: "" });
  const record = await bothRemember(ana, bo, "declined");
  assert.deepEqual([record.startedAt, record.duration, record.endedBy], [0, 0, "bo"]);
});

story("ana gives up, and bo's ringing stops and is counted as missed", async (stage) => {
  const { ana, bo } = await anaAndBo(stage);
  await ana.dial("bo");
  await bo.hearsTone("ringing");
  await ana.press("Hang up");
  await Promise.all([ana.comesTo("idle"), bo.comesTo("ended")]);
  await Promise.all([bo.hearsNoTone(), ana.hearsNoTone()]);
  assert.equal((await bo.endCard()).why, "ana gave up calling");
  await bo.closesCard();
  assert.equal(await bo.page.getByTestId("missed-badge").innerText(), "1 missed");
  await bothRemember(ana, bo, "cancelled");
});

story("nobody answers", async (stage) => {
  const { ana, bo } = await anaAndBo(stage);
  await Promise.all([ // who looks only afterwards may find that it has rung
    ana.state.evaluate((kit) => /** @type {any} */ (kit).data.client.engine.call("bo", "video", { timeout: 10 })),
    bo.hearsTone("ringing"),
  ]);
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  await Promise.all([bo.hearsNoTone(), ana.hearsNoTone()]);
  assert.equal((await ana.endCard()).why, "bo did not answer");
  assert.equal((await bo.endCard()).why, "Missed call from ana");
  await bothRemember(ana, bo, "noAnswer");
});

story("somebody who is not there is not reached", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  await ana.state.evaluate((kit) => /** @type {any} */ (kit).data.client.engine.call("nobody", "video", { timeout: 2 }));
  await ana.comesTo("ended");
  assert.equal((await ana.endCard()).why, "nobody is not online");
  await ana.lastCall("unreachable");
});

story("cy hears that bo is on another call, which goes on undisturbed", async (stage) => {
  const { ana, bo } = await anaAndBo(stage);
  const cy = await stage.enter("cy", ofAna);
  await ana.dial("bo", "Voice call");
  await bo.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);

  await cy.dial("bo");
  await cy.comesTo("ended");
  assert.deepEqual(await cy.endCard(), { why: "bo is on another call", duration: "" });
  await cy.lastCall("busy");
  assert.equal(await bo.tone(), "");
  await bo.comesTo("connected");
  await ana.hears("bo");
});

story("bo answers in one tab, and the other tab stops ringing", async (stage) => {
  const { ana, bo: office } = await anaAndBo(stage);
  const kitchen = await stage.enter("bo", ofBo);
  await ana.dial("bo");
  await Promise.all([office.hearsTone("ringing"), kitchen.hearsTone("ringing")]);
  await kitchen.press("Accept");
  await Promise.all([office.comesTo("ended"), kitchen.comesTo("connected"), ana.comesTo("connected")]);
  await office.hearsNoTone();
  assert.deepEqual(await office.endCard(), { why: "Answered on another device", duration: "" });
  await kitchen.sees("ana");
  await ana.press("Hang up");
  await kitchen.comesTo("ended");
  const record = await bothRemember(ana, kitchen, "answered");
  assert.equal(record.participants.length, 2);
});

story("both call each other in the same instant, and it becomes one call", async (stage) => {
  // So far apart that neither can know of the other's call when they press.
  const ana = await stage.enter("ana", ofAna, { via: await stage.relay({ delayMs: 150 }) });
  const bo = await stage.enter("bo", ofBo, { via: await stage.relay({ delayMs: 150 }) });
  await Promise.all([ana.page.getByTestId("dial-user").fill("bo"), bo.page.getByTestId("dial-user").fill("ana")]);
  await Promise.all([ana.press("Video call"), bo.press("Video call")]);
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
  await Promise.all([ana.hearsNoTone(), bo.hearsNoTone()]);
  await ana.talksFor(1);
  await bo.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  await bothRemember(ana, bo, "answered");
});
