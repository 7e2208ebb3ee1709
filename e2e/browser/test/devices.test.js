import assert from "node:assert/strict";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

story("who may not use camera and microphone still sees and hears", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", { ...ofBo, grant: false });
  await ana.dial("bo");
  await bo.press("Accept");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await Promise.all([bo.sees("ana"), bo.hears("ana")]);
  await bo.page.getByText("No microphone: You have not allowed it.").waitFor();
  await bo.page.getByText("No camera: You have not allowed it.").waitFor();
  assert.equal(await ana.seen(), null);
  await bo.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);

  await bo.closesCard();
  await bo.press("Check camera and microphone");
  await bo.press("Allow camera and microphone");
  await bo.page.getByText(/Open the site settings/).waitFor();
});

story("where the browser holds sound back, a click lets one hear", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", { ...ofBo, autoplay: false });
  // Nobody has touched bo's page: it answers by itself, which is no gesture to the browser.
  await bo.state.evaluate((kit) => kit.addEventListener("statechange", () => {
    if (kit.getAttribute("data-state") === "ringing") setTimeout(() => /** @type {any} */ (kit).data.client.engine.accept());
  }));
  await bo.page.waitForFunction(() => !navigator.userActivation.isActive, null, { polling: 30 });
  await ana.dial("bo");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);
  await bo.sees("ana");
  await bo.button("Click to hear ana").waitFor();
  assert.equal(await bo.plays(), false);
  await bo.press("Click to hear ana");
  await bo.button("Click to hear ana").waitFor({ state: "detached" });
  assert.equal(await bo.plays(), true);
  await bo.hears("ana");
});
