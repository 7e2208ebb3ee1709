import { repeat } from "../vendor/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html.js";
import { t, tOr } from "./i18n.js";
import { icons } from "./icons.js";

/** @typedef {import("./call-view.js").ViewData & {mic: import("./mic-watch.js").MicWatch, newDevices: import("./new-devices.js").NewDevices, turnOffCamera: () => void, stopSharing: () => void, chooseDevice: () => void}} Said */

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

/** @param {Said} data */
function connectionNotice({ model, turnOffCamera }) {
  if (model.display === "reconnecting") {
    return html`<p class="notice strong" data-testid="reconnecting" role="status"><span class="spinner"></span>${t("reconnecting")}</p>`;
  }
  if (model.offline) return html`<p class="notice" role="status"><span class="spinner"></span>${t("connectionLost")}</p>`;
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
function deviceNotices({ model }) {
  const mic = model.media.fault("mic");
  const camera = model.media.fault("camera");
  const lines = [
    mic && t("noMicrophone", { reason: tOr(`fault_${mic}`, "fault_failed") }),
    camera && t("noCamera", { reason: tOr(`fault_${camera}`, "fault_failed") }),
    model.unplugged && t("unplugged"),
    model.fault && tOr(`error_${model.fault.code}`, "error_0", { message: model.fault.message }),
  ];
  return repeat(lines.filter(Boolean), (line) => line, (line) => html`<p class="notice" role="status">${icons.warning}${line}</p>`);
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
