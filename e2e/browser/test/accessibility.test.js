import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { opens, turnsTo, writes } from "../support/chatting.js";
import { makesGroup } from "../support/grouping.js";
import { begins, comesAsGuest, meets, opensPanel, writesInMeeting } from "../support/meeting.js";
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

story("a whole meeting by keyboard", async (stage) => {
  const ana = await stage.enter("ana", ofAna, { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] });
  const bo = await stage.enter("bo", ofBo);
  const press = async (/** @type {import("../support/person.js").Person} */ person, /** @type {string} */ name) => {
    await person.tabsTo(name);
    await person.page.keyboard.press("Enter");
  };
  await press(ana, "New meeting");
  await meets(ana, "connected");
  await press(ana, "Copy invite link");
  await ana.page.getByText("The link is copied").first().waitFor();
  const link = await ana.page.evaluate(() => navigator.clipboard.readText());

  await bo.page.goto(link.replace("?", "?user=bo&"));
  await bo.button("Join now").waitFor();
  await press(bo, "Join now");
  await Promise.all([meets(bo, "connected"), bo.sees("ana", "tile-ana")]);

  await bo.page.keyboard.press("r");
  await ana.page.keyboard.press("p");
  await ana.page.getByTestId("hands").waitFor();
  await press(ana, "Lower the hand of bo");
  await ana.page.getByTestId("hands").waitFor({ state: "detached" });
  await press(ana, "More for bo");
  await ana.tabsTo("Volume of bo");
  await ana.page.keyboard.press("ArrowLeft");
  assert.equal(await ana.page.getByRole("slider", { name: "Volume of bo" }).inputValue(), "95");
  await Promise.all([bo.page.getByTestId("muted-by").waitFor(), press(ana, "Mute")]); // it is told for a moment
  await ana.page.keyboard.press("Escape");

  await bo.page.keyboard.press("c");
  await bo.page.getByTestId("meeting-composer").waitFor();
  await bo.page.keyboard.type("may I speak?");
  await bo.page.keyboard.press("Enter");
  await bo.page.keyboard.press("Escape");
  await bo.page.getByTestId("meeting-composer").waitFor({ state: "detached" });
  await ana.page.keyboard.press("c");
  await ana.page.getByTestId("meeting-chat").getByText("may I speak?").waitFor();
  await ana.page.keyboard.press("Escape");

  await press(ana, "Leave meeting");
  await press(ana, "End for everybody");
  await Promise.all([meets(ana, "ended"), meets(bo, "ended")]);
  await press(bo, "Close");
  await meets(bo, "idle");
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  story(`axe finds nothing serious on any screen, ${colorScheme}`, async (stage) => {
    const still = /** @type {const} */ ({ colorScheme, reducedMotion: "reduce" }); // half faded in, nothing has its colours
    const stranger = await stage.enter("", ofAna, still);
    const ana = await stage.enter("ana", ofAna, still);
    const bo = await stage.enter("bo", ofBo, still);
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
    await bo.page.getByTestId("history").getByRole("button", { expanded: false }).first().click();
    await bo.page.getByTestId("call-course").waitFor();
    await look("course of a call");
    await bo.page.getByRole("button", { name: /^Settings/ }).click();
    await bo.page.getByRole("dialog", { name: "Settings" }).waitFor();
    await look("settings");
    await bo.page.keyboard.press("Escape");
    await turnsTo(bo, "ana");
    await writes(bo, "see https://example.org");
    await look("conversation");
    await bo.press("About ana");
    await look("about somebody");
    assert.deepEqual(found, {});
  });
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  story(`axe finds nothing serious in a group call and a meeting, ${colorScheme}`, async (stage) => {
    const still = /** @type {const} */ ({ colorScheme, reducedMotion: "reduce" });
    const look = { ...still, permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };
    const ana = await stage.enter("ana", ofAna, look);
    const bo = await stage.enter("bo", ofBo, look);
    const gus = await stage.enter("", ofBo, still);
    /** @type {Record<string, string[]>} */
    const found = {};
    const see = async (/** @type {string} */ screen, person = ana) => {
      const violations = await person.violations(axe);
      if (violations.length > 0) found[screen] = violations;
    };

    await ana.seesOnline("bo");
    const id = await makesGroup(ana, { name: "Boat club", type: "Work", members: ["bo"] });
    await opens(bo, id);
    await ana.press("Start a video call in Boat club");
    await ana.page.getByRole("checkbox", { name: "bo", exact: true }).check();
    await see("whom to call");
    await ana.page.getByTestId("call-chosen").click();
    await bo.comesTo("ringing");
    await Promise.all([see("calling a group"), see("group rings", bo)]);
    await opensPanel(ana, "People");
    await see("ringing, people");
    await bo.press("Decline");
    await ana.comesTo("ended");
    await see("nobody came");
    await ana.closesCard();

    await ana.goesTo("people");
    const link = await begins(ana);
    await see("alone in a meeting");
    await opensPanel(ana, "People");
    await ana.page.getByLabel("Guests wait until they are admitted").check();
    await gus.page.goto(link);
    await gus.page.getByTestId("guest-name").waitFor();
    await see("before a meeting", gus);
    await comesAsGuest(gus, link, "Gus");
    await gus.page.getByTestId("waiting-room").waitFor();
    await ana.page.getByTestId("lobby").waitFor();
    await Promise.all([see("waiting", gus), see("somebody waits")]);
    await ana.page.getByTestId("lobby").getByRole("button", { name: "Admit Gus" }).click();
    await meets(gus, "connected");
    await gus.page.keyboard.press("r");
    await ana.page.getByTestId("hands").waitFor();
    await see("people and hands");
    await ana.press("More for Gus");
    await ana.page.getByRole("slider", { name: "Volume of Gus" }).waitFor();
    await see("tools for somebody");
    await ana.press("Leave meeting");
    await ana.button("End for everybody").waitFor();
    await see("how to leave");
    await ana.page.keyboard.press("Escape");
    await opensPanel(ana, "Chat");
    await writesInMeeting(ana, "welcome https://example.org");
    await see("chat");
    await opensPanel(ana, "Statistics");
    await ana.page.getByTestId("statistics").getByText("Sent", { exact: true }).waitFor();
    await see("statistics");
    await ana.page.keyboard.press("?");
    await see("keys");
    await ana.page.keyboard.press("Escape");
    await gus.press("Leave meeting");
    await gus.page.getByTestId("meeting-over").waitFor();
    await see("meeting left", gus);
    assert.deepEqual(found, {});
  });
}
