import { clock, exactMoment, moment, secondOfDay } from "../components/format.js";
import { t, tOr } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { html, nothing } from "../vendor/lit-html.js";
import { courseOf } from "./call-course.js";
import { directionOf, missedBy, otherOf } from "./history-filter.js";

/**
 * @typedef {import("../sdk/wire.js").CallRecord} CallRecord
 *
 * @typedef {object} CallRowData
 * @property {CallRecord} record
 * @property {string} self
 * @property {(userID: string) => string} nameOf
 * @property {(groupID: string) => string} groupNameOf
 * @property {boolean} open its course is shown
 * @property {() => void} toggle
 * @property {() => void} callBack
 */

/**
 * A line of the history, and below it on demand how the call went.
 *
 * @param {CallRowData} data
 */
export function callRow(data) {
  const { record, self, open, toggle, callBack } = data;
  const name = titleOf(data);
  const missed = missedBy(record, self);
  const direction = directionOf(record, self);
  const way = t(missed ? "missed" : `direction_${direction}`);
  const result = record.endedAt ? tOr(`result_${record.result}`, "result_ongoing") : t("result_ongoing");
  const at = record.startedAt || record.createdAt;
  const back = t("callBack", { name });
  const several = record.participants.length > 2;
  return html`<li class="row ${missed ? "missed" : ""}" data-call=${record.callID} data-result=${record.result}>
    <span class="direction" title=${way}>${missed ? icons.missed : direction === "incoming" ? icons.incoming : icons.outgoing}<span class="visually-hidden">${way}</span></span>
    <button type="button" class="row-open row-main" aria-expanded=${open} title=${t("callCourse")} @click=${toggle}>
      <span class="row-title" dir="auto">${name}</span>
      <span class="row-sub">${record.type === "video" ? t("videoCall") : t("voiceCall")}${several ? ` · ${t("peopleCount", { count: record.participants.length })}` : ""} · ${result}${record.duration > 0 ? html` · <span data-testid="duration">${clock(record.duration)}</span>` : nothing}</span>
    </button>
    <time class="row-time" datetime=${new Date(at).toISOString()} title=${exactMoment(at)}>${moment(at, Date.now())}</time>
    <button type="button" class="icon-button accented" aria-label=${back} title=${back} @click=${callBack}>
      ${record.type === "video" ? icons.camera : icons.phone}
    </button>
    ${open ? course(data) : nothing}
  </li>`;
}

/** The other one, the group, or who of several. @param {CallRowData} data */
function titleOf({ record, self, nameOf, groupNameOf }) {
  if (record.groupID) return groupNameOf(record.groupID);
  const name = nameOf(otherOf(record, self));
  const more = record.participants.length - 2;
  return more > 0 ? t("severalOthers", { name, count: more }) : name;
}

/** @param {CallRowData} data */
function course({ record, nameOf }) {
  const quality = record.participants.filter(({ quality }) => quality !== null && quality.mean > 0);
  return html`<ol class="call-details" data-testid="call-course">
    ${courseOf(record).map(({ at, what, userID }) => html`<li><time datetime=${new Date(at).toISOString()} title=${exactMoment(at)}>${secondOfDay(at)}</time><span>${t(`course_${what}`, { name: nameOf(userID) })}</span></li>`)}
    ${quality.map(({ userID, quality: measured }) => html`<li><span>${t("qualityOf", { name: nameOf(userID), level: tOr(`quality_${measured?.mean ?? 0}`, "quality_0") })}</span></li>`)}
  </ol>`;
}
