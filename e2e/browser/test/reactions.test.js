import assert from "node:assert/strict";
import { begins, comesAsGuest, meets, opensPanel } from "../support/meeting.js";
import { remember, saw } from "../support/passing.js";
import { portraits } from "../support/portraits.js";
import { story } from "../support/story.js";

const ofAna = { portrait: portraits.ana };
const ofBo = { portrait: portraits.bo };
const clipboard = { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, reducedMotion: /** @type {const} */ ("reduce") };

const RISING = ".rising";
const ON_TILE = "[data-testid=reaction]";
const TOLD = ".visually-hidden[role=status]";

story("people react: by keys alone, on a phone, and as a guest; who cannot see it is told", async (stage) => {
  const ana = await stage.enter("ana", ofAna, clipboard);
  const gus = await stage.enter("", ofBo, phone);
  const link = await begins(ana);
  await comesAsGuest(gus, link, "Gus");
  await meets(gus, "connected");
  await gus.sees("ana", "tile-ana");
  for (const selector of [RISING, ON_TILE, TOLD]) await Promise.all([ana, gus].map((person) => remember(person, selector)));

  // By keys: the list opens on E with the focus in it, and stays for more.
  await ana.page.keyboard.press("e");
  await ana.tabsTo("Applause");
  await ana.page.keyboard.press("Enter");
  await Promise.all([
    saw(gus, RISING, "👏ana"),
    saw(gus, ON_TILE, "👏"),
    saw(gus, TOLD, "Reactions: ana, Applause."),
    saw(ana, RISING, "👏You"),
  ]);
  assert.equal(await ana.button("Applause").isVisible(), true, "who applauds claps more than once");
  await ana.page.keyboard.press("Escape");
  await ana.button("Applause").waitFor({ state: "detached" });
  assert.equal(await ana.page.evaluate(() => document.activeElement?.ariaLabel), "Reactions", "the focus comes back");

  // With a finger, where nothing moves for who wants no motion.
  await gus.press("More");
  await gus.page.locator(".more-panel").getByRole("button", { name: "Reactions" }).click();
  await gus.press("Heart");
  await Promise.all([saw(ana, RISING, "❤️Gus"), saw(ana, ON_TILE, "❤️"), saw(gus, RISING, "❤️You")]);
  assert.equal(await gus.page.evaluate(animationOfRising), "none");

  // They go by themselves, and a chat that is open keeps the letter.
  await Promise.all([gus, ana].map(({ page }) => page.locator(".rising, .tile-reaction").first().waitFor({ state: "detached" })));
  await opensPanel(ana, "Chat");
  await ana.page.getByTestId("meeting-composer").pressSequentially("e");
  assert.equal(await ana.page.locator(".reaction-panel").count(), 0);
});

/** How what rises would move. Runs in the page. */
function animationOfRising() {
  const one = document.createElement("span");
  one.className = "rising";
  document.querySelector(".reactions")?.append(one);
  const { animationName } = getComputedStyle(one);
  one.remove();
  return animationName;
}
