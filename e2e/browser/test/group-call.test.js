import assert from "node:assert/strict";
import { findsCall, opens } from "../support/chatting.js";
import { everybody, makesGroup } from "../support/grouping.js";
import { opensPanel } from "../support/meeting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { eventually } from "../support/until.js";

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person @param {string} userID @param {string} state */
function tileIs({ page }, userID, state) {
  return page.locator(`[data-testid=tile-${userID}][data-state=${state}]`).waitFor();
}

story("a group is called: each answers for themselves, one hangs up and the others go on, one comes back", async (stage) => {
  const [ana, bo] = /** @type {[Person, Person]} */ (await everybody(stage, ["ana", "bo"]));
  const [cy, dee] = /** @type {[Person, Person]} */ (await everybody(stage, ["cy", "dee"], portraits.bo));
  await ana.goesTo("people");
  await Promise.all([ana.seesOnline("cy"), ana.seesOnline("dee")]);
  const id = await makesGroup(ana, { name: "Boat club", type: "Work", members: ["bo", "cy", "dee"] });
  await Promise.all([opens(bo, id), opens(dee, id)]);

  await ana.press("Start a video call in Boat club");
  const picker = ana.page.getByRole("dialog", { name: "Whom to call" });
  await picker.getByRole("checkbox", { name: "dee", exact: true }).check();
  await picker.getByRole("checkbox", { name: "cy", exact: true }).check();
  await picker.getByTestId("call-chosen").click();
  await Promise.all([cy.comesTo("ringing"), dee.comesTo("ringing"), tileIs(ana, "cy", "inviting"), tileIs(ana, "dee", "inviting")]);
  assert.match(await cy.page.locator("#incoming-kind").innerText(), /Video call in Boat club/);
  assert.match(await cy.page.getByTestId("incoming-others").innerText(), /With dee/);
  assert.equal((await bo.page.locator("call-kit").getAttribute("data-state")), "idle", "bo was not asked");

  await cy.press("Accept");
  await Promise.all([ana.comesTo("connected"), cy.comesTo("connected")]);
  await Promise.all([tileIs(ana, "dee", "declined"), tileIs(cy, "dee", "declined"), dee.press("Decline")]); // it is to be seen for a while
  await ana.page.getByTestId("tile-dee").getByRole("button", { name: "Ring again" }).click();
  await Promise.all([dee.comesTo("ringing"), tileIs(cy, "dee", "inviting")]);
  await dee.press("Accept");
  await Promise.all([tileIs(ana, "dee", "joined"), tileIs(cy, "dee", "joined")]);
  await Promise.all([ana.sees("bo", "tile-cy"), cy.sees("ana", "tile-ana"), dee.sees("ana", "tile-ana")]);
  await Promise.all([cy.hears("ana"), dee.hears("bo")]);

  // Bo reads of it in the conversation, and comes by himself; the others see him.
  const bar = bo.page.getByTestId("running-call");
  await bar.getByText("In it:").waitFor();
  await bar.getByRole("button", { name: "Join the call" }).click();
  await Promise.all([bo.comesTo("connected"), tileIs(ana, "bo", "joined")]);

  await Promise.all([tileIs(cy, "ana", "left"), tileIs(dee, "ana", "left"), ana.press("Hang up")]); // and this for a moment
  await ana.comesTo("ended");
  assert.equal((await ana.endCard()).why, "You left the call");
  await bo.sees("bo", "tile-dee");
  for (const { state } of [bo, cy, dee]) assert.equal(await state.getAttribute("data-state"), "connected");

  await ana.closesCard();
  await ana.page.getByTestId("running-call").getByRole("button", { name: "Join the call" }).click();
  await Promise.all([ana.comesTo("connected"), tileIs(dee, "ana", "joined")]);
  await ana.sees("bo", "tile-dee");

  for (const person of [bo, ana, cy]) await person.press("Hang up");
  for (const person of [ana, bo, cy, dee]) await person.comesTo("ended");
  assert.equal((await dee.endCard()).why, "The call is over");
  await dee.closesCard();
  await findsCall(dee, /Group call ended/);
  await dee.page.getByTestId("running-call").waitFor({ state: "detached" });
  const { calls } = await ana.api("/v1/calls");
  assert.equal(calls.length, 1, "it was one call all along");
  assert.deepEqual([calls[0].groupID, calls[0].result, calls[0].participants.length], [id.replace(/^GROUP/, ""), "answered", 4]);
});

story("many tiles come in pages, whom one pins is large, and a call can be brought back from another page", async (stage) => {
  const [ana, bo] = /** @type {[Person, Person]} */ (await everybody(stage, ["ana", "bo"]));
  const [cy] = /** @type {[Person]} */ (await everybody(stage, ["cy"], portraits.bo));
  await ana.goesTo("people");
  await ana.seesOnline("cy");
  const id = await makesGroup(ana, { name: "Choir", type: "Work", members: ["bo", "cy"] });
  await ana.press("Start a voice call in Choir");
  await ana.press("Everybody");
  await Promise.all([bo.comesTo("ringing"), cy.comesTo("ringing")]);
  await Promise.all([bo.press("Accept"), cy.press("Accept")]);
  await Promise.all([ana.comesTo("connected"), tileIs(ana, "bo", "joined"), tileIs(ana, "cy", "joined")]);
  await bo.press("Turn off camera"); // it was off, being a voice call: now it is on
  await ana.sees("ana", "tile-bo");

  await ana.page.setViewportSize({ width: 260, height: 360 });
  await ana.page.getByTestId("page").filter({ hasText: "1/2" }).waitFor();
  await ana.page.setViewportSize({ width: 900, height: 640 });
  await ana.page.getByTestId("page").waitFor({ state: "detached" });

  await eventually(async () => {
    const order = await ana.page.locator("call-tile").evaluateAll((tiles) => tiles.map(({ dataset }) => dataset.testid));
    assert.deepEqual([...order].sort(), ["tile-ana", "tile-bo", "tile-cy"]);
  });
  await ana.page.keyboard.press("1");
  await ana.page.getByTestId("tile-bo").getByRole("button", { name: "Pin bo", pressed: true }).waitFor();
  const width = (/** @type {string} */ userID) => ana.page.getByTestId(`tile-${userID}`).evaluate(({ style }) => parseInt(style.width, 10));
  await eventually(async () => assert.ok((await width("bo")) > 2 * (await width("cy"))));
  await ana.page.keyboard.press("1");
  await ana.page.getByTestId("tile-bo").getByRole("button", { name: "Pin bo", pressed: false }).waitFor();
  await eventually(async () => assert.equal(await width("bo"), await width("cy")));
  assert.match(id, /^GROUP/);

  await ana.press("Mute microphone");
  await bo.page.getByRole("group", { name: "ana, muted" }).waitFor();
  await bo.hearsNothingOf("ana");
  await ana.page.keyboard.down(" ");
  await bo.page.getByRole("group", { name: "ana", exact: true }).waitFor();
  await ana.page.keyboard.up(" ");
  await bo.page.getByRole("group", { name: "ana, muted" }).waitFor();

  // Bo goes on on another page of his, and comes back to the first.
  const elsewhere = await stage.enter("bo", { portrait: portraits.bo });
  await opens(elsewhere, id);
  await elsewhere.press("Join the call");
  await Promise.all([elsewhere.comesTo("connected"), bo.comesTo("ended")]);
  assert.equal((await bo.endCard()).why, "The call goes on on another page or device of yours");
  await bo.press("Use here");
  await Promise.all([bo.comesTo("connected"), elsewhere.comesTo("ended"), tileIs(ana, "bo", "joined")]);
});

story("a call between two becomes one of three", async (stage) => {
  const [ana, bo] = /** @type {[Person, Person]} */ (await everybody(stage, ["ana", "bo"]));
  const [cy] = /** @type {[Person]} */ (await everybody(stage, ["cy"], portraits.bo));
  await ana.dial("bo");
  await bo.comesTo("ringing");
  await bo.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected"), ana.sees("ana"), bo.sees("ana")]);
  await opensPanel(ana, "People");
  await ana.press("Add people");
  await ana.page.getByRole("checkbox", { name: "cy", exact: true }).check();
  await ana.page.getByTestId("ring-chosen").click();
  await Promise.all([cy.comesTo("ringing"), tileIs(ana, "cy", "inviting")]);
  assert.match(await cy.page.locator("#incoming-kind").innerText(), /Group video call/);
  await cy.press("Accept");
  await Promise.all([tileIs(ana, "cy", "joined"), tileIs(bo, "cy", "joined"), tileIs(cy, "bo", "joined")]);
  await Promise.all([ana.sees("bo", "tile-cy"), bo.sees("bo", "tile-cy"), cy.sees("ana", "tile-bo")]);
  await ana.press("Hang up");
  await tileIs(bo, "cy", "joined");
  await bo.sees("bo", "tile-cy");
  await cy.press("Hang up");
  await bo.comesTo("ended");
});
