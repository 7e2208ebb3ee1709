import assert from "node:assert/strict";
import { finds, findsCall, opens, turnsTo, withUser, writes } from "../support/chatting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person */
async function settings({ page }) {
  await page.getByRole("button", { name: /^Settings/ }).click();
  const sheet = page.getByRole("dialog", { name: "Settings" });
  await sheet.waitFor();
  return sheet;
}

/** Waits until nothing, or so many calls, are told as missed, in the tab and in the title of the page. @param {Person} person @param {number} count */
async function isToldOfMissed({ page }, count) {
  const badge = page.locator("[data-tab=calls] .badge");
  if (count === 0) await badge.waitFor({ state: "detached" });
  else await badge.getByText(String(count), { exact: true }).waitFor();
  await page.waitForFunction((said) => document.title.includes("missed") === (said !== "") && document.title.includes(said), count ? `${count} missed` : "");
}

story("ana gives herself a name and a picture, and is called so everywhere", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const office = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await turnsTo(bo, "ana");
  await writes(bo, "hello");

  const sheet = await settings(ana);
  await sheet.getByTestId("profile-name").fill("Ana Nadal");
  await sheet.getByTestId("profile-picture").fill(`${ana.url}/icon.svg`);
  await sheet.getByRole("button", { name: "Save" }).click();
  await sheet.getByText("Saved", { exact: true }).waitFor();
  await ana.page.keyboard.press("Escape");
  for (const { page } of [ana, office]) await page.getByTestId("me").getByText("Ana Nadal", { exact: true }).waitFor();
  const picture = office.page.locator(".me .avatar img");
  await office.page.waitForFunction((img) => /** @type {HTMLImageElement | null} */ (img)?.naturalWidth !== 0, await picture.elementHandle());
  await bo.page.getByTestId("conversation-title").getByText("Ana Nadal", { exact: true }).waitFor();

  await ana.dial("bo", "Voice call");
  await bo.page.getByRole("alertdialog", { name: "Ana Nadal" }).waitFor();
  await bo.press("Decline");
  await ana.closesCard();
  await bo.goesTo("chats");
  await bo.page.locator(`[data-conversation="${withUser("ana")}"]`).getByText("Ana Nadal", { exact: true }).waitFor();
  await bo.page.locator("[data-tab=calls]").click();
  await bo.page.getByTestId("history").getByText("Ana Nadal", { exact: true }).waitFor();

  await bo.page.reload(); // who is offline is known by name too
  await ana.page.goto("about:blank");
  await office.page.goto("about:blank");
  await bo.goesTo("chats");
  await bo.page.locator(`[data-conversation="${withUser("ana")}"]`).getByText("Ana Nadal", { exact: true }).waitFor();
});

story("a picture that is not there leaves the initials", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const sheet = await settings(ana);
  await sheet.getByTestId("profile-picture").fill(`${ana.url}/nothing.png`);
  await sheet.getByRole("button", { name: "Save" }).click();
  await sheet.getByText("Saved", { exact: true }).waitFor();
  const img = ana.page.locator(".me .avatar img");
  await img.waitFor({ state: "hidden" });
  assert.equal((await ana.page.locator(".me .avatar").innerText()).trim(), "A");
});

story("bo does not want to be disturbed: ana's call is shown, and nothing sounds", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  const tablet = await stage.enter("bo", ofBo);
  await ana.seesOnline("bo");
  const sheet = await settings(bo);
  const state = sheet.getByTestId("disturb-state");
  await sheet.getByRole("button", { name: "For an hour" }).click();
  await state.getByText(/^Nothing rings until /).waitFor();
  const onTablet = await settings(tablet);
  await onTablet.getByText(/^Nothing rings until /).waitFor();
  await Promise.all([bo, tablet].map(({ page }) => page.keyboard.press("Escape")));

  await ana.dial("bo", "Voice call");
  await Promise.all([bo.comesTo("ringing"), tablet.comesTo("ringing")]);
  assert.deepEqual([await bo.tone(), await tablet.tone()], ["", ""]);
  await bo.hearsNoTone();
  await ana.press("Hang up");
  await Promise.all([bo.closesCard(), tablet.closesCard()]);

  const again = await settings(tablet);
  await again.getByRole("button", { name: "Let it ring again" }).click();
  await again.getByText("Calls ring.", { exact: true }).waitFor();
  await tablet.page.keyboard.press("Escape");
  await ana.dial("bo", "Voice call");
  await Promise.all([bo.hearsTone("ringing"), tablet.hearsTone("ringing")]);
  await ana.press("Hang up");
});

story("without a ringtone a call is seen and not heard, here only", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  const tablet = await stage.enter("bo", ofBo);
  await ana.seesOnline("bo");
  await (await settings(bo)).getByTestId("ringtone").uncheck();
  await bo.page.keyboard.press("Escape");
  await ana.dial("bo", "Voice call");
  await Promise.all([bo.comesTo("ringing"), tablet.hearsTone("ringing")]);
  assert.equal(await bo.tone(), "");
  await bo.press("Decline");
});

story("bo blocks ana: she can neither write nor call, until he lets her in again", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await turnsTo(ana, "bo");
  await writes(ana, "buy my boat");
  await opens(bo, withUser("ana"));
  await finds(bo, "buy my boat");
  await bo.press("About ana");
  await bo.press("Block ana");
  await bo.button("Unblock ana").waitFor();
  await bo.page.keyboard.press("Escape");
  await bo.page.getByTestId("blocked-notice").waitFor();

  await ana.dial("bo", "Voice call");
  await ana.comesTo("ended");
  await ana.closesCard();
  assert.equal(await bo.state.getAttribute("data-state"), "idle");
  assert.equal(await bo.page.getByTestId("call-bubble").count(), 0);

  const sheet = await settings(bo);
  await sheet.getByTestId("blocked").getByText("ana", { exact: true }).waitFor();
  await sheet.getByRole("button", { name: "Unblock ana" }).click();
  await sheet.getByTestId("blocked").waitFor({ state: "detached" });
  await bo.page.keyboard.press("Escape");
  await bo.page.getByTestId("blocked-notice").waitFor({ state: "detached" });
  await ana.dial("bo", "Voice call");
  await bo.comesTo("ringing");
  await bo.press("Decline");
  await findsCall(bo, "Declined");
});

story("missed calls are told until they are seen, on all devices", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  await ana.seesOnline("bo");
  for (let calls = 1; calls <= 2; calls++) {
    await ana.dial("bo", "Voice call");
    await bo.comesTo("ringing");
    await ana.press("Hang up");
    await bo.closesCard();
    await isToldOfMissed(bo, calls);
  }
  const phone = await stage.enter("bo", ofBo, { viewport: { width: 390, height: 800 } });
  await isToldOfMissed(phone, 2);
  await phone.page.locator("[data-tab=calls]").click();
  await Promise.all([isToldOfMissed(phone, 0), isToldOfMissed(bo, 0)]);
});

story("the page speaks the language that was chosen, and remembers it", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  await (await settings(ana)).getByTestId("language").selectOption("zh");
  await ana.page.getByRole("dialog", { name: "设置" }).waitFor();
  await ana.page.reload();
  await ana.page.getByRole("dialog", { name: "设置" }).waitFor();
});
