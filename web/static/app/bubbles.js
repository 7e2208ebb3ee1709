import { avatar } from "../components/avatar.js";
import { day, exactMoment, timeOfDay } from "../components/format.js";
import { language, t, tOr } from "../components/i18n.js";
import { icons } from "../components/icons.js";
import { callMessage, callText } from "../sdk/index.js";
import { html, nothing } from "../vendor/lit-html.js";
import { splitLinks } from "../components/links.js";

/**
 * @typedef {import("../sdk/callcards.js").CallCard} CallCard
 * @typedef {import("../sdk/message-list.js").Outgoing} Outgoing
 * @typedef {import("../sdk/wire.js").Message} Message
 * @typedef {import("./timeline.js").Line} Line
 *
 * @typedef {object} Reading what bubbles need to know of their reader
 * @property {string} self
 * @property {(userID: string) => string} nameOf
 * @property {(userID: string) => string} pictureOf
 * @property {(userID: string, kind: import("../sdk/wire.js").MediaType) => void} call
 * @property {(requestID: string) => void} retry
 * @property {(requestID: string) => void} discard
 */

/**
 * A line of a conversation, and above it what separates it from the one before.
 *
 * @param {Line} line
 * @param {Reading} reading
 */
export function bubbleOf({ entry, newDay, unread, continues }, reading) {
  const { message, card } = entry;
  return [
    newDay ? html`<li class="day"><time datetime=${new Date(message.createdAt).toISOString()}>${day(message.createdAt, Date.now())}</time></li>` : nothing,
    unread ? html`<li class="unread-line" data-testid="unread-line">${t("newMessages")}</li>` : nothing,
    card ? callBubble(message, card, reading) : message.type === "signaling" ? notice(message, reading) : textBubble(message, continues, reading),
  ];
}

/**
 * @param {Message} message
 * @param {boolean} continues
 * @param {Reading} reading
 */
function textBubble({ messageID, from, groupID, type, text = "", createdAt }, continues, { self, nameOf, pictureOf }) {
  const mine = from === self;
  const named = groupID && !mine;
  const name = nameOf(from);
  return html`<li class="line ${mine ? "mine" : "theirs"} ${continues ? "continues" : ""}" data-message=${messageID}>
    ${named ? html`<span class="face">${continues ? nothing : avatar(name, "small", pictureOf(from))}</span>` : nothing}
    <div class="bubble">
      <span class=${named && !continues ? "sender" : "visually-hidden"} dir="auto">${mine ? t("you") : name}</span>
      <p class="said" dir="auto">${type === "text" ? splitLinks(text).map(piece) : html`<em>${t("customMessage")}</em>`}</p>
      ${stamp(createdAt)}
    </div>
  </li>`;
}

/** @param {{text: string, href: string}} piece */
function piece({ text, href }) {
  return href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${text}</a>` : text;
}

/** @param {number} at */
function stamp(at) {
  return html`<time class="stamp" datetime=${new Date(at).toISOString()} title=${exactMoment(at)}>${timeOfDay(at)}</time>`;
}

/**
 * A call: one-to-one it stands on the caller's side and calls back; a group's
 * stands in the middle and tells what each one did.
 *
 * @param {Message} message
 * @param {CallCard} card
 * @param {Reading} reading
 */
function callBubble(message, { call, missed, lines }, { self, nameOf, call: callBack }) {
  const said = callText(call, language.code, nameOf);
  const icon = missed ? icons.missed : call.mediaType === "video" ? icons.camera : icons.phone;
  const looks = `bubble call ${missed ? "missed-call" : ""}`;
  if (message.groupID) {
    return html`<li class="line middle" data-message=${message.messageID}>
      <div class=${looks} data-testid="call-bubble" data-kind=${call.kind}>
        ${icon}<span class="said">${said}${lines.map((line) => html`<span class="call-line">${callText(line, language.code, nameOf)}</span>`)}</span>${stamp(message.createdAt)}
      </div>
    </li>`;
  }
  const peer = message.from === self ? message.to ?? "" : message.from;
  const back = t("callBack", { name: nameOf(peer) });
  return html`<li class="line ${call.direction === "outgoing" ? "mine" : "theirs"}" data-message=${message.messageID}>
    <button type="button" class=${looks} data-testid="call-bubble" data-kind=${call.kind} title=${back} @click=${() => callBack(peer, call.mediaType)}>
      ${icon}<span class="said">${said}</span><span class="visually-hidden">. ${back}. </span>${stamp(message.createdAt)}
    </button>
  </li>`;
}

/**
 * Signaling that is about no call of its own.
 *
 * @param {Message} message
 * @param {Reading} reading
 */
function notice(message, { self, nameOf }) {
  const call = callMessage(message, self);
  return html`<li class="line middle" data-message=${message.messageID}><div class="bubble call"><span class="said">${call ? callText(call, language.code, nameOf) : nothing}</span>${stamp(message.createdAt)}</div></li>`;
}

/**
 * A text that is on its way, or did not get there.
 *
 * @param {Outgoing} outgoing
 * @param {Reading} reading
 */
export function outgoingBubble({ requestID, text, createdAt, status, code }, { retry, discard }) {
  const failed = status === "failed";
  return html`<li class="line mine" data-testid="outgoing" data-status=${status}>
    <div class="bubble ${failed ? "failed" : "on-its-way"}">
      <span class="visually-hidden">${t("you")}</span>
      <p class="said" dir="auto">${text}</p>
      ${failed
        ? html`<p class="not-sent">${t("notSent", { reason: tOr(`error_${code}`, "error_0", { message: String(code) }) })}</p>
            <p class="failed-actions">
              <button type="button" class="link" @click=${() => retry(requestID)}>${t("retry")}</button>
              <button type="button" class="link" @click=${() => discard(requestID)}>${t("discard")}</button>
            </p>`
        : html`<span class="stamp"><span class="spinner" aria-hidden="true"></span><span class="visually-hidden">${t("sending")}</span>${timeOfDay(createdAt)}</span>`}
    </div>
  </li>`;
}
