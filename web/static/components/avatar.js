import { html, nothing } from "../vendor/lit-html.js";
import { initials } from "./format.js";

const HUES = 6;

/**
 * A face: the picture, or where there is none (yet) a disc with initials; the
 * same name has the same colour everywhere.
 *
 * @param {string} name
 * @param {"small" | "large"} [size]
 * @param {string} [picture] its address; empty for none
 */
export function avatar(name, size = "small", picture = "") {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return html`<span class="avatar avatar-${size} hue-${sum % HUES}" aria-hidden="true"
    >${initials(name)}${picture ? html`<img src=${picture} alt="" referrerpolicy="no-referrer" draggable="false" @error=${hide} @load=${show} />` : nothing}</span
  >`;
}

/** The initials under a picture that cannot be shown come to light. @param {{target: HTMLElement}} event */
function hide({ target }) {
  target.hidden = true;
}

/** @param {{target: HTMLElement}} event */
function show({ target }) {
  target.hidden = false;
}
