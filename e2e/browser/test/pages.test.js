import assert from "node:assert/strict";
import { begins } from "../support/meeting.js";
import { extras, portraits } from "../support/portraits.js";
import { story } from "../support/story.js";
import { eventually } from "../support/until.js";

const phone = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true, permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };

/** @typedef {import("../support/person.js").Person} Person */

story("on a small phone ten people are on two pages, which a finger turns, and keys do", async (stage) => {
  const ana = await stage.enter("ana", { portrait: portraits.ana }, phone);
  await begins(ana);
  const room = new URL(ana.page.url()).searchParams.get("room") ?? "";
  await stage.cast(room, extras);
  await ana.page.getByText("10 in the call").waitFor();
  await isOn(ana, "1/2");
  const first = await tiles(ana);
  assert.ok(first.has("tile-ana"), "one's own tile is on the first page");
  for (const { width, height } of first.values()) assert.ok(width >= 132 && height >= 96, `a tile of ${width} by ${height}`);
  for (const tile of first.keys()) await moves(ana, tile);

  await swipe(ana, -1);
  await isOn(ana, "2/2");
  const second = await tiles(ana, first);
  assert.equal(second.size, 5, "those of the first page are gone");
  for (const tile of second.keys()) await moves(ana, tile);
  assert.equal(await ana.page.locator(".tile-pin[aria-pressed=true]").count(), 0, "a finger that goes sideways pins nobody");
  await swipe(ana, -1);
  await isOn(ana, "2/2");
  await swipe(ana, 1);
  await isOn(ana, "1/2");

  await ana.page.keyboard.press("ArrowRight");
  await isOn(ana, "2/2");
  await ana.page.keyboard.press("PageUp");
  await isOn(ana, "1/2");
});

/** @param {Person} person @param {string} page */
function isOn({ page: document }, page) {
  return document.getByTestId("page").getByText(page, { exact: true }).waitFor();
}

/** The five tiles of a page, with their sizes. @param {Person} person @param {ReadonlyMap<string, unknown>} [other] the page before, which is gone */
async function tiles({ page }, other = new Map()) {
  /** @type {Map<string, {width: number, height: number}>} */
  let all = new Map();
  await eventually(async () => {
    const seen = await page.locator("call-tile").evaluateAll((elements) => elements.map((element) => {
      const { dataset, style } = /** @type {HTMLElement} */ (element);
      return /** @type {const} */ ([dataset.testid ?? "", { width: parseInt(style.width), height: parseInt(style.height) }]); // where they glide to
    }));
    assert.equal(seen.filter(([tile]) => !other.has(tile)).length, 5);
    assert.equal(seen.length, 5);
    all = new Map(seen);
  });
  return all;
}

/** Waits until the picture in a tile is another than before. @param {Person} person @param {string} tile */
async function moves(person, tile) {
  const number = async () => (await person.seen(tile))?.number;
  await eventually(async () => assert.notEqual(await number(), undefined, tile));
  const before = await number();
  await eventually(async () => assert.notEqual(await number(), before, tile));
}

/** A finger goes over the tiles. @param {Person} person @param {1 | -1} way to the right or to the left */
async function swipe({ page }, way) {
  const touch = await page.context().newCDPSession(page);
  const at = (/** @type {number} */ step) => [{ x: 160 + way * 20 * step, y: 280 + step }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(-5) });
  for (let step = -4; step <= 5; step++) await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(step) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await touch.detach();
}
