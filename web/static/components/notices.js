import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { t, tOr } from "./i18n.js";
import { icons } from "./icons.js";

/** @typedef {import("./call-view.js").ViewData & {mic: import("./mic-watch.js").MicWatch, newDevices: import("./new-devices.js").NewDevices, turnOffCamera: () => void, stopSharing: () => void, chooseDevice: () => void, putAway: string, putAwayFaults: () => void}} Said */

/** From this quality on the page suggests to turn the camera off. */
const UNSTABLE = 4;

/**
 * What has to be said over the picture of a call.
 *
 * @param {Said} data
 */
export function callNotices(data) {
  return html`<div class="notices">
    ${sharingNotice(data)} ${data.notices ?? nothing} ${connectionNotice(data)} ${soundNotice(data)} ${deviceNotices(data)} ${deviceOffers(data)}
  </div>`;
}

/** @param {Said} data */
function sharingNotice({ model, stopSharing }) {
  if (!model.media.track("screen")) return nothing;
  return html`<div class="notice strong" data-testid="sharing">${icons.screen}<span>${t("youShare")}</span>
    <button type="button" class="notice-deed" @click=${stopSharing}>${t("stopSharing")}</button></div>`;
}

/** What is said of the way to the server. @type {Readonly<Record<Exclude<import("./link-watch.js").LinkNews, "">, import("./i18n.js").Key>>} */
const LINK = Object.freeze({ late: "mediaLate", lost: "reconnecting", offline: "connectionLost", gone: "connectionGone", back: "connectionBack" });

/** @param {Said} data */
function connectionNotice({ model, turnOffCamera }) {
  const news = model.link.news();
  if (news === "back") return html`<p class="notice" role="status" data-testid="connection">${icons.check}${t("connectionBack")}</p>`;
  if (news) return html`<p class="notice ${news === "offline" ? "" : "strong"}" data-testid="connection" role="status"><span class="spinner"></span><span>${t(LINK[news])}</span></p>`;
  if (model.draining) return html`<p class="notice" role="status">${icons.warning}${t("draining")}</p>`;
  const unstable = model.display === "connected" && model.quality.local >= UNSTABLE && model.media.track("camera");
  return unstable
    ? html`<div class="notice" role="status">${icons.warning}<span>${t("unstable")}</span><button type="button" class="notice-deed" @click=${turnOffCamera}>${t("turnOffCamera")}</button></div>`
    : nothing;
}

/** @param {Said} data */
function soundNotice({ model, title: name, audioBlocked, unblockAudio, mic, notices, chooseDevice }) {
  if (audioBlocked && model.display === "connected") {
    return html`<div class="notice strong"><span>${t("audioBlocked")}</span>
      <button type="button" class="accent" @click=${unblockAudio}>${icons.speaker}${t("clickToHear", { name })}</button></div>`;
  }
  if (mic.silent) {
    return html`<div class="notice" role="status" data-testid="mic-silent">${icons.micOff}<span>${t("micSilent")}</span>
      <button type="button" class="notice-deed" @click=${chooseDevice}>${t("chooseAnother")}</button></div>`;
  }
  if (mic.talksMuted && model.media.muted && !notices?.some((said) => said !== nothing)) return html`<p class="notice strong" role="status">${icons.micOff}${t("youAreMuted")}</p>`;
  return model.remoteMuted ? html`<p class="notice" role="status">${icons.micOff}${t("mutedRemote", { name })}</p>` : nothing;
}

/** @param {Said} data */
function deviceNotices({ model, putAway, putAwayFaults }) {
  const { unplugged, fault } = model;
  const replaced = unplugged && !model.media.fault(unplugged) && t(`unplugged_${unplugged}`);
  const lines = [replaced, fault && tOr(`error_${fault.code}`, "error_0", { message: fault.message })];
  return html`${deviceFaults(model, putAway, putAwayFaults)}
    ${repeat(lines.filter(Boolean), (line) => line, (line) => html`<p class="notice" role="status">${icons.warning}${line}</p>`)}`;
}

/** Why there is no microphone or no camera, as one word for both; empty where there is nothing to say. @param {import("../sdk/localmedia.js").LocalMedia} media */
export function faultsOf(media) {
  const [mic, camera] = [media.fault("mic") ?? "", media.fault("camera") ?? ""];
  return mic || camera ? `${mic}/${camera}` : "";
}

/**
 * What is missing, and what to do about it, until it is put away or has changed.
 *
 * @param {Said["model"]} model
 * @param {string} putAway what faultsOf() was when it was put away
 * @param {() => void} putAwayFaults
 */
function deviceFaults({ media }, putAway, putAwayFaults) {
  const [mic, camera] = [media.fault("mic"), media.fault("camera")];
  if ((!mic && !camera) || faultsOf(media) === putAway) return nothing;
  const said = (/** @type {"noMicrophone" | "noCamera" | "noDevices"} */ key, /** @type {string} */ fault) => `${t(key, { reason: tOr(`fault_${fault}`, "fault_failed") })} ${tOr(`cure_${fault}`, "cure_failed")}`;
  const lines = mic === camera ? [said("noDevices", String(mic)), t("listenOnly")] : [mic && said("noMicrophone", mic), camera && said("noCamera", camera)];
  return html`<div class="notice wide-notice" role="status" data-testid="device-faults">
    ${icons.warning}<span>${lines.filter(Boolean).join(" ")}</span>
    <button type="button" class="icon-button" aria-label=${t("close")} @click=${putAwayFaults}>${icons.close}</button>
  </div>`;
}

/** @param {Said} data */
function deviceOffers({ preferences, newDevices }) {
  return repeat(newDevices.offers, ({ type, deviceID }) => `${type} ${deviceID}`, ({ type, deviceID, label }) => {
    const use = () => {
      preferences.set({ [type]: deviceID });
      newDevices.dismiss();
    };
    return html`<div class="notice" role="status" data-testid="new-device">${icons.sliders}<span>${t("pluggedIn", { label })}</span>
      <button type="button" class="notice-deed" @click=${use}>${t("useIt")}</button>
      <button type="button" class="notice-deed plain-deed" @click=${() => newDevices.dismiss()}>${t("notNow")}</button></div>`;
  });
}
