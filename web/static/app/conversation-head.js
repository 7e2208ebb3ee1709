import { avatar } from "../components/avatar.js";
import { t } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { html, nothing } from "../vendor/lit-html.js";

/**
 * @typedef {import("../sdk/wire.js").MediaType} MediaType
 *
 * @typedef {object} HeadData
 * @property {string} title
 * @property {string} line what stands under the title
 * @property {string} peer empty in a group
 * @property {string} picture of the peer
 * @property {() => void} back
 * @property {(kind: MediaType) => void} call
 * @property {() => void} details of the group or the peer
 */

/**
 * Who it is one talks to, and what can be done besides writing.
 *
 * @param {HeadData} data
 */
export function conversationHead({ title, line, peer, picture, back, call, details }) {
  const about = peer ? t("about", { name: title }) : t("groupDetails");
  return html`<header class="conversation-head">
    <button type="button" class="icon-button" aria-label=${t("backToList")} title=${t("backToList")} data-testid="back" @click=${back}>${icons.back}</button>
    ${peer ? avatar(title, "small", picture) : html`<span class="group-face">${avatar(title)}</span>`}
    <div class="row-main">
      <h2 class="row-title" dir="auto" tabindex="-1" data-testid="conversation-title">${title}</h2>
      ${line ? html`<span class="row-sub">${line}</span>` : nothing}
    </div>
    ${callButtons(title, peer !== "", call)}
    <button type="button" class="icon-button" aria-label=${about} title=${about} @click=${details}>${icons.info}</button>
  </header>`;
}

/** @param {string} name @param {boolean} direct @param {(kind: MediaType) => void} call */
function callButtons(name, direct, call) {
  const byVideo = t(direct ? "callByVideo" : "callGroupByVideo", { name });
  const byVoice = t(direct ? "callByVoice" : "callGroupByVoice", { name });
  return html`<button type="button" class="icon-button accented" aria-label=${byVideo} title=${byVideo} @click=${() => call("video")}>${icons.camera}</button>
    <button type="button" class="icon-button accented" aria-label=${byVoice} title=${byVoice} @click=${() => call("audio")}>${icons.phone}</button>`;
}
