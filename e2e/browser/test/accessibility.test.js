import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

story("a whole call by keyboard", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  const type = (/** @type {import("../support/person.js").Person} */ { page }, /** @type {string} */ key) => page.keyboard.press(key);

  await ana.tabsTo("User ID");
  await ana.page.keyboard.type("bo");
  await type(ana, "Enter");
  await bo.comesTo("ringing");
  await type(bo, "Enter");
  await type(bo, " ");
  await bo.comesTo("ringing"); // a key meant for something else answers nothing
  await bo.tabsTo("Accept");
  await type(bo, "Enter");
  await Promise.all([ana.comesTo("connected"), bo.comesTo("connected")]);

  await ana.hears("bo");

  const pressed = (/** @type {string} */ name) => bo.button(name).getAttribute("aria-pressed");
  await type(bo, "m");
  await ana.page.getByText("bo is muted").waitFor();
  assert.equal(await pressed("Mute microphone"), "true");
  await bo.tabsTo("Turn off camera");
  await type(bo, " ");
  await ana.page.getByText("bo’s camera is off").waitFor();
  assert.equal(await pressed("Turn off camera"), "true");
  await type(bo, "?");
  await bo.page.getByRole("region", { name: "Keyboard shortcuts" }).waitFor();
  await type(bo, "Escape");
  await bo.page.getByRole("region", { name: "Keyboard shortcuts" }).waitFor({ state: "detached" });
  await bo.tabsTo("Hang up");
  await type(bo, "Enter");
  await Promise.all([ana.comesTo("ended"), bo.comesTo("ended")]);
  await type(bo, "Escape");
  await bo.comesTo("idle");
  await ana.tabsTo("Call again");
  await ana.tabsTo("Close");
  await type(ana, "Enter");
  await ana.comesTo("idle");
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  story(`axe finds nothing serious on any screen, ${colorScheme}`, async (stage) => {
    const stranger = await stage.enter("", ofAna, { colorScheme });
    const ana = await stage.enter("ana", ofAna, { colorScheme });
    const bo = await stage.enter("bo", ofBo, { colorScheme });
    /** @type {Record<string, string[]>} */
    const found = {};
    const look = async (/** @type {string} */ screen, person = bo) => {
      const violations = await person.violations(axe);
      if (violations.length > 0) found[screen] = violations;
    };

    await look("sign-in", stranger);
    await bo.seesOnline("ana");
    await look("home");
    await bo.press("Check camera and microphone");
    await bo.page.getByRole("button", { name: "Done" }).waitFor();
    await look("device check");
    await bo.press("Done");
    await ana.dial("bo");
    await bo.comesTo("ringing");
    await Promise.all([look("incoming call"), look("outgoing call", ana)]);
    await bo.press("Accept");
    await Promise.all([bo.comesTo("connected"), bo.sees("ana")]);
    await look("in call");
    await bo.press("Camera, microphone and speaker");
    await look("devices in call");
    await bo.press("Hang up");
    await bo.comesTo("ended");
    await look("end card");
    await bo.closesCard();
    await bo.lastCall("answered");
    await look("home with history");
    assert.deepEqual(found, {});
  });
}
