import { html } from "../vendor/lit-html.js";
import { initials } from "./format.js";

const HUES = 6;

/**
 * A disc with initials in place of a face; the same name has the same colour everywhere.
 *
 * @param {string} name
 * @param {"small" | "large"} [size]
 */
export function avatar(name, size = "small") {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return html`<span class="avatar avatar-${size} hue-${sum % HUES}" aria-hidden="true">${initials(name)}</span>`;
}
