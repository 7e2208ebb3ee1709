import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { begins, comesAsGuest, meets, opensPanel, writesInMeeting } from "../support/meeting.js";
import { ARTIFACTS } from "../support/places.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { eventually } from "../support/until.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };

/** Screens are kept for people to look at. */
const SCREENS = join(ARTIFACTS, "screens");
mkdirSync(SCREENS, { recursive: true });

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person @param {string} name */
function picture({ page }, name) {
  return page.screenshot({ path: join(SCREENS, `${name}.png`) });
}

story("the call in Chinese", async (stage) => {
  const ana = await stage.enter("ana", ofAna);
  const bo = await stage.enter("bo", ofBo);
  for (const { page } of [ana, bo]) {
    await page.getByRole("button", { name: "中文", exact: true }).click();
    await page.getByRole("heading", { name: "发起呼叫" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
  }
  await ana.page.getByTestId("dial-user").fill("bo");
  await ana.press("视频通话");
  await bo.page.getByText("视频来电", { exact: true }).waitFor();
  await picture(bo, "zh-incoming");
  await bo.press("接听");
  await bo.sees("ana");
  await bo.press("挂断");
  await bo.page.getByText("您结束了通话").first().waitFor();
  await ana.page.getByText("bo 结束了通话").first().waitFor();
  await picture(ana, "zh-ended");
  await ana.press("关闭");
  await ana.lastCall("answered");
  await picture(ana, "zh-home");

  await ana.page.reload();
  await ana.page.getByRole("heading", { name: "发起呼叫" }).waitFor();
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  story(`the call on a phone, ${colorScheme}`, async (stage) => {
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme };
    const ana = await stage.enter("ana", ofAna);
    const bo = await stage.enter("bo", ofBo, phone);
    const look = async (/** @type {string} */ screen) => {
      await picture(bo, `phone-${colorScheme}-${screen}`);
        await eventually(async () => assert.deepEqual(await bo.page.evaluate(outOfReach), [], screen)); // tiles glide into place
    };

    await bo.seesOnline("ana");
    await look("home");
    await bo.press("Check camera and microphone");
    await bo.button("Done").waitFor();
    await look("check");
    await bo.press("Done");
    await ana.dial("bo");
    await bo.comesTo("ringing");
    await look("incoming");
    await bo.press("Accept");
    await bo.sees("ana");
    await look("call");
    await bo.press("Camera, microphone and speaker");
    await look("devices");
    await bo.press("Hang up");
    await bo.comesTo("ended");
    await look("ended");
    await bo.closesCard();
    await bo.lastCall("answered");
    await look("history");
  });
}

story("a meeting on the smallest phone, dark, and on a desk", async (stage) => {
  const desk = { viewport: { width: 1280, height: 800 }, permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };
  const ana = await stage.enter("ana", ofAna, desk);
  const gus = await stage.enter("", ofBo, { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
  const look = async (/** @type {string} */ screen, person = gus) => {
    await picture(person, `meeting-${person === gus ? "phone" : "desk"}-${screen}`);
    await eventually(async () => assert.deepEqual(await person.page.evaluate(outOfReach), [], screen));
  };

  const link = await begins(ana);
  await look("alone", ana);
  await gus.page.goto(link);
  await gus.page.getByTestId("guest-name").waitFor();
  await look("before");
  await comesAsGuest(gus, link, "Gus");
  await meets(gus, "connected");
  await gus.sees("ana", "tile-ana");
  await look("two");
  await gus.press("More");
  await look("more");
  await gus.page.locator(".more-panel").getByRole("button", { name: "Raise hand" }).click();
  await opensPanel(gus, "Chat");
  await writesInMeeting(gus, "hello from far away");
  await look("chat");
  await gus.press("Close");
  await ana.press("Share screen");
  await gus.page.locator("[data-testid=tile-ana-screen][data-role=stage]").waitFor();
  await look("screen");
  await opensPanel(ana, "People");
  await ana.page.getByTestId("hands").waitFor();
  await look("people", ana);
  await gus.press("Leave meeting");
  await gus.page.getByTestId("meeting-over").waitFor();
  await look("left");
});

/** Buttons that a finger does not get at: cut off at a side, or smaller than 24 px. Runs in the page. */
function outOfReach() {
  const wide = document.documentElement.scrollWidth > window.innerWidth ? [`page is ${document.documentElement.scrollWidth} px wide`] : [];
  const buttons = [...document.querySelectorAll("button")].filter((button) => button.checkVisibility() && !button.closest("[inert]"));
  const bad = buttons.filter((button) => {
    const { left, right, width, height } = button.getBoundingClientRect();
    return left < 0 || right > window.innerWidth || width < 24 || height < 24;
  });
  return [...wide, ...bad.map((button) => button.outerHTML)];
}
