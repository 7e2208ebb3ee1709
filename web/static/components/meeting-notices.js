import { html, nothing } from "../vendor/lit-html.js";
import { t } from "./i18n.js";
import { icons } from "./icons.js";

/**
 * @typedef {object} MeetingNoticesData
 * @property {import("./meeting-model.js").MeetingModel} model
 * @property {(userID: string) => string} nameOf
 * @property {import("./invite-links.js").InviteLinks | null} links null for who may invite nobody
 */

/**
 * What has to be said over the pictures of a meeting.
 *
 * @param {MeetingNoticesData} data
 */
export function meetingNotices(data) {
  return [asked(data), mutedBy(data), knocking(data), alone(data)];
}

/** @param {MeetingNoticesData} data */
function asked({ model, nameOf }) {
  const { asked: question } = model;
  if (!question) return nothing;
  const name = nameOf(question.opUser);
  return html`<div class="notice strong" role="alert" data-testid="asked-to-unmute">
    ${question.audio ? icons.mic : icons.camera}<span>${t(question.audio ? "asksToUnmute" : "asksForVideo", { name })}</span>
    <button type="button" class="notice-deed" @click=${() => void model.answerAsked(true)}>${t(question.audio ? "unmute" : "turnOnCamera")}</button>
    <button type="button" class="notice-deed plain-deed" @click=${() => void model.answerAsked(false)}>${t("notNow")}</button>
  </div>`;
}

/** @param {MeetingNoticesData} data */
function mutedBy({ model, nameOf }) {
  if (!model.mutedBy || !model.media.muted) return nothing;
  return html`<p class="notice" role="status" data-testid="muted-by">${icons.micOff}${t("mutedBy", { name: nameOf(model.mutedBy) })}</p>`;
}

/** Hosts see who knocks without opening a panel. @param {MeetingNoticesData} data */
function knocking({ model }) {
  const [first] = model.room.lobby;
  if (!first) return nothing;
  const more = model.room.lobby.length - 1;
  const name = first.name || first.userID;
  return html`<div class="notice strong" role="alert" data-testid="knocking">
    ${icons.personAdd}<span>${more > 0 ? t("knockMore", { name, count: more }) : t("knocks", { name })}</span>
    <button type="button" class="notice-deed" @click=${() => void model.do(() => model.room.admit(first.userID, true))}>${t("admit")}</button>
    <button type="button" class="notice-deed plain-deed" @click=${() => void model.do(() => model.room.admit(first.userID, false))}>${t("deny")}</button>
  </div>`;
}

/** @param {MeetingNoticesData} data */
function alone({ model, links }) {
  if (model.display !== "connected" || model.others.length > 0 || !links) return nothing;
  return html`<div class="notice" data-testid="alone">
    <span>${t("aloneHere")}</span>
    <button type="button" class="notice-deed" @click=${() => void links.copyOwn()}>${icons.link}${t("copyInvite")}</button>
    ${links.copied ? html`<span class="copied" role="status">${links.copied}</span>` : nothing}
  </div>`;
}
