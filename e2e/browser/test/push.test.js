import assert from "node:assert/strict";
import { Background } from "../support/background.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const NOTIFIED = { permissions: ["notifications"] };

story("a closed page rings by a notification, whose button declines", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await Background.of(stage, await stage.enter("bo", ofBo, NOTIFIED));
  await ana.dial("bo");
  const { inviteID } = await bo.receives("invitation");
  assert.deepEqual(await bo.shows("ana"), [
    { title: "ana", body: "You have a call request", tag: inviteID, actions: ["Accept", "Decline"] },
  ]);
  assert.equal(await bo.presses("decline"), "");
  await ana.comesTo("ended");
  assert.equal((await ana.endCard()).why, "bo declined");
  await bo.receives("over");
  await bo.shows();
});

story("who accepts a notification talks in the page that it opens", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await Background.of(stage, await stage.enter("bo", ofBo, NOTIFIED));
  await ana.dial("bo");
  const { inviteID } = await bo.receives("invitation");
  await bo.shows("ana");
  const url = await bo.presses("accept");
  assert.equal(url, `${stage.server.url}/?accept=${inviteID}`);
  await bo.shows();
  const page = await bo.opens(url);
  await Promise.all([ana.comesTo("connected"), page.comesTo("connected")]);
  await bo.receives("over");
  await page.press("Hang up");
  await ana.comesTo("ended");
});

story("a call that was given up is a missed one, in the language of the page", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const page = await stage.enter("bo", ofBo, { ...NOTIFIED, locale: "zh-CN" });
  const bo = await Background.of(stage, page, "本页关闭或在后台时");
  await ana.dial("bo", "Voice call");
  await bo.receives("invitation");
  const [rung] = await bo.shows("ana");
  assert.deepEqual([rung.body, rung.actions], ["您有一个通话请求", ["接听", "拒绝"]]);
  await ana.press("Hang up");
  await bo.receives("over");
  const [missed] = await bo.shows("未接语音通话");
  assert.deepEqual([missed.body, missed.actions], ["ana", []]);
  const calls = await bo.opens(await bo.presses(""));
  await calls.page.getByText("未接").first().waitFor();
});

story("who signs out is not rung any more", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await Background.of(stage, await stage.enter("bo", ofBo, NOTIFIED));
  const page = await bo.opens(stage.server.url);
  await page.page.getByTestId("me").click();
  await page.page.getByRole("checkbox", { name: "Ring in this browser", checked: true }).waitFor();
  await page.page.keyboard.press("Escape");
  await page.press("Sign out");
  await page.button("Sign in").waitFor();
  await page.page.close();
  await ana.dial("bo");
  await ana.press("Hang up");
  await ana.comesTo("idle");
  const figures = await (await fetch(`${stage.server.url}/metrics`)).text();
  assert.match(figures, /^callsvc_push_messages_total{result="accepted"} 0$/m);
});
