import assert from "node:assert/strict";
import { findsCall, hasUnread, opens, withUser } from "../support/chatting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** @typedef {import("../support/person.js").Person} Person */

/**
 * How a call goes, and what each of the two reads of it afterwards, in both
 * languages; [caller's, callee's].
 *
 * @type {{title: string, goes: (ana: Person, bo: Person) => Promise<void>, en: [string | RegExp, string | RegExp], zh: [string | RegExp, string | RegExp], unread: number}[]}
 */
const calls = [
  { title: "a call that was answered", goes: talk, en: [/^Call ended \d\d:\d\d$/, /^Call ended \d\d:\d\d$/], zh: [/^通话时长 \d\d:\d\d$/, /^通话时长 \d\d:\d\d$/], unread: 0 },
  { title: "a call that was declined", goes: decline, en: ["Call declined", "Declined"], zh: ["对方已拒绝", "已拒绝"], unread: 0 },
  { title: "a call that was given up", goes: giveUp, en: ["Cancelled", "Cancelled by caller"], zh: ["已取消", "对方已取消"], unread: 1 },
  { title: "a call that nobody answered", goes: noAnswer, en: ["No answer", "Missed call"], zh: ["对方无应答", "未接来电"], unread: 1 },
  { title: "a call to somebody who is on another call", goes: busy, en: ["Line busy", "Line busy, not answered"], zh: ["对方忙线中", "忙线未接听"], unread: 0 },
];

for (const { title, goes, en, zh, unread } of calls) {
  story(`${title} stands in the conversation of both, in English and in Chinese`, async (stage) => {
    const ana = await stage.enter("ana", ofAna);
    const bo = await stage.enter("bo", ofBo);
    await ana.seesOnline("bo");
    await goes(ana, bo);
    await Promise.all([ana, bo].map((person) => person.goesTo("chats")));
    await hasUnread(bo, withUser("ana"), unread);
    await Promise.all([opens(ana, withUser("bo")), opens(bo, withUser("ana"))]);
    for (const texts of [en, zh]) {
      await findsCall(ana, texts[0]);
      await findsCall(bo, texts[1]);
      for (const { page } of [ana, bo]) {
        assert.equal(await page.getByTestId("call-bubble").count(), 1);
        await page.locator(".app-head [lang]").click(); // the other language
      }
    }
  });
}

story("a call bubble calls back", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await ana.seesOnline("bo");
  await giveUp(ana, bo);
  await opens(bo, withUser("ana"));
  await (await findsCall(bo, "Cancelled by caller")).click();
  await ana.comesTo("ringing");
  await ana.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await bo.press("Hang up");
  await bo.closesCard();
  await findsCall(bo, /^Call ended \d\d:\d\d$/);
});

/** @param {Person} ana @param {Person} bo */
async function talk(ana, bo) {
  await ana.dial("bo", "Voice call");
  await bo.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await ana.talksFor(2);
  await ana.press("Hang up");
  await bothOver(ana, bo);
}

/** @param {Person} ana @param {Person} bo */
async function decline(ana, bo) {
  await ana.dial("bo", "Voice call");
  await bo.press("Decline");
  await ana.closesCard();
}

/** @param {Person} ana @param {Person} bo */
async function giveUp(ana, bo) {
  await ana.dial("bo", "Voice call");
  await bo.comesTo("ringing");
  await ana.press("Hang up");
  await bo.closesCard();
}

/** @param {Person} ana @param {Person} bo */
async function noAnswer(ana, bo) {
  await Promise.all([ // who looks only afterwards may find that it has rung
    ana.state.evaluate((kit) => /** @type {any} */ (kit).data.client.engine.call("bo", "audio", { timeout: 5 })),
    bo.comesTo("ringing"),
  ]);
  await bothOver(ana, bo);
}

/** bo rings somebody else, which makes his line busy. @param {Person} ana @param {Person} bo */
async function busy(ana, bo) {
  await bo.state.evaluate((kit) => /** @type {any} */ (kit).data.client.engine.call("cy", "audio", { timeout: 60 }));
  await bo.comesTo("calling");
  await ana.dial("bo", "Voice call");
  await ana.closesCard();
  await bo.press("Hang up");
  await bo.comesTo("idle");
}

/** @param {Person} ana @param {Person} bo */
async function bothOver(ana, bo) {
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  await Promise.all([ana.closesCard(), bo.closesCard()]);
}
