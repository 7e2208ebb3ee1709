import assert from "node:assert/strict";
import { begins, comesAsGuest, meets, opensPanel } from "../support/meeting.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const clipboard = { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, reducedMotion: /** @type {const} */ ("reduce") };

/** @typedef {import("../support/person.js").Person} Person */

/** @param {Person} person @param {string} name @param {string} emoji */
async function sees({ page }, name, emoji) {
  const tile = page.getByRole("group", { name: new RegExp(`^${name}\\b`) });
  await Promise.all([
    tile.getByTestId("reaction").getByText(emoji).waitFor(),
    page.getByTestId("reactions").locator(".rising").filter({ hasText: name }).getByText(emoji).first().waitFor(),
  ]);
}

story("people react: by keys alone, on a phone, and as a guest; who cannot see it is told", async (stage) => {
  const ana = await stage.enter("ana", ofAna, clipboard);
  const gus = await stage.enter("", ofBo, phone);
  const link = await begins(ana);
  await comesAsGuest(gus, link, "Gus");
  await meets(gus, "connected");
  await gus.sees("ana", "tile-ana");

  // By keys: the list opens on E with the focus in it, and stays for more.
  await ana.page.keyboard.press("e");
  await ana.tabsTo("Applause");
  await ana.page.keyboard.press("Enter");
  await Promise.all([
    sees(gus, "ana", "👏"),
    ana.page.getByTestId("reactions").locator(".rising").filter({ hasText: "You" }).getByText("👏").waitFor(),
    gus.page.getByRole("status").filter({ hasText: "Reactions: ana, Applause." }).waitFor({ state: "attached" }),
  ]);
  assert.equal(await ana.button("Applause").isVisible(), true, "who applauds claps more than once");
  await ana.page.keyboard.press("Escape");
  await ana.button("Applause").waitFor({ state: "detached" });
  assert.equal(await ana.page.evaluate(() => document.activeElement?.ariaLabel), "Reactions", "the focus comes back");

  // With a finger, where nothing moves for who wants no motion.
  await gus.press("More");
  await gus.page.locator(".more-panel").getByRole("button", { name: "Reactions" }).click();
  await gus.press("Heart");
  await sees(ana, "Gus", "❤️");
  const still = gus.page.locator(".rising").first();
  await still.waitFor();
  assert.equal(await still.evaluate((element) => getComputedStyle(element).animationName), "none");

  // They go by themselves, and a chat that is open keeps the letter.
  await Promise.all([gus, ana].map(({ page }) => page.locator(".rising, .tile-reaction").first().waitFor({ state: "detached" })));
  await opensPanel(ana, "Chat");
  await ana.page.getByTestId("meeting-composer").pressSequentially("e");
  assert.equal(await ana.page.locator(".reaction-panel").count(), 0);
});
