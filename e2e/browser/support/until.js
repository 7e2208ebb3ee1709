import { setTimeout as delay } from "node:timers/promises";

const SOON_MS = 30_000;
const LOOK_MS = 50;

/**
 * Waits until a condition holds in a page. It may be asynchronous, as whatever
 * asks for statistics is: page.waitForFunction takes a promise for a yes.
 * @template A
 * @param {import("playwright-core").Page} page
 * @param {(arg: A) => unknown} condition evaluated in the page
 * @param {A} arg
 */
export async function until(page, condition, arg) {
  const deadline = performance.now() + SOON_MS;
  while (!(await page.evaluate(/** @type {any} */ (condition), arg))) {
    if (performance.now() > deadline) throw new Error(`not so within ${SOON_MS} ms: ${condition}`);
    await delay(LOOK_MS);
  }
}
