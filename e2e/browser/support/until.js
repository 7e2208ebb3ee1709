import { setTimeout as delay } from "node:timers/promises";

/** Patience for what should be soon, for as busy a machine as there may be; nothing waits for it that goes well. */
export const SOON_MS = 60_000;
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

/**
 * Waits until a check passes: of what follows in a page's next frames, or at the
 * server beside its answers.
 *
 * @param {() => unknown} check throws until it is so
 */
export async function eventually(check) {
  for (const deadline = performance.now() + SOON_MS; ; ) {
    try {
      return void (await check());
    } catch (thrown) {
      if (performance.now() > deadline) throw thrown;
      await delay(LOOK_MS);
    }
  }
}
