import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { eventually } from "../support/until.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

story("ana calls bo by video, they see and hear each other, and both remember it", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await Promise.all([ana.seesOnline("bo"), bo.seesOnline("ana")]);

  await ana.dial("bo");
  await Promise.all([bo.comesTo("ringing"), ana.comesTo("calling")]);
  await Promise.all([bo.hearsTone("ringing"), ana.hearsTone("ringback")]);
  assert.equal(await bo.page.locator("#incoming-who").innerText(), "ana");
  const toneAfter = await bo.button("Accept").evaluate((accept) => {
    accept.click();
    return document.querySelector("call-kit")?.getAttribute("data-tone");
  });
  assert.equal(toneAfter, "", "the ringing stops within the very click");

  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await Promise.all([ana.hearsNoTone(), bo.hearsNoTone()]);
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
  await Promise.all([ana.sees("ana", "local-video"), bo.sees("bo", "local-video")]);
  await Promise.all([ana.hears("bo"), bo.hears("ana")]);
  await Promise.all([ana.hearsNothingOf("ana"), bo.hearsNothingOf("bo")]);

  await ana.talksFor(3);
  await eventually(async () => { // two looks may be seconds apart
    const [hers, his] = await Promise.all([ana.clock(), bo.clock()]);
    assert.ok(Math.abs(hers - his) <= 1, `the clocks show ${hers} s and ${his} s`);
  });

  await ana.press("Mute microphone");
  await bo.page.getByText("ana is muted").waitFor();
  await bo.hearsNothingOf("ana");
  await ana.hears("bo");
  await ana.press("Mute microphone");
  await bo.hears("ana");

  await bo.press("Turn off camera");
  await ana.page.getByText("bo’s camera is off").waitFor();
  await bo.press("Turn off camera");
  await ana.sees("bo");

  await ana.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  const [hersCard, hisCard] = await Promise.all([ana.endCard(), bo.endCard()]);
  assert.equal(hersCard.why, "You ended the call");
  assert.equal(hisCard.why, "ana ended the call");
  assert.match(hersCard.duration, /^\d:\d\d$/);
  assert.equal(hersCard.duration, hisCard.duration, "both are told the same length");
  await Promise.all([ana.closesCard(), bo.closesCard()]);

  const [hersLast, hisLast] = await Promise.all([ana.lastCall("answered"), bo.lastCall("answered")]);
  assert.equal(hersLast.callID, hisLast.callID);
  assert.match(hersLast.text, new RegExp(`Outgoing bo Video call · Answered · ${hersCard.duration}`));
  assert.match(hisLast.text, new RegExp(`Incoming ana Video call · Answered · ${hersCard.duration}`));

  const { calls } = await ana.api("/v1/calls");
  assert.equal(calls.length, 1);
  const [record] = calls;
  assert.equal(record.callID, hersLast.callID);
  assert.equal(record.endedBy, "ana");
  const [minutes, seconds] = hersCard.duration.split(":").map(Number);
  assert.equal(record.duration, 60 * Number(minutes) + Number(seconds));
  assert.deepEqual(await bo.api(`/v1/calls/${record.callID}`), record);

  const saved = ana.page.waitForEvent("download");
  await ana.press("Export CSV");
  const file = await saved;
  assert.equal(file.suggestedFilename(), "calls.csv");
  const csv = readFileSync(await file.path(), "utf8");
  assert.ok(csv.includes(record.callID) && csv.includes("answered"), csv);
});

story("a voice call opens no camera", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await bo.seesOnline("ana");
  await bo.press("Call ana by voice");
  await ana.page.getByText("Incoming voice call", { exact: true }).waitFor();
  await ana.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await Promise.all([ana.hears("bo"), bo.hears("ana")]);
  assert.equal(await bo.seen("local-video"), null);
  assert.equal(await ana.seen("local-video"), null);
  await ana.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  const [record] = (await bo.api("/v1/calls")).calls;
  assert.deepEqual([record.type, record.inviter, record.result], ["audio", "bo", "answered"]);
});
