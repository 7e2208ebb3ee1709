import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { avatar } from "./avatar.js";
import { language, t } from "./i18n.js";
import { icons } from "./icons.js";

/** @typedef {import("../sdk/wire.js").FetchRoomInfoResult} Inside */

/** So many faces are shown. */
const FACES = 3;

/**
 * Who is in a meeting, for who stands before it.
 *
 * @param {Inside} inside
 * @param {(userID: string) => string} pictureOf
 */
export function whoIsInside(inside, pictureOf) {
  const { open, waits, users } = inside;
  const faces = users.slice(0, FACES);
  return html`<p class="who-is-inside" role="status" data-testid="who-is-inside">
    ${open && waits ? icons.lock : nothing}
    ${faces.length > 0 ? html`<span class="faces" aria-hidden="true">${repeat(faces, ({ userID }) => userID, ({ userID, name }) => avatar(name || userID, "small", pictureOf(userID)))}</span>` : nothing}
    <span>${sentence(inside)}</span>
  </p>`;
}

/** @param {Inside} inside */
function sentence({ open, waits, count, users }) {
  if (open && waits) return t("youWillWait");
  if (count === 0) return t("nobodyInside");
  const names = users.slice(0, FACES).map(({ userID, name }) => name || userID);
  const more = count - names.length;
  if (more > 0) return t("insideMore", { names: names.join(", "), count: more });
  const all = new Intl.ListFormat(language.tag).format(names);
  return t(count === 1 ? "insideOne" : "insideAll", { names: all });
}
