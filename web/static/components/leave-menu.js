import { html } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * What a host is asked who leaves while others are there: whether it is over for them too.
 *
 * @param {{leave: () => void, dismiss: () => void}} deeds
 */
export function leaveMenu({ leave, dismiss }) {
  return html`<section class="panel pop leave-panel" aria-label=${t("leaveMeeting")}>
    <button type="button" class="plain wide" @click=${leave}>${icons.signOut}${t("leaveOthersStay")}</button>
    <button type="button" class="danger-button wide" @click=${dismiss}>${icons.hangUp}${t("endForAll")}</button>
  </section>`;
}
