import { html } from "../vendor/lit-html.js";
import { t, tOr } from "./i18n.js";

/** How many of four bars a quality of TRTC's scale (1 best, 6 none) fills. */
const FILLED = [0, 4, 3, 2, 1, 1, 0];

/**
 * Bars with the same said in words.
 *
 * @param {number} quality 0 unknown, 1 excellent to 6 down
 */
export function qualityBars(quality) {
  const filled = FILLED[quality] ?? 0;
  const level = tOr(`quality_${quality}`, "quality_0");
  const sentence = t("quality", { level });
  return html`<span class="quality quality-${filled}" title=${sentence}>
    <span class="quality-bars" aria-hidden="true">
      ${[1, 2, 3, 4].map((bar) => html`<i class="bar bar-${bar} ${bar <= filled ? "on" : ""}"></i>`)}
    </span>
    <span class="quality-text"><span class="visually-hidden">${sentence}</span><span aria-hidden="true">${quality > 0 ? level : ""}</span></span>
  </span>`;
}
