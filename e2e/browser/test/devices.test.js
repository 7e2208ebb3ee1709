import assert from "node:assert/strict";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { eventually } from "../support/until.js";

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
  await ana.page.getByText("bo is muted").waitFor();
  await bo.press("Hang up");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);

  await bo.closesCard();
  await bo.press("Check camera and microphone");
  await bo.page.getByText(/Open the site settings/).waitFor();
});

story("before a call one finds out how it would get through", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  await ana.press("Check camera and microphone");
  await ana.press("Check the network");
  const report = ana.page.getByTestId("network-report");
  await report.getByText(/^Direct, over UDP · \d+\sms$/).waitFor();
  await report.getByText("Calls get through by the straight way.").waitFor();
});

story("where the browser holds sound back, a click lets one hear", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", { ...ofBo, autoplay: false }, { robot: answerByItself });
  await ana.seesOnline("bo");
  await ana.dial("bo");
  await ana.comesTo("connected");
  await bo.button("Click to hear ana").waitFor();
  await bo.sees("ana");
  assert.equal(await bo.plays(), false);
  await bo.press("Click to hear ana");
  await bo.button("Click to hear ana").waitFor({ state: "detached" });
  await eventually(async () => assert.equal(await bo.plays(), true));
  await bo.hears("ana");
});

/** No click and no key: the browser knows of nobody who would want to hear anything. */
function answerByItself() {
  document.addEventListener("statechange", ({ target }) => {
    const kit = /** @type {any} */ (target);
    if (kit.dataset.state === "ringing") setTimeout(() => kit.data.client.engine.accept());
  });
}
