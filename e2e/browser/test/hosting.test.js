import assert from "node:assert/strict";
import { begins, meets, opensPanel } from "../support/meeting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const clipboard = { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person @param {string} link */
async function joins(person, link) {
  await person.page.goto(link.replace("?", `?user=${person.userID}&`));
  await person.press("Join now");
  await meets(person, "connected");
}

/** @param {Person} person @param {string} sentence */
function isTold({ page }, sentence) {
  return page.getByTestId("meeting-over").getByText(sentence, { exact: true }).waitFor();
}

story("a host names a meeting, brings it back from another page, leaves and lets the others stay, or ends it for all", async (stage) => {
  const ana = await stage.enter("ana", ofAna, clipboard);
  const bo = await stage.enter("bo", ofBo);
  const link = await begins(ana);
  await joins(bo, link);
  await ana.sees("bo", "tile-bo");

  // What a host calls the meeting, and that it is locked, stands over everybody's tiles.
  await opensPanel(ana, "People");
  await ana.page.getByTestId("meeting-name").fill("Stand-up");
  await ana.page.getByTestId("meeting-name").press("Enter");
  await ana.page.getByLabel("Lock the meeting").check();
  await bo.page.locator(".call-name", { hasText: "Stand-up" }).getByText("This meeting is locked").waitFor({ state: "attached" });
  await ana.page.getByLabel("Lock the meeting").uncheck();
  await bo.page.locator(".call-lock").waitFor({ state: "detached" });

  // A meeting is on one page at a time: the last to open it has it, the first may take it back.
  const elsewhere = "You are in this meeting on another page or device";
  const again = await stage.enter("ana", ofAna);
  await joins(again, link);
  await isTold(ana, elsewhere);
  await again.sees("bo", "tile-bo");
  await ana.press("Use here");
  await Promise.all([meets(ana, "connected"), isTold(again, elsewhere)]);
  await Promise.all([ana.sees("bo", "tile-bo"), bo.sees("ana", "tile-ana")]);

  // Who is no host simply leaves; a host is asked, and may think better of it.
  await ana.press("Leave meeting");
  await ana.button("End for everybody").waitFor();
  await ana.page.keyboard.press("Escape");
  await ana.button("End for everybody").waitFor({ state: "detached" });
  await ana.page.waitForFunction(() => document.activeElement?.ariaLabel === "Leave meeting"); // the focus comes back
  await ana.press("Leave meeting");
  await ana.press("Leave, the others stay");
  await isTold(ana, "You left the meeting");
  await bo.page.getByTestId("alone").waitFor();

  await ana.press("Rejoin");
  await Promise.all([meets(ana, "connected"), bo.sees("ana", "tile-ana")]);
  await bo.press("Leave meeting"); // bo is host now
  await bo.press("End for everybody");
  await Promise.all([isTold(bo, "You ended the meeting"), isTold(ana, "The host has ended the meeting")]);
  assert.equal(await ana.button("Rejoin").count(), 0);
});
