import assert from "node:assert/strict";
import { begins, comesAsGuest, meets, opensPanel } from "../support/meeting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

/** @typedef {import("../support/person.js").Person} Person */

const clipboard = { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };

/** The links in somebody's open panel. @param {Person} person */
function linksOf({ page }) {
  return page.getByTestId("links").getByRole("listitem");
}

/** @param {Person} person */
function onClipboard({ page }) {
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Asks to take the link of somebody back, and answers the question. @param {Person} person @param {string} whose @param {string} answer */
async function revokes(person, whose, answer) {
  const link = linksOf(person).filter({ hasText: `By ${whose}` });
  await link.getByRole("button", { name: `Revoke the link by ${whose}` }).click();
  await link.getByRole("button", { name: answer, exact: true }).click();
}

story("hosts see every link into a meeting and take back one, with or without who came by it; who comes by one sees who is inside", async (stage) => {
  const ana = await stage.enter("ana", { portrait: portraits.ana }, clipboard);
  const bo = await stage.enter("bo", { portrait: portraits.bo }, clipboard);
  const gus = await stage.enter("", { portrait: portraits.bo });
  const leaked = await begins(ana);

  // Whoever copies again gets the same link.
  await opensPanel(ana, "People");
  await linksOf(ana).getByText("By you").waitFor();
  await ana.page.getByRole("region", { name: "People" }).getByRole("button", { name: "Copy invite link" }).click();
  await linksOf(ana).getByRole("button", { name: /^Copy the link by you/ }).click();
  assert.equal(await onClipboard(ana), leaked);
  assert.equal(await linksOf(ana).count(), 1);

  await comesAsGuest(gus, leaked, "Gus");
  await meets(gus, "connected");
  await bo.page.goto(leaked.replace("?", "?user=bo&"));
  await bo.page.getByTestId("who-is-inside").getByText("ana and Gus are here.").waitFor();
  await bo.press("Join now");
  await meets(bo, "connected");
  await opensPanel(bo, "People");
  await bo.button("Copy invite link").click();
  await linksOf(bo).getByText("By you").waitFor();
  assert.equal(await linksOf(bo).count(), 1, "another's link is not bo's to see");

  // A host sees both, and takes hers back together with those who came by it.
  await ana.press("Close");
  await opensPanel(ana, "People");
  await linksOf(ana).filter({ hasText: "By bo" }).waitFor();
  await revokes(ana, "you", "Revoke, and remove who came by it");
  for (const { page } of [gus, bo]) await page.getByTestId("meeting-over").getByText("You were removed from the meeting").waitFor();
  await linksOf(ana).filter({ hasText: "By you" }).waitFor({ state: "detached" });

  // Nobody comes in by it, and bo's leads in still until it goes, too.
  await comesAsGuest(gus, leaked, "Gus");
  await gus.page.getByRole("alert").waitFor();
  await revokes(ana, "bo", "Revoke the link");
  await ana.page.getByTestId("links").waitFor({ state: "detached" });
  await ana.page.getByRole("region", { name: "People" }).getByText("Nobody comes in by that link any more").waitFor();
});
