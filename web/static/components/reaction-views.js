import { repeat } from "../vendor/directives/repeat.js";
import { html } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";
import { REACTIONS } from "./reactions.js";

/** @typedef {import("./reactions.js").ShownReaction} ShownReaction */

/** Side by side rise so many. */
const LANES = 4;

/**
 * Reactions that rise over the tiles, with the names of whom they are from: also
 * of those whose tiles are on another page. Who cannot see them is told by the
 * live region.
 *
 * @param {object} data
 * @param {readonly ShownReaction[]} data.shown
 * @param {(userID: string) => string} data.named
 */
export function risingReactions({ shown, named }) {
  return html`<div class="reactions" aria-hidden="true" data-testid="reactions">
    ${repeat(shown, ({ id }) => id, ({ id, userID, reaction }) => html`<span class="rising lane-${id % LANES}"><span class="emoji">${reaction}</span><span class="rising-name" dir="auto">${named(userID)}</span></span>`)}
  </div>`;
}

/**
 * What there is to react with. It stays open: who applauds claps more than once.
 *
 * @param {object} data
 * @param {(reaction: string) => void} data.react
 * @param {() => void} data.close
 */
export function reactionPanel({ react, close }) {
  return html`<section class="panel pop reaction-panel" aria-label=${t("reactions")}>
    ${REACTIONS.map(({ reaction, label }) => html`<button type="button" class="reaction" aria-label=${t(label)} title=${t(label)} @click=${() => react(reaction)}><span class="emoji" aria-hidden="true">${reaction}</span></button>`)}
    <button type="button" class="icon-button reaction-close" aria-label=${t("close")} @click=${close}>${icons.close}</button>
  </section>`;
}

/** A reaction in words: those from elsewhere are read as their emoji. @param {string} reaction */
export function reactionInWords(reaction) {
  const offered = REACTIONS.find((each) => each.reaction === reaction);
  return offered ? t(offered.label) : reaction;
}
