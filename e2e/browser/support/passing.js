/**
 * What a page shows for a moment only: on a busy machine it may be gone before a
 * test has looked, so the page itself remembers it.
 *
 * @typedef {import("./person.js").Person} Person
 */

/** From now on the page remembers the texts of what fits a selector. @param {Person} person @param {string} selector */
export async function remember({ page }, selector) {
  await page.evaluate((selector) => {
    const remembered = ((/** @type {any} */ (window)).remembered ??= {});
    const texts = (remembered[selector] = /** @type {string[]} */ ([]));
    const look = () => {
      for (const each of document.querySelectorAll(selector)) {
        const text = (each.textContent ?? "").replace(/\s+/g, " ").trim();
        if (text && !texts.includes(text)) texts.push(text);
      }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  }, selector);
}

/** Waits until such a text was there, be it gone again. @param {Person} person @param {string} selector @param {string} text part of it */
export async function saw({ page }, selector, text) {
  await page.waitForFunction(
    ([selector = "", text = ""]) => (/** @type {any} */ (window)).remembered[selector].some((/** @type {string} */ each) => each.includes(text)),
    [selector, text],
    { polling: 50 },
  );
}
