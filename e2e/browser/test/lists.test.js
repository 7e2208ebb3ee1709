import assert from "node:assert/strict";
import { opens, turnsTo, withUser, writes } from "../support/chatting.js";
import { everybody, makesGroup } from "../support/grouping.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

/** @typedef {import("../support/person.js").Person} Person */

const portrait = portraits.ana;

/** What has the focus: the name it is read out with, or whose row of the chats it is. @param {Person} person */
function focused({ page }) {
  return page.evaluate(() => {
    const at = /** @type {HTMLElement} */ (document.activeElement);
    return at.ariaLabel ?? at.dataset.conversation ?? at.localName;
  });
}

/** Waits until a conversation leads the list. @param {Person} person @param {string} conversationID */
function leads({ page }, conversationID) {
  return page.locator(`[data-testid=conversations] li:first-child [data-conversation="${conversationID}"]`).waitFor();
}

/** @param {Person} person @param {string} groupID */
function quits({ state }, groupID) {
  return state.evaluate((kit, groupID) => /** @type {any} */ (kit).data.client.groups.quitGroup(groupID), groupID);
}

story("the focus stays with a person while others come and go around them", async (stage) => {
  const [ana, , cy] = await everybody(stage, ["ana", "bo", "cy"]);
  await ana.goesTo("people");
  await ana.button("Call cy by voice").focus();
  const al = await stage.enter("al", { portrait });
  await ana.seesOnline("al");
  assert.equal(await focused(ana), "Call cy by voice");
  await al.press("Sign out");
  await ana.button("Call al by voice").waitFor({ state: "detached" });
  assert.equal(await focused(ana), "Call cy by voice");
  await cy.press("Sign out");
  await ana.button("Call cy by voice").waitFor({ state: "detached" });
  assert.equal(await focused(ana), "body", "it goes with the one it was on, and not to another");
});

story("what an owner is about to do to one member does not turn to another as members leave", async (stage) => {
  const [ana, bo, cy] = await everybody(stage, ["ana", "bo", "cy"]);
  const conversationID = await makesGroup(ana, { name: "House", type: "Work", members: ["bo", "cy"] });
  const groupID = conversationID.replace(/^GROUP/, "");
  await ana.press("About the group");
  const rowOf = (/** @type {string} */ userID) => ana.page.getByTestId("members").locator(`[data-member=${userID}]`);
  await rowOf("cy").getByRole("button", { name: "More for cy" }).click();
  await ana.button("Remove cy").focus();
  await quits(bo, groupID);
  await rowOf("bo").waitFor({ state: "detached" });
  assert.equal(await focused(ana), "Remove cy");
  await quits(cy, groupID);
  await rowOf("cy").waitFor({ state: "detached" });
  assert.notEqual(await focused(ana), "More for ana");
});

story("a chat keeps the focus as it moves to the top and down again, and nobody slips onto another with a finger or a mouse", async (stage) => {
  const ana = await stage.enter("ana", { portrait }, { hasTouch: true });
  const bo = await stage.enter("bo", { portrait });
  const cy = await stage.enter("cy", { portrait });
  for (const [person, text] of /** @type {const} */ ([[bo, "first"], [cy, "second"]])) {
    await turnsTo(person, "ana");
    await writes(person, text);
  }
  await ana.goesTo("chats");
  await leads(ana, withUser("cy"));
  await ana.page.locator(`[data-conversation="${withUser("bo")}"]`).focus();
  for (const [writer, text] of /** @type {const} */ ([[bo, "third"], [cy, "fourth"], [bo, "fifth"]])) {
    await writes(writer, text);
    await leads(ana, withUser(writer.userID));
    assert.equal(await focused(ana), withUser("bo"));
  }

  // The row that a finger, or the mouse, went down on gives its place to another before they go up.
  const top = await ana.page.locator("[data-testid=conversations] li").first().boundingBox();
  assert.ok(top);
  const at = { x: top.x + top.width / 2, y: top.y + top.height / 2 };
  const screen = await ana.page.context().newCDPSession(ana.page);
  const pointers = [
    { down: () => screen.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] }), up: () => screen.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] }) },
    { down: () => ana.page.mouse.move(at.x, at.y).then(() => ana.page.mouse.down()), up: () => ana.page.mouse.up() },
  ];
  for (const [{ down, up }, writer] of /** @type {const} */ ([[pointers[0], cy], [pointers[1], bo]])) {
    await down();
    await writes(writer, `once more from ${writer.userID}`);
    await leads(ana, withUser(writer.userID));
    await up();
    // What comes after it in the page's queue has seen what it did.
    await ana.page.locator(".chats h2").tap();
    assert.equal(await ana.page.getByTestId("conversation").count(), 0, "nothing was opened");
  }
  await opens(ana, withUser("cy"));
});
