import assert from "node:assert/strict";
import { begins, comesAsGuest, meets, opensPanel, uses, writesInMeeting } from "../support/meeting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const clipboard = { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person @param {string} name */
const tileOf = ({ page }, name) => page.getByRole("group", { name: new RegExp(`^${name}\\b`) });

/** @param {Person} person @param {string} name */
const idOf = async (person, name) => (await tileOf(person, name).locator("xpath=..").getAttribute("data-testid"))?.replace("tile-", "") ?? "";

/** Who mutes themselves while a host is about to mute them turns no tool into another. @param {Person} host @param {Person} other */
async function toolsStayInTheirPlaces(host, other) {
  const row = host.page.getByTestId("call-people").getByRole("listitem").filter({ hasText: other.userID });
  const tool = (/** @type {string} */ name) => row.getByRole("button", { name, exact: true });
  await row.getByRole("button", { name: `More for ${other.userID}` }).click();
  const place = await tool("Mute").boundingBox();
  await other.page.keyboard.press("m");
  await tool("Mute").and(host.page.locator("[aria-disabled=true]")).waitFor();
  assert.deepEqual(await tool("Mute").boundingBox(), place);
  await tool("Mute").dispatchEvent("click");
  assert.equal(await tool("Ask to unmute").isVisible(), true, "what cannot be done does nothing, and the tools stay");
  await other.page.keyboard.press("m");
  await tool("Ask to unmute").and(host.page.locator("[aria-disabled=true]")).waitFor();
  await row.getByRole("button", { name: `More for ${other.userID}` }).click();
}

story("ana meets bo and a guest without an account: lobby, hands, chat, screen, and order kept", async (stage) => {
  const ana = await stage.enter("ana", ofAna, clipboard);
  const bo = await stage.enter("bo", ofBo);
  const gus = await stage.enter("", ofBo);
  const link = await begins(ana);
  await ana.page.getByTestId("alone").waitFor();
  assert.match(ana.page.url(), /room=/, "a reload comes back to the meeting");

  await bo.page.goto(link.replace("?", "?user=bo&"));
  await bo.press("Join now");
  await Promise.all([meets(bo, "connected"), tileOf(ana, "bo").waitFor()]);
  await Promise.all([ana.sees("bo", "tile-bo"), bo.sees("ana", "tile-ana"), ana.hears("bo"), bo.hears("ana")]);

  // The guest knocks, is turned away, knocks again and is let in.
  await opensPanel(ana, "People");
  await ana.page.getByLabel("Guests wait until they are admitted").check();
  await comesAsGuest(gus, link, "Gus");
  await gus.page.getByTestId("waiting-room").waitFor();
  await ana.page.getByTestId("lobby").getByRole("button", { name: "Turn Gus away" }).click();
  await gus.page.getByTestId("meeting-over").getByText("You were not let in").waitFor();
  await gus.press("Ask again");
  await ana.page.getByTestId("knocking").getByRole("button", { name: "Admit" }).click();
  await Promise.all([meets(gus, "connected"), tileOf(ana, "Gus").waitFor(), tileOf(bo, "Gus").waitFor()]);
  await gus.sees("ana", "tile-ana");
  await bo.sees("bo", `tile-${await idOf(bo, "Gus")}`);

  // Hands queue up, and a host lowers them.
  await gus.page.keyboard.press("r");
  await tileOf(ana, "Gus").getByTestId("hand").getByText("1").waitFor();
  await bo.page.keyboard.press("h");
  const queue = ana.page.getByTestId("hands").getByRole("listitem");
  await queue.nth(1).waitFor();
  assert.deepEqual(await queue.locator(".row-title").allInnerTexts(), ["Gus", "bo"]);
  await ana.page.getByTestId("hands").getByRole("button", { name: "Lower the hand of Gus" }).click();
  await tileOf(ana, "bo").getByTestId("hand").getByText("1").waitFor();
  await bo.page.keyboard.press("h");
  await ana.page.getByTestId("hands").waitFor({ state: "detached" });

  // What is written is read by all, and counted where the chat is closed.
  await gus.page.keyboard.press("c");
  await writesInMeeting(gus, "can you hear me?");
  const badge = ana.page.locator(".controls .control-chat .control-badge");
  await badge.filter({ hasText: /^1$/ }).waitFor();
  await ana.page.keyboard.press("c");
  await ana.page.getByTestId("meeting-chat").getByText("can you hear me?").waitFor();
  await badge.waitFor({ state: "detached" });
  await writesInMeeting(ana, "perfectly");
  await gus.page.getByTestId("meeting-chat").getByText("perfectly").waitFor();
  assert.equal(await ana.page.getByTestId("meeting-composer").inputValue(), "", "m, c and p are letters here");

  // A screen takes the stage at the others.
  await bo.press("Share screen");
  await bo.page.getByTestId("sharing").waitFor();
  await ana.page.locator("[data-testid=tile-bo-screen][data-role=stage]").waitFor();
  await ana.page.waitForFunction(() => {
    const video = /** @type {HTMLVideoElement | null} */ (document.querySelector("[data-testid=tile-bo-screen] video"));
    return (video?.videoWidth ?? 0) > 0;
  });
  await bo.page.getByTestId("sharing").getByRole("button", { name: "Stop sharing" }).click();
  await ana.page.getByTestId("tile-bo-screen").waitFor({ state: "detached" });

  // A host mutes, asks, and removes.
  await ana.page.keyboard.press("Escape");
  await opensPanel(ana, "People");
  await toolsStayInTheirPlaces(ana, bo);
  await Promise.all([bo.page.getByTestId("muted-by").getByText("ana muted you").waitFor(), uses(ana, "bo", "Mute")]); // it is told for a moment
  assert.equal(await bo.button("Mute microphone").getAttribute("aria-pressed"), "true");
  await ana.page.getByRole("group", { name: "bo, muted" }).waitFor();
  await ana.page.getByTestId("call-people").getByRole("listitem").filter({ hasText: "bo" }).getByText("muted").waitFor({ state: "attached" });
  await uses(ana, "bo", "Ask to unmute");
  await bo.page.getByTestId("asked-to-unmute").getByRole("button", { name: "Unmute" }).click();
  await ana.page.getByRole("group", { name: "bo", exact: true }).waitFor();
  await uses(ana, "Gus", "Remove");
  await gus.page.getByTestId("meeting-over").getByText("You were removed from the meeting").waitFor();
  await tileOf(ana, "Gus").waitFor({ state: "detached" });
  await ana.sees("bo", "tile-bo");

  await ana.press("Leave meeting");
  await ana.press("Leave, the others stay");
  await ana.page.getByTestId("meeting-over").getByText("You left the meeting").waitFor();
  await ana.press("Close");
  await meets(ana, "idle");
  assert.doesNotMatch(ana.page.url(), /room=/);
  await bo.page.getByTestId("alone").waitFor();
  await opensPanel(bo, "People");
  await bo.page.locator("[data-person=bo]").getByText("Host").waitFor();
});

story("a call that comes in during a meeting is declined and the meeting goes on, or accepted and it is left", async (stage) => {
  const ana = await stage.enter("ana", ofAna, clipboard);
  const bo = await stage.enter("bo", ofBo);
  await begins(ana);
  await bo.seesOnline("ana");
  await bo.dial("ana", "Voice call");
  await ana.comesTo("ringing");
  await ana.press("Decline");
  await Promise.all([ana.comesTo("idle"), bo.comesTo("ended")]);
  await meets(ana, "connected");
  await ana.sees("ana", "local-video");
  await bo.closesCard();
  await bo.dial("ana");
  await ana.comesTo("ringing");
  await ana.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected"), meets(ana, "idle")]);
  await Promise.all([ana.sees("bo"), bo.sees("ana")]);
  await ana.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
});
